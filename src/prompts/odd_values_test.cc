// Values as real tools write them: which are kept, what the user learns about the others, and
// sources that change while they are read.

#include <filesystem>
#include <functional>
#include <sys/stat.h>

#include "prompts/ingest_fixture.h"
#include "prompts/values.h"

namespace gsa::prompts {
namespace {

namespace fs = std::filesystem;

class OddValuesOf : public IngestFixture {
 protected:
  IngestResult observe_path(const std::string& path) {
    connection_.execute("drop table if exists raw_prompts");
    return ingest(connection_, {{path}, 1000, 1, "raw_prompts", "", true}, run_on(connection_));
  }

  // The findings with a count above 0: "what: count, rule (place: example)".
  std::string found(const IngestResult& result) const {
    std::vector<std::string> lines;
    for (const Finding& finding : result.findings) {
      if (finding.count == 0) continue;
      lines.push_back(fmt::format("{}: {}, {}", finding.what, finding.count, finding.rule));
      if (finding.place.empty()) continue;
      lines.back() += fmt::format(
          " ({}: {})", replace_all(finding.place, folder_.string() + "/", ""), finding.example);
    }
    return join(lines, "\n");
  }

  std::string refusal(const std::string& path) {
    try {
      observe_path(path);
    } catch (const Error& error) {
      EXPECT_EQ(rows("select table_name from duckdb_tables()"), "");
      return replace_all(error.message() + "\n" + error.hint(), folder_.string() + "/", "");
    }
    return "accepted";
  }

  // For each request in row order: minute of the previous one for the same prompt, or NULL
  std::string asked_before(const IngestResult& result) {
    return rows(
        fmt::format("select strftime(asked_before_at, '%H:%M') from {} order by "
                    "generation_id",
                    result.observed->requests.name()));
  }

  std::string times(const IngestResult& result) {
    return rows(fmt::format("select generated_at from {} order by generation_id",
                            result.observed->requests.name()));
  }
};

TEST_F(OddValuesOf, SeedsAreKeptExactlyAndRetriesCountedByThem) {
  const IngestResult result = observe_path(write("s.csv",
                                                 "prompt,seed,user_name,timestamp\n"
                                                 "a,156680208700286,u,2022-08-11 00:02:00\n"
                                                 "a,18446744073709551615,u,2022-08-11 00:05:00\n"
                                                 "a,18446744073709551615,u,2022-08-11 00:06:00\n"
                                                 "a,99999999999999999999,u,2022-08-11 00:07:00\n"
                                                 "a,99999999999999999998,u,2022-08-11 00:08:00\n"
                                                 "a,-7,u,2022-08-11 00:09:00\n"
                                                 "a,-7,u,2022-08-11 00:10:00\n"));
  EXPECT_EQ(rows("select generation_seed from raw_prompts"),
            "156680208700286\n18446744073709551615\n18446744073709551615\nNULL\nNULL\nNULL\nNULL");
  EXPECT_EQ(asked_before(result), "NULL\n00:02\nNULL\n00:06\n00:07\n00:08\nNULL");
  EXPECT_EQ(found(result),
            "values of 'seed' that are not a whole number of 64 bits: 4, read as missing, except "
            "for retries (s.csv, row 4: 99999999999999999999)");
}

TEST_F(OddValuesOf, SeedsOfEveryParquetTypeAreKeptOrTold) {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"18446744073709551615::ubigint", "18446744073709551615", ""},
      {"9223372036854775807::bigint", "9223372036854775807", ""},
      {"'18446744073709551615'::varchar", "18446744073709551615", ""},
      {"18446744073709551615::decimal(20, 0)", "18446744073709551615", ""},
      {"3994946333::double", "3994946333", ""},
      {"'nan'::double", "NULL", ""},
      {"1.5::double", "NULL", "1.5"},
      {"9007199254740993::double", "NULL", "9007199254740992.0"},
      {"-1::bigint", "NULL", "-1"},
      {"true", "NULL", "true"},
      {"[1, 2]", "NULL", "[1, 2]"},
      {"date '2022-08-11'", "NULL", "2022-08-11"}};
  int files =
      0;  // a new name each time: DuckDB may still cache the contents of a file with the same name
  for (const auto& [seed, kept, finding] : cases) {
    const std::string name = fmt::format("s{}.parquet", ++files);
    const IngestResult result = ingest_paths(
        {copy(fmt::format("select 'a' as prompt, {} as seed", seed), name, "format parquet")});
    EXPECT_EQ(rows("select generation_seed from raw_prompts"), kept) << seed;
    EXPECT_EQ(found(result), finding.empty()
                                 ? ""
                                 : fmt::format("values of 'seed' that are not a whole number of 64 "
                                               "bits: 1, read as missing ({}, row 1: {})",
                                               name, finding))
        << seed;
  }
}

