#include "semantic/layer_reading.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "semantic/base_reading.h"
#include "semantic/chart_reading.h"
#include "semantic/element_reading.h"
#include "semantic/meta_values.h"
#include "semantic/metric_formula.h"
#include "semantic/style_reading.h"

namespace gsa::semantic {
namespace {

using dbt::MeasureSpec;
using dbt::MetricInputSpec;
using dbt::MetricSpec;
using dbt::Place;
using Steps = std::vector<FormulaStep>;

// A metric under construction: one base, two bases, or a formula.
struct Resolved {
  Steps steps;
  std::string text;  // over names of metrics
  std::string divides_by;
};

class MetricReader {
 public:
  MetricReader(const dbt::Project& project, const ElementReader& elements, Layer& layer)
      : project_(project), elements_(elements), layer_(layer), bases_(project, elements, layer) {}

  void read() {
    for (const dbt::SemanticModelSpec& model : project_.semantic().models) {
      for (const MeasureSpec& measure : model.measures) {
        if (measure.create_metric) own_metrics_.push_back(metric_of(measure));
      }
    }
    for (const MetricSpec& metric : project_.semantic().metrics) take(metric);
    for (const MetricSpec& metric : own_metrics_) take(metric);
    for (const MetricSpec* metric : in_order_) add(*metric);
  }

 private:
  static MetricSpec metric_of(const MeasureSpec& measure) {
    MetricSpec metric;
    metric.name = measure.name;
    metric.label = measure.label.empty() ? measure.name : measure.label;
    metric.description = measure.description;
    metric.type = "simple";
    metric.measure = MetricInputSpec{measure.name, "", {}, measure.place};
    metric.meta = measure.meta;
    metric.place = metric.expr_place = measure.place;
    return metric;
  }

  void take(const MetricSpec& metric) {
    const auto [at, is_new] = by_name_.emplace(metric.name, &metric);
    if (!is_new) {
      throw project_.files().error_at(metric.place,
                                      fmt::format("the metric '{}' is there twice", metric.name),
                                      "the other place is " + dbt::format_place(at->second->place));
    }
    in_order_.push_back(&metric);
  }

  [[noreturn]] void fail(const Place& place, const std::string& what,
                         const std::string& hint = "") const {
    throw project_.files().error_at(place, what, hint);
  }

  void add(const MetricSpec& spec) {
    if (reads_elsewhere(spec, {})) {
      layer_.notes.push_back(fmt::format(
          "{}: the metric '{}' is not of users, sessions or generations, so no page shows it",
          dbt::format_place(spec.place), spec.name));
      return;
    }
    const Resolved resolved = resolve(spec, {});
    Measure measure;
    measure.name = spec.name;
    measure.label = spec.label;
    measure.description = spec.description;
    measure.place = dbt::format_place(spec.place);
    measure.unit = meta_text(project_, spec.meta, "unit", spec.place);
    measure.format = meta_text(project_, spec.meta, "format", spec.place,
                               resolved.steps.size() == 1 ? "integer" : "ratio");
    expect_one_of(project_, "the format", measure.format, number_formats(), spec.place);
    measure.better = meta_text(project_, spec.meta, "better", spec.place, "neither");
    expect_one_of(project_, "better", measure.better, {"higher", "lower", "neither"}, spec.place);
    measure.hidden = meta_flag(project_, spec.meta, "hidden", spec.place);
    measure.splits = meta_flag(project_, spec.meta, "segments", spec.place);
    measure.formula = resolved.text;
    measure.divides_by = resolved.divides_by;
    set_steps(resolved.steps, measure);
    set_interval(spec, measure);
    set_outside(spec, measure);
    layer_.measures.push_back(std::move(measure));
  }

  static void set_steps(const Steps& steps, Measure& measure) {
    const auto first = std::find_if(steps.begin(), steps.end(), [](const FormulaStep& step) {
      return step.kind == FormulaStep::Kind::base;
    });
    measure.part = first == steps.end() ? 0 : first->base;
    if (steps.size() == 1 && steps[0].kind == FormulaStep::Kind::base) return;
    if (steps.size() == 3 && steps[0].kind == FormulaStep::Kind::base &&
        steps[1].kind == FormulaStep::Kind::base && steps[2].kind == FormulaStep::Kind::divide) {
      measure.whole = steps[1].base;
      return;
    }
    measure.steps = steps;
  }

