#include "api/measure_value.h"

#include <algorithm>

#include "base/error.h"

namespace gsa::api {
namespace {

// Divides by the integer divisor of the unit; multiplying by its inexact inverse would round.
std::optional<double> base_value(const Layer& layer, std::size_t base, const Groups& groups,
                                 std::size_t group) {
  const std::int64_t number = groups.of(base)[group];
  const Base& of = layer.bases[base];
  if (of.is_quantile() && number == Groups::kNone) return std::nullopt;
  if (of.known && of.all && groups.of(*of.known)[group] == 0 && groups.of(*of.all)[group] != 0) {
    return std::nullopt;
  }
  return static_cast<double>(number) / of.unit();
}

std::optional<double> ratio(const std::optional<double>& part, const std::optional<double>& whole) {
  if (!part || !whole || *whole == 0) return std::nullopt;
  return *part / *whole;
}

std::optional<double> combine(semantic::FormulaStep::Kind kind, const std::optional<double>& left,
                              const std::optional<double>& right) {
  if (kind == semantic::FormulaStep::Kind::divide) return ratio(left, right);
  if (!left || !right) return std::nullopt;
  return kind == semantic::FormulaStep::Kind::add        ? *left + *right
         : kind == semantic::FormulaStep::Kind::subtract ? *left - *right
                                                         : *left * *right;
}

template <typename BaseValue>
std::optional<double> formula_value(const Measure& measure, const BaseValue& value_of_base) {
  std::vector<std::optional<double>> stack;
  for (const semantic::FormulaStep& step : measure.steps) {
    if (step.kind == semantic::FormulaStep::Kind::number) {
      stack.emplace_back(step.number);
    } else if (step.kind == semantic::FormulaStep::Kind::base) {
      stack.push_back(value_of_base(step.base));
    } else if (step.kind == semantic::FormulaStep::Kind::negate) {
      check(!stack.empty(), "a formula has an operand for each operator");
      if (std::optional<double>& operand = stack.back()) operand = -*operand;
    } else {
      check(stack.size() >= 2, "a formula has two operands for each operator");
      const std::optional<double> right = stack.back();
      stack.pop_back();
      stack.back() = combine(step.kind, stack.back(), right);
    }
  }
  return stack.empty() ? std::nullopt : stack.back();
}

}  // namespace

Ingredients ingredients_of(const Layer& layer, const std::vector<const Measure*>& measures) {
  Ingredients ingredients;
  for (const Measure* measure : measures) {
    for (const std::size_t base : layer.bases_of(*measure)) {
      auto& list =
          layer.bases[base].level == Level::user ? ingredients.of_users : ingredients.bases;
      if (std::find(list.begin(), list.end(), base) == list.end()) list.push_back(base);
    }
  }
  return ingredients;
}

double scale_of(const Layer& layer, const Measure& measure) {
  return (measure.whole ? layer.bases[*measure.whole].unit() : 1.0) /
         layer.bases[measure.part].unit();
}

std::optional<double> value_of(const Layer& layer, const Measure& measure, const Groups& groups,
                               std::size_t group) {
  const auto of = [&](std::size_t base) { return base_value(layer, base, groups, group); };
  if (measure.is_formula()) return formula_value(measure, of);
  return measure.whole ? ratio(of(measure.part), of(*measure.whole)) : of(measure.part);
}

std::optional<double> coverage_of(const Layer& layer, const Measure& measure, const Groups& groups,
                                  std::size_t group) {
  const Base& base = layer.bases[measure.part];
  if (!base.known || !base.all) return std::nullopt;
  const std::int64_t all = groups.of(*base.all)[group];
  if (all == 0) return std::nullopt;
  return static_cast<double>(groups.of(*base.known)[group]) / static_cast<double>(all);
}

std::optional<double> value_of_nothing(const Layer& layer, const Measure& measure) {
  const auto of = [&](std::size_t base) {
    return layer.bases[base].is_quantile() ? std::nullopt : std::optional<double>(0.0);
  };
  if (measure.is_formula()) return formula_value(measure, of);
  return measure.whole ? std::nullopt : of(measure.part);
}

}  // namespace gsa::api