TEST_F(OddValuesOf, NothingIsRoundedOrCut) {
  const std::string expected =
      "values of 'seed' that are not a whole number of 64 bits: 1, read as missing ({0}, row 2: "
      "1.5)\nvalues of 'step' that are not a whole number from 0 to 65,535: 1, read as missing "
      "({0}, row 2: 20.5)\nvalues of 'cfg' that are not a number: 1, read as missing ({0}, row 2: "
      "7,5)\nvalues of 'sampler' that are not a whole number from 0 to 255: 1, read as missing "
      "({0}, row 2: DPM++ 2M Karras)\nvalues of 'width' that are not a whole number from 0 to "
      "65,535: 1, read as missing ({0}, row 2: 512x512)\nvalues of 'height' that are not a whole "
      "number from 0 to 65,535: 1, read as missing ({0}, row 2: 1,024)";
  const std::string select =
      "select * from (values ('a', '7', '20', '7.5', '3', '512', 'N/A'), ('b', '1.5', '20.5', "
      "'7,5', 'DPM++ 2M Karras', '512x512', '1,024'), ('c', 'None', '', 'null', null, '512.0', "
      "' 64 ')) as t(prompt, seed, step, cfg, sampler, width, height)";
  for (const auto& [name, format] :
       {std::pair("v.csv", "format csv"), std::pair("v.jsonl", "format json"),
        std::pair("v.parquet", "format parquet")}) {
    const IngestResult result = ingest_paths({copy(select, name, format)});
    EXPECT_EQ(found(result), fmt::format(fmt::runtime(expected), name));
    EXPECT_EQ(rows("select generation_seed, step, cfg, sampler, width, height from raw_prompts"),
              "7|20|7.5|3|512|NULL\nNULL|NULL|NULL|NULL|NULL|NULL\nNULL|NULL|NULL|NULL|512|64");
  }
}

TEST_F(OddValuesOf, FirstOfEachKindIsToldAndAllAreCounted) {
  const std::string a = write("a.csv", "prompt,width\na,1\nb,wide\nc,wider\n");
  const std::string b = write("b.jsonl", "{\"prompt\":\"a\",\"Width\":20.5}\n");
  const IngestResult result = ingest_paths({b, a});
  EXPECT_EQ(found(result),
            "values of 'width' that are not a whole number from 0 to 65,535: 3, read as missing "
            "(a.csv, row 2: wide)");
  const std::string& note = result.notes.back();
  EXPECT_NE(note.find("row 2: wide"), std::string::npos) << note;
}

// ---- Times

TEST_F(OddValuesOf, TimesThatCannotBeAreSkippedAndTold) {
  const IngestResult result = observe_path(write("t.csv",
                                                 "prompt,user_name,timestamp\n"
                                                 "a,u,2022-08-11 00:02:00\n"
                                                 "b,u,9999-12-31 23:59:59\n"
                                                 "c,u,1970-01-01 00:00:00\n"
                                                 "d,u,08/11/2022 12:05 AM\n"
                                                 "e,u,\n"
                                                 "f,u,0\n"
                                                 "g,u,NaT\n"
                                                 "h,u,22-08-11 00:02:00\n"));
  EXPECT_EQ(times(result), "2022-08-11 00:02:00");
  EXPECT_EQ(
      found(result),
      "rows without a time: 2, skipped\n"
      "values of 'timestamp' that are not a time: 1, skipped (t.csv, row 4: 08/11/2022 12:05 "
      "AM)\n"
      "values of 'timestamp' that are before 2000 or in the future: 4, skipped (t.csv, row 2: "
      "9999-12-31 23:59:59)");
}

TEST_F(OddValuesOf, AFileOfTimesInAWrongUnitSaysSo) {
  const auto file = [&](const char* time) {
    return copy(fmt::format("select 'a' as prompt, 'u' as user_name, {} as timestamp", time),
                fmt::format("{}.parquet", std::hash<std::string>()(time)), "format parquet");
  };
  const std::string late = refusal(file("make_timestamp(1660176120000000000)"));
  EXPECT_NE(late.find("row 1: '54578-"), std::string::npos) << late;
  EXPECT_NE(late.find("a thousandth of it since 1970 is 2022-08-11"), std::string::npos) << late;
  const std::string early = refusal(file("make_timestamp(1660176120000)"));
  EXPECT_NE(early.find("a thousand times as much since 1970 is 2022-08-11"), std::string::npos)
      << early;
  const std::string date = refusal(file("20220811"));
  EXPECT_NE(date.find("'20220811' in the column 'timestamp' is before 2000 or in the future"),
            std::string::npos)
      << date;
}

