#include "dbt/runner.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "dbt/sql_failure.h"
#include "dbt/statement_runner.h"
#include "dbt/test_proof.h"
#include "dbt/unit_test_sql.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {
namespace {

Error interrupted_error() { return Error("interrupted", "", ErrorCode::interrupted); }

CompiledSql part_of(const CompiledSql& query, const std::string& condition) {
  CompiledSql sql;
  sql.append("select * from (\n");
  sql.append(query);
  sql.append("\n) as gsa_whole where " + condition);
  return sql;
}

CompiledSql test_statement(const TestConfig& test, const CompiledSql& query) {
  CompiledSql sql;
  sql.append(
      fmt::format("select\n  coalesce(cast({0} as bigint), 0),\n  coalesce({0} {1}, false),\n"
                  "  coalesce({0} {2}, false)\nfrom (\n",
                  test.fail_calc, test.warn_if, test.error_if));
  sql.append(query);
  if (test.limit) sql.append(fmt::format("\nlimit {}", *test.limit));
  sql.append("\n) as dbt_internal_test");
  return sql;
}

// Whether a test passes as soon as its query returns no row.
bool passes_without_rows(const TestConfig& test) {
  const TestConfig defaults;
  return test.fail_calc == defaults.fail_calc && test.warn_if == defaults.warn_if &&
         test.error_if == defaults.error_if;
}

SampleRows sample_of(duck::Connection& connection, const CompiledSql& query,
                     std::optional<std::int64_t> limit) {
  const std::int64_t rows = std::min<std::int64_t>(limit.value_or(kSampleRows), kSampleRows);
  const std::string first =
      fmt::format("select * from (\n{}\n) as dbt_internal_test limit {}", query.text(), rows);
  SampleRows sample;
  try {
    for (const duck::TextColumn& column : connection.inspect(first).columns) {
      sample.columns.push_back(column.name);
    }
    connection.stream_text(first, [&](const duck::Connection::TextRow& row) {
      sample.rows.emplace_back(row.begin(), row.end());
      return true;
    });
  } catch (const duck::SqlError& error) {
    // The verdict remains valid without sample rows.
    if (error.kind() == duck::SqlErrorKind::interrupted) throw interrupted_error();
    return {};
  }
  return sample;
}

}  // namespace

// One node running on one connection.
struct NodeRunner::Step {
  const Node& node;
  duck::Connection& connection;
  NodeResult& result;
  const TableBuild& table;
  const std::optional<ChangedRows>& changed;
  CompiledSql statement;  // the statement that runs
};

NodeResult result_of(const Node& node, Status status) {
  NodeResult result;
  result.name = node.name;
  result.unique_id = node.unique_id;
  result.kind = node.kind;
  result.place = node.place;
  result.status = status;
  if (node.kind == NodeKind::model) {
    result.materialized = to_string(node.model.materialized);
    result.relation = node.relation;
  }
  return result;
}

std::size_t RunResult::count(Status status) const {
  return static_cast<std::size_t>(std::count_if(
      nodes.begin(), nodes.end(), [&](const NodeResult& node) { return node.status == status; }));
}

bool RunResult::succeeded() const {
  return count(Status::error) + count(Status::fail) + count(Status::skip) == 0;
}

NodeRunner::NodeRunner(const Project& project, duck::Connection& connection, NodeRunOptions options)
    : project_(project),
      options_(std::move(options)),
      relations_(connection),
      compiler_(project, {[this](const Relation& relation) {
                            const Relation now = current(relation);
                            return inputs_ ? inputs_(now) : now;
                          },
                          {},
                          [this](const Relation& relation) {
                            return relations_.find(relation) == RelationKind::table;
                          },
                          options_.full_refresh}),
      warned_(project.warnings().begin(), project.warnings().end()) {}

NodeResult NodeRunner::run(const Node& node, duck::Connection& connection, const TableBuild& build,
                           const std::optional<ChangedRows>& changed) {
  check(node.kind == NodeKind::test ||
            (node.kind == NodeKind::model && node.model.materialized != Materialization::ephemeral),
        "the node to run is a model that stands by itself, or a test");
  if (options_.stop.stop_requested()) throw interrupted_error();
  NodeResult result = result_of(node);
  const Stopwatch watch;
  if (build.part) result.part = build.part->name;
  Step step{node, connection, result, build, changed, {}};
  attempt(step);
  result.seconds = watch.seconds();
  return result;
}

