#include "app/asset_report.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "assets/history.h"
#include "base/error.h"
#include "base/file.h"
#include "base/table.h"
#include "base/terminal.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "pipeline/model_lineage.h"

namespace gsa::app {
namespace {

constexpr std::size_t kReasonColumns = 60;  // in the list; must not wrap its row
constexpr int kHistory = 10;                // materializations to show

using Cell = std::optional<std::string>;

std::string state_word(const assets::AssetState& state) {
  const std::string_view word = name_of(state.validity);
  return std::string(word.empty() ? "–" : word);
}

std::string checks_word(const assets::AssetState& state) {
  if (state.passed + state.warned + state.failed == 0) return "";
  std::string text = fmt::format("{} pass", state.passed);
  if (state.warned > 0) text += fmt::format(", {} warn", state.warned);
  if (state.failed > 0) text += fmt::format(", {} fail", state.failed);
  return text;
}

std::string kind_word(const assets::Asset& asset, const assets::AssetState& state) {
  std::string kind(name_of(asset.kind));
  if (state.partitions > 0) {
    kind += fmt::format(", {} {}", state.partitions, state.partitions == 1 ? "month" : "months");
  }
  return kind;
}

std::string list_table(const pipeline::AssetOverview& overview, TableStyle style) {
  std::vector<TableWriter::Row> rows;
  for (const std::size_t index : overview.catalog.graph.order()) {
    const assets::Asset& asset = overview.catalog.graph[index];
    const assets::AssetState& state = overview.states[index];
    rows.push_back({asset.name, kind_word(asset, state), asset.group, state_word(state),
                    state.made_at, state.rows ? with_thousands(*state.rows) : "",
                    state.bytes ? format_bytes(static_cast<double>(*state.bytes)) : "",
                    state.seconds ? fmt::format("{:.2f}", *state.seconds) : "", checks_word(state),
                    clip(state.reason, kReasonColumns)});
  }
  return format_table({{"asset", false},
                       {"kind", false},
                       {"group", false},
                       {"state", false},
                       {"last made (UTC)", false},
                       {"rows", true},
                       {"on disk", true},
                       {"seconds", true},
                       {"checks", false},
                       {"why", false}},
                      rows, style);
}

std::string list_json(const pipeline::AssetOverview& overview) {
  const auto number = [](const auto& value) {
    return value ? fmt::format("{}", *value) : std::string("null");
  };
  const auto text = [](std::string_view value) {
    return value.empty() ? "null" : json_quote(value);
  };
  std::vector<std::string> objects;
  for (const std::size_t index : overview.catalog.graph.order()) {
    const assets::Asset& asset = overview.catalog.graph[index];
    const assets::AssetState& state = overview.states[index];
    objects.push_back(fmt::format(
        R"({{"name": {}, "kind": {}, "group": {}, "owner": {}, "state": {}, "reason": {}, )"
        R"("made_at": {}, "rows": {}, "bytes": {}, "seconds": {}, "partitions": {}, )"
        R"("checks": {{"pass": {}, "warn": {}, "fail": {}}}}})",
        json_quote(asset.name), json_quote(name_of(asset.kind)), text(asset.group),
        text(asset.owner), text(name_of(state.validity)), text(state.reason), text(state.made_at),
        number(state.rows), number(state.bytes), number(state.seconds), state.partitions,
        state.passed, state.warned, state.failed));
  }
  return "[" + join(objects, ",\n") + "]\n";
}

std::string listed(const assets::Graph& graph, const std::vector<std::size_t>& indices) {
  std::vector<std::string> names;
  for (const std::size_t index : indices) names.push_back(graph[index].name);
  return names.empty() ? "none" : join(names, ", ");
}

// The report on one asset, part by part.
class Report {
 public:
  Report(const pipeline::AssetOverview& overview, const dbt::Project& project,
         duck::Connection& connection, std::size_t index, const TextOutput& out)
      : overview_(overview),
        project_(project),
        connection_(connection),
        index_(index),
        asset_(overview.catalog.graph[index]),
        state_(overview.states[index]),
        out_(out) {}

  std::string text() {
    head();
    columns();
    checks();
    partitions();
    history();
    sql();
    return std::move(text_);
  }

 private:
  void title(std::string_view title) { text_ += "\n" + out_.paint(Ink::bold, title) + "\n"; }
  void fact(std::string_view name, const std::string& value) {
    if (!value.empty()) text_ += fmt::format("  {:<10} {}\n", name, value);
  }

  void head() {
    text_ += out_.paint(Ink::bold, asset_.name) + "\n";
    if (!asset_.description.empty()) text_ += "  " + std::string(trim(asset_.description)) + "\n\n";
    fact("state", state_word(state_) + (state_.reason.empty() ? "" : ": " + state_.reason));
    fact("kind", kind_word(asset_, state_));
    fact("group", asset_.group);
    fact("owner", asset_.owner);
    fact("tags", join(asset_.tags, ", "));
    if (!asset_.relation.empty()) fact("relation", asset_.schema + "." + asset_.relation);
    fact("file", asset_.file);
    fact("inputs", listed(overview_.catalog.graph, overview_.catalog.graph.inputs(index_)));
    fact("outputs", listed(overview_.catalog.graph, overview_.catalog.graph.outputs(index_)));
  }

