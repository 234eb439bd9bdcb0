#include "api/distribution.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/aggregate.h"
#include "api/api_error.h"
#include "api/blocks.h"
#include "api/json_reader.h"
#include "api/session_numbers.h"
#include "api/side_by_side.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::size_t kMaxOthers = 8;

// Values below the first edge count with the first bin.
std::size_t bin_of(const std::vector<double>& edges, double value) {
  const auto above = std::upper_bound(edges.begin() + 1, edges.end(), value);
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

const Range& read_range(std::string_view name) {
  if (const Range* found = find_range(name)) return *found;
  std::vector<std::string> names;
  for (const Range& range : ranges()) names.emplace_back(range.name);
  throw bad_request(fmt::format("there is no range '{}'", name), did_you_mean(name, names));
}

// The values of a range, and how many of them are in each bin, by group.
struct Distribution {
  std::vector<double> values;
  std::vector<std::vector<std::int64_t>> counts;  // by group, by bin
};

Distribution distribution_of(const Snapshot& snapshot, const Scope& scope, const DayRange& days,
                             const Range& range, const Grouping& grouping) {
  const Facts& facts = snapshot.facts();
  Distribution found;
  found.counts.assign(grouping.size(), std::vector<std::int64_t>(range.edges.size()));
  const bool of_sessions = range.level == Level::session;
  const auto selection = snapshot.selection(scope, days);
  visit_range(facts, range.id, [&](const auto& value) {
    Blocks(facts, *selection, grouping, !of_sessions).for_each([&](const Block& block) {
      const auto& rows = of_sessions ? block.sessions : block.generations;
      const auto& groups = of_sessions ? block.session_groups : block.generation_groups;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double number = value(rows[i]);
        ++found.counts[groups[i]][bin_of(range.edges, number)];
        // Of groups that overlap a session comes once for each; all of them are side by side.
        if (of_sessions && i > 0 && rows[i - 1] == rows[i]) continue;
        found.values.push_back(number);
      }
    });
  });
  return found;
}

void write_summary(JsonWriter& json, std::vector<double>& values) {
  json.field("n", values.size());
  if (values.empty()) {
    for (const char* name : {"mean", "median", "p90", "p95", "max"}) {
      json.key(name);
      json.null();
    }
    return;
  }
  double sum = 0;
  for (const double value : values) sum += value;
  json.field("mean", sum / static_cast<double>(values.size()));
  auto begin = values.begin();
  for (const auto& [name, share] : {std::pair("median", 0.5), {"p90", 0.9}, {"p95", 0.95}}) {
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::nth_element(begin, at, values.end());
    json.field(name, *at);
    begin = at;
  }
  json.field("max", *std::max_element(begin, values.end()));
}

template <typename Numbers>
void write_list(JsonWriter& json, std::string_view name, const Numbers& numbers) {
  json.key(name);
  json.begin_array();
  for (const auto& number : numbers) json.value(number);
  json.end_array();
}

void write_histogram(JsonWriter& json, const Range& range, const Grouping& grouping,
                     Distribution& found, const std::vector<std::int64_t>& counts) {
  json.field("range", range.name);
  json.field("of", range.level == Level::session ? "sessions" : "generations");
  write_list(json, "edges", range.edges);
  write_list(json, "counts", counts);
  write_summary(json, found.values);
  json.key("split");
  json.begin_array();
  for (std::size_t g = 0; g < grouping.size() && !grouping.axes().empty(); ++g) {
    const auto& group = found.counts[g];
    if (std::all_of(group.begin(), group.end(), [](std::int64_t n) { return n == 0; })) continue;
    json.begin_object();
    json.key("value");
    write(json, grouping.key(g).front());
    write_list(json, "counts", group);
    json.end_object();
  }
  json.end_array();
}

// What a session has of a range or dimension, as a bin.
class Binning {
 public:
  Binning(const Facts& facts, const std::string& name, bool is_brush) : facts_(facts), name_(name) {
    range_ = find_range(name);
    dimension_ = range_ == nullptr ? &dimension_named(name) : nullptr;
    const Level level = range_ ? range_->level : dimension_->level;
    const bool fits = level != Level::generation &&
                      (dimension_ == nullptr ||
                       (is_brush ? dimension_->dim == Dim::day : dimension_->dim != Dim::user));
    if (!fits) {
      throw bad_request(
          fmt::format("'{}' cannot be {}", name, is_brush ? "brushed" : "in a cube"),
          is_brush ? "take a range of sessions, or day" : "take ranges and dimensions of sessions");
    }
    if (dimension_ != nullptr) axis_.emplace_back(facts, dimension_->dim);
    if (range_ != nullptr) edges_ = is_brush ? range_->fine_edges : range_->edges;
  }

