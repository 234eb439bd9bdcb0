#pragma once

// A warehouse in its own folder, and beside it a dbt project to edit.

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"
#include "warehouse_reading.h"

namespace gsa::tests {

using Arguments = std::vector<std::string>;
using Publication = std::map<std::string, std::string>;

class PublicationTest : public testing::Test {
 protected:
  // `gsa COMMAND --warehouse w.duckdb ARGUMENTS`; runs are small and quick.
  Outcome run(const std::string& command, const Arguments& arguments = {}) const {
    Arguments all = {command, "--warehouse", warehouse_};
    if (command == "run") all.insert(all.end(), {"--users", "50", "--quiet"});
    all.insert(all.end(), arguments.begin(), arguments.end());
    return gsa(folder_, all);
  }

  void expect_ok(const std::string& command, const Arguments& arguments = {}) const {
    const Outcome outcome = run(command, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  // A copy of the built-in project, in folder project/.
  void init_project() const { expect_ok("init", {"project"}); }
  void write(const std::string& path, const std::string& text) const {
    folder_.write("project/" + path, text);
  }
  void replace(const std::string& path, const std::string& from, const std::string& to) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / ("project/" + path)).rdbuf();
    std::string contents = text.str();
    const std::size_t at = contents.find(from);
    ASSERT_NE(at, std::string::npos) << from << " is not in " << path;
    write(path, contents.replace(at, from.size(), to));
  }

  bool is_visible(const std::string& relation) const {
    const auto relations = visible_relations(warehouse_);
    return std::find(relations.begin(), relations.end(), relation) != relations.end();
  }

  void expect_nothing_hidden() const {
    for (const std::string& relation : visible_relations(warehouse_)) {
      EXPECT_EQ(relation.find("__gsa_new__"), std::string::npos) << relation;
    }
  }

  // Changes the warehouse like another tool would.
  void execute(const std::string& sql) const {
    duck::DatabaseOptions options;
    options.path = warehouse_;
    duck::Database(options).connect().execute(sql);
  }

  TempFolder folder_;
  std::string warehouse_ = folder_ / "w.duckdb";
  const Arguments few_ = {"--prompts", "500"};
};

}  // namespace gsa::tests
