#include "semantic/base_reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "semantic/meta_values.h"

namespace gsa::semantic {

std::size_t BaseReader::base_of(const dbt::MeasureSpec& spec, Level level, const std::string& agg,
                                const std::vector<std::string>& filters) {
  Base base;
  base.level = level;
  base.place = dbt::format_place(spec.expr_place);
  base.expr = spec.expr.empty() ? spec.name : std::string(trim(spec.expr));
  set_aggregation(spec, agg, base);
  std::vector<std::string> conditions;
  for (const std::string& filter : filters) {
    conditions.push_back("(" + elements_.filter_sql(filter, level, spec.place) + ")");
  }
  if (!conditions.empty()) {
    base.expr = base.aggregation == Aggregation::sum_boolean
                    ? fmt::format("({}) and {}", base.expr, join(conditions, " and "))
                    : fmt::format("case when {} then {} end", join(conditions, " and "), base.expr);
  }
  base.name = name_for(spec, agg, base);
  const auto same = std::find_if(layer_.bases.begin(), layer_.bases.end(),
                                 [&](const Base& one) { return one.name == base.name; });
  if (same != layer_.bases.end()) return static_cast<std::size_t>(same - layer_.bases.begin());
  layer_.bases.push_back(std::move(base));
  return layer_.bases.size() - 1;
}

// A measure keeps its name; averages and filtered measures get derived ones.
std::string BaseReader::name_for(const dbt::MeasureSpec& spec, const std::string& agg,
                                 const Base& base) {
  std::string name = agg == spec.agg ? spec.name : spec.name + "_" + agg;
  for (int number = 2;; ++number) {
    const auto [at, is_new] = exprs_.emplace(name, base.expr);
    if (is_new || at->second == base.expr) return name;
    name = fmt::format("{}_{}", spec.name, number);
  }
}

void BaseReader::set_aggregation(const dbt::MeasureSpec& spec, const std::string& agg,
                                 Base& base) const {
  if (agg == "sum") {
    base.aggregation = Aggregation::sum;
  } else if (agg == "sum_boolean") {
    base.aggregation = Aggregation::sum_boolean;
  } else if (agg == "count") {
    base.aggregation = Aggregation::count;
    if (base.expr == "1" || base.expr == "*") {
      base.aggregation = Aggregation::sum;
      base.expr = "1";
    }
  } else if (agg == "count_distinct") {
    base.aggregation = Aggregation::count_distinct;
  } else if (agg == "min" || agg == "max") {
    base.aggregation = Aggregation::percentile;
    base.share = agg == "max" ? 1 : 0;
  } else if (agg == "percentile") {
    base.aggregation = Aggregation::percentile;
    if (!spec.percentile || !spec.is_discrete || *spec.percentile < 0 || *spec.percentile > 1) {
      throw project_.files().error_at(
          spec.place,
          fmt::format("the percentile '{}' needs its share, and is of the nearest rank", spec.name),
          "write agg_params: {percentile: 0.9, use_discrete_percentile: true}");
    }
    base.share = *spec.percentile;
  } else {
    expect_one_of(
        project_, "the aggregation", agg,
        {"sum", "sum_boolean", "count", "count_distinct", "average", "percentile", "min", "max"},
        spec.place);
  }
  if (base.level == Level::user && !base.adds_up()) {
    throw project_.files().error_at(spec.place, "of users there are only sums and counts");
  }
}

}  // namespace gsa::semantic
