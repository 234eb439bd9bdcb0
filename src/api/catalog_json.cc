#include "api/catalog_json.h"

#include <algorithm>
#include <map>
#include <optional>
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

// How many rows have each of the values that occur, by code.
std::vector<std::size_t> counts_of(const CodeColumn& column, std::size_t rows) {
  std::vector<std::size_t> counts(column.values.size());
  if (const auto* code = std::get_if<std::uint16_t>(&column.codes)) {
    if (rows > 0) counts[*code] = rows;
    return counts;
  }
  column.visit([&](const auto& code_of) {
    for (std::size_t row = 0; row < rows; ++row) ++counts[code_of(row)];
  });
  return counts;
}

// The share of all rows that know the measure; nullopt if it cannot be unknown, or if there are no
// rows.
std::optional<double> coverage_of(const Facts& facts, const Measure& measure) {
  const Base& base = facts.layer->bases[measure.part];
  const std::size_t rows = facts.rows(base.level);
  if (!base.known || rows == 0) return std::nullopt;
  std::int64_t known = 0;
  facts.number(*base.known).visit([&](const auto& number_of) {
    for (std::size_t row = 0; row < rows; ++row) known += number_of(row);
  });
  return static_cast<double>(known) / static_cast<double>(rows);
}

std::optional<double> coverage_of(const Facts& facts, const Range& range) {
  const std::size_t rows = facts.rows(range.level);
  if (rows == 0) return std::nullopt;
  return 1 - static_cast<double>(facts.number(range).nulls) / static_cast<double>(rows);
}

void write(JsonWriter& json, const Facts& facts, const Measure& measure) {
  const Layer& layer = *facts.layer;
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
  json.field("hidden", measure.hidden);
  json.field("coverage", coverage_of(facts, measure));
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

std::vector<std::size_t> occurring_codes(const Axis& axis) {
  std::vector<std::size_t> codes;
  for (std::size_t code = 0; code < axis.size(); ++code) {
    if (axis.occurs(code)) codes.push_back(code);
  }
  return codes;
}

// All, if they are not too many; else those that most rows have, the most frequent first.
std::vector<std::size_t> listed_codes(const Facts& facts, const Dimension& dimension,
                                      std::vector<std::size_t> codes) {
  if (codes.size() <= kMostValuesListed) return codes;
  if (dimension.kind != DimensionKind::coded) return {};
  const std::vector<std::size_t> counts =
      counts_of(facts.codes(dimension), facts.rows(dimension.level));
  std::stable_sort(codes.begin(), codes.end(),
                   [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  codes.resize(kMostValuesListed);
  return codes;
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
  const std::vector<std::size_t> occurring = occurring_codes(axis);
  const std::vector<std::size_t> listed = listed_codes(facts, dimension, occurring);
  json.key("values");
  json.begin_array();
  for (const std::size_t code : listed) write(json, axis.value(code));
  json.end_array();
  json.field("more", static_cast<std::int64_t>(occurring.size() - listed.size()));
  json.end_object();
}

void write(JsonWriter& json, const Facts& facts, const Range& range) {
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
  json.field("coverage", coverage_of(facts, range));
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

// As in the last lines of gsa summary, without the origins of the signals.
std::string sentence(const assets::Provenance& from) {
  if (from.behavior == "observed") {
    return fmt::format("{} requests by {} users, observed in {} ({}), seed {}",
                       with_thousands(from.prompts), with_thousands(from.users), from.source,
                       from.period, from.seed);
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

// The origin of each signal, from the rows of the facts: "mixed" if there are several.
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
    const std::size_t rows = facts.rows(dimension->level);
    const std::vector<std::size_t> counts = counts_of(column, rows);
    std::string origin;
    std::map<std::string, double> shares;
    for (std::size_t code = 0; code < counts.size(); ++code) {
      if (counts[code] == 0) continue;
      const auto* text = std::get_if<std::string>(&column.values[code]);
      const std::string found = text == nullptr ? "unknown" : *text;
      origin = origin.empty() || origin == found ? found : "mixed";
      shares[found] += static_cast<double>(counts[code]) / static_cast<double>(rows);
    }
    json.begin_object();
    json.field("signal", dimension->signal.value().name);
    json.text_or_null("origin", origin);
    json.key("shares");
    json.begin_object();
    for (const auto& [name, share] : shares) json.field(name, share);
    json.end_object();
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
  const std::vector<std::string>& currencies = facts.layer->currencies;
  json.text_or_null("currency", currencies.empty() ? "" : currencies.front());
  json.list("other_currencies",
            std::vector<std::string>(currencies.begin() + (currencies.empty() ? 0 : 1),
                                     currencies.end()));
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
    if (is_listed(layer, measure)) write(json, facts, measure);
  }
  json.end_array();
  json.key("dimensions");
  json.begin_array();
  for (const Dimension& dimension : layer.dimensions) write(json, facts, dimension);
  json.end_array();
  json.key("ranges");
  json.begin_array();
  for (const Range& range : layer.ranges) write(json, facts, range);
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
