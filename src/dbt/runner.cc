#include "dbt/runner.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "dbt/graph.h"
#include "dbt/materialize.h"
#include "dbt/report.h"
#include "dbt/selector.h"
#include "dbt/sql_failure.h"

namespace gsa::dbt {
namespace {

Error interrupted_error() { return Error("interrupted", "", ErrorCode::interrupted); }

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

class Run {
 public:
  Run(const Project& project, duck::Connection& connection, const RunOptions& options)
      : project_(project),
        connection_(connection),
        options_(options),
        relations_(connection),
        compiler_(project, {options.relation,
                            [this](const Relation& relation) {
                              return relations_.find(relation) == RelationKind::table;
                            },
                            options.full_refresh}) {}

  RunResult run() {
    const Stopwatch watch;
    const std::vector<std::size_t> order = plan();
    log(found_line(project_));
    log("");
    make_schemas(order);
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (interrupted()) throw interrupted_error();
      run_node(order[i], i + 1, order.size());
    }
    result_.seconds = watch.seconds();
    for (const std::string& line : summary_lines(result_, options_.colour_fd)) log(line);
    return std::move(result_);
  }

 private:
  const std::vector<Node>& nodes() const { return project_.nodes(); }

  void log(const std::string& line) const {
    if (options_.log) options_.log(line.empty() ? clock_now() : clock_now() + "  " + line);
  }

  bool is_wanted(const Node& node) const {
    if (node.kind == NodeKind::test) return options_.command != Command::run;
    return node.kind == NodeKind::model && options_.command != Command::test &&
           node.model.materialized != Materialization::ephemeral;
  }

  std::vector<std::size_t> plan() const {
    NodeSet chosen = select_nodes(project_, options_.select, options_.exclude);
    std::erase_if(chosen, [this](std::size_t i) { return !is_wanted(nodes()[i]); });
    if (chosen.empty()) {
      throw Error(fmt::format("the selection holds no {} to run",
                              options_.command == Command::test  ? "tests"
                              : options_.command == Command::run ? "models"
                                                                 : "models or tests"));
    }
    return run_order(nodes(), chosen);
  }

  void make_schemas(const std::vector<std::size_t>& order) {
    std::set<std::pair<std::string, std::string>> made;
    for (const std::size_t i : order) {
      if (nodes()[i].kind != NodeKind::model) continue;
      const Relation relation = compiler_.relation_of(nodes()[i]);
      if (made.emplace(relation.database, relation.schema).second) relations_.need_schema(relation);
    }
  }

  void run_node(std::size_t index, std::size_t position, std::size_t total) {
    const Node& node = nodes()[index];
    NodeResult result;
    result.name = node.name;
    result.unique_id = node.unique_id;
    result.kind = node.kind;
    result.place = node.place;
    if (node.kind == NodeKind::model) {
      result.materialized = to_string(node.model.materialized);
      result.relation = node.relation;
    }
    if (const auto cause = blocked_.find(index); cause != blocked_.end()) {
      result.status = Status::skip;
      result.message = "skipped because of " + cause->second;
    } else {
      if (options_.verbose) log(start_line(result, position, total));
      if (options_.on_node) options_.on_node(node, Phase::before);
      const Stopwatch watch;
      attempt(node, result);
      result.seconds = watch.seconds();
      if (options_.on_node) options_.on_node(node, Phase::after);
    }
    log(end_line(result, position, total, options_.colour_fd));
    block_what_follows(index, result);
    result_.nodes.push_back(std::move(result));
  }

  void attempt(const Node& node, NodeResult& result) {
    statement_ = CompiledSql();
    try {
      const CompiledSql query = compiler_.compile(node);
      result.compiled = query.text();
      keep_compiled(node, result);
      if (node.kind == NodeKind::model) {
        result.rows = materialize(connection_, relations_, node, compiler_.relation_of(node), query,
                                  compiler_.is_incremental(node),
                                  [this](const CompiledSql& statement) { statement_ = statement; });
      } else {
        test(node, query, result);
      }
    } catch (const duck::SqlError& error) {
      if (error.kind() == duck::SqlErrorKind::interrupted) throw interrupted_error();
      fail(node, error, result);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) throw;
      result.status = Status::error;
      result.message = error.message();
      result.hint = error.hint();
    }
    if (result.status == Status::error && broken_by_.empty()) broken_by_ = node.name;
  }

