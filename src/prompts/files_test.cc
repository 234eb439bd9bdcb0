// Files as real tools leave them: in folders with other files, under odd names, in many parts.

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

#include "base/fd.h"
#include "base/invocation.h"
#include "prompts/ingest_fixture.h"
#include "prompts/resolve.h"
#include "prompts/source.h"

namespace gsa::prompts {
namespace {

class Files : public IngestFixture {
 protected:
  std::string all(const std::string& columns) {
    return rows(fmt::format("select {} from raw_prompts order by prompt_id", columns));
  }
  // The notes about files, without the folder's path.
  std::vector<std::string> file_notes(const IngestResult& result) const {
    std::vector<std::string> notes;
    for (const std::string& note : result.notes) {
      if (note.find(folder_.string()) != std::string::npos) {
        notes.push_back(replace_all(note, folder_.string() + "/", ""));
      }
    }
    return notes;
  }
  std::string refusal(const std::vector<std::string>& sources) {
    try {
      ingest_paths(sources);
      return "nothing";
    } catch (const Error& error) {
      return replace_all(error.message() + "; " + error.hint(), folder_.string() + "/", "");
    }
  }
};

using Notes = std::vector<std::string>;

TEST_F(Files, HaveTheColumnsThatTheirFoldersName) {
  copy("select 'p' as prompt, 7::uinteger as seed", "h/sampler=8/seed=1/a.parquet",
       "format parquet");
  write("h/sampler=__HIVE_DEFAULT_PARTITION__/seed=2/b.csv", "prompt\nc\n");
  write("h/Sampler=%34/seed=/c.jsonl", "{\"prompt\":\"j\"}\n");
  write("h/sampler=x/step=%3/d.csv", "prompt\nd\n");
  ingest_paths({path("h/*/*/*")});
  EXPECT_EQ(all("prompt, sampler, generation_seed, step"),
            "j|4|NULL|NULL\n"
            "p|8|7|NULL\n"  // the file's own column takes precedence
            "c|NULL|2|NULL\n"
            "d|NULL|NULL|NULL");
}

TEST_F(Files, HaveUsersThatTheirFoldersName) {
  for (const std::string kind : {"parquet", "csv", "json"}) {
    copy("select 'p' as prompt, timestamp '2022-08-11 00:02:00' as timestamp",
         fmt::format("{}/user_name=a%20b/x.{}", kind, kind), "format " + kind);
    IngestRequest request{{path(kind)}, 10, 1, "raw_prompts"};
    request.observed = true;
    connection_.execute("drop table if exists raw_prompts");
    const IngestResult result = ingest(connection_, request, run_on(connection_));
    EXPECT_EQ(rows("select user_name from " + result.observed->users.name()), "a b") << kind;
  }
}

TEST_F(Files, AreTakenFromAFolder) {
  for (const int part : {8, 4}) {
    copy(fmt::format("select 'p{}' as prompt", part),
         fmt::format("in/sampler={}/part-0.parquet", part), "format parquet");
  }
  write("in/_SUCCESS", "");
  write("in/README.md", "# In\n");
  write("in/.part-0.parquet.crc", "crc");
  EXPECT_EQ(file_notes(ingest_paths({path("in")})), Notes{});
  EXPECT_EQ(all("prompt, sampler"), "p4|4\np8|8");
  write("in/more.csv", "prompt\na\n");
  EXPECT_EQ(refusal({path("in")}),
            "in: it has files of several kinds: 2 Parquet, 1 CSV; name those of one kind: "
            "'in/**/*.parquet'");
  write("table/_delta_log/0.json", "{}");
  write("table/a.csv", "prompt\na\n");
  EXPECT_EQ(refusal({path("table")}),
            "table: a table of Delta Lake, whose files also contain old versions of rows; export "
            "its current rows as Parquet");
}

TEST_F(Files, ThatAreHiddenAreNotMatched) {
  write("a.csv", "prompt\na\n");
  write(".ipynb_checkpoints/a-checkpoint.csv", "prompt\nno\n");
  write(".git/c.csv", "prompt\nno\n");
  write("_temporary/0/d.csv", "prompt\nno\n");
  write("_e.csv", "prompt\nno\n");
  make_folder(path("out.csv"));
  std::filesystem::create_symlink("nothing.csv", path("broken.csv"));
  EXPECT_EQ(file_notes(ingest_paths({path("**/*.csv")})),
            (Notes{"left out: broken.csv: a link without a target",
                   "left out: _e.csv: a leading _ marks a writer's own files; name it to read it",
                   "left out: out.csv: a folder; name it to read the files in it"}));
  EXPECT_EQ(prompts(), "0|a");
  EXPECT_EQ(refusal({path("broken.csv")}),
            "broken.csv: a link to nothing.csv, which does not exist; ");
  EXPECT_EQ(refusal({"~/x/*.csv"}),
            "~/x/*.csv: no file matches; the shell leaves ~ as it is inside quotes: write "
            "\"$HOME\" in its place");
}

TEST_F(Files, ThatAreEmptyArePassedOver) {
  write("in/part-0.csv", "prompt,seed\na,1\n");
  write("in/part-1.csv", "");
  write("in/part-2.csv", "prompt,seed\n");
  write("in/part-3.csv", "prompt,seed\nb,2\n");
  EXPECT_EQ(file_notes(ingest_paths({path("in/*.csv")})), Notes{"left out: in/part-1.csv: empty"});
  EXPECT_EQ(prompts(), "0|a\n1|b");
  write("none/a.csv", "");
  write("none/b.csv", "");
  EXPECT_EQ(refusal({path("none/*.csv")}), "all files are empty: none/a.csv, none/b.csv; ");
}

TEST_F(Files, MayHaveNamesThatAreNoUtf8) {
  write("in/ok.csv", "prompt\na\n");
  write("in/caf\xe9.csv", "prompt\nb\n");
  const IngestResult result = ingest_paths({path("in/*.csv")});
  EXPECT_EQ(prompts(), "0|b\n1|a");
  EXPECT_EQ(result.source, "2 files (caf\\xE9.csv … ok.csv)");
  write("in/caf\xe9.csv", "prompt,seed\nb\n");
  EXPECT_TRUE(refusal({path("in/*.csv")})
                  .starts_with("in/caf\\xE9.csv, line 2: 1 field where the header has 2;"));
}

TEST_F(Files, AreTakenForWhatTheyHold) {
  write("j.csv", "{\"prompt\":\"a\"}\n");
  write("c.jsonl", "prompt,seed\nb,1\n");
  write("list.txt", "seed;prompt\n1;c\n");
  EXPECT_EQ(file_notes(ingest_paths({path("c.jsonl"), path("j.csv"), path("list.txt")})),
            (Notes{"c.jsonl: named as JSON, but it is CSV and read as such",
                   "j.csv: named as CSV, but it is JSON and read as such"}));
  EXPECT_EQ(prompts(), "0|b\n1|a\n2|c");
  const std::string zipped =
      read_file(copy("select 'z' as prompt", "z.csv.gz", "format csv, compression gzip"));
  ingest_paths({write("z.csv", zipped)});
  EXPECT_EQ(prompts(), "0|z");
}

TEST_F(Files, OfCsvMayHaveMoreThanRecords) {
  write("a.csv", "prompt,seed,prompt\na,1,no\n");
  write("b.csv", "# by a tool\nprompt,seed\nb,1\n# no\n");
  EXPECT_EQ(file_notes(ingest_paths({path("*.csv")})),
            (Notes{"a.csv: several columns are named 'prompt': the first is read",
                   "b.csv: its header is line 2; the lines before it are left out, and 1 comment "
                   "after it"}));
  EXPECT_EQ(prompts(), "0|a\n1|b");
}

TEST_F(Files, MayBePipes) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "prompt\na\n"; });
  const ResolvedSources resolved = resolve({pipe}, Invocation(), {});
  writer.join();
  EXPECT_EQ(resolved.name, pipe);
  const std::string before = ingest_paths(resolved.sources).fingerprint;
  EXPECT_EQ(prompts(), "0|a");
  EXPECT_EQ(before.find("/proc"), std::string::npos);
}

