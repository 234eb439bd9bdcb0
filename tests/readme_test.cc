// The commands in the README work.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "duck/database.h"
#include "gsa_process.h"
#include "hub/fake_hub.h"

namespace gsa::tests {
namespace {

// The lines in the README's bash blocks that begin with ./run, in order.
std::vector<std::string> commands() {
  std::ifstream readme(GSA_SOURCE_DIR "/README.md");
  std::vector<std::string> found;
  bool in_block = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("```")) in_block = line == "```bash";
    if (in_block && line.starts_with("./run")) found.push_back(line);
  }
  return found;
}

// A small table with DiffusionDB's columns.
std::string small_diffusiondb(const TempFolder& folder) {
  const std::string path = folder / "small.parquet";
  duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
  connection.execute(
      "copy (select i || '.png' as image_name, 'a castle number ' || (i // 3) as prompt,"
      " 1::usmallint as part_id, i::uinteger as seed, 50::usmallint as step, 7::float as cfg,"
      " 8::utinyint as sampler, 512::usmallint as width, 512::usmallint as height,"
      " sha256('user ' || (i // 30)) as user_name,"
      " timestamptz '2022-08-08 00:00:00+00' + to_minutes(i) as timestamp,"
      " 0.1::float as image_nsfw, 0.1::float as prompt_nsfw from range(900) t(i)) to " +
      sql_quote(path) + " (format parquet)");
  std::string bytes = read_file(path);
  std::filesystem::remove(path);
  return bytes;
}

// The events, users and votes of a product.
void write_own_data(const TempFolder& folder) {
  duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
  const std::string events =
      "select 'r' || i as request_id, 'u' || i % 7 as user_id, timestamp '2026-03-01' + "
      "to_minutes(i * 11) as created_at, 500 + i as latency_ms, if(i % 9 = 0, 'failed', "
      "'succeeded') as status, 0.01 as cost_usd from range(200) t(i)";
  std::filesystem::create_directories(folder / "logs");
  for (const auto& [name, options] :
       {std::pair("events.parquet", "format parquet"),
        std::pair("logs/a.jsonl.gz", "format json, compression gzip")}) {
    connection.execute("copy (" + events + ") to " + sql_quote(folder / name) + " (" + options +
                       ")");
  }
  folder.write("users.csv", "user_id,plan\nu1,gold\nu2,basic\n");
  folder.write("votes.csv", "request_id,rating\nr1,up\nr2,down\n");
}

TEST(Readme, EveryRunCommandWorksInItsOrder) {
  const TempFolder folder;
  write_own_data(folder);
  hub::FakeHub hub;
  hub.set_file("poloclub/diffusiondb", "metadata.parquet", small_diffusiondb(folder));
  // ./run without its set-up, which has its own test.
  const std::string settings =
      "export HF_HUB_OFFLINE= TRANSFORMERS_OFFLINE= HF_HUB_CACHE= NO_PROXY='*' no_proxy='*' "
      "HF_ENDPOINT=" +
      hub.endpoint() + " HF_HOME='" + folder / "huggingface" + "'\n";
  folder.write("run", "#!/bin/sh\n" + settings +
                          "case \"$1\" in ''|--*) set -- run \"$@\" ;; esac\nexec '" +
                          gsa_binary() + "' \"$@\"\n");
  chmod((folder / "run").c_str(), 0755);
  const std::vector<std::string> typed = commands();
  ASSERT_GE(typed.size(), 6u);
  for (const std::string& command : typed) {
    const std::string line =
        "cd '" + folder.path().string() + "' && (\n" + command + "\n) > said.txt 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << command;
  }
}

TEST(Readme, ShowsTheReportAndTheNumberOfTestsOfTheFirstRun) {
  std::ifstream file(GSA_SOURCE_DIR "/README.md");
  std::ostringstream readme;
  readme << file.rdbuf();
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--source", "synthetic", "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Downloads are")) break;
    EXPECT_NE(readme.str().find(line + "\n"), std::string::npos) << line;
  }
  const Outcome tests = gsa(folder, {"sql", "--format", "jsonl",
                                     "select count(distinct check_name) as n from ops.checks"});
  const std::string number = tests.out.substr(5, tests.out.find('}') - 5);  // {"n":120}
  EXPECT_NE(readme.str().find("**Data tests**: " + number + " of them run"), std::string::npos)
      << number << " ran";
}

}  // namespace
}  // namespace gsa::tests
