#include "assets/change_maker.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/plan.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/relation_list.h"

namespace gsa::assets {
namespace {

// What has more rows than one in this many to make anew is made whole: that takes less time then.
constexpr std::int64_t kLargestPart = 2;

// SELECTs, each with one column.
using Selects = std::set<std::string>;

std::string united(const Selects& selects) {
  return join({selects.begin(), selects.end()}, " union ");
}

// Finds the values of a key for which the rows of an asset's inputs changed.
class ChangedValues {
 public:
  ChangedValues(const Graph& graph, const State& published, const RunState& run, const Asset& asset,
                duck::Connection& connection)
      : graph_(graph), published_(published), run_(run), asset_(asset), connection_(connection) {}

  // In a column of this name; nullopt: unknown.
  std::optional<Selects> of(std::size_t input, const std::string& key) const {
    const Asset& asset = graph_[input];
    if (!run_.is_changed(asset)) return Selects{};
    const std::string column = sql_name(key);
    if (const auto change = run_.change_of(asset.name)) {
      const std::string values =
          fmt::format("select {} from {}", sql_name(change->key), change->values());
      if (change->key == key) return Selects{values};
      if (!duck::has_column(connection_, change->rows(), key)) {
        return through_others(input, change->key, values);
      }
      return Selects{
          fmt::format("select {} from {}", column, change->rows()),
          fmt::format("select {} from ({})", column, change->affected(change->published()))};
    }
    // A view has the rows of its inputs.
    const auto before = published_.published.find({asset.name, ""});
    if (asset.kind != AssetKind::view || asset.key.empty() ||
        before == published_.published.end() ||
        before->second.code_version != code_version_of(asset.code)) {
      return std::nullopt;
    }
    Selects all;
    for (const std::size_t behind : graph_.made_inputs(input)) {
      const auto values = of(behind, asset.key);
      if (!values) return std::nullopt;
      all.insert(values->begin(), values->end());
    }
    if (asset.key == key || all.empty()) return all;
    const std::string now = relation_of(input);
    if (!duck::has_column(connection_, now, key))
      return through_others(input, asset.key, united(all));
    Selects selects;
    for (const std::string& relation : {now, sql_relation(asset.schema, asset.relation)}) {
      selects.insert(having(relation, key, asset.key, united(all)));
    }
    return selects;
  }

  std::string relation_of(std::size_t input) const {
    return run_.current_relation({graph_[input].name, ""});
  }

 private:
  // The rows of `input` have no `key`: the other inputs say which of theirs go with the changed
  // `values` of `other`. A row that goes no more with one is among their own changes.
  std::optional<Selects> through_others(std::size_t input, const std::string& other,
                                        const std::string& values) const {
    Selects selects;
    for (const std::size_t between : graph_.made_inputs(graph_.at(asset_.name))) {
      const std::string relation = between == input ? "" : relation_of(between);
      if (relation.empty() || !duck::has_column(connection_, relation, asset_.key) ||
          !duck::has_column(connection_, relation, other)) {
        continue;
      }
      selects.insert(having(relation, asset_.key, other, values));
    }
    return selects.empty() ? std::nullopt : std::optional(selects);
  }

  static std::string having(const std::string& relation, const std::string& key,
                            const std::string& other, const std::string& values) {
    return fmt::format(
        "select {0} from {1} as gsa_all semi join ({2}) as gsa_some on gsa_all.{3} is not distinct "
        "from gsa_some.{3}",
        sql_name(key), relation, values, sql_name(other));
  }

