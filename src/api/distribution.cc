#include "api/distribution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/aggregate.h"
#include "api/api_error.h"
#include "api/blocks.h"
#include "api/chart_sql.h"
#include "api/json_reader.h"
#include "api/side_by_side.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::size_t kMaxOthers = 8;

// Finds the bin of a value in one or two steps: a grid of equal cells gives the edge to start at.
// Values below the first edge count in the first bin.
class Bins {
 public:
  explicit Bins(const std::vector<double>& edges)
      : edges_(edges.data()),
        size_(edges.size()),
        first_edge_(edges.front()),
        last_edge_(edges.back()) {
    per_unit_ = edges.size() < 2 ? 0 : kCells / (edges.back() - edges.front());
    std::size_t bin = 0;
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      const double low = edges.front() + static_cast<double>(cell) / per_unit_;
      // One cell lower than necessary, because the division may round.
      while (bin + 1 < edges.size() && edges[bin + 1] < low - 1 / per_unit_) ++bin;
      first_[cell] = static_cast<std::uint16_t>(bin);
    }
  }

  std::size_t of(double value) const {
    if (!(value > first_edge_)) return 0;
    if (value >= last_edge_) return size_ - 1;
    const auto cell = static_cast<std::size_t>((value - first_edge_) * per_unit_);
    std::size_t bin = first_[std::min(cell, kCells - 1)];
    while (edges_[bin + 1] <= value) ++bin;
    return bin;
  }

 private:
  static constexpr std::size_t kCells = 1024;
  const double* edges_;
  std::size_t size_;
  double first_edge_, last_edge_;
  double per_unit_ = 0;
  std::array<std::uint16_t, kCells> first_{};
};

// The number of values in each bin, by group, and statistics of all of them.
struct Distribution {
  std::vector<std::vector<std::int64_t>> counts;  // by group, by bin
  std::int64_t n = 0;
  double sum = 0, max = 0;
};

// Calls `each(values, groups)` for the selected values of a range, block by block.
template <typename Each>
void for_each_block(const Snapshot& snapshot, const Selection& selection, const Range& range,
                    const Grouping& grouping, const Each& each) {
  const bool of_sessions = range.level == Level::session;
  const NumberColumn& column = snapshot.facts().number(range);
  std::vector<double> values;
  std::vector<std::uint32_t> known;  // groups of the non-null values
  column.visit_doubles(unit_of(range), [&](const auto& value) {
    Blocks(snapshot.facts(), selection, grouping, !of_sessions).for_each([&](const Block& block) {
      const auto& rows = of_sessions ? block.sessions : block.generations;
      const auto& groups = of_sessions ? block.session_groups : block.generation_groups;
      values.resize(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) values[i] = value(rows[i]);
      if (!column.has_nulls) return each(values, groups);
      known.clear();
      std::size_t count = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (std::isnan(values[i])) continue;
        values[count++] = values[i];
        known.push_back(groups[i]);
      }
      values.resize(count);
      each(values, known);
    });
  });
}

Distribution distribution_of(const Snapshot& snapshot, const Selection& selection,
                             const Range& range, const Grouping& grouping) {
  const Bins bins(range.edges);
  const std::size_t width = range.edges.size();
  std::vector<std::int64_t> counts(grouping.size() * width);
  Distribution found;
  found.max = -std::numeric_limits<double>::infinity();
  for_each_block(snapshot, selection, range, grouping,
                 [&](const std::vector<double>& values, const std::vector<std::uint32_t>& groups) {
                   double sum = 0, max = found.max;
                   for (std::size_t i = 0; i < values.size(); ++i) {
                     ++counts[groups[i] * width + bins.of(values[i])];
                     sum += values[i];
                     max = std::max(max, values[i]);
                   }
                   found.n += static_cast<std::int64_t>(values.size());
                   found.sum += sum;
                   found.max = max;
                 });
  for (std::size_t g = 0; g < grouping.size(); ++g) {
    const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(g * width);
    found.counts.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return found;
}

constexpr std::array<std::pair<const char*, double>, 3> kQuantiles = {
    {{"median", 0.5}, {"p90", 0.9}, {"p95", 0.95}}};

// Quantiles by nearest rank of a distribution with one group, which must have values. Only values
// in the bins of the ranks are visited again and sorted: keeping all values from the first pass
// takes longer than a second pass.
std::array<double, kQuantiles.size()> quantiles_of(const Snapshot& snapshot,
                                                   const Selection& selection, const Range& range,
                                                   const Grouping& grouping,
                                                   const Distribution& all) {
  const Bins bins(range.edges);
  const std::vector<std::int64_t>& counts = all.counts.front();
  std::vector<std::vector<double>> inside(counts.size());
  std::vector<std::uint8_t> wanted(counts.size());
  struct Rank {
    std::size_t bin = 0, within = 0;  // from 0
  };
  std::array<Rank, kQuantiles.size()> ranks;
  for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
    const double share = std::ceil(kQuantiles[q].second * static_cast<double>(all.n));
    auto rank = static_cast<std::size_t>(std::max(share, 1.0)) - 1;
    Rank& found = ranks[q];
    while (rank >= static_cast<std::size_t>(counts[found.bin])) {
      rank -= static_cast<std::size_t>(counts[found.bin++]);
    }
    found.within = rank;
    wanted[found.bin] = 1;
    inside[found.bin].reserve(static_cast<std::size_t>(counts[found.bin]));
  }
  for_each_block(snapshot, selection, range, grouping,
                 [&](const std::vector<double>& values, const std::vector<std::uint32_t>&) {
                   for (const double value : values) {
                     const std::size_t bin = bins.of(value);
                     if (wanted[bin] != 0) inside[bin].push_back(value);
                   }
                 });
  std::array<double, kQuantiles.size()> quantiles{};
  for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
    std::vector<double>& values = inside[ranks[q].bin];
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(ranks[q].within);
    std::nth_element(values.begin(), at, values.end());
    quantiles[q] = *at;
  }
  return quantiles;
}