TEST_F(OddValuesOf, NumbersAreTimesInTheUnitThatFits) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1660176120", "seconds"},
      {"1660176120000", "milliseconds"},
      {"1660176120000000", "microseconds"},
      {"1660176120000000000", "nanoseconds"}};
  for (const auto& [number, unit] : cases) {
    const std::string note = fmt::format("times that are numbers, read as {} since 1970: 1", unit);
    for (const std::string type : {"bigint", "double", "varchar"}) {
      const std::string select = fmt::format(
          "select 'a' as prompt, 'u' as user_name, {}::bigint::{} as timestamp", number, type);
      for (const auto& [name, format] :
           {std::pair("e.csv", "format csv"), std::pair("e.jsonl", "format json"),
            std::pair("e.parquet", "format parquet")}) {
        // DuckDB writes large doubles with an exponent; programs that count time do not.
        if (type == "double" && number.size() > 15 && std::string_view(name) != "e.parquet")
          continue;
        const IngestResult result = observe_path(copy(select, name, format));
        EXPECT_EQ(times(result), "2022-08-11 00:02:00") << number << type << name;
        EXPECT_NE(std::find(result.notes.begin(), result.notes.end(), note), result.notes.end())
            << number << type << name;
        fs::remove(path(name));
      }
    }
  }
}

TEST_F(OddValuesOf, TextsAreTimesInEveryFormOfIso) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2022-08-11 00:02:00", "2022-08-11 00:02:00"},
      {"2022-08-11T00:02:00Z", "2022-08-11 00:02:00"},
      {"2022-08-11T02:02:00+02:00", "2022-08-11 00:02:00"},
      {"2022-08-11T02:02:00+0200", "2022-08-11 00:02:00"},
      {"2022-08-11 00:02", "2022-08-11 00:02:00"},
      {"2022-08-11T00:02:00.123456Z", "2022-08-11 00:02:00.123456"},
      {"2022-08-11T00:02:00.1234567Z", "2022-08-11 00:02:00.123456"},
      {"2022-08-11 00:02:00 UTC", "2022-08-11 00:02:00"},
      {"2022/08/11 00:02:00", "2022-08-11 00:02:00"},
      {"2022-08-11", "2022-08-11 00:00:00"},
      {"\"Thu, 11 Aug 2022 02:02:00 +0200\"", "2022-08-11 00:02:00"}};
  for (const auto& [text, expected] : cases) {
    const IngestResult result =
        observe_path(write("i.csv", "prompt,user_name,timestamp\na,u," + text + "\n"));
    EXPECT_EQ(times(result), expected) << text;
  }
  for (const char* text : {"2022-08-11 23:59:60", "2022-02-30", "11.08.2022 00:02", "yesterday",
                           "2022-08-11 00:02:00 PM"}) {
    const std::string said =
        refusal(write("i.csv", fmt::format("prompt,user_name,timestamp\na,u,{}\n", text)));
    EXPECT_NE(
        said.find(fmt::format("i.csv, row 1: '{}' in the column 'timestamp' is not a time", text)),
        std::string::npos)
        << said;
  }
}

// ---- Columns

TEST_F(OddValuesOf, ErrorsNameTheColumnThatIsAtFault) {
  const std::string bytes = "from_hex('ff00fe01')";
  EXPECT_EQ(refusal(copy(fmt::format("select 'a' as prompt, case when i = 3 then {} else 'u'::blob "
                                     "end as user_name, timestamp '2022-08-11' as timestamp "
                                     "from range(5) as t(i)",
                                     bytes),
                         "u.parquet", "format parquet")),
            "u.parquet, row 4: the column 'user_name' has bytes, not text: "
            "\"\\xFF\\x00\\xFE\\x01\"\nwrite it as text, or leave the column out");
  EXPECT_EQ(refusal(copy(fmt::format("select 'a' as prompt, 'u' as user_name, {} as seed, "
                                     "timestamp '2022-08-11' as timestamp",
                                     bytes),
                         "s.parquet", "format parquet"))
                .substr(0, 56),
            "s.parquet, row 1: the column 'seed' has bytes, not text:");
}

TEST_F(OddValuesOf, AColumnWithoutAValueHasNoType) {
  EXPECT_EQ(refusal(copy("select null::integer as prompt, 'u' as user_name, timestamp "
                         "'2022-08-11' as timestamp",
                         "p.parquet", "format parquet")),
            "p.parquet: no row has both a prompt and a time\n");
  EXPECT_EQ(refusal(copy("select 'a' as prompt, 'u' as user_name, null::integer as timestamp",
                         "t.parquet", "format parquet"))
                .substr(0, 32),
            "t.parquet: no row has a time\na t");
}

