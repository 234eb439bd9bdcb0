#include "assets/publication.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/query_json.h"
#include "duck/relation_list.h"

namespace gsa::assets {
namespace {

using Name = std::pair<std::string, std::string>;  // schema, name

std::string qualified(std::string_view schema, std::string_view name) {
  return sql_name(schema) + "." + sql_name(name);
}

// Applies the changes. Reads first which relations exist.
class Publisher {
 public:
  explicit Publisher(duck::Connection& connection) : connection_(connection) {
    for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
      kinds_[{to_lower(relation.schema), to_lower(relation.name)}] =
          relation.is_view ? "view" : "table";
    }
    read_comments();
  }

  void drop(const std::string& schema, const std::string& name) {
    const auto found = kinds_.find({to_lower(schema), to_lower(name)});
    if (found == kinds_.end()) return;
    connection_.execute(fmt::format("drop {} {}", found->second, qualified(schema, name)));
    kinds_.erase(found);
  }

  void show(const PublishedRelation& relation) {
    const std::string hidden_name = hidden(relation.name);
    if (relation.change) {
      for (const std::string& statement : relation.change->publish())
        connection_.execute(statement);
      return;
    }
    if (relation.stands) return drop(relation.schema, hidden_name);
    drop(relation.schema, relation.name);
    if (relation.view_sql.empty()) {
      connection_.execute(fmt::format("alter table {} rename to {}",
                                      qualified(relation.schema, hidden_name),
                                      sql_name(relation.name)));
    } else {
      drop(relation.schema, hidden_name);
      connection_.execute(fmt::format(
          "create view {} as\n{}", qualified(relation.schema, relation.name), relation.view_sql));
      comment_as(relation.schema, hidden_name, relation.name);
    }
  }

 private:
  struct Comment {
    std::string column;  // empty: on the view
    std::string text;
  };

  // A view is created again under its own name, and gets the comments of the hidden view.
  void read_comments() {
    const duck::Result rows = connection_.query(
        "select schema_name, view_name, '', comment from duckdb_views() where database_name = "
        "current_database() and comment is not null and starts_with(view_name, " +
        sql_quote(kHiddenPrefix) +
        ") union all select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = current_database() and comment is not null and "
        "starts_with(table_name, " +
        sql_quote(kHiddenPrefix) + ")");
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      comments_[{rows.text(r, 0), rows.text(r, 1)}].push_back({rows.text(r, 2), rows.text(r, 3)});
    }
  }

  void comment_as(const std::string& schema, const std::string& hidden_name,
                  const std::string& name) {
    const auto found = comments_.find({schema, hidden_name});
    if (found == comments_.end()) return;
    for (const Comment& comment : found->second) {
      const std::string on = comment.column.empty() ? "view " + qualified(schema, name)
                                                    : "column " + qualified(schema, name) + "." +
                                                          sql_name(comment.column);
      connection_.execute(fmt::format("comment on {} is {}", on, sql_quote(comment.text)));
    }
  }

  duck::Connection& connection_;
  std::map<Name, std::string> kinds_;
  std::map<Name, std::vector<Comment>> comments_;  // of hidden views
};

std::string sql_text_or_null(const std::string& value) {
  return value.empty() ? "null" : sql_quote(value);
}

void write_provenance(duck::Connection& connection, const Provenance& provenance) {
  connection.execute("create schema if not exists ops");
  connection.execute(fmt::format(
      "create or replace table ops.provenance as select {}::integer as warehouse_format, "
      "{} as source, {} as source_reason, {}::bigint as prompts, "
      "{}::bigint as prompts_in_source, "
      "{}::bigint as prompts_skipped, {}::bigint as users, {}::ubigint as seed, {} as behavior, "
      "{} as period, {} as project, {} as observed, "
      "(current_timestamp at time zone 'UTC')::timestamp as published_at",
      kWarehouseFormat, sql_quote(provenance.source), sql_quote(provenance.source_reason),
      provenance.prompts, provenance.prompts_in_source, provenance.prompts_skipped,
      provenance.users, provenance.seed, sql_quote(provenance.behavior),
      sql_quote(provenance.period), sql_quote(provenance.project), sql_quote(provenance.observed)));
  std::string findings =
      "create or replace table ops.findings (finding varchar, rule varchar, count bigint, "
      "source_column varchar, place varchar, example varchar)";
  for (const Finding& finding : provenance.findings) {
    findings += fmt::format("; insert into ops.findings values ({}, {}, {}, {}, {}, {})",
                            sql_quote(finding.what), sql_quote(finding.rule), finding.count,
                            sql_text_or_null(finding.column), sql_text_or_null(finding.place),
                            sql_text_or_null(finding.example));
  }
  connection.execute(findings);
}

std::set<Name> names_of(const std::vector<PublishedRelation>& relations) {
  std::set<Name> names;
  for (const PublishedRelation& relation : relations) names.emplace(relation.schema, relation.name);
  return names;
}

std::string in(const std::set<Name>& names) {
  std::vector<std::string> rows;
  for (const auto& [schema, name] : names) {
    rows.push_back(fmt::format("({}, {})", sql_quote(schema), sql_quote(name)));
  }
  return fmt::format("(schema_name, name) in ({})", join(rows, ", "));
}