TEST_F(Files, MayComeFromStandardInput) {
  const auto fingerprint = [&](const std::string& bytes) {
    Invocation own;
    own.in = std::fopen(write("input", bytes).c_str(), "rb");
    const ResolvedSources resolved = resolve({"-"}, own, {});
    std::fclose(own.in);
    EXPECT_EQ(resolved.name, "standard input");
    return ingest_paths(resolved.sources).fingerprint;
  };
  const std::string first = fingerprint("{\"prompt\":\"a\"}\n");
  EXPECT_EQ(prompts(), "0|a");
  EXPECT_EQ(fingerprint("{\"prompt\":\"a\"}\n"), first);
  EXPECT_NE(fingerprint("{\"prompt\":\"b\"}\n"), first);
  const std::string parquet =
      read_file(copy("select 'q' as prompt", "q.parquet", "format parquet"));
  fingerprint(parquet);
  EXPECT_EQ(prompts(), "0|q");
  try {
    fingerprint("");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "standard input: the file is empty");
  }
}

TEST_F(Files, OfAnotherProcessHaveNoNumberHere) {
  Invocation own;
  own.folder = folder_.string();
  EXPECT_THROW(resolve({"/dev/fd/0"}, own, {}), Error);
}

TEST_F(Files, OfAnotherProcessAreThoseOfItsFolder) {
  write("in/sampler=4/a.csv", "prompt\na\n");
  Invocation own;
  own.folder = folder_.string();
  const ResolvedSources resolved = resolve({"in"}, own, {});
  const SourceFiles found = find_source_files(resolved.sources, resolved.folder);
  ASSERT_EQ(found.files.size(), 1u);
  EXPECT_EQ(found.files.front().path, "in/sampler=4/a.csv");
  EXPECT_EQ(found.files.front().absolute, path("in/sampler=4/a.csv"));
  EXPECT_EQ(found.files.front().hive.size(), 1u);
}

