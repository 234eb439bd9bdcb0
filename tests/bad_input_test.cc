// Bad sources through `gsa run --source`: the message, the exit code, and that the published
// warehouse does not change.

#include "duck/database.h"
#include "golden.h"

namespace gsa::tests {
namespace {

class BadSource : public testing::Test {
 protected:
  BadSource() { copy_small_warehouse(folder_); }

  void expect_refused(const std::string& source) {
    const std::vector<std::string> line = {"run", "--quiet", "--source", source};
    const Outcome run = gsa(folder_, line);
    transcripts_ += transcript(folder_, line, run);
    EXPECT_EQ(run.exit_code, 1) << source;
    EXPECT_EQ(run.out, "") << source;
    EXPECT_TRUE(contains(run.err, "error: ")) << run.err;
  }

  void write_parquet(const std::string& name, const std::string& select) {
    duck::Database({}).connect().execute(
        fmt::format("copy ({}) to {} (format parquet)", select, sql_quote(folder_ / name)));
  }

  TempFolder folder_;
  std::string transcripts_;
};

TEST_F(BadSource, IsRefusedAndNothingChanges) {
  const std::string before = published_content(folder_);
  folder_.write("empty.csv", "");
  folder_.write("header.csv", "prompt,seed\n");
  folder_.write("no_prompt.csv", "id,words\n1,a\n2,b\n");
  folder_.write("quotes.csv", "prompt,seed\n\"a\nb\",1\n\"c\" d,2\n");
  folder_.write("open_quote.csv", "prompt,seed\na,1\n\"b,2\nc,3\n");
  folder_.write("latin1.csv", "prompt,seed\na,1\ncaf\xe9,2\n");
  folder_.write("blank.csv", "prompt\n\"\"\n\" \"\n");
  folder_.write("line.jsonl", "{\"prompt\":\"a\"}\nnot JSON\n");
  folder_.write("type.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":5}\n");
  folder_.write("no_prompt.jsonl", "{\"text\":\"a\"}\n");
  folder_.write("notes.md", "# Notes\n");
  folder_.write("bytes.csv.gz", "prompt\na\n");
  write_parquet("number.parquet", "select 1 as prompt");
  write_parquet("no_prompt.parquet", "select 'a' as words");
  write_parquet("none.parquet", "select 'a' as prompt where false");
  write_parquet("whole.parquet", "select 'prompt ' || range as prompt from range(1000)");
  const std::string whole = read_file(folder_ / "whole.parquet");
  folder_.write("cut.parquet", whole.substr(0, whole.size() / 2));
  std::filesystem::create_directory(folder_ / "folder");

  for (const char* source :
       {"nowhere.parquet", "whole.parqet",      "folder",        "*.json",
        "empty.csv",       "header.csv",        "no_prompt.csv", "quotes.csv",
        "open_quote.csv",  "latin1.csv",        "blank.csv",     "line.jsonl",
        "type.jsonl",      "no_prompt.jsonl",   "notes.md",      "bytes.csv.gz",
        "number.parquet",  "no_prompt.parquet", "none.parquet",  "cut.parquet"}) {
    expect_refused(source);
  }
  expect_golden("bad_sources.txt", transcripts_);
  EXPECT_EQ(published_content(folder_), before);
  EXPECT_EQ(gsa(folder_, {"sql",
                          "select count(*) as n from duckdb_tables() where table_name like "
                          "'%gsa_new%'",
                          "--format", "csv"})
                .out,
            "n\n0\n");
}

TEST_F(BadSource, WithoutAWarehouseLeavesNoneToRead) {
  const TempFolder empty;
  EXPECT_EQ(gsa(empty, {"run", "--source", "nowhere.csv"}).exit_code, 1);
  EXPECT_EQ(gsa(empty, {"summary"}).exit_code, 1);
  EXPECT_EQ(gsa(empty, {"run", "--prompts", "100", "--quiet"}).exit_code, 0);
}

class OddSource : public BadSource {
 protected:
  // The prompts of a run with this file, in the file's order.
  std::string prompts_of(const std::string& name, const std::string& bytes) {
    folder_.write(name, bytes);
    run_ = gsa(folder_, {"run", "--source", name, "--users", "5"});
    EXPECT_EQ(run_.exit_code, 0) << run_.err;
    return gsa(folder_,
               {"sql", "select prompt from raw_prompts order by prompt_id", "--format", "jsonl"})
        .out;
  }
  Outcome run_;
};

TEST_F(OddSource, BlankAndNullPromptsAreLeftOutAndCounted) {
  EXPECT_EQ(prompts_of("b.jsonl",
                       "{\"prompt\":\"a\"}\n{\"prompt\":null}\n{\"prompt\":\"  \"}\n"
                       "{\"seed\":1}\n{\"prompt\":\"b\"}\n"),
            "{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n");
  EXPECT_TRUE(contains(run_.out, "3 blank ones left out")) << run_.out;
}

TEST_F(OddSource, FewerPromptsThanAskedForAreAllUsedAndItSaysSo) {
  prompts_of("few.csv", "prompt\na\nb\n");
  EXPECT_TRUE(contains(run_.err, "note:")) << run_.err;
  EXPECT_TRUE(contains(run_.out, "2 of the 2 prompts in few.csv")) << run_.out;
}

TEST_F(OddSource, ByteOrderMarkAndCrLfAreNoPartOfPrompts) {
  EXPECT_EQ(prompts_of("bom.csv", "\xef\xbb\xbfprompt,seed\r\na fox,1\r\n\"b, c\",2\r\n"),
            "{\"prompt\":\"a fox\"}\n{\"prompt\":\"b, c\"}\n");
}

TEST_F(OddSource, AnEscapedNulByteIsKeptOrRefusedButNeverCutsTheFile) {
  folder_.write("nul.jsonl", "{\"prompt\":\"a\\u0000b\"}\n{\"prompt\":\"c\"}\n");
  const Outcome run = gsa(folder_, {"run", "--source", "nul.jsonl", "--users", "5"});
  if (run.exit_code == 0) {
    EXPECT_TRUE(contains(run.out, "2 of the 2 prompts")) << run.out;
  } else {
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(contains(run.err, "nul.jsonl")) << run.err;
  }
}

TEST_F(OddSource, ALineOfTenMegabytesIsAPrompt) {
  const std::string words(10'000'000, 'x');
  folder_.write("long.csv", "prompt\nshort\n" + words + "\n");
  const Outcome run = gsa(folder_, {"run", "--source", "long.csv", "--users", "5", "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(
      gsa(folder_, {"sql", "select max(strlen(prompt)) as n from raw_prompts", "--format", "csv"})
          .out,
      "n\n10000000\n");
}

}  // namespace
}  // namespace gsa::tests