void write_published(duck::Connection& connection, const std::vector<PublishedRelation>& made,
                     const std::set<Name>& before, const std::set<Name>& gone) {
  std::set<Name> replaced = gone;
  const std::set<Name> names = names_of(made);
  std::set_intersection(before.begin(), before.end(), names.begin(), names.end(),
                        std::inserter(replaced, replaced.end()));
  if (!replaced.empty()) connection.execute("delete from ops.published where " + in(replaced));
  if (made.empty()) return;
  std::vector<std::string> rows;
  for (const PublishedRelation& relation : made) {
    rows.push_back(fmt::format(
        "({}, {}, {}, {}, {}, {})", sql_quote(relation.schema), sql_quote(relation.name),
        sql_quote(relation.view_sql.empty() ? "table" : "view"),
        sql_text_or_null(relation.unit.asset), sql_text_or_null(relation.unit.partition),
        relation.run_id == 0 ? "null" : fmt::format("{}", relation.run_id)));
  }
  connection.execute("insert into ops.published values " + join(rows, ", "));
}

void publish_within_transaction(duck::Connection& connection, const Publication& publication) {
  if (!has_records(connection)) create_records(connection);
  Publisher publisher(connection);
  const std::set<Name> made = names_of(publication.made), kept = names_of(publication.kept),
                       before = names_of(published_relations(connection));
  std::set<Name> gone;
  for (const Name& name : before) {
    if (!made.contains(name) && !kept.contains(name)) gone.insert(name);
  }
  // Tables first: DuckDB binds a view when it is created, and it reads tables by their final names.
  for (const bool views : {false, true}) {
    for (const PublishedRelation& relation : publication.made) {
      if (relation.view_sql.empty() != views) publisher.show(relation);
    }
  }
  const std::set<Name> left = names_of(publication.left);
  for (const Name& name : gone) {
    if (!left.contains(name)) publisher.drop(name.first, name.second);
  }
  write_provenance(connection, publication.provenance);
  publication.records.write(connection);
  write_published(connection, publication.made, before, gone);
}

}  // namespace

void publish(duck::Connection& connection, const Publication& publication) {
  duck::Transaction transaction(connection);
  publish_within_transaction(connection, publication);
  transaction.commit();
}

void restate_provenance(duck::Connection& connection, const std::string& source_reason,
                        const std::string& project) {
  if (format_of(connection) < kWarehouseFormat) return;
  connection.execute(
      fmt::format("update ops.provenance set source_reason = {0}, project = {1} "
                  "where source_reason is distinct from {0} or project is distinct from {1}",
                  sql_quote(source_reason), sql_quote(project)));
}

std::vector<PublishedRelation> published_relations(duck::Connection& connection) {
  std::vector<PublishedRelation> relations;
  if (!connection.has_table("ops", "published")) return relations;
  const duck::Result rows = connection.query("select * exclude (kind) from ops.published");
  const bool is_of_older_gsa = rows.columns() == 2;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    PublishedRelation relation{rows.text(r, 0), rows.text(r, 1), "", {}, 0, false};
    if (!is_of_older_gsa) {
      relation.unit = {rows.text(r, 2), rows.text(r, 3)};
      if (!rows.is_null(r, 4)) relation.run_id = rows.int64(r, 4);
    }
    relations.push_back(std::move(relation));
  }
  std::sort(relations.begin(), relations.end(), [](const auto& a, const auto& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  });
  return relations;
}

std::string provenance_rows() {
  return "(select null::varchar as observed where false union all by name "
         "select * from ops.provenance)";
}

std::string findings_rows() {
  return "(select null::varchar as source_column, null::varchar as place, null::varchar as example "
         "where false union all by name select * from ops.findings)";
}

std::int64_t format_of(duck::Connection& connection) {
  if (!connection.has_table("ops", "provenance")) return 0;
  return connection.query_int64(
      "select coalesce(max(warehouse_format), 0)::bigint from ops.provenance");
}

std::string provenance_json(duck::Connection& connection) {
  return duck::json_object(connection, "select * exclude (published_at) from ops.provenance");
}

std::optional<Provenance> read_provenance(duck::Connection& connection) {
  if (format_of(connection) < kWarehouseFormat) return std::nullopt;
  const duck::Result row = connection.query(
      "select source, prompts, prompts_in_source, prompts_skipped, users, seed::varchar, behavior, "
      "period, project, source_reason, coalesce(observed, ''), published_at::varchar from " +
      provenance_rows());
  Provenance p;
  p.source = row.text(0, 0);
  p.prompts = row.int64(0, 1);
  p.prompts_in_source = row.int64(0, 2);
  p.prompts_skipped = row.int64(0, 3);
  p.users = row.int64(0, 4);
  p.seed = std::stoull(row.text(0, 5));
  p.behavior = row.text(0, 6);
  p.period = row.text(0, 7);
  p.project = row.text(0, 8);
  p.source_reason = row.text(0, 9);
  p.observed = row.text(0, 10);
  p.published_at = row.text(0, 11);
  const duck::Result found = connection.query(
      "select finding, rule, count, coalesce(source_column, ''), coalesce(place, ''), "
      "coalesce(example, '') from " +
      findings_rows());
  for (std::size_t r = 0; r < found.rows(); ++r) {
    p.findings.push_back({found.text(r, 0), found.text(r, 1), found.int64(r, 2), found.text(r, 3),
                          found.text(r, 4), found.text(r, 5)});
  }
  return p;
}

}  // namespace gsa::assets