  const Graph& graph_;
  const State& published_;
  const RunState& run_;
  const Asset& asset_;
  duck::Connection& connection_;
};

// Adds all published rows of the groups in which a row came, went or changed. A row that came is
// near to its group's first or last, or between them, or has its key.
void add_groups(const KeyedChange& change, const KeyGroups& groups, const Selects& came,
                duck::Connection& connection) {
  const std::string group = sql_name(groups.column), of = sql_name(groups.of),
                    time = sql_name(groups.time), key = sql_name(groups.key);
  connection.execute(fmt::format(
      "create or replace temp table gsa_came as select * from ({}) where {} is not null",
      join({came.begin(), came.end()}, " union all "), of));
  std::string touched = fmt::format(
      "select {0} from ({4}) union select g.{0} from (select {0}, {1}, min({2}) as gsa_first, "
      "max({2}) as gsa_last from {3} where {1} in (select {1} from gsa_came) group by all) as g "
      "join gsa_came as c on g.{1} = c.{1} and c.{2} between g.gsa_first - interval {5} minute and "
      "g.gsa_last + interval {5} minute",
      group, of, time, change.published(), change.affected(change.published()), groups.minutes);
  if (!groups.key.empty()) {
    touched += fmt::format(
        " union select p.{0} from {1} as p semi join gsa_came as c on p.{2} = c.{2} and p.{3} = "
        "c.{3}",
        group, change.published(), of, key);
  }
  connection.execute(fmt::format(
      "insert into {0} select {1} from {2} where {3} in (from ({4}) where {3} is not null) except "
      "select {1} from {0}",
      change.values(), sql_name(change.key), change.published(), group, touched));
  connection.execute("drop table gsa_came");
}

std::nullopt_t forget(const KeyedChange& change, duck::Connection& connection) {
  connection.execute("drop table " + change.values());
  return std::nullopt;
}

void require_columns(const Asset& asset, const std::string& published,
                     duck::Connection& connection) {
  std::set<std::string> columns = {asset.key};
  if (asset.groups) {
    columns.insert({asset.groups->column, asset.groups->of, asset.groups->time});
    if (!asset.groups->key.empty()) columns.insert(asset.groups->key);
  }
  for (const std::string& column : columns) {
    if (duck::has_column(connection, published, column)) continue;
    throw Error(fmt::format("incremental_by of {} names the column '{}', which it does not have",
                            asset.name, column));
  }
}

// Takes the values whose rows came out as they are published out of the change. Returns by how much
// the others change the sum of the table; modulo 2^128.
RowSum keep_what_differs(duck::Connection& connection, const KeyedChange& change) {
  const std::string key = sql_name(change.key);
  const std::string hash =
      row_hash_sql(connection.query("describe select * from " + change.rows()));
  connection.execute(fmt::format(
      "create or replace temp table gsa_different as select {0}, sum(gsa_rows) as gsa_rows, "
      "sum(gsa_hashes) as gsa_hashes from (select {0}, -1 as gsa_rows, -({1})::hugeint as "
      "gsa_hashes "
      "from ({2}) as __gsa_row union all select {0}, 1, ({1})::hugeint from {3} as __gsa_row) "
      "group "
      "by {0} having sum(gsa_rows) <> 0 or sum(gsa_hashes) <> 0",
      key, hash, change.affected(change.published()), change.rows()));
  const duck::Result sum = connection.query(
      "select count(*), coalesce(sum(gsa_rows), 0)::bigint, coalesce(sum(gsa_hashes), "
      "0)::varchar from gsa_different");
  if (sum.int64(0, 0) < connection.query_int64("select count(*) from " + change.values())) {
    for (const std::string& table : {change.rows(), change.values()}) {
      connection.execute(
          fmt::format("delete from {0} as gsa_all where not exists (select 1 from gsa_different as "
                      "d where d.{1} "
                      "is not distinct from gsa_all.{1})",
                      table, key));
    }
  }
  connection.execute("drop table gsa_different");
  const std::string hashes = sum.text(0, 2);
  const bool is_less = hashes.starts_with('-');
  const uint128 size = read_checksum(is_less ? hashes.substr(1) : hashes);
  return {sum.int64(0, 1), is_less ? -size : size};
}

}  // namespace

std::optional<KeyedChange> begin_change(const Graph& graph, const State& published,
                                        const RunState& run, const Asset& asset,
                                        duck::Connection& connection) {
  const auto before = published.published.find({asset.name, ""});
  if (asset.key.empty() || asset.kind != AssetKind::table || !asset.partitions.empty() ||
      before == published.published.end() ||
      before->second.code_version != code_version_of(asset.code) ||
      !stands_as_made(asset, published)) {
    return std::nullopt;
  }
  require_columns(asset, sql_relation(asset.schema, asset.relation), connection);
  const ChangedValues changed(graph, published, run, asset, connection);
  Selects values;
  for (const std::size_t input : graph.made_inputs(graph.at(asset.name))) {
    if (!before->second.inputs.contains(graph[input].name)) return std::nullopt;
    const auto of_input = changed.of(input, asset.key);
    if (!of_input) return std::nullopt;
    values.insert(of_input->begin(), of_input->end());
  }
  if (values.empty()) return std::nullopt;
  KeyedChange change{asset.schema, asset.relation, asset.key};
  connection.execute(
      fmt::format("create or replace table {} as {}", change.values(), united(values)));
  change.has_null = connection.query_int64(fmt::format("select count(*) from {} where {} is null",
                                                       change.values(), sql_name(change.key))) > 0;
  if (asset.groups) {
    const KeyGroups& groups = *asset.groups;
    std::set<std::string> columns = {groups.of, groups.time};
    if (!groups.key.empty()) columns.insert(groups.key);
    Selects came;
    for (const std::size_t input : graph.made_inputs(graph.at(asset.name))) {
      const std::string relation = changed.relation_of(input);
      const auto has = [&](const std::string& column) {
        return duck::has_column(connection, relation, column);
      };
      if (!has(asset.key) || !std::all_of(columns.begin(), columns.end(), has)) continue;
      std::vector<std::string> list;
      for (const std::string& column : columns) list.push_back(sql_name(column));
      came.insert(fmt::format("select {} from ({})", join(list, ", "), change.affected(relation)));
    }
    if (came.empty()) return forget(change, connection);
    add_groups(change, groups, came, connection);
  }
  const std::int64_t rows = connection.query_int64(
      fmt::format("select count(*) from ({})", change.affected(change.published())));
  if (rows * kLargestPart <= before->second.rows.value_or(0)) return change;
  return forget(change, connection);
}

RowSum show_change(duck::Connection& connection, const KeyedChange& change,
                   const Materialization& before) {
  const RowSum sum = keep_what_differs(connection, change);
  connection.execute(fmt::format("create or replace view {} as {} union all select * from {}",
                                 change.shown(), change.unaffected(change.published()),
                                 change.rows()));
  return {before.rows.value_or(0) + sum.rows, read_checksum(before.checksum) + sum.hashes};
}

}  // namespace gsa::assets
