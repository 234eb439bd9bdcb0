#include "prompts/ingest.h"

#include <atomic>
#include <functional>

#include "duck/function.h"
#include "prompts/corpus.h"
#include "prompts/features.h"
#include "prompts/ingest_fixture.h"

namespace gsa::prompts {
namespace {

using Ingest = IngestFixture;

constexpr std::string_view kDiffusionRows = R"(
  select 'i.png' as image_name, * from (values
    ('a red fox', 1::usmallint, 4294967295::uinteger, 50::usmallint, 7.5::float, 8::utinyint,
     512::usmallint, 768::usmallint),
    ('gore and more', 2, 0, 20, 12, 1, 1024, 64),
    ('   ', 3, 1, 1, 1, 1, 1, 1),
    (null, 4, 1, 1, 1, 1, 1, 1),
    ('one', 5, 3, 50, 7, 9, 512, 512))
  as t(prompt, part_id, seed, step, cfg, sampler, width, height))";

constexpr std::string_view kDiffusionTable =
    "0|a red fox|9|3|false|4294967295|50|7.5|8|512|768\n"
    "1|gore and more|13|3|true|0|20|12.0|1|1024|64\n"
    "4|one|3|1|false|3|50|7.0|9|512|512";

TEST_F(Ingest, ReadsDiffusionDbsParquet) {
  const std::string file = copy(kDiffusionRows, "d.parquet", "format parquet");
  const IngestResult result = ingest_paths({file});
  EXPECT_EQ(table(), kDiffusionTable);
  EXPECT_EQ(result.source, "d.parquet");
  EXPECT_EQ(result.rows, 3);
  EXPECT_EQ(result.rows_in_source, 5);
  EXPECT_EQ(result.skipped_empty, 2);
  EXPECT_FALSE(result.sampled);
  EXPECT_EQ(result.notes,
            (std::vector<std::string>{
                "the source has 3 prompts, fewer than the 1,000 requested: all are used",
                "rows with an empty prompt: 2, skipped"}));
}

TEST_F(Ingest, GivesTheColumnsTheirTypes) {
  ingest_paths({copy(kDiffusionRows, "d.parquet", "format parquet")});
  EXPECT_EQ(rows("select column_name, data_type from duckdb_columns() "
                 "where table_name = 'raw_prompts' order by column_index"),
            "prompt_id|INTEGER\nprompt|VARCHAR\nchar_count|INTEGER\ntoken_count|INTEGER\nhas_"
            "safety_keyword|BOOLEAN\n"
            "generation_seed|UBIGINT\nstep|USMALLINT\ncfg|FLOAT\nsampler|UTINYINT\n"
            "width|USMALLINT\nheight|USMALLINT");
}

TEST_F(Ingest, ReadsTheSameFromEveryKindAndCompression) {
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"d.csv", "format csv"},
      {"d.tsv", "format csv, delimiter '\t'"},
      {"d.csv.gz", "format csv, compression gzip"},
      {"d.csv.zst", "format csv, compression zstd"},
      {"d.jsonl", "format json"},
      {"d.ndjson.gz", "format json, compression gzip"},
      {"d.json.zst", "format json, compression zstd"},
      {"array.json", "format json, array true"},
      {"no_extension", "format json"},
      {"z.PARQUET", "format parquet, compression zstd"}};
  for (const auto& [name, options] : kinds) {
    const IngestResult result = ingest_paths({copy(kDiffusionRows, name, options)});
    EXPECT_EQ(table(), kDiffusionTable) << name;
    EXPECT_EQ(result.rows_in_source, 5) << name;
  }
}

TEST_F(Ingest, LeavesNullWhatTheSourceLacksOrDoesNotFit) {
  ingest_paths({write("p.csv", "Prompt,SEED,cfg,sampler\na b,-1,seven,k_lms\nc,7,7.5,3\n")});
  EXPECT_EQ(table(),
            "0|a b|3|2|false|NULL|NULL|NULL|NULL|NULL|NULL\n"
            "1|c|1|1|false|7|NULL|7.5|3|NULL|NULL");
  ingest_paths({write("p.jsonl", "{\"PROMPT\": \"a b\", \"Seed\": [1]}\n{\"Seed\": 7}\n")});
  EXPECT_EQ(table(), "0|a b|3|2|false|NULL|NULL|NULL|NULL|NULL|NULL");
}

