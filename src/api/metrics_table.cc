#include "api/metrics_table.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "api/api_error.h"
#include "api/measure_value.h"
#include "api/metrics_request.h"

namespace gsa::api {
namespace {

constexpr int kHours = 24;
constexpr int kDaysOfWeek = 7;
constexpr std::int64_t kMaxBuckets = 100'000;  // of time in an answer; eleven years of hours

std::int64_t months(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month());
}

// The number of a time bucket, counted from the range's first bucket.
std::int64_t place_in(const DayRange& range, DimensionKind grain, Day day, int hour) {
  switch (grain) {
    case DimensionKind::hour:
      return (day - range.from) * std::int64_t{kHours} + hour;
    case DimensionKind::week:
      return (monday_of(day) - monday_of(range.from)) / kDaysOfWeek;
    case DimensionKind::month:
      return months(day) - months(range.from);
    default:
      return day - range.from;
  }
}

// The measures by group, for one range of days.
class Side {
 public:
  Side(const Snapshot& snapshot, const MetricsQuery& query, const DayRange& days,
       const std::vector<const Dimension*>& dimensions, const Ingredients& ingredients)
      : query_(query),
        days_(days),
        facts_(snapshot.facts()),
        layer_(*facts_.layer),
        ingredients_(ingredients),
        grouping_(facts_, dimensions),
        selection_(snapshot.selection(query.scope, days)),
        groups_(aggregate(facts_, *selection_, grouping_, ingredients.bases)) {
    for (const std::size_t base : ingredients.of_users) {
      groups_.bases[base] = sum_users(facts_, query.scope, days.to, grouping_, base);
    }
  }

  const Grouping& grouping() const { return grouping_; }
  bool is_empty(std::size_t group) const {
    return sessions(group) == 0 &&
           std::all_of(ingredients_.of_users.begin(), ingredients_.of_users.end(),
                       [&](std::size_t base) { return groups_.of(base)[group] == 0; });
  }
  std::int64_t sessions(std::size_t group) const { return groups_.sessions[group]; }

  Numbers values(std::size_t group) const {
    Numbers values;
    for (const Measure* measure : query_.measures) {
      values.push_back(value_of(layer_, *measure, groups_, group));
    }
    return values;
  }

  Numbers coverage(std::size_t group) const { return coverage_in(groups_, group); }

  // By measure: for each group, and for all groups together (unless they overlap).
  struct Intervals {
    std::vector<std::vector<std::optional<Interval>>> by_group;
    std::vector<std::optional<Interval>> all;
  };
  Intervals intervals() const {
    const std::size_t measures = query_.measures.size();
    Intervals found;
    found.by_group.assign(grouping_.size(), std::vector<std::optional<Interval>>(measures));
    found.all.resize(measures);
    for (std::size_t m = 0; m < measures; ++m) {
      const Measure& measure = *query_.measures[m];
      if (!measure.whole) continue;
      if (measure.interval == IntervalKind::wilson) {
        add_wilson(measure, *measure.whole, m, found);
      } else if (measure.interval == IntervalKind::clustered) {
        add_clustered(measure, *measure.whole, m, found);
      }
    }
    return found;
  }

  // The total, if it is the sum of the groups: not for distinct users, quantiles and overlapping
  // groups.
  std::optional<MetricsRow> total() const {
    if (grouping_.overlaps() ||
        !std::all_of(ingredients_.bases.begin(), ingredients_.bases.end(),
                     [&](std::size_t base) { return layer_.bases[base].adds_up(); })) {
      return std::nullopt;
    }
    const auto sum_of = [](const std::vector<std::int64_t>& column) {
      return std::accumulate(column.begin(), column.end(), std::int64_t{0});
    };
    Groups all;
    all.sessions = {sum_of(groups_.sessions)};
    for (const auto& column : groups_.bases) {
      all.bases.push_back(column.empty() ? column : std::vector{sum_of(column)});
    }
    MetricsRow row;
    row.sessions = all.sessions.front();
    for (const Measure* measure : query_.measures) {
      row.values.push_back(value_of(layer_, *measure, all, 0));
    }
    row.coverage = coverage_in(all, 0);
    return row;
  }

  // The group's position in the order of values; for time its number in the range, so that two
  // ranges align.
  std::vector<std::int64_t> place(std::size_t group) const {
    std::vector<std::int64_t> place;
    for (std::size_t a = 0; a < grouping_.axes().size(); ++a) {
      const Axis& axis = grouping_.axes()[a];
      const std::size_t code = grouping_.code(group, a);
      place.push_back(axis.is_time() ? time_place(axis, code) : static_cast<std::int64_t>(code));
    }
    return place;
  }