  void columns() {
    if (asset_.columns.empty()) return;
    title("Columns");
    const pipeline::ModelLineage lineage =
        pipeline::lineage_of_models(project_, overview_.catalog, connection_);
    const auto own = lineage.find(asset_.name);
    std::vector<TableWriter::Row> rows;
    for (const assets::AssetColumn& column : asset_.columns) {
      rows.push_back({column.name, own == lineage.end() ? "" : sources_of(own->second, column.name),
                      std::string(trim(column.description))});
    }
    text_ += format_table({{"column", false}, {"comes from", false}, {"description", false}}, rows);
  }

  static std::string sources_of(const lineage::QueryLineage& lineage, const std::string& name) {
    std::vector<std::string> from;
    for (const lineage::OutputColumn& column : lineage.columns) {
      if (to_lower(column.name) != to_lower(name)) continue;
      for (const lineage::ColumnRef& ref : column.from)
        from.push_back(ref.relation + "." + ref.column);
    }
    return join(from, ", ");
  }

  void checks() {
    std::vector<TableWriter::Row> rows;
    for (const assets::Check& check : overview_.catalog.checks) {
      if (check.asset != asset_.name) continue;
      const auto last = overview_.records.checks.find(check.name);
      rows.push_back({check.name, check.kind, check.blocks ? "error" : "warn",
                      last == overview_.records.checks.end()
                          ? "never asked"
                          : std::string(name_of(last->second.status))});
    }
    if (rows.empty()) return;
    title("Checks");
    text_ += format_table({{"check", false}, {"kind", false}, {"severity", false}, {"last", false}},
                          rows);
  }

  void partitions() {
    if (asset_.partitions.empty()) return;
    title("Partitions");
    std::vector<TableWriter::Row> rows;
    for (const std::string& partition : asset_.partitions) {
      const auto made = overview_.records.published.find({asset_.name, partition});
      const assets::PlannedUnit* planned = overview_.plan.find({asset_.name, partition});
      const bool stale = planned != nullptr && planned->reason;
      const assets::Materialization* there =
          made == overview_.records.published.end() ? nullptr : &made->second;
      rows.push_back({partition, stale ? *planned->reason : "fresh",
                      there == nullptr ? "" : there->made_at,
                      there == nullptr ? "" : with_thousands(there->rows.value_or(0)),
                      there == nullptr ? "" : there->data_version});
    }
    text_ += format_table({{"partition", false},
                           {"state", false},
                           {"last made (UTC)", false},
                           {"rows", true},
                           {"data version", false}},
                          rows);
  }

  void history() {
    const std::vector<assets::Materialization> all =
        assets::materializations_of(connection_, asset_.name, kHistory);
    if (all.empty()) return;
    title("History");
    std::vector<TableWriter::Row> rows;
    for (const assets::Materialization& made : all) {
      rows.push_back({fmt::format("{}", made.run_id), made.unit.partition, made.made_at,
                      made.rows ? with_thousands(*made.rows) : "",
                      fmt::format("{:.2f}", made.seconds.value_or(0)), made.data_version,
                      made.published ? "yes" : "no", clip(made.reason, kReasonColumns)});
    }
    text_ += format_table({{"run", true},
                           {"partition", false},
                           {"made (UTC)", false},
                           {"rows", true},
                           {"seconds", true},
                           {"data version", false},
                           {"published", false},
                           {"why", false}},
                          rows);
  }

  void sql() {
    const auto node = overview_.catalog.models.find(asset_.name);
    if (node != overview_.catalog.models.end()) {
      title("SQL");
      try {
        dbt::Compiler compiler(project_, {});
        text_ += compiler.compile(project_.nodes()[node->second], &connection_).text();
      } catch (const Error& error) {
        text_ += error.message();
      }
      if (!text_.ends_with('\n')) text_ += '\n';
      return;
    }
    if (asset_.code.empty()) return;
    title("Made with");
    for (const auto& [part, value] : asset_.code) fact(part, value);
  }

  const pipeline::AssetOverview& overview_;
  const dbt::Project& project_;
  duck::Connection& connection_;
  std::size_t index_;
  const assets::Asset& asset_;
  const assets::AssetState& state_;
  const TextOutput& out_;
  std::string text_;
};

}  // namespace

std::string asset_list(const pipeline::AssetOverview& overview, AssetListFormat format) {
  if (format == AssetListFormat::json) return list_json(overview);
  return list_table(overview,
                    format == AssetListFormat::markdown ? TableStyle::markdown : TableStyle::plain);
}

std::string asset_report(const pipeline::AssetOverview& overview, const dbt::Project& project,
                         duck::Connection& connection, const std::string& name,
                         const TextOutput& out) {
  return Report(overview, project, connection, overview.catalog.graph.at(name), out).text();
}

}  // namespace gsa::app