void write_summary(JsonWriter& json, const Snapshot& snapshot, const Selection& selection,
                   const Range& range, const Grouping& grouping, const Distribution& all) {
  json.field("n", all.n);
  if (all.n == 0) {
    for (const char* name : {"mean", "median", "p90", "p95", "max"}) {
      json.key(name);
      json.null();
    }
    return;
  }
  json.field("mean", all.sum / static_cast<double>(all.n));
  const auto quantiles = quantiles_of(snapshot, selection, range, grouping, all);
  for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
    json.field(kQuantiles[q].first, quantiles[q]);
  }
  json.field("max", all.max);
}

void write_split(JsonWriter& json, const Grouping& grouping, const Distribution& by_group) {
  json.key("split");
  json.begin_array();
  for (std::size_t g = 0; g < by_group.counts.size(); ++g) {
    const auto& group = by_group.counts[g];
    if (std::all_of(group.begin(), group.end(), [](std::int64_t n) { return n == 0; })) continue;
    json.begin_object();
    json.key("value");
    write(json, grouping.key(g).front());
    json.list("counts", group);
    json.end_object();
  }
  json.end_array();
}

// Maps a session to its bin in a range or dimension.
class Binning {
 public:
  Binning(const Facts& facts, const std::string& name, bool is_brush) : facts_(facts), name_(name) {
    range_ = facts.layer->find_range(name);
    dimension_ = range_ == nullptr ? &dimension_named(*facts.layer, name) : nullptr;
    const Level level = range_ ? range_->level : dimension_->level;
    const bool fits =
        level != Level::generation &&
        (dimension_ == nullptr || (is_brush ? dimension_->kind == DimensionKind::day
                                            : dimension_->kind != DimensionKind::user));
    if (!fits) {
      throw bad_request(
          fmt::format("'{}' cannot be {}", name, is_brush ? "brushed" : "in a cube"),
          is_brush ? "take a range of sessions, or day" : "take ranges and dimensions of sessions");
    }
    if (dimension_ != nullptr) axis_.emplace_back(facts, *dimension_);
    if (range_ != nullptr) edges_ = is_brush ? range_->fine_edges : range_->edges;
  }

  const std::string& name() const { return name_; }
  std::size_t size() const { return range_ ? edges_.size() : axis_.front().size(); }

  // For every session; kNoBin if its number is null.
  static constexpr std::uint16_t kNoBin = std::numeric_limits<std::uint16_t>::max();
  std::vector<std::uint16_t> bins() const {
    std::vector<std::uint16_t> bins(facts_.sessions);
    if (range_ != nullptr) {
      const Bins grid(edges_);
      facts_.number(*range_).visit_doubles(unit_of(*range_), [&](const auto& value) {
        for (std::size_t s = 0; s < bins.size(); ++s) {
          const double number = value(s);
          bins[s] = std::isnan(number) ? kNoBin : static_cast<std::uint16_t>(grid.of(number));
        }
      });
    } else {
      for (std::size_t s = 0; s < bins.size(); ++s) {
        bins[s] = static_cast<std::uint16_t>(axis_.front().code(s));
      }
    }
    return bins;
  }