CompiledSql NodeRunner::compile(const Node& node, duck::Connection* connection) {
  const std::lock_guard lock(compiling_);
  return compiler_.compile(node, connection);
}

// Keeps the messages of the templates just rendered.
void NodeRunner::keep_said(Step& step) {
  for (TemplateMessage& said : compiler_.take_messages()) {
    if (said.is_warning && !warned_.insert(said.text).second) continue;
    step.result.said.push_back(std::move(said));
  }
}

NodeRunner::Plan NodeRunner::plan(Step& step) {
  const std::lock_guard lock(compiling_);
  Plan plan = {{}, {}, compiler_.relation_of(step.node), compiler_.is_incremental(step.node)};
  if (step.node.is_seed()) return plan;
  compiler_.take_messages();  // drops messages of other nodes, which report them on their own turn
  const Stopwatch watch;
  inputs_ = step.table.inputs;
  const struct Reset {
    RelationHook& hook;
    ~Reset() { hook = {}; }
  } reset{inputs_};
  CompiledTest compiled = compiler_.compile_test(step.node, &step.connection);
  plan.query = std::move(compiled.query);
  plan.claim = std::move(compiled.claim);
  step.result.compile_seconds = watch.seconds();
  keep_said(step);
  step.result.compiled = plan.query.text();
  keep_compiled(step.result);
  if (const std::optional<Part>& part = step.table.part) {
    plan.relation = part->relation;
    if (!part->condition.empty()) plan.query = part_of(plan.query, part->condition);
  }
  return plan;
}

void NodeRunner::attempt(Step& step) {
  NodeResult& result = step.result;
  try {
    if (step.node.is_unit_test()) return test_unit(step);
    const Plan plan = this->plan(step);
    if (step.node.kind == NodeKind::model) {
      build(step, plan);
    } else {
      test(step, plan);
    }
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw interrupted_error();
    const Error explained =
        explain_sql_error(error, step.statement, step.node, project_, options_.relation);
    result.status = Status::error;
    result.message = explained.message();
    result.hint = explained.hint();
    result.sql_error = error.kind();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    result.status = Status::error;
    result.message = error.message();
    result.hint = error.hint();
  }
}

void NodeRunner::build(Step& step, const Plan& plan) {
  relations_.need_schema(step.connection, plan.relation);
  step.result.rows = materialize(step.connection, relations_, project_.files(), step.node,
                                 plan.relation, plan.query, plan.incremental, step.table.frame,
                                 [&](const CompiledSql& statement) { step.statement = statement; });
}

// Stores the failing rows in the test's table; returns the query that reads them there.
CompiledSql NodeRunner::store(Step& step, const CompiledSql& query) {
  const Relation& relation = step.node.relation;
  relations_.need_schema(step.connection, relation);
  relations_.make_way(step.connection, relation, RelationKind::table);
  CompiledSql sql =
      around(fmt::format("create or replace table {} as (", to_sql(relation)), query,
             step.node.test.limit ? fmt::format("limit {})", *step.node.test.limit) : ")");
  step.statement = sql;
  step.connection.execute(sql.text());
  step.result.relation = relation;
  CompiledSql stored;
  stored.append("select * from " + to_sql(relation));
  return stored;
}

void NodeRunner::test(Step& step, const Plan& plan) {
  const TestConfig& config = step.node.test;
  NodeResult& result = step.result;
  const CompiledSql query = config.stores_failures ? store(step, plan.query) : plan.query;
  if (!config.stores_failures && passes_without_rows(config) && plan.claim) {
    const TestClaim claim = step.changed ? of_rows(*plan.claim, *step.changed) : *plan.claim;
    if (is_proved(step.connection, claim) || is_proved_with_others(step, claim)) return;
  }
  step.statement = test_statement(config, query);
  const duck::Result counted = step.connection.query(step.statement.text());
  result.failures = counted.int64(0, 0);
  const bool should_warn = counted.int64(0, 1) != 0;
  const bool should_fail = counted.int64(0, 2) != 0;
  if (config.severity == Severity::error && should_fail) {
    result.status = Status::fail;
    result.condition = config.error_if;
  } else if (should_warn) {
    result.status = Status::warn;
    result.condition = config.warn_if;
  } else {
    return;
  }
  result.sample = sample_of(step.connection, query, config.limit);
}