TEST_F(Files, MayBeMany) {
  for (int i = 100; i < 400; ++i) {
    write(fmt::format("csv/{}.csv", i), fmt::format("prompt,seed\nprompt {0},{0}\n", i));
    write(fmt::format("json/{}.jsonl", i), fmt::format("{{\"prompt\":\"prompt {}\"}}\n", i));
  }
  for (const std::string kind : {"csv", "json"}) {
    ingest_paths({path(kind)});
    EXPECT_EQ(rows("select count(*), count(*) filter (prompt = 'prompt ' || (prompt_id + 100)) "
                   "from raw_prompts"),
              "300|300")
        << kind;
    EXPECT_EQ(rows("select count(*) from duckdb_tables()"), "1");
  }
}

// More files than are read one by one, in several folders and with several sets of columns.
TEST_F(Files, OfParquetMayBeManyAndOfDifferentColumns) {
  for (int i = 100; i < 160; ++i) {
    copy(fmt::format("select 'prompt {0}.' || range as prompt{1} from range({2})", i,
                     i < 120 ? "" : fmt::format(", {}::uinteger as seed", i), i % 3 + 1),
         fmt::format("in/sampler={}/{}.parquet", i < 140 ? 4 : 8, i), "format parquet");
  }
  const std::string numbers =
      "select count(*), count(generation_seed), sum(generation_seed), "
      "count(*) filter (sampler = 4), count(distinct prompt), "
      "min(prompt_id), max(prompt_id) from raw_prompts";
  ingest_paths({path("in")});
  EXPECT_EQ(rows(numbers), "120|79|11027|80|120|0|119");
  EXPECT_EQ(rows("select string_agg(prompt, ' ' order by prompt_id) = string_agg(prompt, ' ' order "
                 "by split_part(prompt, '.', 1), split_part(prompt, '.', 2)) from raw_prompts"),
            "true");
  ingest_paths({path("in")}, 50);
  EXPECT_EQ(rows("select count(*) from raw_prompts"), "50");
  write("in/sampler=4/130.parquet", "PAR1 and nothing more, but for PAR1");
  EXPECT_TRUE(
      refusal({path("in")}).starts_with("in/sampler=4/130.parquet: the Parquet file is damaged: "));
}

}  // namespace
}  // namespace gsa::prompts
