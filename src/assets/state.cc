#include "assets/state.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "assets/history.h"
#include "assets/warehouse.h"
#include "base/hash.h"
#include "base/text.h"
#include "duck/relation_list.h"

namespace gsa::assets {
namespace {

using RelationName = std::pair<std::string, std::string>;  // schema, name

// DuckDB's estimated_size includes deleted rows. count(*) of a table without deleted rows is
// answered from metadata; so many tables in one query take 0.1 ms each.
constexpr std::size_t kTablesCountedAtOnce = 50;

void count_rows(duck::Connection& connection, const std::vector<RelationName>& tables,
                State& state) {
  for (std::size_t begin = 0; begin < tables.size(); begin += kTablesCountedAtOnce) {
    const std::size_t end = std::min(tables.size(), begin + kTablesCountedAtOnce);
    std::vector<std::string> counts;
    for (std::size_t i = begin; i < end; ++i) {
      counts.push_back(fmt::format("select {}, count(*) from {}.{}", i, sql_name(tables[i].first),
                                   sql_name(tables[i].second)));
    }
    const duck::Result rows = connection.query(join(counts, " union all "));
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto& [schema, name] = tables[static_cast<std::size_t>(rows.int64(r, 0))];
      state.relations[{to_lower(schema), to_lower(name)}].rows = rows.int64(r, 1);
    }
  }
}

void read_relations(duck::Connection& connection, State& state) {
  std::vector<RelationName> tables;
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    if (relation.schema == "ops" && !relation.is_view) continue;
    state.relations[{to_lower(relation.schema), to_lower(relation.name)}] = {relation.is_view, 0};
    if (!relation.is_view) tables.emplace_back(relation.schema, relation.name);
  }
  count_rows(connection, tables, state);
}

}  // namespace

std::string to_string(const Unit& unit) {
  return unit.partition.empty() ? unit.asset : fmt::format("{}[{}]", unit.asset, unit.partition);
}

const Standing* State::find(const std::string& schema, const std::string& name) const {
  const auto found = relations.find({to_lower(schema), to_lower(name)});
  return found == relations.end() ? nullptr : &found->second;
}

State read_state(duck::Connection& connection) {
  State state;
  read_relations(connection, state);
  state.shown = published_relations(connection);
  if (!has_records(connection)) return state;
  state.published = published_materializations(connection);
  // Partitions built later than their published version are left behind.
  for (auto& [unit, made] : other_materializations(connection)) {
    const auto published = state.published.find(unit);
    if (unit.partition.empty()) {
      state.published.emplace(unit, made);
    } else if (published == state.published.end() || published->second.run_id < made.run_id) {
      state.left_behind.emplace(unit, made);
    }
  }
  state.codes = codes_by_version(connection);
  for (CheckRecord& check : last_checks(connection)) {
    const std::string name = check.name;
    state.checks[name] = std::move(check);
  }
  return state;
}

std::string code_version_of(const Code& code) {
  // Lengths precede texts, so that no two codes have the same encoding.
  std::string text;
  for (const auto& [part, value] : code) {
    text += fmt::format("{}:{}={}:{}\n", part.size(), part, value.size(), value);
  }
  return fmt::format("{:016x}", stable_hash(text));
}

std::string combined_version(const std::vector<std::pair<std::string, std::string>>& partitions) {
  Code versions;
  for (const auto& [partition, version] : partitions) versions[partition] = version;
  return code_version_of(versions);
}

std::pair<std::string, std::string> relation_of(const Asset& asset, const std::string& partition) {
  if (partition.empty()) return {asset.schema, asset.relation};
  std::string suffix = partition;
  std::replace_if(
      suffix.begin(), suffix.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  const std::string prefix = asset.schema == "main" ? "" : asset.schema + "_";
  return {kPartitionSchema, prefix + asset.relation + "_" + suffix};
}

std::string select_partitions(const Asset& asset, const std::vector<std::string>& relations) {
  const std::string more = asset.constant_columns.empty() ? "" : ",\n    " + asset.constant_columns;
  std::vector<std::string> parts;
  for (const std::string& relation : relations) {
    parts.push_back(fmt::format("select *{} from {}", more, relation));
  }
  return join(parts, "\nunion all\n");
}

std::string sql_relation(const std::string& schema, const std::string& name) {
  return sql_name(schema) + "." + sql_name(name);
}

}  // namespace gsa::assets