  void fail(const Node& node, const duck::SqlError& error, NodeResult& result) {
    // An error while rows flow spoils the caller's transaction: nothing after it can run, and the
    // one error to show is the first.
    if (error.summary().find("transaction is aborted") != std::string::npos &&
        !broken_by_.empty()) {
      result.status = Status::skip;
      result.message =
          fmt::format("skipped because of {}, whose error ended the transaction", broken_by_);
      return;
    }
    const Error explained = explain_sql_error(error, statement_, node, project_, options_.relation);
    result.status = Status::error;
    result.message = explained.message();
    result.hint = explained.hint();
  }

  void keep_compiled(const Node& node, NodeResult& result) const {
    if (options_.compiled_to.empty()) return;
    constexpr std::size_t kLongestName = 200;  // file systems allow 255 bytes
    make_folder(options_.compiled_to);
    const std::string name = replace_all(node.name.substr(0, kLongestName), "/", "_");
    result.compiled_file = options_.compiled_to / (name + ".sql");
    write_file(result.compiled_file, result.compiled + "\n");
  }

  void test(const Node& node, const CompiledSql& query, NodeResult& result) {
    statement_ = test_statement(node.test, query);
    const duck::Result counted = connection_.query(statement_.text());
    result.failures = counted.int64(0, 0);
    const bool should_warn = counted.int64(0, 1) != 0;
    const bool should_fail = counted.int64(0, 2) != 0;
    if (node.test.severity == Severity::error && should_fail) {
      result.status = Status::fail;
      result.condition = node.test.error_if;
    } else if (should_warn) {
      result.status = Status::warn;
      result.condition = node.test.warn_if;
    } else {
      return;
    }
    take_sample(query, node.test.limit, result.sample);
  }

  void take_sample(const CompiledSql& query, std::optional<std::int64_t> limit,
                   SampleRows& sample) {
    const std::int64_t rows = std::min<std::int64_t>(limit.value_or(kSampleRows), kSampleRows);
    const std::string first =
        fmt::format("select * from (\n{}\n) as dbt_internal_test limit {}", query.text(), rows);
    try {
      for (const duck::TextColumn& column : connection_.inspect(first).columns) {
        sample.columns.push_back(column.name);
      }
      connection_.stream_text(first, [&](const duck::Connection::TextRow& row) {
        sample.rows.emplace_back(row.begin(), row.end());
        return true;
      });
    } catch (const duck::SqlError& error) {
      // The verdict stands without its illustration.
      if (error.kind() == duck::SqlErrorKind::interrupted) throw interrupted_error();
      sample = {};
    }
  }

  void block(std::size_t index, const std::string& cause) { blocked_.emplace(index, cause); }

  // Behind a model that is missing, all; behind a test that failed, the models that come after all
  // that it tests.
  void block_what_follows(std::size_t index, const NodeResult& result) {
    const bool bad = result.status == Status::error || result.status == Status::fail ||
                     result.status == Status::skip;
    if (!bad) return;
    const Node& node = nodes()[index];
    const auto own_cause = blocked_.find(index);
    const std::string cause = own_cause == blocked_.end() ? node.name : own_cause->second;
    if (node.kind == NodeKind::model) {
      for (const std::size_t i : descendants(nodes(), {index})) block(i, cause);
      return;
    }
    if (result.status == Status::skip || node.test.severity == Severity::warn) return;
    std::map<std::size_t, std::size_t> below;  // node -> how many of the tested it comes after
    for (const std::size_t parent : node.depends_on) {
      for (const std::size_t i : descendants(nodes(), {parent})) ++below[i];
    }
    for (const auto& [i, count] : below) {
      if (nodes()[i].kind == NodeKind::model && count == node.depends_on.size()) block(i, cause);
    }
  }

  const Project& project_;
  duck::Connection& connection_;
  const RunOptions& options_;
  Relations relations_;
  Compiler compiler_;
  CompiledSql statement_;                       // the one that runs
  std::map<std::size_t, std::string> blocked_;  // and what failed first
  std::string broken_by_;                       // the first node with an error
  RunResult result_;
};

}  // namespace

std::size_t RunResult::count(Status status) const {
  return static_cast<std::size_t>(std::count_if(
      nodes.begin(), nodes.end(), [&](const NodeResult& node) { return node.status == status; }));
}

bool RunResult::succeeded() const {
  return count(Status::error) + count(Status::fail) + count(Status::skip) == 0;
}

RunResult run(const Project& project, duck::Connection& connection, const RunOptions& options) {
  return Run(project, connection, options).run();
}

}  // namespace gsa::dbt