TEST_F(Ingest, PrefersTheColumnInExactCase) {
  ingest_paths({write("p.csv", "PROMPT,prompt\nno,yes\n")});
  EXPECT_EQ(prompts(), "0|yes");
}

TEST_F(Ingest, TakesTextThatOldWritersLeaveUnmarked) {
  ingest_paths({copy("select 'a fox'::blob as prompt", "b.parquet", "format parquet")});
  EXPECT_EQ(prompts(), "0|a fox");
  ingest_paths({copy("select 'a'::enum('a', 'b') as prompt", "e.parquet", "format parquet")});
  EXPECT_EQ(prompts(), "0|a");
}

TEST_F(Ingest, ReadsEveryFormOfCsv) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"prompt\na\nb\n", "0|a\n1|b"},
      {"prompt\na\nb", "0|a\n1|b"},
      {"prompt\r\na\r\nb\r\n", "0|a\n1|b"},
      {"prompt\ra\rb\r", "0|a\n1|b"},
      {"prompt\ra\rb", "0|a\n1|b"},
      {"\xef\xbb\xbfprompt\na\n", "0|a"},
      {"\xef\xbb\xbf\"prompt\",x\na,1\n", "0|a"},
      {"prompt\n\na\n\n", "1|a"},
      {"prompt,x\n\n\na,1\n\n", "0|a"},
      {"prompt,x\n\"a, \"\"b\"\"\nc\",1\nd,2\n", "0|a, \"b\"\nc\n1|d"},
      {"prompt,x\n\"a\" ,1\n \"b\nc\",2\n", "0|a\n1|b\nc"},
      {"prompt,x\nun\"quoted,1\n", "0|un\"quoted"},
      {"x;prompt\n1;a, b\n", "0|a, b"},
      {"x|prompt\n1|a, b\n", "0|a, b"},
      {"prompt,x,\na,1,\n", "0|a"},
      {"prompt,x\n\"\",1\nb,\"\"\n", "1|b"},
      {"sep=;\r\nx;prompt\r\n1;a, b\r\n", "0|a, b"},
      {"\"sep=|\"\nx|prompt\n1|a\n", "0|a"},
      {"\n \n,,\nprompt,x\na,1\n", "0|a"},
      {"# made by a tool\n#\n\nprompt,x\na,1\n# b\nc,2\n\"# d\",3\n", "0|a\n1|c\n2|# d"},
      {"prompt,x\n# a,1\n", "0|# a"},
      {"Prompts of May\n\nprompt,x\na,1\n", "0|a"},
      {std::string_view("\xff\xfep\0r\0o\0m\0p\0t\0\n\0\xe9\0\x3d\xd8\x00\xde\n\0", 24), "0|é😀"},
      {std::string_view("\0p\0r\0o\0m\0p\0t\0\n\0a\0\n", 18), "0|a"},
      {std::string_view("prompt,x\na\0b,1\n", 15), std::string_view("0|a\0b", 5)},
  };
  for (const auto& [text, expected] : cases) {
    ingest_paths({write("c.csv", text)});
    EXPECT_EQ(prompts(), expected) << text;
  }
}

