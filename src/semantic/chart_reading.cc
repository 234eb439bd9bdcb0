#include "semantic/chart_reading.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "semantic/meta_values.h"
#include "semantic/style_reading.h"

namespace gsa::semantic {
namespace {

using dbt::Dict;

class ChartReader {
 public:
  ChartReader(const dbt::Project& project, Layer& layer) : project_(project), layer_(layer) {}

  void read() {
    for (const dbt::SavedQuerySpec& spec : project_.semantic().saved_queries) add(spec);
  }

 private:
  void add(const dbt::SavedQuerySpec& spec) {
    if (layer_.find_chart(spec.name) != nullptr) {
      throw project_.files().error_at(
          spec.place, fmt::format("the saved query '{}' is there twice", spec.name));
    }
    Chart chart;
    chart.name = spec.name;
    chart.label = spec.label.empty() ? spec.name : spec.label;
    chart.page = meta_text(project_, spec.meta, "page", spec.place);
    chart.place = meta_text(project_, spec.meta, "place", spec.place);
    chart.of = meta_text(project_, spec.meta, "of", spec.place);
    if (meta_flag(project_, spec.meta, "attributes", spec.place)) chart.takes_attributes = true;
    for (const std::string& name : spec.metrics) {
      if (layer_.find_measure(name) == nullptr) {
        std::vector<std::string> names;
        for (const Measure& measure : layer_.measures) names.push_back(measure.name);
        throw project_.files().error_at(
            spec.place,
            fmt::format("the saved query '{}' asks for the metric '{}', and there is none",
                        spec.name, name),
            did_you_mean(name, names));
      }
      chart.measures.push_back(name);
    }
    for (const std::string& item : spec.group_by) add_dimension(spec, item, chart);
    if (const Dict* columns = meta_map(project_, spec.meta, "columns", spec.place)) {
      for (const auto& [name, more] : columns->entries()) {
        if (!more.is_dict()) {
          throw project_.files().error_at(spec.place, "each of meta.columns is a map");
        }
        chart.columns.push_back(column_of(spec, name.str(), more.as_dict()));
      }
    }
    layer_.charts.push_back(std::move(chart));
  }

  // Dimension('user__tier'), TimeDimension('metric_time', 'day'), user__tier
  void add_dimension(const dbt::SavedQuerySpec& spec, const std::string& item, Chart& chart) {
    if (item.find("metric_time") != std::string::npos) return;  // charts over time choose a grain
    const std::size_t first = item.find_first_of("'\"");
    const std::size_t last = first == std::string::npos ? first : item.find(item[first], first + 1);
    const std::string inner =
        last == std::string::npos ? item : item.substr(first + 1, last - first - 1);
    const std::string name = split_reference(inner).second;
    if (layer_.find_dimension(name) == nullptr && layer_.find_range(name) == nullptr) {
      std::vector<std::string> names = layer_.dimension_names();
      const std::vector<std::string> ranges = layer_.range_names();
      names.insert(names.end(), ranges.begin(), ranges.end());
      throw project_.files().error_at(
          spec.place,
          fmt::format("the saved query '{}' groups by '{}', and there is no such dimension",
                      spec.name, inner),
          did_you_mean(name, names));
    }
    chart.dimensions.push_back(name);
  }

  ChartColumn column_of(const dbt::SavedQuerySpec& spec, const std::string& name,
                        const Dict& more) const {
    const auto text = [&](std::string_view key) {
      return meta_text(project_, more, key, spec.place);
    };
    ChartColumn column;
    column.name = name;
    column.label = text("label");
    column.color = text("color");
    if (!column.color.empty()) {
      expect_one_of(project_, "the color", column.color, colors(), spec.place);
    }
    column.link = text("link");
    column.key = text("key");
    column.type = text("type");
    const dbt::Value* decimals = more.find("decimals");
    if (decimals != nullptr && decimals->is_integer()) {
      column.decimals = static_cast<int>(decimals->as_integer());
    }
    column.is_percent = meta_flag(project_, more, "percent", spec.place);
    column.is_first = meta_flag(project_, more, "first", spec.place);
    return column;
  }

  const dbt::Project& project_;
  Layer& layer_;
};

}  // namespace

void read_charts(const dbt::Project& project, Layer& layer) { ChartReader(project, layer).read(); }

}  // namespace gsa::semantic
