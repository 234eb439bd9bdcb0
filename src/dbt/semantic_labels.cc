#include "dbt/semantic_labels.h"

#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace gsa::dbt {
namespace {

// The labels of things of one kind that must not be equal.
class Labels {
 public:
  Labels(std::string_view kind, const ProjectFiles& files) : kind_(kind), files_(files) {}

  void take(const std::string& label, const std::string& name, const Place& place) {
    if (label.empty()) return;
    const auto [at, is_new] = first_.emplace(label, First{name, place});
    if (is_new) return;
    throw files_.error_at(place,
                          fmt::format("the {} '{}' has the label '{}' of the {} '{}'", kind_, name,
                                      label, kind_, at->second.name),
                          "the other place is " + format_place(at->second.place));
  }

 private:
  struct First {
    std::string name;
    Place place;
  };

  std::string_view kind_;
  const ProjectFiles& files_;
  std::map<std::string, First> first_;
};

template <typename Spec>
void refuse_equal(std::string_view kind, const std::vector<Spec>& specs,
                  const ProjectFiles& files) {
  Labels labels(kind, files);
  for (const Spec& spec : specs) labels.take(spec.label, spec.name, spec.place);
}

}  // namespace

void refuse_equal_labels(const SemanticSpecs& specs, const ProjectFiles& files) {
  refuse_equal("semantic model", specs.models, files);
  Labels of_metrics("metric", files);
  for (const MetricSpec& metric : specs.metrics) {
    of_metrics.take(metric.label, metric.name, metric.place);
  }
  for (const SemanticModelSpec& model : specs.models) {
    refuse_equal("entity", model.entities, files);
    refuse_equal("dimension", model.dimensions, files);
    refuse_equal("measure", model.measures, files);
    for (const MeasureSpec& measure : model.measures) {
      if (!measure.create_metric || !measure.of_metric.is_enabled) continue;
      of_metrics.take(measure.label.empty() ? measure.name : measure.label, measure.name,
                      measure.place);
    }
  }
}

}  // namespace gsa::dbt
