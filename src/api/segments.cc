#include "api/segments.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/aggregate.h"
#include "api/api_error.h"
#include "api/chart_sql.h"
#include "api/interval.h"
#include "api/json_reader.h"
#include "api/measure_value.h"
#include "api/metrics_request.h"
#include "api/side_by_side.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::size_t kMaxDimensions = 8;

// By default the chart's first measure.
const Measure& read_measure(const Layer& layer, ObjectReader& reader, std::string_view chart) {
  const auto name = reader.text("measure");
  const auto offered =
      name ? std::vector<const Measure*>{} : measures_of(layer, chart_named(layer, chart));
  if (!name && offered.empty()) throw bad_request(reader.at("measure") + " is missing");
  const Measure& measure = name ? measure_named(layer, *name) : *offered.front();
  if (measure.splits) return measure;
  std::vector<std::string> names;
  for (const Measure& one : layer.measures) {
    if (one.splits && !one.hidden) names.emplace_back(one.name);
  }
  throw bad_request(fmt::format("'{}' is no average that splits into segments", measure.name),
                    "these are: " + join(names, ", "));
}

SharedSums sums_of(const Snapshot& snapshot, const Scope& scope, const DayRange& days,
                   const Grouping& grouping, const Measure& measure, Overlap overlap,
                   bool wants_clusters) {
  return shared_sums(snapshot.facts(), *snapshot.selection(scope, days), grouping, measure.part,
                     measure.whole.value(), overlap, wants_clusters);
}

Overlap read_overlap(ObjectReader& reader) {
  const std::string overlap = reader.text("overlap").value_or("shared");
  if (overlap == "whole") return Overlap::whole;
  if (overlap == "shared") return Overlap::shared;
  throw bad_request(fmt::format("overlap must be whole or shared, not '{}'", overlap));
}

// The normal interval of the contribution c = (P_s − m W_s) / W with users as clusters. Linearised
// at the sums, it is Σ_u z_u with z_u = (e_su − share × e_u − c × w_u) / W, where e = p − m w and m
// = P / W (Särndal et al. 1992, Model Assisted Survey Sampling, 5.5).
std::optional<Interval> contribution_interval(double c, double share, double m, double whole,
                                              const ClusterSums& own, const ClusterSums& all) {
  if (all.users < 2) return std::nullopt;
  const double own_own = own.part_part - 2 * m * own.part_whole + m * m * own.whole_whole;
  const double own_all = own.part_all_part - m * own.part_all_whole - m * own.whole_all_part +
                         m * m * own.whole_all_whole;
  const double own_whole = own.part_all_whole - m * own.whole_all_whole;
  const double all_all = all.part_part - 2 * m * all.part_whole + m * m * all.whole_whole;
  const double all_whole = all.part_whole - m * all.whole_whole;
  const double squares = own_own - 2 * share * own_all - 2 * c * own_whole +
                         share * share * all_all + 2 * share * c * all_whole +
                         c * c * all.whole_whole;
  const double half = kZ * std::sqrt(std::max(0.0, squares) * all.users / (all.users - 1)) / whole;
  return Interval{c - half, c + half};
}

struct Contribution {
  Value value;
  double sessions = 0, share = 0, measure = 0, contribution = 0;
  std::optional<Interval> interval;
};

std::vector<Contribution> contributions(const SharedSums& sums, const Grouping& grouping,
                                        double scale) {
  std::vector<Contribution> segments;
  const double part = sums.all_part, whole = sums.all_whole;
  if (whole == 0) return segments;
  const double m = part / whole;
  for (std::size_t g = 0; g < grouping.size(); ++g) {
    if (sums.sessions[g] == 0 || sums.whole[g] == 0) continue;
    Contribution segment{grouping.key(g).front(),
                         sums.sessions[g],
                         sums.whole[g] / whole,
                         sums.part[g] / sums.whole[g] * scale,
                         0,
                         std::nullopt};
    const double c = (sums.part[g] - m * sums.whole[g]) / whole;
    segment.contribution = c * scale;
    segment.interval =
        contribution_interval(c, segment.share, m, whole, sums.clusters[g], sums.all);
    if (segment.interval) {
      segment.interval = Interval{segment.interval->low * scale, segment.interval->high * scale};
    }
    segments.push_back(segment);
  }
  std::stable_sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) {
    return std::abs(a.contribution) > std::abs(b.contribution);
  });
  return segments;
}

void write(JsonWriter& json, const Contribution& segment) {
  json.begin_object();
  json.key("value");
  write(json, segment.value);
  json.field("sessions", segment.sessions);
  json.field("ranked", segment.sessions >= static_cast<double>(kMinSessions));
  json.field("share", segment.share);
  json.field("measure", segment.measure);
  json.field("contribution", segment.contribution);
  json.key("interval");
  if (segment.interval) {
    json.begin_array();
    json.value(segment.interval->low);
    json.value(segment.interval->high);
    json.end_array();
  } else {
    json.null();
  }
  json.end_object();
}