TEST_F(Ingest, ReadsEveryFormOfJson) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"{\"prompt\":\"a\"}\r\n{\"prompt\":\"b\"}\r\n", "0|a\n1|b"},
      {"\n \n{\"prompt\":\"a\"}\n\n{\"prompt\":null}\n{\"prompt\":\"b\"}", "0|a\n2|b"},
      {"[{\"prompt\":\"a\"},\n {\"prompt\":\"b\"}\n]\n", "0|a\n1|b"},
      {"{\"prompt\":\"\\u00e9 \\\"q\\\"\"}", "0|é \"q\""},
      {"{\"prompt\":\"\\ud83d\\ude00\\t\\/\"}", "0|😀\t/"},
      {"\xef\xbb\xbf{\"prompt\":\"a\"}", "0|a"},
      {"{\n  \"prompt\": \"a\",\n  \"x\": [1, {}]\n}\n{\n  \"prompt\": \"b\"\n}\n", "0|a\n1|b"},
      {"{\"prompt\":\"a\"}{\"prompt\":\"b\"}", "0|a\n1|b"},
      {"{\"x\":[[-1.5e+3,0,true,false,null,NaN,-Infinity,\"\\ud800\"],{\"y\":{}}],\"prompt\":"
       "\"a\"}",
       "0|a"},
      {"{\"Prompt\":\"a\"}\n{\"prompt\":\"b\"}\n{\"PROMPT\":\"c\"}\n", "0|a\n1|b\n2|c"},
      {"{\"Prompt\":\"no\",\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"Prompt\":5}", "0|a\n1|b"},
  };
  for (const auto& [text, expected] : cases) {
    ingest_paths({write("c.jsonl", text)});
    EXPECT_EQ(prompts(), expected) << text;
  }
}

// More objects than DuckDB samples.
TEST_F(Ingest, ReadsKeysWhereverTheyBegin) {
  constexpr int kRows = 30'000, kFirst = 25'000;
  std::string text;
  for (int i = 0; i < kRows; ++i) {
    text += fmt::format("{{\"prompt\":\"p{}\"{}}}\n", i,
                        i < kFirst ? "" : fmt::format(",\"seed\":{},\"cfg\":7.5", i));
  }
  write("in/a.jsonl", "{\"prompt\":\"first\"}\n");
  write("in/b.jsonl", text);
  ingest_paths({path("in/*.jsonl")}, 100'000);
  EXPECT_EQ(rows("select count(*), count(generation_seed), count(cfg), min(generation_seed) "
                 "from raw_prompts"),
            "30001|5000|5000|25000");
}

TEST_F(Ingest, PassesOverValuesHoweverDeep) {
  constexpr std::size_t kDepth = 1'000'000;
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"x\":", "}")}) {
    std::string opening, closing;
    for (std::size_t i = 0; i < kDepth; ++i) opening += open, closing += close;
    ingest_paths({write("d.jsonl", "{\"x\":" + opening + "1" + closing +
                                       ",\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n")});
    EXPECT_EQ(prompts(), "0|a\n1|b");
  }
}

TEST_F(Ingest, ReadsLinesOfTenMegabytes) {
  const std::string large(10'000'000, 'x');
  ingest_paths({write("l.csv", "prompt,seed\na,1\n" + large + ",2\n\"" + large + "\",3\n")});
  EXPECT_EQ(rows("select prompt_id, strlen(prompt), generation_seed from raw_prompts"),
            "0|1|1\n1|10000000|2\n2|10000000|3");
  ingest_paths({write("l.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"" + large + "\"}\n")});
  EXPECT_EQ(rows("select prompt_id, strlen(prompt) from raw_prompts"), "0|1\n1|10000000");
}

// Larger than the pieces that DuckDB reads at once; its parallel CSV reader fails on such a file.
TEST_F(Ingest, KeepsLineBreaksInQuotesApartFromLines) {
  constexpr int kRows = 150'000;
  const std::string select = fmt::format(
      "select 'first line of ' || range || ', with a comma' || chr(10) || 'x,y' || chr(10) || "
      "'\"quoted\", ' || repeat('long ', 8) as prompt, range::uinteger as seed from range({})",
      kRows);
  ingest_paths({copy(select, "l.csv", "format csv")}, kRows);
  EXPECT_EQ(rows(fmt::format("select count(*), count(*) filter (r.prompt = s.prompt and "
                             "prompt_id = seed and generation_seed = seed) "
                             "from raw_prompts r join ({}) s on r.prompt_id = s.seed",
                             select)),
            fmt::format("{0}|{0}", kRows));
}

