#include "dbt/materialize.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// HEAD (
// query
// )TAIL, on lines of their own, so that the query keeps its columns and may end with a comment.
CompiledSql around(const std::string& head, const CompiledSql& query, const Frame& frame = {}) {
  CompiledSql sql;
  sql.append(head + " (" + frame.head + "\n");
  sql.append(query);
  sql.append("\n" + frame.tail + ")");
  return sql;
}

// One model's statements, run one by one.
class Builder {
 public:
  Builder(duck::Connection& connection, Relations& relations, const Relation& relation,
          const std::function<void(const CompiledSql&)>& before)
      : connection_(connection),
        relations_(relations),
        relation_(relation),
        name_(to_sql(relation)),
        before_(before) {}

  void view(const CompiledSql& query) {
    relations_.make_way(connection_, relation_, RelationKind::view);
    run(around(fmt::format("create or replace view {} as", name_), query));
    relations_.set(relation_, RelationKind::view);
  }

  std::int64_t table(const CompiledSql& query, const FrameHook& hook) {
    relations_.make_way(connection_, relation_, RelationKind::table);
    Frame frame;
    if (hook) frame = hook(query).value_or(Frame{});
    const auto rows =
        run(around(fmt::format("create or replace table {} as", name_), query, frame));
    relations_.set(relation_, RelationKind::table);
    return rows;
  }

  // The new rows go into a temporary table first: the query may read the table it adds to, and is
  // needed twice, to know which rows to replace and to insert.
  std::int64_t add(const CompiledSql& query, const std::vector<std::string>& unique_key) {
    const std::string fresh = "temp." + sql_name(relation_.name + "__dbt_tmp");
    run(around(
        fmt::format("create or replace temp table {} as", sql_name(relation_.name + "__dbt_tmp")),
        query));
    if (!unique_key.empty()) {
      std::vector<std::string> same;
      for (const std::string& key : unique_key) {
        same.push_back(fmt::format("fresh.{0} = present.{0}", key));
      }
      run(own(fmt::format("delete from {} as present using {} as fresh\nwhere {}", name_, fresh,
                          join(same, " and "))));
    }
    std::vector<std::string> columns;
    for (const duck::TextColumn& column : connection_.inspect("select * from " + name_).columns) {
      columns.push_back(sql_name(column.name));
    }
    const std::string list = join(columns, ", ");
    const auto rows =
        run(own(fmt::format("insert into {} ({})\nselect {} from {}", name_, list, list, fresh)));
    run(own(fmt::format("drop table {}", fresh)));
    return rows;
  }

 private:
  static CompiledSql own(const std::string& text) {
    CompiledSql sql;
    sql.append(text);
    return sql;
  }

  std::int64_t run(const CompiledSql& statement) {
    before_(statement);
    const duck::Result result = connection_.query(statement.text());
    // CREATE TABLE AS answers with the rows it wrote as a query would: one cell named Count.
    const bool counts = result.rows() == 1 && result.columns() == 1 && result.name(0) == "Count";
    return counts ? result.int64(0, 0) : result.rows_changed();
  }

  duck::Connection& connection_;
  Relations& relations_;
  const Relation& relation_;
  std::string name_;
  const std::function<void(const CompiledSql&)>& before_;
};

}  // namespace

Relations::Relations(duck::Connection& connection)
    : database_(connection.query("select current_database()").text(0, 0)) {
  const duck::Result found = connection.query(
      "select database_name, schema_name, table_name, 0 from duckdb_tables() where not temporary "
      "union all "
      "select database_name, schema_name, view_name, 1 from duckdb_views() where not internal");
  for (std::size_t row = 0; row < found.rows(); ++row) {
    kinds_[key({found.text(row, 0), found.text(row, 1), found.text(row, 2)})] =
        found.int64(row, 3) == 0 ? RelationKind::table : RelationKind::view;
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

std::optional<std::int64_t> materialize(duck::Connection& connection, Relations& relations,
                                        const Node& node, const Relation& relation,
                                        const CompiledSql& query, bool incremental,
                                        const FrameHook& frame,
                                        const std::function<void(const CompiledSql&)>& before) {
  Builder builder(connection, relations, relation, before);
  if (node.model.materialized == Materialization::view) {
    builder.view(query);
    return std::nullopt;
  }
  return incremental ? builder.add(query, node.model.unique_key) : builder.table(query, frame);
}

}  // namespace gsa::dbt