struct Change {
  const Dimension* dimension;
  Value value;
  double sessions, compared_sessions, share, compared_share;
  std::optional<double> measure, compared_measure;
  double rate, mix;

  double effect() const { return rate + mix; }
  bool is_ranked() const {
    return sessions >= static_cast<double>(kMinSessions) &&
           compared_sessions >= static_cast<double>(kMinSessions);
  }
};

// In the measure's unit.
struct Averages {
  std::optional<double> now, before;
};

Averages averages(const SharedSums& now, const SharedSums& before, double scale) {
  const auto of = [&](const SharedSums& sums) {
    const double whole = sums.all_whole;
    return whole == 0 ? std::nullopt : std::optional(sums.all_part / whole * scale);
  };
  return {of(now), of(before)};
}

void add_changes(const Dimension& dimension, const Grouping& grouping, const SharedSums& now,
                 const SharedSums& before, double scale, std::vector<Change>& changes) {
  const Averages all = averages(now, before, scale);
  if (!all.now || !all.before) return;
  const double whole_now = now.all_whole, whole_before = before.all_whole;
  for (std::size_t g = 0; g < grouping.size(); ++g) {
    if (now.sessions[g] == 0 && before.sessions[g] == 0) continue;
    const auto average = [&](const SharedSums& sums) {
      return sums.whole[g] == 0 ? std::nullopt
                                : std::optional(sums.part[g] / sums.whole[g] * scale);
    };
    Change change{&dimension,
                  grouping.key(g).front(),
                  now.sessions[g],
                  before.sessions[g],
                  now.whole[g] / whole_now,
                  before.whole[g] / whole_before,
                  average(now),
                  average(before),
                  0,
                  0};
    const double v_now = change.measure.value_or(*all.now);
    const double v_before = change.compared_measure.value_or(*all.before);
    change.rate = (change.share + change.compared_share) / 2 * (v_now - v_before);
    change.mix = (change.share - change.compared_share) *
                 ((v_now + v_before) / 2 - (*all.now + *all.before) / 2);
    changes.push_back(change);
  }
}

std::string shown(const Measure& measure, double value) {
  if (measure.format == "share") return fmt::format("{:.1f} %", 100 * value);
  if (measure.format == "points" || measure.format == "minutes")
    return fmt::format("{:.1f}", value);
  if (measure.format == "ms") return fmt::format("{:.0f} ms", value);
  if (measure.format == "money_small") return fmt::format("{:.4f}", value);
  return fmt::format("{:.2f}", value);
}

std::string signed_change(const Measure& measure, double value) {
  if (measure.format == "share") return fmt::format("{:+.2f} pt", 100 * value);
  if (measure.format == "ms") return fmt::format("{:+.1f} ms", value);
  if (measure.format == "money_small") return fmt::format("{:+.4f}", value);
  return fmt::format("{:+.2f}", value);
}

std::string in_words(const Measure& measure, const Change& change, double delta) {
  const std::string who =
      fmt::format("{} {}: {} of {}", to_lower(change.dimension->label), to_string(change.value),
                  signed_change(measure, change.effect()), signed_change(measure, delta));
  if (std::abs(change.rate) >= std::abs(change.mix) && change.measure && change.compared_measure) {
    return fmt::format("{}, mostly because its own {} {} from {} to {}", who,
                       to_lower(measure.label),
                       *change.measure >= *change.compared_measure ? "rose" : "fell",
                       shown(measure, *change.compared_measure), shown(measure, *change.measure));
  }
  return fmt::format("{}, mostly because its share {} from {:.1f} % to {:.1f} %", who,
                     change.share >= change.compared_share ? "grew" : "shrank",
                     100 * change.compared_share, 100 * change.share);
}

void write(JsonWriter& json, const Measure& measure, const Change& change, double delta) {
  json.begin_object();
  json.field("dimension", change.dimension->name);
  json.key("value");
  write(json, change.value);
  json.field("sessions", change.sessions);
  json.field("compared_sessions", change.compared_sessions);
  json.field("ranked", change.is_ranked());
  json.field("share", change.share);
  json.field("compared_share", change.compared_share);
  json.field("measure", change.measure);
  json.field("compared_measure", change.compared_measure);
  json.field("effect", change.effect());
  json.field("rate_effect", change.rate);
  json.field("mix_effect", change.mix);
  json.field("words", in_words(measure, change, delta));
  json.end_object();
}

void write_days(JsonWriter& json, std::string_view name, const std::optional<DayRange>& days) {
  json.key(name);
  if (!days) return json.null();
  json.begin_object();
  json.field("from", day_text(days->from));
  json.field("to", day_text(days->to));
  json.end_object();
}