  void set_interval(const MetricSpec& spec, Measure& measure) const {
    const std::string interval = meta_text(project_, spec.meta, "interval", spec.place, "none");
    expect_one_of(project_, "the interval", interval, {"none", "wilson", "clustered"}, spec.place);
    measure.interval = interval == "wilson"      ? IntervalKind::wilson
                       : interval == "clustered" ? IntervalKind::clustered
                                                 : IntervalKind::none;
    const auto is_sum = [&](std::size_t base) {
      return layer_.bases[base].adds_up() && layer_.bases[base].level != Level::user;
    };
    const bool is_ratio_of_sums =
        measure.whole && is_sum(measure.part) && is_sum(measure.whole.value());
    if (!is_ratio_of_sums && (measure.splits || measure.interval != IntervalKind::none)) {
      fail(spec.place,
           fmt::format("'{}' has no {}, for it is no ratio of sums over sessions or generations",
                       spec.name, measure.splits ? "segments" : "interval"),
           "leave out meta.segments and meta.interval");
    }
  }

  void set_outside(const MetricSpec& spec, Measure& measure) const {
    measure.outside = meta_flag(project_, spec.meta, "outside_sessions", spec.place);
    if (!measure.outside ||
        (layer_.kind_of(measure) == "additive" && layer_.level_of(measure) == Level::generation)) {
      return;
    }
    fail(spec.place,
         fmt::format("'{}' is no sum over generations, so none are outside sessions", spec.name),
         "leave out meta.outside_sessions");
  }

  const MetricSpec& metric_named(const MetricInputSpec& input) const {
    const auto found = by_name_.find(input.name);
    if (found != by_name_.end()) return *found->second;
    std::vector<std::string> names;
    for (const auto& [name, metric] : by_name_) names.push_back(name);
    fail(input.place, fmt::format("there is no metric '{}'", input.name),
         did_you_mean(input.name, names));
  }

  // Whether it uses a measure from a semantic model of another level.
  bool reads_elsewhere(const MetricSpec& spec, std::set<std::string> seen) const {
    if (!seen.insert(spec.name).second) return false;  // resolve() reports the loop
    if (spec.measure) return elements_.is_elsewhere(spec.measure->name);
    std::vector<MetricInputSpec> inputs = spec.metrics;
    for (const auto* input : {&spec.numerator, &spec.denominator}) {
      if (*input) inputs.push_back(**input);
    }
    return std::any_of(inputs.begin(), inputs.end(), [&](const MetricInputSpec& input) {
      return reads_elsewhere(metric_named(input), seen);
    });
  }

  Resolved resolve(const MetricSpec& spec, std::vector<std::string> filters) {
    const auto loop = std::find(open_.begin(), open_.end(), spec.name);
    if (loop != open_.end()) {
      std::vector<std::string> path(loop, open_.end());
      path.push_back(spec.name);
      fail(by_name_.at(path.front())->place,
           fmt::format("the metric '{}' is made of itself: {}", spec.name, join(path, " → ")));
    }
    open_.push_back(spec.name);
    filters.insert(filters.end(), spec.filters.begin(), spec.filters.end());
    Resolved resolved;
    if (spec.type == "simple") {
      resolved = simple(spec, filters);
    } else if (spec.type == "ratio") {
      resolved = ratio(spec, filters);
    } else if (spec.type == "derived") {
      resolved = derived(spec, filters);
    } else {
      expect_one_of(project_, "the type of metric", spec.type, {"simple", "ratio", "derived"},
                    spec.place);
    }
    open_.pop_back();
    return resolved;
  }

  Resolved input(const MetricInputSpec& input, std::vector<std::string> filters) {
    filters.insert(filters.end(), input.filters.begin(), input.filters.end());
    return resolve(metric_named(input), filters);
  }

  static std::string shown(const MetricInputSpec& input) {
    return input.alias.empty() ? input.name : input.alias;
  }

