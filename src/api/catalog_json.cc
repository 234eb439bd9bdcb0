#include "api/catalog_json.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "api/axis.h"
#include "api/day.h"
#include "assets/publication.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::size_t kMostValuesListed = 400;  // values of a dimension; enough for a year of days

void write(JsonWriter& json, const Layer& layer, const Measure& measure) {
  json.begin_object();
  json.field("name", measure.name);
  json.field("label", measure.label);
  json.field("unit", measure.unit);
  json.field("description", measure.description);
  json.field("format", measure.format);
  json.field("kind", layer.kind_of(measure));
  json.field("of", semantic::to_string(layer.level_of(measure)));
  json.field("interval", semantic::to_string(measure.interval));
  json.field("better", measure.better);
  json.field("formula", measure.formula);
  json.text_or_null("divides_by", measure.divides_by);
  json.field("splits", measure.splits);
  json.end_object();
}

// By value: those of the palette go to the values in their order.
std::map<std::string, std::string> colors_of(const Dimension& dimension, const Axis& axis) {
  std::map<std::string, std::string> colors = dimension.colors;
  for (std::size_t i = 0; i < std::min(dimension.palette.size(), axis.size()); ++i) {
    const Value value = axis.value(i);
    if (!std::holds_alternative<std::monostate>(value)) {
      colors[to_string(value)] = dimension.palette[i];
    }
  }
  return colors;
}

void write(JsonWriter& json, const Facts& facts, const Dimension& dimension) {
  const Axis axis(facts, dimension);
  const std::map<std::string, std::string> colors = colors_of(dimension, axis);
  json.begin_object();
  json.field("name", dimension.name);
  json.field("label", dimension.label);
  json.field("description", dimension.description);
  json.field("of", semantic::to_string(dimension.level));
  json.field("type", semantic::to_string(dimension.type));
  for (const auto& [name, texts] :
       {std::pair("words", &dimension.words), {"colors", &colors}, {"shapes", &dimension.shapes}}) {
    json.key(name);
    json.begin_object();
    for (const auto& [value, text] : *texts) json.field(value, text);
    json.end_object();
  }
  json.key("values");
  json.begin_array();
  for (std::size_t code = 0; code < axis.size() && axis.size() <= kMostValuesListed; ++code) {
    if (axis.occurs(code)) write(json, axis.value(code));
  }
  json.end_array();
  json.end_object();
}

void write(JsonWriter& json, const Range& range) {
  json.begin_object();
  json.field("name", range.name);
  json.field("label", range.label);
  json.field("unit", range.unit);
  json.field("format", range.format);
  json.field("description", range.description);
  json.field("of", semantic::to_string(range.level));
  json.list("edges", range.edges);
  json.list("fine_edges", range.fine_edges);
  json.field("end", range.end);
  json.field("scale", range.has_scale);
  json.end_object();
}

