#include "semantic/layer.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace gsa::semantic {
namespace {

template <typename Item>
const Item* named(const std::vector<Item>& items, std::string_view name) {
  for (const Item& item : items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

template <typename Item>
std::vector<std::string> names_of(const std::vector<Item>& items) {
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.name);
  return names;
}

// Whether SQL accepts the name without quotes.
bool is_plain(std::string_view name) {
  const bool begins_well = !name.empty() && (name[0] < '0' || name[0] > '9');
  return begins_well && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace

std::string_view to_string(Level level) {
  return level == Level::user ? "users" : level == Level::session ? "sessions" : "generations";
}

std::string_view alias_of(Level level) {
  return level == Level::user ? "u" : level == Level::session ? "s" : "g";
}

std::string_view to_string(IntervalKind kind) {
  return kind == IntervalKind::none     ? "none"
         : kind == IntervalKind::wilson ? "wilson"
                                        : "clustered";
}

std::string_view to_string(DimensionType type) {
  switch (type) {
    case DimensionType::time:
      return "time";
    case DimensionType::number:
      return "number";
    case DimensionType::boolean:
      return "boolean";
    default:
      return "category";
  }
}

double Base::unit() const {
  double unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  return unit;
}

const ChartColumn* Chart::column(std::string_view of_name) const { return named(columns, of_name); }

const Measure* Layer::find_measure(std::string_view name) const { return named(measures, name); }
const Dimension* Layer::find_dimension(std::string_view name) const {
  return named(dimensions, name);
}
const Range* Layer::find_range(std::string_view name) const { return named(ranges, name); }
const Chart* Layer::find_chart(std::string_view name) const { return named(charts, name); }

const Dimension* Layer::find_dimension(DimensionKind kind) const {
  const auto found =
      std::find_if(dimensions.begin(), dimensions.end(),
                   [&](const Dimension& dimension) { return dimension.kind == kind; });
  return found == dimensions.end() ? nullptr : &*found;
}

std::vector<std::string> Layer::measure_names() const {
  std::vector<std::string> names;
  for (const Measure& measure : measures) {
    if (!measure.hidden) names.push_back(measure.name);
  }
  return names;
}
std::vector<std::string> Layer::dimension_names() const { return names_of(dimensions); }
std::vector<std::string> Layer::range_names() const { return names_of(ranges); }

std::string_view Layer::kind_of(const Measure& measure) const {
  if (measure.is_formula()) return "formula";
  if (measure.whole) return "ratio";
  const Base& base = bases[measure.part];
  return base.is_quantile() ? "quantile" : base.is_distinct() ? "distinct" : "additive";
}

std::vector<std::size_t> Layer::bases_of(const Measure& measure) const {
  std::vector<std::size_t> found;
  const auto add_one = [&](std::size_t base) {
    if (std::find(found.begin(), found.end(), base) == found.end()) found.push_back(base);
  };
  const auto add = [&](std::size_t base) {
    add_one(base);
    if (bases[base].known) add_one(*bases[base].known);
    if (bases[base].all) add_one(*bases[base].all);
  };
  if (!measure.is_formula()) {
    add(measure.part);
    if (measure.whole) add(*measure.whole);
  }
  for (const FormulaStep& step : measure.steps) {
    if (step.kind == FormulaStep::Kind::base) add(step.base);
  }
  return found;
}

std::string name_sql(const std::string& name) { return is_plain(name) ? name : sql_name(name); }

std::string relation_sql(const Table& table) {
  if (table.schema.empty() || table.schema == "main") return name_sql(table.name);
  return name_sql(table.schema) + "." + name_sql(table.name);
}

}  // namespace gsa::semantic
