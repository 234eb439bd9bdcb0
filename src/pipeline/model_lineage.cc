#include "pipeline/model_lineage.h"

#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/compile.h"

namespace gsa::pipeline {
namespace {

class LineageReader {
 public:
  LineageReader(const Catalog& catalog, duck::Connection& connection)
      : catalog_(catalog), connection_(connection) {
    for (const assets::Asset& asset : catalog.graph.assets()) {
      if (!asset.relation.empty()) {
        names_[to_lower(asset.schema + "." + asset.relation)] = asset.name;
      }
    }
  }

  // Nullopt if it is no query, or cannot be parsed.
  std::optional<lineage::QueryLineage> read(const std::string& sql) {
    try {
      lineage::QueryLineage lineage = lineage::lineage_of(
          connection_, sql, [this](const std::string& relation) { return columns_of(relation); });
      for (lineage::OutputColumn& column : lineage.columns) column.from = named(column.from);
      lineage.shape_from = named(lineage.shape_from);
      return lineage;
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  // Makes the columns of this model known to later reads.
  void learn(const std::string& asset, const lineage::QueryLineage& lineage) {
    std::vector<std::string> columns;
    for (const lineage::OutputColumn& column : lineage.columns) {
      if (column.name == "*") return;
      columns.push_back(to_lower(column.name));
    }
    columns_[asset] = std::move(columns);
  }

 private:
  lineage::ColumnRefs named(const lineage::ColumnRefs& refs) const {
    lineage::ColumnRefs found;
    for (const lineage::ColumnRef& ref : refs) {
      const auto name = names_.find(ref.relation);
      found.insert({name == names_.end() ? ref.relation : name->second, ref.column});
    }
    return found;
  }

  std::optional<std::vector<std::string>> columns_of(const std::string& relation) {
    const auto name = names_.find(relation);
    if (name == names_.end()) return std::nullopt;
    if (const auto known = columns_.find(name->second); known != columns_.end()) {
      return known->second;
    }
    // Columns come from the table if it exists, otherwise from its description.
    const assets::Asset& asset = catalog_.graph[catalog_.graph.at(name->second)];
    std::vector<std::string> columns;
    try {
      for (const duck::TextColumn& column :
           connection_
               .inspect(fmt::format("select * from {}.{}", sql_name(asset.schema),
                                    sql_name(asset.relation)))
               .columns) {
        columns.push_back(to_lower(column.name));
      }
    } catch (const duck::SqlError&) {
      for (const assets::AssetColumn& column : asset.columns) {
        columns.push_back(to_lower(column.name));
      }
    }
    if (columns.empty()) return std::nullopt;
    columns_[name->second] = columns;
    return columns;
  }

  const Catalog& catalog_;
  duck::Connection& connection_;
  std::map<std::string, std::string> names_;  // of assets, by relation
  std::map<std::string, std::vector<std::string>> columns_;
};

// The differences between two versions of a model.
Impact compare(const lineage::QueryLineage& before, const lineage::QueryLineage& now) {
  Impact impact;
  impact.rows = before.shape != now.shape;
  std::map<std::string, std::uint64_t> old;
  for (const lineage::OutputColumn& column : before.columns) old[column.name] = column.fingerprint;
  for (const lineage::OutputColumn& column : now.columns) {
    const auto was = old.find(column.name);
    if (was == old.end()) {
      impact.added.insert(column.name);
    } else {
      if (was->second != column.fingerprint) impact.changed.insert(column.name);
      old.erase(was);
    }
  }
  for (const auto& [name, fingerprint] : old) impact.removed.insert(name);
  return impact;
}

bool touches(const lineage::ColumnRef& ref, const std::map<std::string, Impact>& impacts) {
  const auto found = impacts.find(ref.relation);
  if (found == impacts.end()) return false;
  const Impact& impact = found->second;
  return ref.column == "*" || impact.changed.contains(ref.column) ||
         impact.added.contains(ref.column) || impact.removed.contains(ref.column);
}

}  // namespace

ModelLineage lineage_of_models(const dbt::Project& project, const Catalog& catalog,
                               duck::Connection& connection) {
  ModelLineage all;
  LineageReader reader(catalog, connection);
  dbt::Compiler compiler(project, {});
  for (const std::size_t index : catalog.graph.order()) {
    const assets::Asset& asset = catalog.graph[index];
    const auto node = catalog.models.find(asset.name);
    if (node == catalog.models.end()) continue;
    try {
      const auto lineage =
          reader.read(compiler.compile(project.nodes()[node->second], &connection).text());
      if (!lineage) continue;
      reader.learn(asset.name, *lineage);
      all[asset.name] = *lineage;
    } catch (const Error&) {
      continue;  // building it will report the error
    }
  }
  return all;
}

std::map<std::string, Impact> impact_of_changes(const dbt::Project& project, const Catalog& catalog,
                                                const assets::State& state,
                                                const std::set<std::string>& changed,
                                                duck::Connection& connection) {
  const ModelLineage lineage = lineage_of_models(project, catalog, connection);
  LineageReader reader(catalog, connection);
  std::map<std::string, Impact> impacts;
  for (const std::size_t index : catalog.graph.order()) {
    const std::string& name = catalog.graph[index].name;
    const auto now = lineage.find(name);
    if (now == lineage.end()) continue;
    Impact impact;
    const auto published = state.published.find({name, ""});
    if (changed.contains(name) && published != state.published.end()) {
      const auto code = state.codes.find(published->second.code_version);
      if (code != state.codes.end() && code->second.contains("sql")) {
        if (const auto before = reader.read(code->second.at("sql"))) {
          impact = compare(*before, now->second);
        }
      }
    }
    for (const std::size_t input : catalog.graph.made_inputs(index)) {
      const auto upstream = impacts.find(catalog.graph[input].name);
      if (upstream != impacts.end()) impact.rows |= upstream->second.rows;
    }
    for (const lineage::ColumnRef& ref : now->second.shape_from)
      impact.rows |= touches(ref, impacts);
    for (const lineage::OutputColumn& column : now->second.columns) {
      for (const lineage::ColumnRef& ref : column.from) {
        if (touches(ref, impacts) && !impact.added.contains(column.name)) {
          impact.changed.insert(column.name);
        }
      }
    }
    if (!impact.is_empty()) impacts[name] = std::move(impact);
  }
  return impacts;
}

}  // namespace gsa::pipeline
