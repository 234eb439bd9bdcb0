#include "dbt/incremental.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

using Column = StatementRunner::Column;
using Columns = std::vector<Column>;

const Column* find(const Columns& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
    return to_lower(column.name) == to_lower(name);
  });
  return found == columns.end() ? nullptr : &*found;
}

Columns missing_from(const Columns& columns, const Columns& other) {
  Columns missing;
  for (const Column& column : columns) {
    if (find(other, column.name) == nullptr) missing.push_back(column);
  }
  return missing;
}

std::string listed(const Columns& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name + " " + column.type);
  return names.empty() ? "none" : join(names, ", ");
}

std::string names_of(const Columns& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(sql_name(column.name));
  return join(names, ", ");
}

// The new rows of one model, first in a temporary table, then in its own table.
class Addition {
 public:
  Addition(StatementRunner& runner, const Node& node, const Relation& relation)
      : runner_(runner),
        model_(node.model),
        target_(to_sql(relation)),
        temporary_(sql_name(relation.name + "__dbt_tmp")),
        fresh_("temp." + temporary_) {}

  // The new rows go into a temporary table first, because the query may read the table that it adds
  // to, and because they are needed twice: to delete the rows that they replace, and to insert
  // them.
  std::int64_t add(const CompiledSql& query) {
    runner_.run(
        around(fmt::format("create or replace temp table {} as (", temporary_), query, ")"));
    const Columns columns = reconcile();
    if (model_.strategy == IncrementalStrategy::delete_insert) remove();
    const std::int64_t rows =
        model_.strategy == IncrementalStrategy::merge ? merge(columns) : insert(columns);
    runner_.run("drop table " + fresh_);
    return rows;
  }

 private:
  // Applies on_schema_change, and returns the columns to write.
  Columns reconcile() {
    Columns present = runner_.columns_of(target_);
    if (model_.on_schema_change == OnSchemaChange::ignore) return present;
    const Columns fresh = runner_.columns_of(fresh_);
    const Columns added = missing_from(fresh, present), removed = missing_from(present, fresh);
    Columns retyped;
    for (const Column& column : fresh) {
      const Column* before = find(present, column.name);
      if (before != nullptr && before->type != column.type) retyped.push_back(column);
    }
    if (model_.on_schema_change == OnSchemaChange::fail) {
      if (added.empty() && removed.empty() && retyped.empty()) return fresh;
      throw Error(fmt::format("the query has other columns than the table that it adds to: new {}; "
                              "missing {}; with another type {}",
                              listed(added), listed(removed), listed(retyped)),
                  "rebuild it with --full-refresh, or set on_schema_change to append_new_columns "
                  "or sync_all_columns");
    }
    for (const Column& column : added) {
      alter(fmt::format("add column {} {}", sql_name(column.name), column.type));
    }
    if (model_.on_schema_change == OnSchemaChange::append_new_columns) return fresh;
    for (const Column& column : removed) alter("drop column " + sql_name(column.name));
    for (const Column& column : retyped) retype(column);
    return fresh;
  }

  void alter(const std::string& change) {
    runner_.run(fmt::format("alter table {} {}", target_, change));
  }

  // Like dbt: the column moves to the end.
  void retype(const Column& column) {
    const std::string name = sql_name(column.name);
    const std::string other = sql_name(column.name + "__dbt_alter");
    alter(fmt::format("add column {} {}", other, column.type));
    runner_.run(fmt::format("update {} set {} = {}", target_, other, name));
    alter("drop column " + name);
    alter(fmt::format("rename column {} to {}", other, name));
  }

  // Deletes the rows that new ones replace.
  void remove() {
    if (model_.unique_key.empty()) return;
    if (model_.unique_key_is_expression) {
      const std::string& key = model_.unique_key[0];
      runner_.run(fmt::format("delete from {} where ({}) in (select ({}) from {})", target_, key,
                              key, fresh_));
      return;
    }
    std::vector<std::string> same;
    for (const std::string& key : model_.unique_key) {
      same.push_back(fmt::format("fresh.{0} = present.{0}", key));
    }
    runner_.run(fmt::format("delete from {} as present using {} as fresh\nwhere {}", target_,
                            fresh_, join(same, " and ")));
  }

  std::int64_t insert(const Columns& columns) {
    const std::string list = names_of(columns);
    return runner_.run(
        fmt::format("insert into {} ({})\nselect {} from {}", target_, list, list, fresh_));
  }

  std::int64_t merge(const Columns& columns) {
    std::vector<std::string> same;
    for (const std::string& key : model_.unique_key) {
      same.push_back(fmt::format("DBT_INTERNAL_SOURCE.{0} = DBT_INTERNAL_DEST.{0}", key));
    }
    return runner_.run(fmt::format(
        "merge into {} as DBT_INTERNAL_DEST using {} as DBT_INTERNAL_SOURCE on ({})\n"
        "when matched then update {}\nwhen not matched then insert by name",
        target_, fresh_, same.empty() ? "false" : join(same, ") and ("), updates(columns)));
  }

  // "by name", or "set …" for the columns to update.
  std::string updates(const Columns& columns) const {
    std::vector<std::string> names = model_.merge_update_columns;
    if (names.empty() && model_.merge_exclude_columns.empty()) return "by name";
    if (names.empty()) {
      const std::vector<std::string>& excluded = model_.merge_exclude_columns;
      for (const Column& column : columns) {
        const bool stays = std::any_of(
            excluded.begin(), excluded.end(),
            [&](const std::string& name) { return to_lower(name) == to_lower(column.name); });
        if (!stays) names.push_back(sql_name(column.name));
      }
    }
    for (std::string& name : names) name = fmt::format("{0} = DBT_INTERNAL_SOURCE.{0}", name);
    return "set " + join(names, ", ");
  }

  StatementRunner& runner_;
  const ModelConfig& model_;
  std::string target_, temporary_, fresh_;
};

}  // namespace

std::int64_t add_rows(StatementRunner& runner, const Node& node, const Relation& relation,
                      const CompiledSql& query) {
  return Addition(runner, node, relation).add(query);
}

}  // namespace gsa::dbt