 private:
  void add_wilson(const Measure& measure, std::size_t whole, std::size_t m,
                  Intervals& found) const {
    const std::vector<std::int64_t>& parts = groups_.of(measure.part);
    const std::vector<std::int64_t>& wholes = groups_.of(whole);
    for (std::size_t g = 0; g < parts.size(); ++g) {
      found.by_group[g][m] = wilson(parts[g], wholes[g]);
    }
    found.all[m] = wilson(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}),
                          std::accumulate(wholes.begin(), wholes.end(), std::int64_t{0}));
  }

  void add_clustered(const Measure& measure, std::size_t whole, std::size_t m,
                     Intervals& found) const {
    const SharedSums sums =
        shared_sums(facts_, *selection_, grouping_, measure.part, whole, Overlap::whole, true);
    const auto scaled = [&](double part_sum, double whole_sum, const ClusterSums& clusters) {
      std::optional<Interval> interval = clustered(part_sum, whole_sum, clusters);
      if (interval) {
        interval->low *= scale_of(layer_, measure);
        interval->high *= scale_of(layer_, measure);
      }
      return interval;
    };
    for (std::size_t g = 0; g < sums.part.size(); ++g) {
      found.by_group[g][m] = scaled(sums.part[g], sums.whole[g], sums.clusters[g]);
    }
    found.all[m] = scaled(std::accumulate(sums.part.begin(), sums.part.end(), 0.0),
                          std::accumulate(sums.whole.begin(), sums.whole.end(), 0.0), sums.all);
  }

  Numbers coverage_in(const Groups& groups, std::size_t group) const {
    Numbers shares;
    for (const Measure* measure : query_.measures) {
      shares.push_back(coverage_of(layer_, *measure, groups, group));
    }
    const bool all_known = std::all_of(shares.begin(), shares.end(),
                                       [](const auto& share) { return share.value_or(1) == 1; });
    return all_known ? Numbers{} : shares;
  }

  std::int64_t time_place(const Axis& axis, std::size_t code) const {
    const int first = facts_.first_day;
    switch (axis.dimension().kind) {
      case DimensionKind::hour:
        return place_in(days_, DimensionKind::hour, first + static_cast<Day>(code / kHours),
                        static_cast<int>(code % kHours));
      case DimensionKind::week:
        return place_in(days_, DimensionKind::week,
                        monday_of(first) + static_cast<Day>(code) * kDaysOfWeek, 0);
      case DimensionKind::month:
        return static_cast<std::int64_t>(code) + months(first) - months(days_.from);
      default:
        return place_in(days_, DimensionKind::day, first + static_cast<Day>(code), 0);
    }
  }

  const MetricsQuery& query_;
  DayRange days_;
  const Facts& facts_;
  const Layer& layer_;
  const Ingredients& ingredients_;
  Grouping grouping_;
  std::shared_ptr<const Selection> selection_;
  Groups groups_;
};

using Rows = std::map<std::vector<std::int64_t>, MetricsRow>;

Numbers nothing(const Layer& layer, const MetricsQuery& query) {
  Numbers values;
  for (const Measure* measure : query.measures) {
    values.push_back(value_of_nothing(layer, *measure));
  }
  return values;
}

// Returns the intervals of the total, if intervals are requested.
std::vector<std::optional<Interval>> add_rows(const Side& side, const MetricsQuery& query,
                                              Rows& rows) {
  Side::Intervals intervals;
  if (query.intervals) intervals = side.intervals();
  for (std::size_t group = 0; group < side.grouping().size(); ++group) {
    if (side.is_empty(group) && !query.dimensions.empty()) continue;
    MetricsRow& row = rows[side.place(group)];
    row.key = side.grouping().key(group);
    row.sessions = side.sessions(group);
    row.values = side.values(group);
    row.coverage = side.coverage(group);
    if (query.intervals) row.intervals = std::move(intervals.by_group[group]);
  }
  return intervals.all;
}

void add_compared(const Side& side, const MetricsQuery& query, Rows& rows) {
  for (std::size_t group = 0; group < side.grouping().size(); ++group) {
    if (side.is_empty(group) && !query.dimensions.empty()) continue;
    const std::vector<std::int64_t> place = side.place(group);
    const auto [found, is_new] = rows.try_emplace(place);
    MetricsRow& row = found->second;
    if (is_new) row.key = side.grouping().key(group);
    row.compared_sessions = side.sessions(group);
    row.compared = side.values(group);
  }
}

Value bucket(DimensionKind grain, const DayRange& range, std::int64_t place) {
  const auto number = static_cast<Day>(place);
  switch (grain) {
    case DimensionKind::hour: {
      const int hour = number % kHours;
      return day_text(range.from + number / kHours) + (hour < 10 ? " 0" : " ") +
             std::to_string(hour) + ":00";
    }
    case DimensionKind::week:
      return day_text(monday_of(range.from) + number * kDaysOfWeek);
    case DimensionKind::month: {
      const std::int64_t month = months(range.from) - 1 + place;
      const std::chrono::year_month_day first{
          std::chrono::year(static_cast<int>(month / 12)),
          std::chrono::month(static_cast<unsigned>(month % 12 + 1)), std::chrono::day(1)};
      return month_text(static_cast<Day>(std::chrono::sys_days(first).time_since_epoch().count()));
    }
    default:
      return day_text(range.from + number);
  }
}

