#include "semantic/layer_sql.h"

#include <vector>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::semantic {
namespace {

// A sum: 0 over no rows, null over rows of which none knows it.
std::string sum_sql(const Layer& layer, const Base& base,
                    const std::function<std::string(const Base&)>& total) {
  std::string sum = fmt::format("coalesce({}, 0)", total(base));
  if (!base.known || !base.all) return sum;
  return fmt::format("case when {} > 0 or coalesce({}, 0) = 0 then {} end",
                     total(layer.bases[*base.known]), total(layer.bases[*base.all]), sum);
}

std::string formula_sql(const Layer& layer, const Measure& measure,
                        const std::function<std::string(const Base&)>& total) {
  std::vector<std::string> stack;
  const auto pop = [&] {
    check(!stack.empty(), "a formula has an operand for each operator");
    std::string top = std::move(stack.back());
    stack.pop_back();
    return top;
  };
  for (const FormulaStep& step : measure.steps) {
    if (step.kind == FormulaStep::Kind::number) {
      stack.push_back(fmt::format("{}", step.number));
    } else if (step.kind == FormulaStep::Kind::base) {
      const Base& base = layer.bases[step.base];
      stack.push_back(base.is_quantile() ? total(base)
                      : base.known       ? fmt::format("({})", sum_sql(layer, base, total))
                                         : sum_sql(layer, base, total));
    } else if (step.kind == FormulaStep::Kind::negate) {
      stack.push_back(fmt::format("(- {})", pop()));
    } else {
      const std::string right = pop(), left = pop();
      stack.push_back(step.kind == FormulaStep::Kind::divide
                          ? fmt::format("({} / nullif({}, 0))", left, right)
                          : fmt::format("({} {} {})", left,
                                        step.kind == FormulaStep::Kind::add        ? "+"
                                        : step.kind == FormulaStep::Kind::subtract ? "-"
                                                                                   : "*",
                                        right));
    }
  }
  return pop();
}

}  // namespace

std::string dimension_sql(const Dimension& dimension) {
  switch (dimension.kind) {
    case DimensionKind::day:
      return fmt::format("{}::varchar", dimension.expr);
    case DimensionKind::week:
      return fmt::format("date_trunc('week', {})::date::varchar", dimension.expr);
    case DimensionKind::month:
      return fmt::format("strftime({}, '%Y-%m')", dimension.expr);
    case DimensionKind::hour:
      return fmt::format("strftime({}, '%Y-%m-%d %H:00')", dimension.expr);
    default:
      return dimension.expr;
  }
}

std::string aggregate_sql(const Base& base) {
  switch (base.aggregation) {
    case Aggregation::sum:
      return base.counts_rows() ? "count(*)" : fmt::format("sum({})", base.expr);
    case Aggregation::sum_boolean:
      return fmt::format("count(*) filter (where {})", base.expr);
    case Aggregation::count:
      return fmt::format("count({})", base.expr);
    case Aggregation::count_distinct:
      return fmt::format("count(distinct {})", base.expr);
    case Aggregation::percentile:
      return fmt::format("percentile_disc({}) within group (order by {})", base.share, base.expr);
  }
  throw Bug("an aggregation that is none", std::source_location::current());
}

std::string weighted_sql(const Base& base, const std::string& weight) {
  if (base.counts_rows()) return fmt::format("sum({})", weight);
  if (base.aggregation == Aggregation::sum_boolean) {
    return fmt::format("sum({}) filter (where {})", weight, base.expr);
  }
  if (base.aggregation == Aggregation::count) {
    return fmt::format("sum({}) filter (where ({}) is not null)", weight, base.expr);
  }
  return fmt::format("sum(({}) * {})", base.expr, weight);
}

std::string measure_sql(const Layer& layer, const Measure& measure,
                        const std::function<std::string(const Base&)>& total) {
  if (measure.is_formula()) return formula_sql(layer, measure, total);
  const Base& part = layer.bases[measure.part];
  if (measure.whole) {
    return fmt::format("{} / nullif({}, 0)", total(part), total(layer.bases[*measure.whole]));
  }
  return part.is_quantile() ? total(part) : sum_sql(layer, part, total);
}

std::string scaled_sql(const std::string& expr, int decimals) {
  if (decimals == 0) return fmt::format("({})::bigint", expr);
  std::string unit = "1";
  unit.append(static_cast<std::size_t>(decimals), '0');
  return fmt::format("(({}) * {})::bigint", expr, unit);
}

std::string row_number_sql(const Base& base) {
  switch (base.aggregation) {
    case Aggregation::sum_boolean:
      return fmt::format("case when {} then 1 else 0 end", base.expr);
    case Aggregation::count:
      return fmt::format("case when ({}) is not null then 1 else 0 end", base.expr);
    default:
      return scaled_sql(base.expr, base.decimals);
  }
}

}  // namespace gsa::semantic
