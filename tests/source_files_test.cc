// Sources that only the whole program can test: limits of the process, standard input, and runs
// that must say what they left out.

#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "duck/database.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

std::string column(const TempFolder& folder, const std::string& sql) {
  return gsa(folder, {"sql", sql, "--format", "csv"}).out;
}

TEST(SourceFiles, MayBeMoreThanMayBeOpen) {
  const TempFolder folder;
  constexpr int kFiles = 400;
  std::filesystem::create_directory(folder / "in");
  duck::Connection connection = duck::Database({}).connect();
  for (int i = 1000; i < 1000 + kFiles; ++i) {
    connection.execute(fmt::format("copy (select 'prompt {}' as prompt) to {} (format parquet)", i,
                                   sql_quote(folder / fmt::format("in/{}.parquet", i))));
  }
  ProcessOptions options{folder.path(), {}, [] {
                           constexpr rlimit kFew = {100, 100};
                           setrlimit(RLIMIT_NOFILE, &kFew);
                         }};
  const Outcome run =
      GsaProcess({"run", "--quiet", "--source", "in/*.parquet", "--users", "5"}, options).wait();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(column(folder,
                   "select count(*) as n from raw_prompts where prompt = 'prompt ' || "
                   "(1000 + prompt_id)"),
            fmt::format("n\n{}\n", kFiles));
}

TEST(SourceFiles, MayComeThroughAPipe) {
  const TempFolder folder;
  folder.write("in.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\",\"seed\":3}\n");
  const std::string input = folder / "in.jsonl";
  ProcessOptions options{folder.path(), {}, [input] {
                           const int file = open(input.c_str(), O_RDONLY);
                           dup2(file, STDIN_FILENO);
                         }};
  const std::vector<std::string> line = {"run", "--source", "-", "--users", "5"};
  const Outcome run = GsaProcess(line, options).wait();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("2 of the 2 prompts in standard input"), std::string::npos) << run.out;
  EXPECT_EQ(column(folder, "select prompt, generation_seed from raw_prompts order by prompt_id"),
            "prompt,generation_seed\na,\nb,3\n");
  // The same bytes count as the same source.
  const Outcome again = GsaProcess(line, options).wait();
  EXPECT_NE(again.err.find("Nothing is stale"), std::string::npos) << again.err;
}

TEST(SourceFiles, ThatAreLeftOutAreTold) {
  const TempFolder folder;
  folder.write("in/a.csv", "prompt\na\n");
  folder.write("in/empty.csv", "");
  folder.write("in/.git/c.csv", "prompt\nno\n");
  std::filesystem::create_symlink("nothing", folder / "in/broken.csv");
  const Outcome run = gsa(folder, {"run", "--source", "in/**/*.csv", "--users", "5"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.err.find("left out: in/broken.csv: a link without a target"), std::string::npos)
      << run.err;
  EXPECT_NE(run.err.find("left out: in/empty.csv: empty"), std::string::npos) << run.err;
  EXPECT_EQ(column(folder, "select prompt from raw_prompts"), "prompt\na\n");
}

}  // namespace
}  // namespace gsa::tests
