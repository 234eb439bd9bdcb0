#pragma once

// Runs single nodes of a project: builds a model, or runs a data test. Which of them, in what order
// and what a failure holds up is the caller's decision. What fails is part of the result, not an
// exception. Starts no transaction: the caller decides what becomes visible when.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dbt/compile.h"
#include "dbt/materialize.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::dbt {

enum class Status {
  pass,   // a test that holds, or a model that was built
  warn,   // a test that found rows, and is content to say so
  fail,   // a test that found rows
  error,  // a model or test whose SQL failed
  skip,   // what it needs has failed
  fresh,  // not run, because it is up to date
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
  std::string part;          // the name of the part of a model that was built; empty: the whole
  Relation relation;         // of a model: its own, whatever NodeRunOptions::relation made of it
  Place place;               // of the SQL, or of the test in its schema file
  Status status = Status::pass;
  double seconds = 0;
  double compile_seconds = 0;        // of these: until its SQL was rendered
  std::optional<std::int64_t> rows;  // of a table: rows written
  std::int64_t failures = 0;         // of a test: what fail_calc says, the number of failing rows
  std::string condition;  // of a test that did not pass: the warn_if or error_if that held
  std::string message;    // of an error or skip
  std::vector<TemplateMessage> said;  // by its template
  std::string hint;
  std::optional<duck::SqlErrorKind> sql_error;  // of an error: its kind, where DuckDB raised it
  SampleRows sample;                            // of a test that did not pass
  std::string compiled;
  std::filesystem::path compiled_file;

  bool is_unit_test() const { return unique_id.starts_with("unit_test."); }
};

// What is known of a node's result before it runs.
NodeResult result_of(const Node& node, Status status = Status::pass);

struct RunResult {
  std::vector<NodeResult> nodes;  // in the order they ended
  double seconds = 0;

  std::size_t count(Status status) const;
  // No error, no failed test, nothing skipped.
  bool succeeded() const;
};

struct NodeRunOptions {
  bool full_refresh = false;  // incremental models are built anew
  // Asked anew for each node, from any thread, and free to answer differently later. What it says
  // of a model's own relation must stay the same while that model is built.
  RelationHook relation;
  std::filesystem::path compiled_to;  // where to leave each node's SQL; empty: nowhere
};

// How a table model is built otherwise than whole and from its query alone.
struct TableBuild {
  std::optional<Part> part;  // instead of the whole
  FrameHook frame;
};

// One for a run. Threads may share it, each with a connection of its own to the same database, if
// no node runs twice at a time and nobody else renders with the project meanwhile: nodes are
// compiled one after the other, and executed side by side.
class NodeRunner {
 public:
  // Reads through `connection` what relations there are. `project` must outlive the runner.
  NodeRunner(const Project& project, duck::Connection& connection, NodeRunOptions options = {});
  NodeRunner(const NodeRunner&) = delete;
  NodeRunner& operator=(const NodeRunner&) = delete;

  // Builds a model that is not ephemeral, with its schema if that is missing, or runs a test.
  // Throws only Error{interrupted}, after Ctrl-C or where the query was interrupted.
  NodeResult run(const Node& node, duck::Connection& connection, const TableBuild& build = {});
  // The query of a model or test, as run() would run it now. Throws Error with the place.
  CompiledSql compile(const Node& node, duck::Connection* connection = nullptr);
  // What there is: to be told of what somebody else makes meanwhile.
  Relations& relations() { return relations_; }

 private:
  struct Plan {
    CompiledSql query;
    Relation relation;  // of a model: where it is built
    bool incremental = false;
  };
  struct Step;

  Plan plan(Step& step);
  void keep_said(Step& step);
  void attempt(Step& step);
  void build(Step& step, const Plan& plan);
  void test(Step& step, const CompiledSql& made);
  void test_unit(Step& step);
  CompiledSql store(Step& step, const CompiledSql& query);
  std::string compiled_or_empty(const Node& node);
  bool is_proved_with_others(Step& step, const std::string& query);
  void keep_compiled(NodeResult& result) const;

  const Project& project_;
  NodeRunOptions options_;
  Relations relations_;
  std::mutex compiling_;
  Compiler compiler_;
  std::set<std::string> warned_;               // what templates warned of: each is told once
  std::mutex proving_;                         // of the two below
  std::set<std::string> models_asked_;         // all of whose row tests were asked together
  std::set<std::string, std::less<>> proved_;  // queries of tests
};

}  // namespace gsa::dbt