void write(JsonWriter& json, const Chart& chart) {
  json.begin_object();
  json.field("name", chart.name);
  json.field("label", chart.label);
  json.field("page", chart.page);
  json.field("place", chart.place);
  json.text_or_null("of", chart.of);
  json.list("measures", chart.measures);
  json.list("dimensions", chart.dimensions);
  json.key("columns");
  json.begin_array();
  std::vector<std::string> names = chart.measures;
  names.insert(names.end(), chart.dimensions.begin(), chart.dimensions.end());
  for (const std::string& name : names) {
    const semantic::ChartColumn* column = chart.column(name);
    json.begin_object();
    json.field("name", name);
    json.text_or_null("label", column != nullptr ? column->label : "");
    json.text_or_null("color", column != nullptr ? column->color : "");
    json.text_or_null("link", column != nullptr ? column->link : "");
    json.field("first", column != nullptr && column->is_first);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

// As in the last line of gsa summary.
std::string sentence(const assets::Provenance& from) {
  if (from.behavior == "observed") {
    return fmt::format(
        "{} requests by {} users, observed in {} ({}), seed {}; {} are observed, all else is "
        "simulated",
        with_thousands(from.prompts), with_thousands(from.users), from.source, from.period,
        from.seed, from.observed.empty() ? "users and times" : from.observed);
  }
  const std::string prompts =
      from.source == "synthetic"
          ? fmt::format("{} synthetic prompts", with_thousands(from.prompts))
          : fmt::format("{} of the {} prompts in {}", with_thousands(from.prompts),
                        with_thousands(from.prompts_in_source), from.source);
  return fmt::format("{}, {} users and {} telemetry of {}, seed {}", prompts,
                     with_thousands(from.users), from.behavior, from.period, from.seed);
}

void write_findings(JsonWriter& json, const std::vector<Finding>& findings) {
  json.key("findings");
  json.begin_array();
  for (const Finding& finding : findings) {
    json.begin_object();
    json.field("finding", finding.what);
    json.field("rule", finding.rule);
    json.field("count", finding.count);
    json.text_or_null("column", finding.column);
    json.text_or_null("place", finding.place);
    json.text_or_null("example", finding.example);
    json.end_object();
  }
  json.end_array();
}

void write_provenance(JsonWriter& json, duck::Connection& connection) {
  json.key("provenance");
  const auto from = assets::read_provenance(connection);
  if (!from) return json.null();
  json.begin_object();
  json.field("source", from->source);
  json.field("source_reason", from->source_reason);
  json.field("prompts", from->prompts);
  json.field("users", from->users);
  json.field("seed", fmt::format("{}", from->seed));
  json.field("behavior", from->behavior);
  json.field("period", from->period);
  json.field("observed", from->observed);
  json.field("project", from->project);
  json.text_or_null("published_at", from->published_at.empty() ? "" : iso_time(from->published_at));
  json.field("sentence", sentence(*from));
  write_findings(json, from->findings);
  json.end_object();
}

// The origin of each signal, from the rows of the facts: "mixed" if some are observed and some
// simulated.
void write_signals(JsonWriter& json, const Facts& facts) {
  std::vector<const Dimension*> signals;
  for (const Dimension& dimension : facts.layer->dimensions) {
    if (dimension.signal && dimension.kind == DimensionKind::coded) signals.push_back(&dimension);
  }
  std::stable_sort(signals.begin(), signals.end(), [](const auto* a, const auto* b) {
    return a->signal.value().place < b->signal.value().place;
  });
  json.key("signals");
  json.begin_array();
  for (const Dimension* dimension : signals) {
    const CodeColumn& column = facts.codes(*dimension);
    std::string origin;
    for (std::size_t code = 0; code < column.values.size(); ++code) {
      if (!column.occurs[code]) continue;
      const auto* text = std::get_if<std::string>(&column.values[code]);
      const std::string found = text == nullptr ? "unknown" : *text;
      origin = origin.empty() || origin == found ? found : "mixed";
    }
    json.begin_object();
    json.field("signal", dimension->signal.value().name);
    json.text_or_null("origin", origin);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string catalog(const Snapshot& snapshot, duck::Connection& connection) {
  const Facts& facts = snapshot.facts();
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  write_provenance(json, connection);
  json.key("period");
  if (facts.days() > 0) {
    json.begin_object();
    json.field("from", day_text(facts.first_day));
    json.field("to", day_text(facts.last_day));
    json.end_object();
  } else {
    json.null();
  }
  json.text_or_null("currency", facts.layer->currency);
  json.field("min_sessions", kMinSessions);
  json.field("generations_outside_sessions", facts.generations_outside_sessions);
  json.key("outside_sessions");
  json.begin_array();
  for (const OutsideSum& sum : facts.outside) {
    json.begin_object();
    json.field("measure", sum.measure->name);
    json.field("outside", sum.outside);
    json.field("all", sum.all);
    json.end_object();
  }
  json.end_array();
  write_signals(json, facts);
  const Layer& layer = *facts.layer;
  json.key("measures");
  json.begin_array();
  for (const Measure& measure : layer.measures) {
    if (!measure.hidden) write(json, layer, measure);
  }
  json.end_array();
  json.key("dimensions");
  json.begin_array();
  for (const Dimension& dimension : layer.dimensions) write(json, facts, dimension);
  json.end_array();
  json.key("ranges");
  json.begin_array();
  for (const Range& range : layer.ranges) write(json, range);
  json.end_array();
  json.key("charts");
  json.begin_array();
  for (const Chart& chart : layer.charts) {
    if (chart.page != "report") write(json, chart);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