// If time is the only dimension, makes one row for each bucket of the range and none outside it.
// Rows that only the compared range has get this range's time as their key.
void fill_time(const MetricsQuery& query, const DayRange& days, Rows& rows) {
  const DimensionKind grain = query.dimensions.front()->kind;
  const std::int64_t buckets = place_in(days, grain, days.to, kHours - 1) + 1;
  if (buckets > kMaxBuckets) {
    throw bad_request("the time range has too many rows of this grain", "take a coarser grain");
  }
  std::erase_if(
      rows, [&](const auto& row) { return row.first.front() < 0 || row.first.front() >= buckets; });
  for (std::int64_t place = 0; place < buckets; ++place) {
    rows[{place}].key = {bucket(grain, days, place)};
  }
}

// If time is one of several dimensions, a row gets this range's time too.
void name_time(const MetricsQuery& query, const DayRange& days, Rows& rows) {
  for (auto& [place, row] : rows) {
    for (std::size_t d = 0; d < query.dimensions.size(); ++d) {
      if (query.dimensions[d]->type == DimensionType::time) {
        row.key[d] = bucket(query.dimensions[d]->kind, days, place[d]);
      }
    }
  }
}

void complete(const Layer& layer, const MetricsQuery& query, bool compares, MetricsRow& row) {
  if (row.values.empty()) row.values = nothing(layer, query);
  if (compares && row.compared.empty()) row.compared = nothing(layer, query);
  if (query.intervals) row.intervals.resize(query.measures.size());
}

// Null sorts last; when sorting by measures, ranked rows precede others.
bool comes_before(const MetricsQuery& query, const MetricsRow& a, const MetricsRow& b) {
  for (const Order& order : query.order) {
    for (std::size_t d = 0; d < query.dimensions.size(); ++d) {
      if (query.dimensions[d]->name != order.by || a.place[d] == b.place[d]) continue;
      return (a.place[d] < b.place[d]) != order.descending;
    }
    for (std::size_t m = 0; m < query.measures.size(); ++m) {
      if (query.measures[m]->name != order.by) continue;
      if (a.is_ranked() != b.is_ranked()) return a.is_ranked();
      const std::optional<double>&x = a.values[m], &y = b.values[m];
      if (x == y) continue;
      if (!x || !y) return x.has_value();
      return (*x < *y) != order.descending;
    }
  }
  return a.place < b.place;
}

}  // namespace

MetricsTable compute_table(const Snapshot& snapshot, const MetricsQuery& query) {
  MetricsTable table;
  table.days = snapshot.days_of(query.scope);
  table.compared_days = compared_days(snapshot.facts(), query.compare, table.days);
  const Layer& layer = *snapshot.facts().layer;
  const Ingredients ingredients = ingredients_of(layer, query.measures);
  const bool compares = query.compare.has_value();
  MetricsQuery total = query;
  total.dimensions.clear();
  Rows rows, totals;
  if (table.days) {
    const Side side(snapshot, query, *table.days, query.dimensions, ingredients);
    table.overlaps = side.grouping().overlaps();
    auto intervals = add_rows(side, query, query.dimensions.empty() ? totals : rows);
    if (!query.dimensions.empty()) {
      if (auto all = side.total()) {
        totals[{}] = *std::move(all);
        totals[{}].intervals = std::move(intervals);
      } else {
        add_rows(Side(snapshot, total, *table.days, {}, ingredients), total, totals);
      }
    }
  }
  if (table.compared_days) {
    const Side side(snapshot, query, *table.compared_days, query.dimensions, ingredients);
    add_compared(side, query, query.dimensions.empty() ? totals : rows);
    if (!query.dimensions.empty()) {
      if (const auto all = side.total()) {
        totals[{}].compared = all->values;
        totals[{}].compared_sessions = all->sessions;
      } else {
        add_compared(Side(snapshot, total, *table.compared_days, {}, ingredients), total, totals);
      }
    }
  }
  table.total = std::move(totals[{}]);
  complete(layer, query, compares, table.total);
  if (table.days && query.dimensions.size() == 1 &&
      query.dimensions.front()->type == DimensionType::time) {
    fill_time(query, *table.days, rows);
  } else if (table.days && compares) {
    name_time(query, *table.days, rows);
  }
  for (auto& [place, row] : rows) {
    row.place = place;
    complete(layer, query, compares, row);
    table.rows.push_back(std::move(row));
  }
  table.row_count = table.rows.size();
  const std::size_t kept = std::min(query.limit, table.rows.size());
  if (!query.order.empty()) {
    std::partial_sort(table.rows.begin(), table.rows.begin() + static_cast<std::ptrdiff_t>(kept),
                      table.rows.end(), [&](const MetricsRow& a, const MetricsRow& b) {
                        return comes_before(query, a, b);
                      });
  }
  table.rows.resize(kept);
  return table;
}

}  // namespace gsa::api
