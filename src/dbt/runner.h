#pragma once

// Runs a project's models and data tests on a connection, in order, one at a time (DuckDB itself
// uses all cores for each). What fails is part of the result, not an exception: what does not
// depend on it still runs. Starts no transaction: the caller decides what becomes visible when.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dbt/compile.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::dbt {

enum class Command {
  build,  // models, each followed by its tests; what a failing test guards is skipped
  run,    // models only
  test,   // tests only
};

enum class Phase { before, after };

struct RunOptions {
  Command command = Command::build;
  std::string select;
  std::string exclude;
  bool full_refresh = false;  // incremental models are built anew
  RelationHook relation;
  // Lines without their ends. `colour_fd` is the file that they end up in, or -1.
  std::function<void(const std::string&)> log;
  bool verbose = false;  // also the lines that say what starts
  int colour_fd = -1;
  std::function<void(const Node&, Phase)> on_node;
  std::filesystem::path compiled_to;  // where to leave each node's SQL; empty: nowhere
};

enum class Status {
  pass,   // a test that holds, or a model that was built
  warn,   // a test that found rows, and is content to say so
  fail,   // a test that found rows
  error,  // a model or test whose SQL failed
  skip,   // what it needs has failed
};

// Text as SQL prints it; nullopt is null.
struct SampleRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // at most kSampleRows
};
inline constexpr std::size_t kSampleRows = 10;

struct NodeResult {
  std::string name;
  std::string unique_id;
  NodeKind kind = NodeKind::model;
  std::string materialized;  // of a model
  Relation relation;         // of a model: its own, whatever RunOptions::relation made of it
  Place place;               // of the SQL, or of the test in its schema file
  Status status = Status::pass;
  double seconds = 0;
  std::optional<std::int64_t> rows;  // of a table: rows written
  std::int64_t failures = 0;         // of a test: what fail_calc says, the number of failing rows
  std::string condition;  // of a test that did not pass: the warn_if or error_if that held
  std::string message;    // of an error or skip
  std::string hint;
  SampleRows sample;  // of a test that did not pass
  std::string compiled;
  std::filesystem::path compiled_file;
};

struct RunResult {
  std::vector<NodeResult> nodes;  // in the order they ran
  double seconds = 0;

  std::size_t count(Status status) const;
  // No error, no failed test, nothing skipped.
  bool succeeded() const;
};

// Throws Error for a selection that matches nothing, and Error{interrupted} after Ctrl-C.
RunResult run(const Project& project, duck::Connection& connection, const RunOptions& options);

}  // namespace gsa::dbt