void NodeRunner::test_unit(Step& step) {
  const UnitTest& unit = *step.node.unit;
  NodeResult& result = step.result;
  const auto run = [&](const CompiledSql& sql) {
    step.statement = sql;
    return step.connection.query(sql.text());
  };
  const auto columns_of = [](const duck::Result& rows) {
    TypedColumns columns;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      columns.push_back({rows.text(r, 0), rows.text(r, 1)});
    }
    return columns;
  };
  const ColumnsHook described = [&](const std::string& relation) -> std::optional<TypedColumns> {
    CompiledSql sql;
    sql.append("describe " + relation);
    try {
      return columns_of(run(sql));
    } catch (const duck::SqlError& error) {
      if (error.kind() != duck::SqlErrorKind::catalog) throw;
      return std::nullopt;
    }
  };
  CompiledSql actual;
  {
    const std::lock_guard lock(compiling_);
    compiler_
        .take_messages();  // drops messages of other nodes, which report them on their own turn
    const Stopwatch watch;
    actual = compiler_.compile_tested(step.node, described, &step.connection);
    result.compile_seconds = watch.seconds();
    keep_said(step);
  }
  result.compiled = actual.text();
  const TypedColumns columns = columns_of(run(around("describe select * from (", actual, ")")));
  const std::vector<std::string> compared =
      compared_columns(unit.expect, columns, project_.files());
  step.statement = difference_sql(actual, expected_sql(unit.expect, columns), compared);
  result.compiled = step.statement.text();
  keep_compiled(result);
  for (const duck::TextColumn& column : step.connection.inspect(result.compiled).columns) {
    result.sample.columns.push_back(column.name);
  }
  step.connection.stream_text(result.compiled, [&](const duck::Connection::TextRow& row) {
    if (++result.failures <= static_cast<std::int64_t>(kSampleRows)) {
      result.sample.rows.emplace_back(row.begin(), row.end());
    }
    return true;
  });
  if (result.failures == 0) return;
  result.status = Status::fail;
  result.condition = "actual differs from expected";
}

// An error of a test is reported when that test runs.
std::optional<RowTest> NodeRunner::row_test_of(const Node& node) {
  try {
    const std::lock_guard lock(compiling_);
    const std::optional<TestClaim> claim = compiler_.compile_test(node).claim;
    const auto* test = claim ? std::get_if<RowTest>(&*claim) : nullptr;
    return test == nullptr ? std::nullopt : std::optional(*test);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    return std::nullopt;
  }
}

// On first use, runs all row tests of the model as one query; models do not change once built.
bool NodeRunner::is_proved_with_others(Step& step, const TestClaim& claim) {
  const auto* own = std::get_if<RowTest>(&claim);
  if (own == nullptr) return false;
  const std::lock_guard lock(proving_);
  if (models_asked_.insert(own->model).second) {
    // Null checks run separately: DuckDB often answers them from its statistics, but not together
    // with other conditions.
    std::map<bool, std::vector<RowTest>> by_asking_for_null;
    for (const Node& node : project_.nodes()) {
      if (node.kind != NodeKind::test || !node.is_generic || node.tested != step.node.tested) {
        continue;
      }
      std::optional<RowTest> test = row_test_of(node);
      if (test && step.changed) test = std::get<RowTest>(of_rows(*test, *step.changed));
      if (test && test->model == own->model) {
        by_asking_for_null[test->asks_for_null].push_back(*test);
      }
    }
    for (const auto& [for_null, tests] : by_asking_for_null) {
      if (tests.size() < 2 && !step.changed) continue;  // its own query does as well
      if (!none_holds(step.connection, tests)) continue;
      proved_.insert(tests.begin(), tests.end());
    }
  }
  return proved_.contains(*own);
}

void NodeRunner::keep_compiled(NodeResult& result) const {
  if (options_.compiled_to.empty()) return;
  constexpr std::size_t kLongestName = 200;  // file systems allow 255 bytes
  make_folder(options_.compiled_to);
  const std::string name = replace_all(result.name.substr(0, kLongestName), "/", "_");
  result.compiled_file = options_.compiled_to / (name + ".sql");
  write_file(result.compiled_file, result.compiled + "\n");
}

}  // namespace gsa::dbt