TEST_F(OddValuesOf, OnlySignalsOfTheSourceCountAsSeen) {
  const IngestResult bare =
      observe_path(write("b.csv", "prompt,user_name,timestamp\na,u,2022-08-11\nb,u,2022-08-12\n"));
  EXPECT_EQ(bare.observed->with_settings, 0);
  EXPECT_EQ(bare.observed->with_blurred, 0);
  const IngestResult some = observe_path(write("s.csv",
                                               "prompt,user_name,timestamp,width,image_nsfw\n"
                                               "a,u,2022-08-11,,0\nb,u,2022-08-12,64,nan\n"
                                               "c,u,2022-08-13,64,\n"));
  EXPECT_EQ(some.observed->with_settings, 2);
  EXPECT_EQ(some.observed->with_blurred, 1);
}

// ---- Files that change

class ChangingSource : public OddValuesOf {
 protected:
  // The error if `change` happens before query number `at` of an observed run, or "".
  std::string said(const std::string& path, int at, const std::function<void()>& change) {
    int queries = 0;
    const RunQuery run = [&](const std::string&, std::int64_t, const std::string& sql) {
      if (++queries == at) change();
      connection_.execute(sql);
    };
    try {
      ingest(connection_, {{path}, 40, 1, "raw_prompts", "", true}, run);
    } catch (const Error& error) {
      EXPECT_EQ(rows("select table_name from duckdb_tables()"), "");
      return replace_all(error.message(), folder_.string() + "/", "");
    }
    connection_.execute("drop table raw_prompts");
    return "";
  }

  std::string make(const std::string& name, const std::string& tag) {
    return copy(fmt::format("select '{0} ' || i as prompt, '{0}' || i % 9 as user_name, "
                            "timestamp '2022-08-11' + to_minutes(i::integer) as timestamp, "
                            "i as seed from range(100) as t(i)",
                            tag),
                name, name.ends_with("csv") ? "format csv" : "format parquet");
  }
};

TEST_F(ChangingSource, FailsWhereverInTheRunAFileIsReplaced) {
  for (const std::string name : {"live.parquet", "live.csv"}) {
    const std::string live = make(name, "old");
    int at = 0;
    while (true) {
      bool changed = false;
      const std::string next = make("next" + name, at % 2 == 0 ? "new" : "old");
      const std::string error = said(live, ++at, [&] {
        fs::rename(next, live);
        changed = true;
      });
      if (!changed) break;
      EXPECT_EQ(error, name + ": the file was replaced since the run began") << at;
    }
    EXPECT_GT(at, 4);
  }
}

TEST_F(ChangingSource, SeesEveryWayInWhichAFileCanChange) {
  const std::string live = make("live.parquet", "old");
  const std::string bytes = read_file(live);
  const auto time = fs::last_write_time(live);
  const std::string written = "live.parquet: the file was written to since the run began";
  EXPECT_EQ(said(live, 2, [&] { fs::resize_file(live, bytes.size() / 2); }), written);
  write_file(live, bytes);
  EXPECT_EQ(said(live, 2, [&] { write_file(live, bytes + "more"); }),
            "live.parquet: the file was replaced since the run began");
  const auto overwrite = [&] {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(live.c_str(), "r+"),
                                                               std::fclose);
    std::fwrite(bytes.data(), 1, bytes.size(), file.get());
  };
  write_file(live, bytes);
  fs::last_write_time(live, time);
  EXPECT_EQ(said(live, 2,
                 [&] {
                   overwrite();
                   fs::last_write_time(live, time);
                 }),
            written);
  EXPECT_EQ(said(live, 2, [&] { fs::remove(live); }).substr(0, 49),
            "live.parquet: the file has disappeared since the ");
  make("a.parquet", "old");
  make("b.parquet", "new");
  fs::create_symlink(path("a.parquet"), live);
  EXPECT_EQ(said(live, 2,
                 [&] {
                   fs::remove(live);
                   fs::create_symlink(path("b.parquet"), live);
                 }),
            "live.parquet: the file was replaced since the run began");
}

TEST_F(ChangingSource, IsFoundAsTheRunWasPlanned) {
  const std::string live = make("live.parquet", "old");
  IngestRequest request{{live}, 1000, 1, "raw_prompts"};
  request.files = find_source_files({live});
  fs::rename(make("next.parquet", "new"), live);
  EXPECT_THROW(ingest(connection_, request, run_on(connection_)), Error);
}

}  // namespace
}  // namespace gsa::prompts