TEST_F(Ingest, NumbersRowsAcrossFilesInTheOrderOfTheirPaths) {
  copy("select 'p' || range as prompt from range(3)", "in/b.parquet", "format parquet");
  write("in/a.csv", "prompt\nc0\n\nc2\n");
  write("in/deep/c.jsonl", "{\"prompt\":\"j0\"}\n{\"prompt\":\"j1\"}\n");
  write("in/unrelated.md", "# no\n");
  const std::string expected = "0|c0\n2|c2\n3|p0\n4|p1\n5|p2\n6|j0\n7|j1";
  IngestResult result =
      ingest_paths({path("in/deep/*"), path("in/b.parquet"), path("in/a.csv"), path("in/?.csv")});
  EXPECT_EQ(prompts(), expected);
  EXPECT_EQ(result.source, "3 files (a.csv … c.jsonl)");
  EXPECT_EQ(result.rows_in_source, 8);
  ingest_paths({path("in/**/*.jsonl"), path("in/*.[cp]*")});
  EXPECT_EQ(prompts(), expected);
}

TEST_F(Ingest, TakesNamesThatLookLikeGlobsAsTheyAre) {
  write("a1.csv", "prompt\nwrong\n");
  ingest_paths({write("a[1].csv", "prompt\nbrackets\n")});
  EXPECT_EQ(prompts(), "0|brackets");
  ingest_paths({write("it's*.csv", "prompt\nquote\n")});
  EXPECT_EQ(prompts(), "0|quote");
}

TEST_F(Ingest, ReadsCompressedFilesOfSeveralParts) {
  const std::string a =
      read_file(copy("select 'a' as prompt", "a.csv.gz", "format csv, compression gzip"));
  const std::string b = read_file(
      copy("select 'b' as prompt", "b.csv.gz", "format csv, header false, compression gzip"));
  ingest_paths({write("ab.csv.gz", a + b)});
  EXPECT_EQ(prompts(), "0|a\n1|b");
}

TEST_F(Ingest, ReadsCompressedFilesWithPadding) {
  const std::string a =
      read_file(copy("select 'a' as prompt", "a.csv.gz", "format csv, compression gzip"));
  ingest_paths({write("padded.csv.gz", a + std::string(1000, '\0'))});
  EXPECT_EQ(prompts(), "0|a");
  const std::string z =
      read_file(copy("select 'z' as prompt", "a.csv.zst", "format csv, compression zstd"));
  // pzstd writes this first: a skippable frame of four bytes.
  ingest_paths({write("skipped.csv.zst", std::string("\x50\x2a\x4d\x18\x04\0\0\0size", 12) + z)});
  EXPECT_EQ(prompts(), "0|z");
}

TEST_F(Ingest, FingerprintsTheFiles) {
  const std::string file = write("a.csv", "prompt\na\n");
  const std::string before = ingest_paths({file}).fingerprint;
  EXPECT_EQ(ingest_paths({file, path("*.csv")}).fingerprint, before);
  write("a.csv", "prompt\nab\n");
  EXPECT_NE(ingest_paths({file}).fingerprint, before);
}

TEST_F(Ingest, LeavesNoTableBehind) {
  write("a.csv", "prompt\na\nb\n");
  copy("select 'p' || range as prompt from range(50)", "b.parquet", "format parquet");
  ingest_paths({path("a.csv"), path("b.parquet")}, 10);
  EXPECT_EQ(rows("select table_name from duckdb_tables()"), "raw_prompts");
}

