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
  const std::vector<std::string> conditions = conditions_of(spec, level, filters);
  if (!conditions.empty()) {
    base.expr = base.aggregation == Aggregation::sum_boolean
                    ? fmt::format("({}) and {}", base.expr, join(conditions, " and "))
                    : fmt::format("case when {} then {} end", join(conditions, " and "), base.expr);
  }
  // A measure keeps its name; averages and filtered measures get derived ones.
  base.name = name_for(agg == spec.agg ? spec.name : spec.name + "_" + agg, base);
  const std::size_t index = add(std::move(base));
  if (spec.meta.find("known") != nullptr && !layer_.bases[index].known) {
    add_coverage(spec, level, filters, index);
  }
  return index;
}

std::vector<std::string> BaseReader::conditions_of(const dbt::MeasureSpec& spec, Level level,
                                                   const std::vector<std::string>& filters) const {
  std::vector<std::string> conditions;
  for (const std::string& filter : filters) {
    conditions.push_back("(" + elements_.filter_sql(filter, level, spec.place) + ")");
  }
  return conditions;
}

// One that is there already is not added again.
std::size_t BaseReader::add(Base base) {
  const auto same = std::find_if(layer_.bases.begin(), layer_.bases.end(),
                                 [&](const Base& one) { return one.name == base.name; });
  if (same != layer_.bases.end()) return static_cast<std::size_t>(same - layer_.bases.begin());
  layer_.bases.push_back(std::move(base));
  return layer_.bases.size() - 1;
}

// meta.known names the measure that counts the rows that know this one.
void BaseReader::add_coverage(const dbt::MeasureSpec& spec, Level level,
                              const std::vector<std::string>& filters, std::size_t base) {
  const std::string name = meta_text(project_, spec.meta, "known", spec.place);
  const auto found = elements_.measures().find(name);
  const bool counts = found != elements_.measures().end() && found->second.level == level &&
                      found->second.spec->agg == "sum_boolean" &&
                      found->second.spec->meta.find("known") == nullptr;
  if (!counts) {
    throw project_.files().error_at(
        spec.place,
        fmt::format("meta.known of '{}' names '{}', which does not count the rows that know it",
                    spec.name, name),
        "name a measure of the same semantic model with agg: sum_boolean");
  }
  const std::size_t known = base_of(*found->second.spec, level, "sum_boolean", filters);
  const std::size_t all =
      base_of_rows(level, conditions_of(spec, level, filters), layer_.bases[base].place);
  layer_.bases[base].known = known;
  layer_.bases[base].all = all;
}

// Counts the rows that meet the conditions.
std::size_t BaseReader::base_of_rows(Level level, const std::vector<std::string>& conditions,
                                     const std::string& place) {
  for (std::size_t i = 0; i < layer_.bases.size() && conditions.empty(); ++i) {
    if (layer_.bases[i].level == level && layer_.bases[i].counts_rows()) return i;
  }
  Base base;
  base.level = level;
  base.place = place;
  base.aggregation = conditions.empty() ? Aggregation::sum : Aggregation::sum_boolean;
  base.expr = conditions.empty() ? "1" : join(conditions, " and ");
  base.name = name_for(fmt::format("all_{}", to_string(level)), base);
  return add(std::move(base));
}

std::string BaseReader::name_for(const std::string& name, const Base& base) {
  std::string free = name;
  for (int number = 2;; ++number) {
    const auto [at, is_new] = exprs_.emplace(free, base.expr);
    if (is_new || at->second == base.expr) return free;
    free = fmt::format("{}_{}", name, number);
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
