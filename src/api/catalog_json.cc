#include "api/catalog_json.h"

#include <array>
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

constexpr std::size_t kMaxListed = 400;  // values of a dimension; more than a year has days

std::string_view name_of(Level level) {
  return level == Level::user ? "users" : level == Level::session ? "sessions" : "generations";
}

std::string_view name_of(IntervalKind kind) {
  return kind == IntervalKind::none     ? "none"
         : kind == IntervalKind::wilson ? "wilson"
                                        : "clustered";
}

std::string_view name_of(DimType type) {
  switch (type) {
    case DimType::time:
      return "time";
    case DimType::number:
      return "number";
    case DimType::boolean:
      return "boolean";
    default:
      return "category";
  }
}

std::string formula_of(const Measure& measure) {
  if (measure.quantile != 0) {
    return fmt::format("latency of the nearest rank, {:g} %", 100 * measure.quantile);
  }
  if (!measure.whole) return std::string(info(measure.part).name);
  return fmt::format("{} / {}", info(measure.part).name, info(*measure.whole).name);
}

void write(JsonWriter& json, const Measure& measure) {
  json.begin_object();
  json.field("name", measure.name);
  json.field("label", measure.label);
  json.field("unit", measure.unit);
  json.field("description", measure.description);
  json.field("format", measure.format);
  json.field("kind", measure.kind());
  json.field("of", name_of(measure.level()));
  json.field("interval", name_of(measure.interval));
  json.field("better", measure.better);
  json.field("formula", formula_of(measure));
  json.text_or_null("divides_by", measure.whole ? info(*measure.whole).name : "");
  json.end_object();
}

void write(JsonWriter& json, const Facts& facts, const Dimension& dimension) {
  json.begin_object();
  json.field("name", dimension.name);
  json.field("label", dimension.label);
  json.field("description", dimension.description);
  json.field("of", name_of(dimension.level));
  json.field("type", name_of(dimension.type));
  json.key("values");
  json.begin_array();
  const Axis axis(facts, dimension.dim);
  for (std::size_t code = 0; code < axis.size() && axis.size() <= kMaxListed; ++code) {
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
  json.field("description", range.description);
  json.field("of", name_of(range.level));
  for (const auto& [name, edges] :
       {std::pair("edges", &range.edges), {"fine_edges", &range.fine_edges}}) {
    json.key(name);
    json.begin_array();
    for (const double edge : *edges) json.value(edge);
    json.end_array();
  }
  json.end_object();
}

// As the line below the report of gsa summary.
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

void write_findings(JsonWriter& json, const std::vector<assets::Finding>& findings) {
  json.key("findings");
  json.begin_array();
  for (const assets::Finding& finding : findings) {
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
  const duck::Result at = connection.query("select published_at::varchar from ops.provenance");
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
  json.text_or_null("published_at", at.is_null(0, 0) ? "" : iso_time(at.text(0, 0)));
  json.field("sentence", sentence(*from));
  write_findings(json, from->findings);
  json.end_object();
}

// Where each signal comes from, by the rows of the facts: "mixed" where some were seen and some
// drawn.
void write_signals(JsonWriter& json, const Facts& facts) {
  constexpr std::array<std::pair<std::string_view, Dim>, 10> kSignals = {{
      {"users", Dim::user_origin},
      {"times", Dim::time_origin},
      {"tier, region, device", Dim::traits_origin},
      {"status", Dim::status_origin},
      {"latency", Dim::latency_origin},
      {"cost", Dim::cost_origin},
      {"retries", Dim::retry_origin},
      {"feedback", Dim::feedback_origin},
      {"downloads", Dim::download_origin},
      {"model", Dim::model_origin},
  }};
  json.key("signals");
  json.begin_array();
  for (const auto& [signal, dim] : kSignals) {
    const CodeColumn& column = facts.attribute(dim);
    std::string origin;
    for (std::size_t code = 0; code < column.values.size(); ++code) {
      if (!column.occurs[code]) continue;
      const auto* text = std::get_if<std::string>(&column.values[code]);
      const std::string found = text == nullptr ? "unknown" : *text;
      origin = origin.empty() || origin == found ? found : "mixed";
    }
    json.begin_object();
    json.field("signal", signal);
    json.text_or_null("origin", origin);
    json.end_object();
  }
  json.end_array();
}

double in_credits(std::int64_t ten_thousandths) {
  return static_cast<double>(ten_thousandths) / 10'000;
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
  json.field("min_sessions", kMinSessions);
  json.field("generations_outside_sessions", facts.generations_outside_sessions);
  json.field("cost_outside_sessions", in_credits(facts.cost_outside_sessions));
  json.field("cost_of_all", in_credits(facts.cost_of_all));
  write_signals(json, facts);
  json.key("measures");
  json.begin_array();
  for (const Measure& measure : measures()) write(json, measure);
  json.end_array();
  json.key("dimensions");
  json.begin_array();
  for (const Dimension& dimension : dimensions()) write(json, facts, dimension);
  json.end_array();
  json.key("ranges");
  json.begin_array();
  for (const Range& range : ranges()) write(json, range);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