TEST_F(Ingest, CountsTheFeaturesOfAPromptOnce) {
  duck::Database database({":memory:", false, 2, ""});
  duck::Connection connection = database.connect();
  std::atomic<std::int64_t> calls = 0;
  using duck::Type;
  duck::register_function(
      connection, {"gsa_prompt_features",
                   {Type::of(duck::TypeId::varchar)},
                   Type::structure({{"char_count", Type::of(duck::TypeId::integer)},
                                    {"token_count", Type::of(duck::TypeId::integer)},
                                    {"has_safety_keyword", Type::of(duck::TypeId::boolean)}}),
                   [&](const duck::Arguments& arguments, duck::Output& output) {
                     calls += static_cast<std::int64_t>(arguments.rows());
                     for (std::size_t row = 0; row < arguments.rows(); ++row) {
                       output.member(0).data<std::int32_t>()[row] = 30;
                       output.member(1).data<std::int32_t>()[row] = 7;
                       output.member(2).data<bool>()[row] = true;
                     }
                   }});
  duck::register_function(connection, {"gsa_has_words",
                                       {Type::of(duck::TypeId::varchar)},
                                       Type::of(duck::TypeId::boolean),
                                       [](const duck::Arguments& in, duck::Output& out) {
                                         std::fill_n(out.data<bool>(), in.rows(), true);
                                       }});
  const std::string file =
      copy("select 'p' || range as prompt from range(10000)", "a.parquet", "format parquet");
  ingest(connection, {{file}, 20'000, 1, "raw_prompts"}, run_on(connection));
  EXPECT_EQ(calls, 10'000);
  EXPECT_EQ(connection.query_int64("select sum(token_count) from raw_prompts"), 70'000);
}

TEST_F(Ingest, WritesSyntheticPrompts) {
  const IngestResult result = ingest_paths({"synthetic"}, 5000, 77);
  EXPECT_EQ(result.source, "synthetic");
  EXPECT_EQ(result.rows, 5000);
  EXPECT_EQ(rows("select count(*), min(prompt_id), max(prompt_id), bool_and(prompt_id = rowid) "
                 "from raw_prompts"),
            "5000|0|4999|true");
  const Corpus corpus(77);
  std::string text;
  corpus.write(4321, text);
  const Corpus::Settings settings = corpus.settings(4321);
  const PromptFeatures features = features_of(text);
  EXPECT_EQ(
      rows("select prompt, char_count, token_count, has_safety_keyword, generation_seed, step, "
           "cfg::double, "
           "sampler, width, height from raw_prompts where prompt_id = 4321"),
      fmt::format("{}|{}|{}|{}|{}|{}|{:.1f}|{}|{}|{}", text, text.size(), features.token_count,
                  features.has_safety_keyword, settings.generation_seed, settings.step,
                  settings.cfg, settings.sampler, settings.width, settings.height));
}

// The first database has the format that gsa writes, the second that of DuckDB before 1.2. DuckDB
// picks the replacement for ZSTD from a random sample of a few vectors, so the test only checks
// that it is not ZSTD.
TEST_F(Ingest, CompressesTextsAsTheFileCan) {
  for (const auto& [version, has_zstd] : {std::pair("v1.2.0", true), std::pair("v1.0.0", false)}) {
    duck::Database database({":memory:", false, 2, ""});
    duck::Connection connection = database.connect();
    register_functions(connection);
    connection.execute(fmt::format("attach '{}' as made (storage_version '{}'); use made",
                                   path(fmt::format("{}.duckdb", version)), version));
    ingest(connection, {{"synthetic"}, 20'000, 1, "raw_prompts"}, run_on(connection));
    connection.execute("checkpoint");
    const std::string compressions =
        connection
            .query(
                "select string_agg(distinct compression, ' ') from "
                "pragma_storage_info('raw_prompts') where column_name = 'prompt' and "
                "segment_type = 'VARCHAR'")
            .text(0, 0);
    EXPECT_EQ(compressions == "ZSTD", has_zstd) << version << ": " << compressions;
  }
}

TEST_F(Ingest, WritesTheSameSyntheticPromptsWithAnyThreads) {
  ingest_paths({"synthetic"}, 150'000, 5);
  for (const int threads : {1, 8}) {
    duck::Database database({":memory:", false, threads, ""});
    duck::Connection connection = database.connect();
    register_functions(connection);
    ingest(connection, {{"synthetic"}, 150'000, 5, "raw_prompts"}, run_on(connection));
    const auto digest = [](duck::Connection& from) {
      return from
          .query(
              "select md5(string_agg(raw_prompts::varchar, '|' order by rowid)) "
              "from raw_prompts")
          .text(0, 0);
    };
    EXPECT_EQ(digest(connection), digest(connection_)) << threads;
  }
}

TEST_F(Ingest, WritesSyntheticPromptsOfTheirOwnForEverySlot) {
  ingest_paths({"synthetic"}, 1000, 7);
  connection_.execute("create table months as select 0 as slot, * from raw_prompts");
  for (const std::int64_t slot : {1, 2, 40}) {
    ingest_slot({"synthetic"}, 1000, 7, slot);
    EXPECT_EQ(rows("select count(*), min(prompt_id), max(prompt_id), "
                   "bool_and(prompt_id = min_id + rowid) from raw_prompts, "
                   "(select min(prompt_id) as min_id from raw_prompts)"),
              fmt::format("1000|{}|{}|true", slot * 1000, slot * 1000 + 999));
    connection_.execute(fmt::format("insert into months select {}, * from raw_prompts", slot));
  }
  EXPECT_EQ(rows("select count(distinct prompt_id) from months"), "4000");
  // The corpus gives an id the same prompt whatever the slot.
  std::string text;
  Corpus(7).write(40'123, text);
  EXPECT_EQ(rows("select prompt from months where prompt_id = 40123"), text);
  ingest_paths({"synthetic"}, 3000, 7);
  EXPECT_EQ(rows("select count(*) from raw_prompts join months using (prompt_id, prompt)"), "3000");
}

TEST_F(Ingest, NumbersTheRowsOfFilesApartForEverySlot) {
  const std::string file = write("p.csv", "prompt\nred\n \nblue\ngreen\n");
  ingest_slot({file}, 100, 1, 0);
  EXPECT_EQ(prompts(), "0|red\n2|blue\n3|green");
  ingest_slot({file}, 100, 1, 1);
  EXPECT_EQ(prompts(), "4|red\n6|blue\n7|green");
  ingest_slot({file}, 100, 1, 5);
  EXPECT_EQ(prompts(), "20|red\n22|blue\n23|green");
}

std::string refusal_of(const std::function<void()>& ingestion) {
  try {
    ingestion();
    return "nothing";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.message() + "; " + error.hint();
  }
}

TEST_F(Ingest, RefusesIdsThatDoNotFit) {
  // Ids end at 2^31 - 1: with 2,048 ids per slot, the last slot is 2^20 - 1.
  constexpr std::int64_t kLast = (1 << 20) - 1;
  ingest_slot({"synthetic"}, 2048, 1, kLast);
  EXPECT_EQ(rows("select count(*), max(prompt_id) from raw_prompts"), "2048|2147483647");
  EXPECT_EQ(refusal_of([&] { ingest_slot({"synthetic"}, 2048, 1, kLast + 1); }),
            "2,048 prompts are more than the 2,047 per month whose ids fit 32 bits at that "
            "distance from 2025-12; use months nearer to 2025-12, or fewer prompts");
  const std::string file =
      copy("select 'p' || range as prompt from range(2048)", "p.parquet", "format parquet");
  ingest_slot({file}, 10'000, 1, kLast);
  EXPECT_EQ(rows("select count(*), max(prompt_id) from raw_prompts"), "2048|2147483647");
  // All rows of the source count, even if few prompts are taken.
  EXPECT_EQ(refusal_of([&] { ingest_slot({file}, 10, 1, kLast + 1); }),
            "2,048 rows in the source are more than the 2,047 per month whose ids fit 32 bits at "
            "that distance from 2025-12; use months nearer to 2025-12, or fewer files");
}

TEST_F(Ingest, HasNoSlotsWhereUsersAreObserved) {
  IngestRequest request{{path("any.csv")}, 10, 1, "raw_prompts"};
  request.observed = true;
  request.slot = 1;
  EXPECT_THROW(ingest(connection_, request, run_on(connection_)), Bug);
}

TEST_F(Ingest, ReadsTheRealSample) {
  const std::string file = GSA_SOURCE_DIR "/../shared/data/diffusiondb-sample.parquet";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no sample here";
  const IngestResult result = ingest_paths({file}, 2'000'000);
  EXPECT_EQ(result.rows_in_source, 105'591);
  EXPECT_EQ(result.rows + result.skipped_empty, 105'591);
  EXPECT_EQ(rows(fmt::format("select count(*) from raw_prompts r join read_parquet({}, "
                             "file_row_number = true) s on r.prompt_id = s.file_row_number "
                             "where r.prompt = s.prompt and r.generation_seed = s.seed and "
                             "r.step = s.step and r.cfg = s.cfg and r.sampler = s.sampler and "
                             "r.width = s.width and r.height = s.height",
                             sql_quote(file))),
            fmt::format("{}", result.rows));
}

}  // namespace
}  // namespace gsa::prompts