  const std::string& name() const { return name_; }
  std::size_t size() const { return range_ ? edges_.size() : axis_.front().size(); }

  // Of the sessions in their order.
  std::vector<std::uint16_t> bins(const Selection& selection) const {
    std::vector<std::uint16_t> bins;
    if (range_ != nullptr) {
      visit_range(facts_, range_->id, [&](const auto& value) {
        selection.sessions.for_each([&](std::size_t s) {
          bins.push_back(static_cast<std::uint16_t>(bin_of(edges_, value(s))));
        });
      });
    } else {
      selection.sessions.for_each([&](std::size_t s) {
        bins.push_back(static_cast<std::uint16_t>(axis_.front().code(s)));
      });
    }
    return bins;
  }

  void write_bins(JsonWriter& json, std::string_view name) const {
    if (range_ != nullptr) return write_list(json, name, edges_);
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
  std::vector<Axis> axis_;  // of a dimension, one
  std::vector<double> edges_;
};

// counts[b × size of other + i]
std::vector<std::int64_t> count_pairs(const Selection& selection, const Binning& brush,
                                      const Binning& other) {
  std::vector<std::int64_t> counts(brush.size() * other.size());
  const std::vector<std::uint16_t> rows = brush.bins(selection);
  const std::vector<std::uint16_t> columns = other.bins(selection);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ++counts[rows[i] * other.size() + columns[i]];
  }
  return counts;
}

void write_sums(JsonWriter& json, const Facts& facts, const Selection& selection,
                const Binning& brush) {
  const std::vector<std::uint16_t> bins = brush.bins(selection);
  json.key("sums");
  json.begin_object();
  for (const Sum sum : {Sum::sessions, Sum::generations, Sum::successes, Sum::downloads,
                        Sum::friction, Sum::cost}) {
    std::vector<std::int64_t> sums(brush.size());
    std::size_t at = 0;
    if (info(sum).level == Level::session) {
      visit_session_sum(facts, sum, [&](const auto& value) {
        selection.sessions.for_each([&](std::size_t s) { sums[bins[at++]] += value(s); });
      });
    } else {
      visit_generation_sum(facts, sum, [&](const auto& value) {
        selection.sessions.for_each([&](std::size_t s) {
          sums[bins[at++]] += over_generations(facts, s, [&](std::size_t g) -> std::int64_t {
            return selection.has_generation_filters && !selection.generations[g] ? 0 : value(g);
          });
        });
      });
    }
    if (info(sum).scale == 1) {
      write_list(json, info(sum).name, sums);
      continue;
    }
    std::vector<double> scaled;
    for (const std::int64_t value : sums) {
      scaled.push_back(static_cast<double>(value) / (1 / info(sum).scale));
    }
    write_list(json, info(sum).name, scaled);
  }
  json.end_object();
}

}  // namespace

std::string histogram(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Range& range = read_range(reader.required_text("range"));
  std::vector<const Dimension*> split;
  if (const auto name = reader.text("split_by")) split.push_back(&dimension_named(*name));
  const Scope scope = read_scope(reader).without(range.name);
  reader.done();

  const Grouping grouping(snapshot.facts(), split);
  Distribution all, by_group;
  all.counts.assign(1, std::vector<std::int64_t>(range.edges.size()));
  by_group.counts.assign(grouping.size(), all.counts.front());
  if (const auto days = snapshot.days_of(scope)) {
    all = distribution_of(snapshot, scope, *days, range, Grouping(snapshot.facts(), {}));
    if (!split.empty()) by_group = distribution_of(snapshot, scope, *days, range, grouping);
  }
  std::vector<std::int64_t> counts = std::move(all.counts.front());
  all.counts = std::move(by_group.counts);
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  write_histogram(json, range, grouping, all, counts);
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
  const Scope scope = read_scope(reader).without(brush.name());
  reader.done();

  const DayRange days = snapshot.days_of(scope).value_or(DayRange{0, -1});
  std::vector<std::vector<std::int64_t>> counts(others.size());
  side_by_side(others.size(), [&](std::size_t i) {
    const auto selection = snapshot.selection(scope.without(others[i].name()), days);
    counts[i] = count_pairs(*selection, brush, others[i]);
  });
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.field("brush", brush.name());
  brush.write_bins(json, "edges");
  write_sums(json, facts, *snapshot.selection(scope, days), brush);
  json.key("others");
  json.begin_array();
  for (std::size_t i = 0; i < others.size(); ++i) {
    json.begin_object();
    json.field("name", others[i].name());
    json.field("kind", others[i].kind());
    others[i].write_bins(json, "bins");
    write_list(json, "counts", counts[i]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