std::vector<const Dimension*> read_dimensions(const Layer& layer, ObjectReader& reader) {
  std::vector<std::string> names = reader.texts("dimensions", kMaxDimensions);
  if (names.empty()) names = chart_named(layer, "changes").dimensions;
  if (names.empty()) throw bad_request(reader.at("dimensions") + " is missing");
  std::vector<const Dimension*> list;
  for (const std::string& name : names) {
    const Dimension& dimension = dimension_named(layer, name);
    if (dimension.type == DimensionType::time) {
      throw bad_request(fmt::format("'{}' has no values that both periods share", name),
                        "take a dimension that is not of time");
    }
    list.push_back(&dimension);
  }
  return list;
}

}  // namespace

std::string contribution(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Layer& layer = *snapshot.facts().layer;
  const Measure& measure = read_measure(layer, reader, "drivers");
  const Dimension& dimension = dimension_named(layer, reader.required_text("dimension"));
  const Scope scope = read_scope(layer, reader);
  const Overlap overlap = read_overlap(reader);
  const auto limit = static_cast<std::size_t>(reader.integer("limit", 1, 1000, 100));
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Grouping grouping(snapshot.facts(), {&dimension});
  std::vector<Contribution> segments;
  std::optional<double> value;
  std::size_t sessions = 0;
  const auto days = snapshot.days_of(scope);
  if (days) {
    const SharedSums sums = sums_of(snapshot, scope, *days, grouping, measure, overlap, true);
    segments = contributions(sums, grouping, scale_of(layer, measure));
    value = averages(sums, sums, scale_of(layer, measure)).now;
    sessions = snapshot.selection(scope, *days)->sessions.count();
  }
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  json.field("measure", measure.name);
  json.field("dimension", dimension.name);
  json.field("value", value);
  json.field("sessions", sessions);
  const bool overlaps =
      grouping.overlaps() && (layer.bases[measure.part].level == Level::session ||
                              layer.bases[measure.whole.value()].level == Level::session);
  json.field("split", overlaps && overlap == Overlap::shared);
  json.field("overlaps", overlaps && overlap == Overlap::whole);
  json.key("segments");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(limit, segments.size()); ++i) write(json, segments[i]);
  json.end_array();
  json.field("sql", sql_if(wants_sql && days, [&] {
               return contribution_sql(layer, measure, dimension, scope, *days, overlap, limit);
             }));
  json.end_object();
  return json.take();
}

std::string changes(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Layer& layer = *snapshot.facts().layer;
  const Measure& measure = read_measure(layer, reader, "changes");
  const std::vector<const Dimension*> dimensions = read_dimensions(layer, reader);
  const Scope scope = read_scope(layer, reader);
  const std::optional<Compare> compare = read_compare(reader);
  const auto limit = static_cast<std::size_t>(reader.integer("limit", 1, 100, 5));
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const auto days = snapshot.days_of(scope);
  const auto before = compared_days(snapshot.facts(), compare.value_or(Compare{true, {}}), days);
  std::vector<Change> list;
  Averages all;
  if (days && before) {
    std::vector<std::vector<Change>> by_dimension(dimensions.size());
    std::vector<Averages> averages_of(dimensions.size());
    side_by_side(dimensions.size(), [&](std::size_t d) {
      const Grouping grouping(snapshot.facts(), {dimensions[d]});
      const double scale = scale_of(layer, measure);
      const SharedSums now =
          sums_of(snapshot, scope, *days, grouping, measure, Overlap::shared, false);
      const SharedSums then =
          sums_of(snapshot, scope, *before, grouping, measure, Overlap::shared, false);
      averages_of[d] = averages(now, then, scale);
      add_changes(*dimensions[d], grouping, now, then, scale, by_dimension[d]);
    });
    all = averages_of.front();
    for (auto& changes : by_dimension) {
      list.insert(list.end(), changes.begin(), changes.end());
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Change& a, const Change& b) {
    if (a.is_ranked() != b.is_ranked()) return a.is_ranked();
    return std::abs(a.effect()) > std::abs(b.effect());
  });
  std::optional<double> delta;
  if (all.now && all.before) delta = *all.now - *all.before;
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  json.field("measure", measure.name);
  write_days(json, "time_range", days);
  write_days(json, "compare", before);
  json.field("value", all.now);
  json.field("compared", all.before);
  json.field("delta", delta);
  json.key("segments");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(limit, list.size()); ++i) {
    write(json, measure, list[i], delta.value_or(0));
  }
  json.end_array();
  json.field("sql", sql_if(wants_sql && days && before, [&] {
               return changes_sql(layer, measure, dimensions, scope, *days, *before, limit);
             }));
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
