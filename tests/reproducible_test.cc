// The same seed gives the same bytes, whatever the threads, the memory and the history of the
// warehouse.

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "gsa_process.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;
using Files = std::map<std::string, std::string>;  // name -> contents

// More than a row group of the engine and of Parquet files, so that threads share the work.
const Arguments kLarge = {"--prompts", "200000", "--users", "20000"};
const Arguments kSmall = {"--prompts", "5000", "--users", "300"};

Outcome gsa_on(const TempFolder& folder, const std::string& command, Arguments arguments,
               const Arguments& more = {}) {
  arguments.insert(arguments.begin(), command);
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back("--quiet");
  Outcome outcome = gsa(folder, arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome;
}

Files exported(const TempFolder& folder, const std::string& format, const Arguments& options = {}) {
  fs::remove_all(folder / "out");
  gsa_on(folder, "export", {"out", "--format", format}, options);
  Files files;
  for (const auto& entry : fs::directory_iterator(folder / "out")) {
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files[entry.path().filename().string()] = text.str();
  }
  return files;
}

// Not EXPECT_EQ on the contents: megabytes of bytes would explain nothing.
void expect_same(const Files& one, const Files& other, const std::string& what) {
  EXPECT_GE(one.size(), 9u) << what;
  EXPECT_EQ(one.size(), other.size()) << what;
  for (const auto& [name, contents] : one) {
    const auto found = other.find(name);
    ASSERT_TRUE(found != other.end()) << name << ", " << what;
    EXPECT_FALSE(contents.empty()) << name << ", " << what;
    EXPECT_TRUE(contents == found->second) << name << " differs, " << what;
  }
}

TEST(Reproducible, ExportsAreTheSameBytesForAnyThreadsAndMemory) {
  std::map<std::string, Files> reference;
  for (const Arguments& resources :
       {Arguments{"--threads", "1"}, Arguments{"--threads", "2"}, Arguments{"--threads", "8"},
        Arguments{"--threads", "2", "--memory-limit", "500MB"}}) {
    const TempFolder folder;
    gsa_on(folder, "run", kLarge, resources);
    for (const char* format : {"parquet", "csv"}) {
      const Files files = exported(folder, format, resources);
      if (reference[format].empty()) reference[format] = files;
      std::string what = format;
      for (const std::string& option : resources) what += " " + option;
      expect_same(reference[format], files, what);
    }
  }
}

TEST(Reproducible, ExportsDoNotDependOnWhatTheWarehouseHeldBefore) {
  const TempFolder fresh, old;
  gsa_on(fresh, "run", kSmall, {"--seed", "42"});
  for (const char* seed : {"1", "2", "3"}) gsa_on(old, "run", kSmall, {"--seed", seed});
  gsa_on(old, "run", {"--prompts", "20000", "--users", "10"});
  gsa_on(old, "run", kSmall, {"--seed", "42"});
  gsa_on(old, "run", kSmall, {"--seed", "42", "--full-refresh"});
  gsa_on(old, "build", {});
  for (const char* format : {"parquet", "csv"}) {
    expect_same(exported(fresh, format), exported(old, format), format);
  }
}

// Checksums are computed after small tables are written, and while large ones are.
TEST(Reproducible, ChecksumsOnRecordAreThoseOfTheRows) {
  for (const Arguments& size : {kSmall, kLarge}) {
    const TempFolder folder;
    gsa_on(folder, "run", size);
    for (const std::string table :
         {"raw_users", "fct_generations", "fct_sessions", "dim_users", "user_friction_summary"}) {
      EXPECT_EQ(
          read_rows(folder / "data/warehouse.duckdb",
                    "select checksum from ops.materializations where asset = '" + table + "'"),
          read_rows(folder / "data/warehouse.duckdb",
                    "select sum(hash(t))::varchar from " + table + " t"))
          << table << ", " << size[1];
    }
  }
}

TEST(Reproducible, AnotherSeedChangesEveryTable) {
  const TempFolder one, other;
  gsa_on(one, "run", kSmall, {"--seed", "42"});
  gsa_on(other, "run", kSmall, {"--seed", "43"});
  const Files files = exported(one, "csv");
  const Files others = exported(other, "csv");
  for (const auto& [name, contents] : files) {
    if (name == "time_spine.csv") continue;  // the days of the month
    EXPECT_NE(contents, others.at(name)) << name;
  }
}

TEST(Reproducible, APromptsTelemetryDoesNotDependOnHowManyThereAre) {
  const TempFolder folder;
  gsa_on(folder, "run", {"--prompts", "10", "--warehouse", "few.duckdb"});
  gsa_on(folder, "run", {"--prompts", "10000", "--warehouse", "many.duckdb"});
  const auto first_ten = [&](const std::string& warehouse, const std::string& table) {
    return read_rows(folder / warehouse, "select hash(t), t.prompt_id from " + table +
                                             " t where prompt_id < 10 order by prompt_id");
  };
  for (const char* table : {"raw_prompts", "raw_generations"}) {
    const TextRows few = first_ten("few.duckdb", table);
    EXPECT_EQ(few.size(), 10u);
    EXPECT_EQ(few, first_ten("many.duckdb", table)) << table;
  }
}

}  // namespace
}  // namespace gsa::tests
