#include "assets/change_maker.h"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/plan.h"
#include "base/text.h"
#include "duck/relation_list.h"

namespace gsa::assets {
namespace {

// What has more rows than one in this many to make anew is made whole: that takes less time then.
constexpr std::int64_t kLargestPart = 2;

// SELECTs of the values of the key for which the rows of the input changed; nullopt: unknown.
std::optional<std::set<std::string>> changed_values(const Graph& graph, const State& published,
                                                    const RunState& run, std::size_t input,
                                                    const std::string& key,
                                                    duck::Connection& connection) {
  const Asset& asset = graph[input];
  if (!run.is_changed(asset)) return std::set<std::string>{};
  if (const auto change = run.change_of(asset.name)) {
    const std::string column = sql_name(key);
    if (change->key == key) {
      return std::set{fmt::format("select {} from {}", column, change->values())};
    }
    if (!duck::has_column(connection, change->rows(), key)) return std::nullopt;
    return std::set{
        fmt::format("select {} from {}", column, change->rows()),
        fmt::format("select {} from ({})", column, change->affected(change->published()))};
  }
  // A view has the rows of its inputs.
  const auto before = published.published.find({asset.name, ""});
  if (asset.kind != AssetKind::view || asset.key != key || before == published.published.end() ||
      before->second.code_version != code_version_of(asset.code)) {
    return std::nullopt;
  }
  std::set<std::string> all;
  for (const std::size_t behind : graph.made_inputs(input)) {
    const auto values = changed_values(graph, published, run, behind, key, connection);
    if (!values) return std::nullopt;
    all.insert(values->begin(), values->end());
  }
  return all;
}

RowSum sum_of(duck::Connection& connection, const std::string& relation) {
  const Contents contents = contents_of(connection, relation);
  return {contents.rows, read_checksum(contents.checksum)};
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
  std::set<std::string> values;
  for (const std::size_t input : graph.made_inputs(graph.at(asset.name))) {
    if (!before->second.inputs.contains(graph[input].name)) return std::nullopt;
    const auto changed = changed_values(graph, published, run, input, asset.key, connection);
    if (!changed) return std::nullopt;
    values.insert(changed->begin(), changed->end());
  }
  if (values.empty()) return std::nullopt;
  KeyedChange change{asset.schema, asset.relation, asset.key};
  connection.execute(fmt::format("create or replace table {} as {}", change.values(),
                                 join({values.begin(), values.end()}, " union ")));
  const std::int64_t rows = connection.query_int64(
      fmt::format("select count(*) from ({})", change.affected(change.published())));
  if (rows * kLargestPart <= before->second.rows.value_or(0)) return change;
  connection.execute("drop table " + change.values());
  return std::nullopt;
}

RowSum show_change(duck::Connection& connection, const KeyedChange& change,
                   const Materialization& before) {
  connection.execute(fmt::format("create or replace view {} as {} union all select * from {}",
                                 change.shown(), change.unaffected(change.published()),
                                 change.rows()));
  const RowSum gone = sum_of(connection, "(" + change.affected(change.published()) + ")");
  const RowSum added = sum_of(connection, change.rows());
  return {before.rows.value_or(0) - gone.rows + added.rows,
          read_checksum(before.checksum) - gone.hashes + added.hashes};
}

}  // namespace gsa::assets
