#include "dbt/materialize.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/contract.h"
#include "dbt/incremental.h"
#include "dbt/seed_columns.h"
#include "dbt/statement_runner.h"
#include "duck/relation_list.h"

namespace gsa::dbt {
namespace {

// Builds one model's table or view by statements that run one by one.
class Builder {
 public:
  Builder(StatementRunner& runner, Relations& relations, const ProjectFiles& files,
          const Node& node, const Relation& relation)
      : runner_(runner),
        relations_(relations),
        files_(files),
        node_(node),
        relation_(relation),
        name_(to_sql(relation)) {}

  void view(const CompiledSql& query) {
    if (node_.model.has_contract) check_contract(runner_.connection(), node_, query.text());
    relations_.make_way(runner_.connection(), relation_, RelationKind::view);
    runner_.run(around(fmt::format("create or replace view {} as (", name_), query, ")"));
    relations_.set(relation_, RelationKind::view);
  }

  std::int64_t table(const CompiledSql& query, const FrameHook& hook) {
    relations_.make_way(runner_.connection(), relation_, RelationKind::table);
    const bool as_agreed = node_.is_seed() || !node_.model.has_contract ||
                           check_contract(runner_.connection(), node_, query.text());
    const std::int64_t rows = node_.is_seed() ? seed()
                              : !as_agreed    ? agreed_table(query)
                                           : framed_table(query, hook ? hook(query) : std::nullopt);
    relations_.set(relation_, RelationKind::table);
    return rows;
  }

  std::int64_t add(const CompiledSql& query) {
    if (node_.model.has_contract) check_contract(runner_.connection(), node_, query.text());
    return add_rows(runner_, node_, relation_, query);
  }

  void comment() {
    const ModelConfig& model = node_.model;
    if (!model.comments_relation && !model.comments_columns) return;
    std::vector<std::string> columns;
    for (const StatementRunner::Column& column : runner_.columns_of(name_)) {
      columns.push_back(column.name);
    }
    const bool is_view = model.materialized == Materialization::view;
    for (const std::string& statement : comments_on(node_, name_, is_view, columns)) {
      runner_.run(statement);
    }
  }

 private:
  std::int64_t framed_table(const CompiledSql& query, const std::optional<Frame>& frame) {
    const Frame given = frame.value_or(Frame{});
    return runner_.run(around(fmt::format("create or replace table {} as ({}", name_, given.head),
                              query, given.tail + ")"));
  }

  // A table with the columns, types and constraints of the contract, in its order.
  std::int64_t agreed_table(const CompiledSql& query) {
    runner_.run(
        fmt::format("create or replace table {} {}", name_, contract_columns(node_, files_)));
    const std::string names = contract_names(node_);
    return runner_.run(
        around(fmt::format("insert into {} ({}) (select {} from (", name_, names, names), query,
               ") as model_subq)"));
  }

  // Columns get the types that dbt gives them; DuckDB reads the values.
  std::int64_t seed() {
    const SeedConfig& config = node_.model.seed;
    std::set<std::string, std::less<>> texts;
    for (const auto& [column, type] : config.column_types) texts.insert(column);
    std::vector<std::string> columns;
    for (const SeedColumn& column : columns_of_file(texts)) {
      const auto given = config.column_types.find(column.name);
      columns.push_back((config.quote_columns ? sql_name(column.name) : column.name) + " " +
                        (given == config.column_types.end() ? column.type : given->second));
    }
    runner_.run(fmt::format("create or replace table {} ({})", name_, join(columns, ", ")));
    return runner_.run(fmt::format("copy {} from {} (format csv, header true, delimiter {})", name_,
                                   sql_quote(files_.path_of(node_.file).string()),
                                   sql_quote(std::string(1, config.delimiter))));
  }

  std::vector<SeedColumn> columns_of_file(const std::set<std::string, std::less<>>& texts) const {
    try {
      return seed_columns(files_.read(node_.file), node_.model.seed.delimiter, texts);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", files_.display(node_.file), error.message()), error.hint());
    }
  }

  StatementRunner& runner_;
  Relations& relations_;
  const ProjectFiles& files_;
  const Node& node_;
  const Relation& relation_;
  std::string name_;
};

}  // namespace

Relations::Relations(duck::Connection& connection)
    : database_(connection.query("select current_database()").text(0, 0)) {
  for (const duck::ListedRelation& found : duck::list_relations(connection, duck::Databases::all)) {
    kinds_[key({found.database, found.schema, found.name})] =
        found.is_view ? RelationKind::view : RelationKind::table;
  }
}

std::string Relations::key(const Relation& relation) const {
  return to_lower(fmt::format("{}\n{}\n{}",
                              relation.database.empty() ? database_ : relation.database,
                              relation.schema, relation.name));
}

std::optional<RelationKind> Relations::find(const Relation& relation) const {
  const std::lock_guard lock(kinds_mutex_);
  const auto found = kinds_.find(key(relation));
  return found == kinds_.end() ? std::nullopt : std::optional(found->second);
}

void Relations::set(const Relation& relation, RelationKind kind) {
  const std::lock_guard lock(kinds_mutex_);
  kinds_[key(relation)] = kind;
}

void Relations::need_schema(duck::Connection& connection, const Relation& relation) {
  const std::lock_guard lock(schemas_mutex_);
  const std::string schema = key({relation.database, relation.schema, ""});
  if (schemas_.contains(schema)) return;
  connection.execute("create schema if not exists " +
                     to_sql({"", relation.database, relation.schema}));
  schemas_.insert(schema);
}

void Relations::make_way(duck::Connection& connection, const Relation& relation,
                         RelationKind kind) {
  const std::optional<RelationKind> present = find(relation);
  if (!present || *present == kind) return;
  connection.execute(fmt::format("drop {} {}", *present == RelationKind::table ? "table" : "view",
                                 to_sql(relation)));
  const std::lock_guard lock(kinds_mutex_);
  kinds_.erase(key(relation));
}

std::vector<std::string> comments_on(const Node& node, const std::string& relation, bool is_view,
                                     const std::vector<std::string>& columns) {
  std::vector<std::string> statements;
  if (node.model.comments_relation) {
    statements.push_back(fmt::format("comment on {} {} is {}", is_view ? "view" : "table", relation,
                                     sql_quote(node.description)));
  }
  if (!node.model.comments_columns) return statements;
  for (const ColumnSpec& column : node.columns) {
    if (std::find(columns.begin(), columns.end(), column.name) == columns.end()) continue;
    statements.push_back(fmt::format("comment on column {}.{} is {}", relation,
                                     sql_name(column.name), sql_quote(column.description)));
  }
  return statements;
}

std::optional<std::int64_t> materialize(duck::Connection& connection, Relations& relations,
                                        const ProjectFiles& files, const Node& node,
                                        const Relation& relation, const CompiledSql& query,
                                        bool incremental, const FrameHook& frame,
                                        const std::function<void(const CompiledSql&)>& before) {
  StatementRunner runner(connection, before);
  Builder builder(runner, relations, files, node, relation);
  std::optional<std::int64_t> rows;
  if (node.model.materialized == Materialization::view) {
    builder.view(query);
  } else {
    rows = incremental ? builder.add(query) : builder.table(query, frame);
  }
  builder.comment();
  return rows;
}

}  // namespace gsa::dbt
