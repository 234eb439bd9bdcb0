#pragma once

// A product's events of twelve users, one of whom the tests forget, and where a text is found.

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gsa_process.h"
#include "serve_fixture.h"
#include "warehouse_reading.h"

namespace gsa::tests {

namespace fs = std::filesystem;

inline constexpr int kUsers = 12;
inline constexpr const char* kGone = "user7@example.com";  // whom the tests forget
inline constexpr const char* kGonePrompt = "written by number 7 alone";

using Wanted = std::function<bool(int user)>;
inline bool everybody(int /*user*/) { return true; }
inline bool all_but_the_gone(int user) { return user != 7; }

inline std::string key_of(int user) { return fmt::format("user{}@example.com", user); }

// Events of the users that are wanted, as they would be in one export or another. Some values are
// odd, so that there are findings; the first of them are of user 7.
inline std::string events(int from, int until, const Wanted& wanted) {
  std::string csv =
      "request_id,user_id,created_at,latency_ms,status,cost_usd,prompt,plan,session\n";
  for (int i = from; i < until; ++i) {
    const int user = i * 5 % kUsers;
    if (!wanted(user)) continue;
    const int minute = i * 7;
    csv += fmt::format(
        "req-{0:05},{1},2026-02-{2:02}T{3:02}:{4:02}:00Z,{5},{6},0.0{7},\"a castle of number "
        "{0}, written by number {8} alone\",{9},visit-{10}-{8}\n",
        i, key_of(user), 1 + minute / 1440, minute / 60 % 24, minute % 60,
        i % 13 == 11 ? "-77123" : fmt::format("{}", 300 + i * 37 % 5000),
        i % 9 == 0 ? "timeout" : "succeeded", 1 + i % 8, user, user % 3 == 0 ? "gold" : "basic",
        i / 40);
  }
  return csv;
}

inline std::string users(const Wanted& wanted) {
  std::string csv = "user_id,country,device\n";
  for (int user = 0; user < kUsers; ++user) {
    if (!wanted(user)) continue;
    csv += fmt::format("{},{},{}\n", key_of(user), user % 2 == 0 ? "DE" : "FR",
                       user == 7 ? "wristwatch" : "phone");
  }
  return csv;
}

inline std::string feedback(int from, int until, const Wanted& wanted) {
  std::string csv = "request_id,rating\n";
  for (int i = from; i < until; i += 3) {
    if (wanted(i * 5 % kUsers)) csv += fmt::format("req-{:05},{}\n", i, i % 2 == 0 ? 1 : -1);
  }
  return csv;
}

inline std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

using Names = std::vector<std::string>;

class Forget : public testing::Test {
 protected:
  Outcome ok(const std::vector<std::string>& arguments) const {
    Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    return outcome;
  }
  void write_sources(const std::string& name, int from, int until, const Wanted& wanted) const {
    folder_.write(name + "/events/" + std::to_string(from) + ".csv", events(from, until, wanted));
    folder_.write(name + "/users.csv", users(wanted));
    folder_.write(name + "/feedback.csv", feedback(0, until, wanted));
  }
  Outcome run(const std::string& name, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        "run",          "--quiet",           "--source",        name + "/events",
        "--users-from", name + "/users.csv", "--feedback-from", name + "/feedback.csv",
        "--warehouse",  name + ".duckdb"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return ok(arguments);
  }
  std::string warehouse(const std::string& name) const { return folder_ / (name + ".duckdb"); }
  std::string cell(const std::string& name, const std::string& sql) const {
    return read_cell(warehouse(name), sql);
  }

  // All numbers of the marts, without ids: they are those of the rows of the source.
  std::string numbers(const std::string& name) const {
    std::string all;
    for (const char* sql :
         {"from dim_users", "from fct_sessions", "from fct_generations", "from daily_metrics",
          "from user_friction_summary", "from (select prompts.* from dim_prompts as prompts)"}) {
      all += ok({"sql", "--format", "csv", "--warehouse", name + ".duckdb",
                 fmt::format("select columns(c -> not ends_with(c, '_id')) {} order by all", sql)})
                 .out;
    }
    return all;
  }
  // The relations of the warehouse with a row that says the text.
  std::vector<std::string> who_say(const std::string& name, const std::string& text) const {
    std::string sql;
    for (const auto& row :
         read_rows(warehouse(name),
                   "select schema_name || '.' || table_name from duckdb_tables() union all select "
                   "schema_name || '.' || view_name from duckdb_views() where not internal")) {
      sql += fmt::format(
          "{}select '{}' as relation from {} as t having count(*) filter (contains(t::varchar, "
          "'{}')) > 0",
          sql.empty() ? "" : " union all ", row.at(0), row.at(0), text);
    }
    std::vector<std::string> names;
    for (const auto& row : read_rows(warehouse(name), sql)) names.push_back(row.at(0));
    return names;
  }
  // The files of the folder that say the text, other than those of the source.
  std::vector<std::string> files_that_say(const std::string& source,
                                          const std::string& text) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const std::string path = fs::relative(entry.path(), folder_.path()).string();
      if (!entry.is_regular_file() || path.starts_with(source + "/")) continue;
      if (contains(bytes_of(entry.path().string()), text)) files.push_back(path);
    }
    return files;
  }

  TempFolder folder_;
};

}  // namespace gsa::tests