  void write_bins(JsonWriter& json, std::string_view name) const {
    if (range_ != nullptr) return json.list(name, edges_);
    json.key(name);
    json.begin_array();
    for (std::size_t i = 0; i < size(); ++i) write(json, axis_.front().value(i));
    json.end_array();
  }
  std::string_view kind() const { return range_ ? "range" : "dimension"; }

 private:
  const Facts& facts_;
  std::string name_;
  const Range* range_ = nullptr;
  const Dimension* dimension_ = nullptr;
  std::vector<Axis> axis_;  // for a dimension: one
  std::vector<double> edges_;
};

// counts[b × size of other + i]; `rows` has the brushed bin of every session.
std::vector<std::int64_t> count_pairs(const Selection& selection,
                                      const std::vector<std::uint16_t>& rows, std::size_t size,
                                      const Binning& other) {
  std::vector<std::int64_t> counts(size * other.size());
  const std::vector<std::uint16_t> columns = other.bins();
  selection.sessions.for_each([&](std::size_t s) {
    if (rows[s] == Binning::kNoBin || columns[s] == Binning::kNoBin) return;
    ++counts[rows[s] * other.size() + columns[s]];
  });
  return counts;
}

// The measures of the saved query 'brushed' as sums by bin; of an average, its numerator.
void write_sums(JsonWriter& json, const Facts& facts, const Selection& selection,
                std::vector<std::uint16_t> bins, std::size_t size) {
  const Layer& layer = *facts.layer;
  std::replace(bins.begin(), bins.end(), Binning::kNoBin, static_cast<std::uint16_t>(size));
  json.key("sums");
  json.begin_object();
  for (const Measure* measure : measures_of(layer, chart_named(layer, "brushed"))) {
    const Base& base = layer.bases[measure->part];
    if (!base.adds_up() || base.level == Level::user) continue;
    std::vector<std::int64_t> sums(size + 1);
    add_by_session(facts, selection, measure->part, bins, sums);
    sums.pop_back();
    if (base.decimals == 0) {
      json.list(measure->name, sums);
      continue;
    }
    std::vector<double> scaled;
    for (const std::int64_t value : sums)
      scaled.push_back(static_cast<double>(value) / base.unit());
    json.list(measure->name, scaled);
  }
  json.end_object();
}

}  // namespace

std::string histogram(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Layer& layer = *snapshot.facts().layer;
  const Range& range = range_named(layer, reader.required_text("range"));
  std::vector<const Dimension*> split;
  if (const auto name = reader.text("split_by")) split.push_back(&dimension_named(layer, *name));
  const Scope scope = read_scope(layer, reader).without(range.name);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Grouping all_sessions(snapshot.facts(), {}), grouping(snapshot.facts(), split);
  const DayRange days = snapshot.days_of(scope).value_or(DayRange{0, -1});
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  json.field("range", range.name);
  json.field("of", range.level == Level::session ? "sessions" : "generations");
  json.list("edges", range.edges);
  const auto selection = snapshot.selection(scope, days);
  const Distribution all = distribution_of(snapshot, *selection, range, all_sessions);
  json.list("counts", all.counts.front());
  write_summary(json, snapshot, *selection, range, all_sessions, all);
  write_split(
      json, grouping,
      split.empty() ? Distribution{} : distribution_of(snapshot, *selection, range, grouping));
  json.field("sql", sql_if(wants_sql && snapshot.facts().days() > 0, [&] {
               return histogram_sql(layer, range, split.empty() ? nullptr : split.front(), scope,
                                    days);
             }));
  json.end_object();
  return json.take();
}

std::string cube(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Facts& facts = snapshot.facts();
  const Binning brush(facts, reader.required_text("brush"), true);
  std::vector<Binning> others;
  for (const std::string& name : reader.texts("others", kMaxOthers)) {
    others.emplace_back(facts, name, false);
  }
  const Scope scope = read_scope(*facts.layer, reader).without(brush.name());
  reader.done();

  const DayRange days = snapshot.days_of(scope).value_or(DayRange{0, -1});
  const std::vector<std::uint16_t> bins = brush.bins();
  std::vector<std::vector<std::int64_t>> counts(others.size());
  side_by_side(others.size(), [&](std::size_t i) {
    const auto selection = snapshot.selection(scope.without(others[i].name()), days);
    counts[i] = count_pairs(*selection, bins, brush.size(), others[i]);
  });
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.field("brush", brush.name());
  brush.write_bins(json, "edges");
  write_sums(json, facts, *snapshot.selection(scope, days), bins, brush.size());
  json.key("others");
  json.begin_array();
  for (std::size_t i = 0; i < others.size(); ++i) {
    json.begin_object();
    json.field("name", others[i].name());
    json.field("kind", others[i].kind());
    others[i].write_bins(json, "bins");
    json.list("counts", counts[i]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
