// The part of Maker for models that another engine makes.

#include <fmt/format.h>

#include "assets/checksum.h"
#include "base/hash.h"
#include "base/text.h"
#include "dbt/contract.h"
#include "pipeline/maker.h"
#include "remote/portable.h"

namespace gsa::pipeline {
namespace {

// The rows of raw_words.
std::string select_words(const std::vector<WordType>& types) {
  std::vector<std::string> rows;
  for (const WordType& type : types) {
    int position = 0;
    for (const std::string& word : type.members) {
      rows.push_back(
          fmt::format("({}, {}, {})", sql_quote(type.name), ++position, sql_quote(word)));
    }
  }
  return fmt::format("select kind, position, word from (values {}) as words (kind, position, word)",
                     join(rows, ", "));
}

std::string version_of(const std::string& text) {
  return fmt::format("{:016x}", stable_hash(text));
}

}  // namespace

void Maker::begin_remote(const duck::Database& database) {
  // Of the model's table, or of each of its months.
  const auto metadata_of = [this](const std::string& model, const auto& find) {
    std::vector<remote::Metadata> all;
    const auto index = run_.catalog.graph.find(model);
    if (!index) return all;
    std::vector<std::string> partitions = run_.catalog.graph[*index].partitions;
    if (partitions.empty()) partitions.emplace_back();
    for (const std::string& partition : partitions) {
      if (const auto made = find(assets::Unit{model, partition})) all.push_back(made->metadata);
    }
    return all;
  };
  const auto published = [this](const assets::Unit& unit) {
    const auto found = run_.state.published.find(unit);
    return found == run_.state.published.end() ? std::optional<assets::Materialization>()
                                               : std::optional(found->second);
  };
  remote::Warehouse warehouse;
  warehouse.raw_parts = [this](const std::string& table) { return raw_parts(table); };
  warehouse.published = [metadata_of, published](const std::string& model) {
    return metadata_of(model, published);
  };
  warehouse.current = [this, metadata_of, published](const std::string& model) {
    return metadata_of(model, [&](const assets::Unit& unit) {
      const auto made = engine_.state().made(unit);
      return made ? made : published(unit);
    });
  };
  warehouse.said = [this](const std::string& text) { log_.line(text); };
  run_.remote->begin(std::move(warehouse), database.connect());
}

std::vector<remote::RawPart> Maker::raw_parts(const std::string& table) {
  if (table == remote::kRawWords) {
    const std::string query = select_words(words(connection_));
    return {{"", version_of(query), query}};
  }
  const auto index = run_.catalog.graph.find(table);
  if (!index || !is_raw_table(table)) return {};
  const assets::Asset& asset = run_.catalog.graph[*index];
  std::vector<std::string> partitions = asset.partitions;
  if (partitions.empty()) partitions.emplace_back();
  std::vector<remote::RawPart> parts;
  for (const std::string& partition : partitions) {
    std::string rows = engine_.state().current_relation({table, partition});
    if (!partition.empty()) rows = "(" + assets::select_partitions(asset, {rows}) + ")";
    parts.push_back(
        {partition, engine_.state().version(table, partition),
         fmt::format("select {} from {}", remote::portable_columns(connection_, rows), rows)});
  }
  return parts;
}

// The copy has the types that DuckDB would have given it, so that everything that reads it, and its
// data version, are as at home.
assets::Made Maker::make_there(const assets::Unit& unit, const dbt::Node& node,
                               duck::Connection& lane) {
  run_.remote->check_kind(node);
  if (node.model.materialized == dbt::Materialization::view) {
    const dbt::NodeResult result = runner_.run(node, lane);
    log_.keep(result);
    throw_if_failed(result);
    return {};
  }
  dbt::Part part;
  if (!unit.partition.empty()) part = part_of(node, unit);
  const remote::MadeThere made = run_.remote->make(node, part.condition);
  const std::string home = runner_.compile(node, &lane).text();
  if (node.model.has_contract) dbt::check_contract(lane, node, home);
  const duck::Result described = lane.query("describe select * from (\n" + home + "\n)");
  std::vector<std::string> columns;
  for (std::size_t r = 0; r < described.rows(); ++r) {
    const std::string name = sql_name(described.text(r, 0)), type = described.text(r, 1);
    columns.push_back(
        fmt::format("{}{}::{} as {}", name, assets::is_nested(type) ? "::json" : "", type, name));
  }
  const std::string relation = engine_.state().current_relation(unit);
  lane.execute(fmt::format("create or replace table {} as select {} from ({})", relation,
                           join(columns, ", "), made.copy));
  dbt::NodeResult result = dbt::result_of(node);
  result.part = unit.partition;
  result.rows = lane.query_int64("select count(*) from " + relation);
  if (*result.rows != made.rows) {
    throw Error(fmt::format("Trino made {} rows of '{}', but its files have {}", made.rows,
                            node.name, *result.rows));
  }
  log_.keep(result);
  return {result.rows, made.metadata};
}

dbt::NodeResult Maker::run_test(const assets::Check& check, const dbt::Node& node,
                                duck::Connection& lane) {
  if (run_.remote == nullptr || node.is_unit_test()) {
    return runner_.run(node, lane, {}, changed_rows(check));
  }
  return run_.remote->ask(node);
}

}  // namespace gsa::pipeline