  Resolved simple(const MetricSpec& spec, std::vector<std::string> filters) {
    if (!spec.measure) {
      fail(spec.place, fmt::format("the metric '{}' has no measure", spec.name),
           "write type_params: {measure: NAME}");
    }
    filters.insert(filters.end(), spec.measure->filters.begin(), spec.measure->filters.end());
    const auto found = elements_.measures().find(spec.measure->name);
    if (found == elements_.measures().end()) {
      std::vector<std::string> names;
      for (const auto& [name, measure] : elements_.measures()) names.push_back(name);
      fail(spec.measure->place,
           fmt::format("the metric '{}' is of the measure '{}', and there is none of that name",
                       spec.name, spec.measure->name),
           did_you_mean(spec.measure->name, names));
    }
    const MeasureSpec& measure = *found->second.spec;
    if (measure.agg == "average") {
      return {{step(bases_.base_of(measure, found->second.level, "sum", filters)),
               step(bases_.base_of(measure, found->second.level, "count", filters)),
               {FormulaStep::Kind::divide}},
              fmt::format("mean of {}", measure.expr.empty() ? measure.name : measure.expr),
              ""};
    }
    const std::size_t base = bases_.base_of(measure, found->second.level, measure.agg, filters);
    std::string text = spec.name;
    if (layer_.bases[base].is_quantile()) {
      text = fmt::format("{} of the nearest rank, {:g} %",
                         measure.expr.empty() ? measure.name : measure.expr,
                         100 * layer_.bases[base].share);
    }
    return {{step(base)}, text, ""};
  }

  Resolved ratio(const MetricSpec& spec, const std::vector<std::string>& filters) {
    if (!spec.numerator || !spec.denominator) {
      fail(spec.place, fmt::format("the ratio '{}' lacks its numerator or denominator", spec.name),
           "write type_params: {numerator: METRIC, denominator: METRIC}");
    }
    Resolved resolved = input(*spec.numerator, filters);
    const Resolved whole = input(*spec.denominator, filters);
    resolved.steps.insert(resolved.steps.end(), whole.steps.begin(), whole.steps.end());
    resolved.steps.push_back({FormulaStep::Kind::divide});
    resolved.text = fmt::format("{} / {}", shown(*spec.numerator), shown(*spec.denominator));
    resolved.divides_by = whole.steps.size() == 1 ? spec.denominator->name : "";
    return resolved;
  }

  Resolved derived(const MetricSpec& spec, const std::vector<std::string>& filters) {
    const auto steps_of = [&](const std::string& name) {
      for (const MetricInputSpec& one : spec.metrics) {
        if (shown(one) == name) return input(one, filters).steps;
      }
      std::vector<std::string> names;
      for (const MetricInputSpec& one : spec.metrics) names.push_back(shown(one));
      throw Error(fmt::format("the formula of '{}' names '{}', which is none of its metrics",
                              spec.name, name),
                  did_you_mean(name, names));
    };
    Resolved resolved;
    resolved.text = spec.expr;
    try {
      resolved.steps = parse_formula(spec.expr, steps_of);
    } catch (const Error& error) {
      if (error.message().find(spec.place.file + ":") != std::string::npos) throw;
      fail(spec.expr_place, error.message(), error.hint());
    }
    const bool has_base =
        std::any_of(resolved.steps.begin(), resolved.steps.end(),
                    [](const auto& one) { return one.kind == FormulaStep::Kind::base; });
    if (!has_base) fail(spec.expr_place, fmt::format("'{}' is made of no metric", spec.name));
    return resolved;
  }

  static FormulaStep step(std::size_t base) { return {FormulaStep::Kind::base, 0, base}; }

  const dbt::Project& project_;
  const ElementReader& elements_;
  Layer& layer_;
  std::vector<MetricSpec> own_metrics_;  // from measures with create_metric
  std::map<std::string, const MetricSpec*> by_name_;
  std::vector<const MetricSpec*> in_order_;
  std::vector<std::string> open_;  // being resolved, outermost first
  BaseReader bases_;
};

}  // namespace

std::optional<Layer> read_layer(const dbt::Project& project) {
  Layer layer;
  ElementReader elements(project, layer);
  if (!elements.read()) return std::nullopt;
  MetricReader(project, elements, layer).read();
  read_charts(project, layer);
  return layer;
}

}  // namespace gsa::semantic
