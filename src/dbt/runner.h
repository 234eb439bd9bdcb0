#pragma once

// Runs single nodes of a project: builds a model, or runs a data test. The caller decides which
// nodes run, in which order, and what a failure blocks. A failure is part of the result, not an
// exception. Starts no transaction: the caller decides what becomes visible when.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "dbt/compile.h"
#include "dbt/materialize.h"
#include "dbt/node_status.h"
#include "dbt/project.h"
#include "dbt/test_claim.h"
#include "duck/database.h"

namespace gsa::dbt {

// Values in SQL's text form; nullopt is null.
struct SampleRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // at most kSampleRows
};
inline constexpr std::size_t kSampleRows = 10;

struct NodeResult {
  std::string name;
  std::string unique_id;
  NodeKind kind = NodeKind::model;
  std::string materialized;  // for a model
  std::string part;          // name of the partition that was built; empty: all of the model
  Relation relation;         // for a model: its own name, wherever it was built
  Place place;               // of the SQL; for a generic test, in its schema file
  Status status = Status::pass;
  double seconds = 0;
  double compile_seconds = 0;        // part of `seconds`: until its SQL was rendered
  std::optional<std::int64_t> rows;  // for a table: rows written
  std::int64_t failures = 0;  // for a test: the value of fail_calc, the number of failing rows
  std::string condition;      // for a test that did not pass: the warn_if or error_if that held
  std::string message;        // for an error or skip
  std::vector<TemplateMessage> said;  // messages of its template
  std::string hint;
  std::optional<duck::SqlErrorKind> sql_error;  // for an error that DuckDB raised: its kind
  SampleRows sample;                            // for a test that did not pass
  std::string compiled;
  std::filesystem::path compiled_file;

  bool is_unit_test() const { return unique_id.starts_with("unit_test."); }
};

// The parts of a node's result that are known before it runs.
NodeResult result_of(const Node& node, Status status = Status::pass);

struct RunResult {
  std::vector<NodeResult> nodes;  // in the order in which they ended
  double seconds = 0;

  std::size_t count(Status status) const;
  // True if there are no errors, no failed tests and no skipped nodes.
  bool succeeded() const;
};

struct NodeRunOptions {
  bool full_refresh = false;  // rebuild incremental models
  // Called again for each node, from any thread; its answers may change over time. Its answer for a
  // model's own relation must not change while that model is being built.
  RelationHook relation;
  std::stop_token stop = {};          // ends the run, as Ctrl-C does
  std::filesystem::path compiled_to;  // write each node's compiled SQL there; empty: nowhere
};

// How to build a table model other than as a whole from its query alone.
struct TableBuild {
  std::optional<Part> part;  // build only this part
  RelationHook inputs = {};  // maps a current relation to one with only some of its rows
  FrameHook frame;
};

// One runner per run. Threads may share it if each has its own connection to the same database, no
// node runs twice at the same time, and nobody else renders with the project meanwhile. Nodes are
// compiled one after the other (under a lock) and executed in parallel.
class NodeRunner {
 public:
  // Reads the list of relations through `connection`. `project` must outlive the runner.
  NodeRunner(const Project& project, duck::Connection& connection, NodeRunOptions options = {});
  NodeRunner(const NodeRunner&) = delete;
  NodeRunner& operator=(const NodeRunner&) = delete;

  // Builds a model, with its schema if that is missing, or runs a test. The model must not be
  // ephemeral. Throws only Error{interrupted}, after Ctrl-C or if the query was interrupted. Pass
  // `changed` for a test that passed on the model's other rows.
  NodeResult run(const Node& node, duck::Connection& connection, const TableBuild& build = {},
                 const std::optional<ChangedRows>& changed = {});
  // The query of a model or test as run() would execute it now. Throws Error with the place.
  CompiledSql compile(const Node& node, duck::Connection* connection = nullptr);
  // The relations in the database. If other code creates or drops any, it must record that here.
  Relations& relations() { return relations_; }

 private:
  struct Plan {
    CompiledSql query;
    std::optional<TestClaim> claim;  // of a test
    Relation relation;               // for a model: where it is built
    bool incremental = false;
  };
  struct Step;

  Relation current(const Relation& relation) const {
    return options_.relation ? options_.relation(relation) : relation;
  }
  Plan plan(Step& step);
  void keep_said(Step& step);
  void attempt(Step& step);
  void build(Step& step, const Plan& plan);
  void test(Step& step, const Plan& plan);
  void test_unit(Step& step);
  CompiledSql store(Step& step, const CompiledSql& query);
  std::optional<RowTest> row_test_of(const Node& node);
  bool is_proved_with_others(Step& step, const TestClaim& claim);
  void keep_compiled(NodeResult& result) const;

  const Project& project_;
  NodeRunOptions options_;
  Relations relations_;
  std::mutex compiling_;  // guards the two members below
  RelationHook inputs_;   // of the node that is being compiled
  Compiler compiler_;
  std::set<std::string> warned_;        // warnings already reported, so that each appears once
  std::mutex proving_;                  // guards the two members below
  std::set<std::string> models_asked_;  // models whose row tests have run together
  std::set<RowTest> proved_;            // those that are known to pass
};

}  // namespace gsa::dbt
