#include "app/model_run.h"

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/report.h"
#include "dbt/selector.h"

namespace gsa::app {
namespace {

dbt::RunOptions run_options(const ProjectOptions& project, bool quiet, QueryWatch& watch) {
  dbt::RunOptions options;
  options.select = join(project.select, " ");
  options.exclude = join(project.exclude, " ");
  options.colour_fd = STDERR_FILENO;
  if (!quiet) options.log = [&watch](const std::string& line) { watch.log(line); };
  options.on_node = [&watch](const dbt::Node& node, dbt::Phase phase) {
    phase == dbt::Phase::before ? watch.begin(node.name, 0) : watch.end();
  };
  return options;
}

// The relations that this run makes: they are built and read under hidden names.
std::set<dbt::Relation> relations_made(const dbt::Project& project,
                                       const ModelRunOptions& options) {
  std::set<dbt::Relation> made;
  const dbt::NodeSet selected = dbt::select_nodes(project, join(options.project.select, " "),
                                                  join(options.project.exclude, " "));
  for (const std::size_t index : selected) {
    const dbt::Node& node = project.nodes()[index];
    if (node.kind == dbt::NodeKind::model &&
        node.model.materialized != dbt::Materialization::ephemeral) {
      made.insert(node.relation);
    }
  }
  for (const std::string& table : options.raw_tables) made.insert({"", "main", table});
  return made;
}

dbt::RelationHook hide(const std::set<dbt::Relation>& made) {
  return [&made](const dbt::Relation& relation) {
    dbt::Relation hidden = relation;
    if (made.contains(relation)) hidden.name = assets::hidden(relation.name);
    return hidden;
  };
}

bool table_exists(duck::Connection& connection, const dbt::Relation& relation, bool or_view) {
  return connection.query_int64(fmt::format(
             "select count(*) from {} where database_name = current_database() and "
             "schema_name = {} and name = {}",
             or_view ? "(select database_name, schema_name, table_name as name from "
                       "duckdb_tables() union all "
                       "select database_name, schema_name, view_name from duckdb_views())"
                     : "(select database_name, schema_name, table_name as name from "
                       "duckdb_tables())",
             sql_quote(relation.schema), sql_quote(relation.name))) > 0;
}

// What the selected nodes read directly, of the given kind, and the warehouse does not have.
std::vector<std::string> missing_parents(duck::Connection& connection, const dbt::Project& project,
                                         const ProjectOptions& options, dbt::NodeKind kind) {
  std::set<std::string> missing;
  for (const std::size_t index :
       dbt::select_nodes(project, join(options.select, " "), join(options.exclude, " "))) {
    for (const std::size_t parent : project.nodes()[index].depends_on) {
      const dbt::Node& node = project.nodes()[parent];
      if (node.kind != kind || (kind == dbt::NodeKind::model &&
                                node.model.materialized == dbt::Materialization::ephemeral)) {
        continue;
      }
      if (!node.relation.database.empty()) continue;  // of another database: for the run to find
      if (!table_exists(connection, node.relation, true)) missing.insert(node.relation.name);
    }
  }
  return {missing.begin(), missing.end()};
}

// An incremental model adds to what is published: to a copy, until it is published in turn.
void copy_published(duck::Connection& connection, const dbt::Project& project,
                    const std::set<dbt::Relation>& made) {
  for (const dbt::Node& node : project.nodes()) {
    if (node.kind != dbt::NodeKind::model ||
        node.model.materialized != dbt::Materialization::incremental ||
        !made.contains(node.relation)) {
      continue;
    }
    const std::string schema = sql_name(node.relation.schema);
    if (table_exists(connection, node.relation, false)) {
      connection.execute(fmt::format("create table {}.{} as from {}.{}", schema,
                                     sql_name(assets::hidden(node.relation.name)), schema,
                                     sql_name(node.relation.name)));
    }
  }
}

// What went wrong is said under --quiet too; otherwise the log has it.
void explain_failures(const dbt::RunResult& result, bool quiet, QueryWatch& watch) {
  if (!quiet || result.succeeded()) return;
  for (const std::string& line : dbt::summary_lines(result, STDERR_FILENO)) watch.log(line);
}

}  // namespace

void require_sources(duck::Connection& connection, const dbt::Project& project,
                     const ProjectOptions& options) {
  const auto missing = missing_parents(connection, project, options, dbt::NodeKind::source);
  if (missing.empty()) return;
  throw Error(
      fmt::format("the warehouse lacks the tables that the models read: {}", join(missing, ", ")),
      "make raw tables with: gsa run");
}

void require_tested(duck::Connection& connection, const dbt::Project& project,
                    const ProjectOptions& options) {
  const auto missing = missing_parents(connection, project, options, dbt::NodeKind::model);
  if (missing.empty()) return;
  throw Error(fmt::format("the warehouse lacks the models to be tested: {}", join(missing, ", ")),
              "make them with: gsa build   (or gsa run, where there are no raw tables either)");
}

ModelRun build_models(duck::Connection& connection, const dbt::Project& project,
                      const ModelRunOptions& options, QueryWatch& watch) {
  const std::set<dbt::Relation> made = relations_made(project, options);
  if (!options.full_refresh) copy_published(connection, project, made);
  dbt::RunOptions run = run_options(options.project, options.quiet, watch);
  run.full_refresh = options.full_refresh;
  run.relation = hide(made);

  ModelRun models;
  models.result = dbt::run(project, connection, run);
  explain_failures(models.result, options.quiet, watch);
  dbt::Compiler published(project, {});
  for (const dbt::NodeResult& result : models.result.nodes) {
    const dbt::Node* node = project.find_model(result.name);
    if (result.kind != dbt::NodeKind::model || node == nullptr) continue;
    if (result.materialized == "ephemeral") continue;
    const bool view = result.materialized == "view";
    models.relations.push_back(
        {node->relation.schema, node->relation.name, view ? published.compile(*node).text() : ""});
  }
  models.complete = options.project.select.empty() && options.project.exclude.empty();
  return models;
}

dbt::RunResult test_models(duck::Connection& connection, const dbt::Project& project,
                           const ProjectOptions& options, bool quiet, QueryWatch& watch) {
  dbt::RunOptions run = run_options(options, quiet, watch);
  run.command = dbt::Command::test;
  dbt::RunResult result = dbt::run(project, connection, run);
  explain_failures(result, quiet, watch);
  return result;
}

void require_success(const dbt::RunResult& result, const std::string& outcome) {
  if (result.succeeded()) return;
  const std::size_t errors = result.count(dbt::Status::error);
  const std::size_t failed = result.count(dbt::Status::fail);
  const auto counted = [](std::size_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
  };
  if (errors > 0) {
    throw Error(fmt::format("{} could not run; {}",
                            counted(errors, "model or test", "models and tests"), outcome));
  }
  throw Error(
      fmt::format("{} failed; {}", counted(failed, "data test", "data tests"), outcome),
      "the rows above break it: mend the data or the model, or give the test severity: warn",
      ErrorCode::tests_failed);
}

void publish_models(duck::Connection& connection, const ModelRun& models,
                    std::vector<assets::PublishedRelation> kept,
                    const assets::Provenance& provenance, QueryWatch& watch) {
  if (!models.result.succeeded()) {
    assets::drop_hidden(connection);
    require_success(models.result, "nothing was published");
  }
  // A commit that is told to stop may have happened all the same, and "nothing was changed" would
  // be untrue: what takes only moments runs to its end.
  watch.stop_interrupting();
  if (interrupted()) throw Error("interrupted", "", ErrorCode::interrupted);
  if (!models.complete) kept = assets::published_relations(connection);
  assets::publish(connection, models.relations, kept, provenance);
}

}  // namespace gsa::app
