#pragma once

// Small projects in memory and goldens, for the tests of this folder.

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "dbt/node_graph.h"
#include "dbt/project.h"
#include "dbt/runner.h"
#include "duck/database.h"

namespace gsa::dbt {

using Files = std::map<std::string, std::string>;

// A project named shop with these files; adds a dbt_project.yml if they have none.
inline Project load(Files files, const std::string& vars = "") {
  files.try_emplace("dbt_project.yml", "name: shop\n");
  LoadOptions options;
  options.vars = vars;
  return Project::load(ProjectFiles(std::move(files)), options);
}

// The message and hint of the Error that `work` throws, in main's format.
template <typename Work>
std::string error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.hint().empty() ? error.message() : error.message() + "\nhint: " + error.hint();
  }
  return "no error";
}

inline std::string load_error(const Files& files) {
  return error_of([&] { load(files); });
}

inline duck::Connection memory() { return duck::Database({}).connect(); }

// Compares with testdata/dbt/NAME; GSA_UPDATE_GOLDEN=1 rewrites that file.
inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(GSA_TESTDATA) / name;
  if (std::getenv("GSA_UPDATE_GOLDEN") != nullptr) {
    make_folder(path.parent_path());
    write_file(path, actual);
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << ": run once with GSA_UPDATE_GOLDEN=1";
  EXPECT_EQ(actual, read_file(path)) << path;
}

// Runs all models and tests on one connection, in order, even after failures.
inline RunResult run_all(const Project& project, duck::Connection& connection,
                         NodeRunOptions options = {}) {
  NodeSet runnable;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) {
    const Node& node = project.nodes()[i];
    const bool stands =
        node.kind == NodeKind::model && node.model.materialized != Materialization::ephemeral;
    if (stands || node.kind == NodeKind::test) runnable.insert(i);
  }
  NodeRunner runner(project, connection, std::move(options));
  RunResult result;
  for (const std::size_t i : run_order(project.nodes(), runnable)) {
    result.nodes.push_back(runner.run(project.nodes()[i], connection));
  }
  return result;
}

inline const NodeResult& find(const RunResult& result, const std::string& name) {
  for (const NodeResult& node : result.nodes) {
    if (node.name == name) return node;
  }
  throw Error(fmt::format("no result for {}", name));
}

}  // namespace gsa::dbt
