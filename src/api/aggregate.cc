#include "api/aggregate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/blocks.h"
#include "api/session_numbers.h"

namespace gsa::api {
namespace {

constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();
// Counters of a histogram that are worth their memory, 4 bytes each; above it values are gathered.
constexpr std::size_t kMaxCounters = 4'000'000;

// Into one group without going through memory each time.
template <typename NumberOf>
void add_all(const std::vector<std::uint32_t>& rows, const std::vector<std::uint32_t>& groups,
             const NumberOf& number_of, std::vector<std::int64_t>& into) {
  if (into.size() == 1) {
    std::int64_t sum = 0;
    for (const std::uint32_t row : rows) sum += number_of(row);
    into.front() += sum;
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) into[groups[i]] += number_of(rows[i]);
}

// Adds one sum over a block.
void add(const Facts& facts, const Block& block, Sum sum, std::vector<std::int64_t>& into) {
  if (info(sum).level == Level::session) {
    visit_session_sum(facts, sum, [&](const auto& value) {
      add_all(block.sessions, block.session_groups, value, into);
    });
  } else {
    visit_generation_sum(facts, sum, [&](const auto& value) {
      add_all(block.generations, block.generation_groups, value, into);
    });
  }
}

// Distinct users: a user's sessions come in a row, so remembering the last one of each group will
// do.
void add_users(const Facts& facts, const Block& block, std::vector<std::uint32_t>& last,
               std::vector<std::int64_t>& into) {
  for (std::size_t i = 0; i < block.sessions.size(); ++i) {
    const std::uint32_t user = facts.user_of[block.sessions[i]];
    const std::uint32_t group = block.session_groups[i];
    if (last[group] == user) continue;
    last[group] = user;
    ++into[group];
  }
}

std::size_t nearest_rank(double share, std::size_t count) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(count)));
  return std::clamp<std::size_t>(rank, 1, count);
}

// Latencies by group, as counters of each or, of many groups, as the values themselves.
class Latencies {
 public:
  Latencies(const Facts& facts, std::size_t groups) : facts_(facts), groups_(groups) {
    for (const std::int32_t latency : facts.latency) longest_ = std::max(longest_, latency);
    width_ = static_cast<std::size_t>(longest_) + 1;
    counts_ = groups <= kMaxCounters / width_;
    if (counts_) counters_.resize(groups * width_);
  }

  void add(const Block& block) {
    for (std::size_t i = 0; i < block.generations.size(); ++i) {
      const std::int32_t latency = std::max(facts_.latency[block.generations[i]], 0);
      if (counts_) {
        ++counters_[block.generation_groups[i] * width_ + static_cast<std::size_t>(latency)];
      } else {
        values_.emplace_back(block.generation_groups[i], latency);
      }
    }
  }

  // By group, of each share.
  std::vector<std::vector<std::int32_t>> quantiles(const std::vector<double>& shares) {
    std::vector<std::vector<std::int32_t>> all(shares.size(),
                                               std::vector<std::int32_t>(groups_, -1));
    if (!counts_) std::sort(values_.begin(), values_.end());
    std::size_t begin = 0;
    for (std::size_t group = 0; group < groups_; ++group) {
      const std::size_t count = counts_ ? counted(group) : gathered(group, begin);
      if (count == 0) continue;
      for (std::size_t q = 0; q < shares.size(); ++q) {
        const std::size_t rank = nearest_rank(shares[q], count);
        all[q][group] = counts_ ? at_rank(group, rank) : values_[begin + rank - 1].second;
      }
      begin += count;
    }
    return all;
  }

 private:
  std::size_t counted(std::size_t group) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < width_; ++i) count += counters_[group * width_ + i];
    return count;
  }

  std::size_t gathered(std::size_t group, std::size_t begin) const {
    std::size_t end = begin;
    while (end < values_.size() && values_[end].first == group) ++end;
    return end - begin;
  }

  std::int32_t at_rank(std::size_t group, std::size_t rank) const {
    std::size_t before = 0;
    for (std::size_t i = 0; i < width_; ++i) {
      before += counters_[group * width_ + i];
      if (before >= rank) return static_cast<std::int32_t>(i);
    }
    return longest_;
  }

  const Facts& facts_;
  std::size_t groups_, width_ = 0;
  std::int32_t longest_ = 0;
  bool counts_ = false;
  std::vector<std::uint32_t> counters_;
  std::vector<std::pair<std::uint32_t, std::int32_t>> values_;
};

// Gathers, user by user, what belongs to the clusters. Within a user the groups that were touched
// are few, so they are kept in a list.
class Clusters {
 public:
  explicit Clusters(std::size_t groups)
      : part_(groups), whole_(groups), is_touched_(groups), sums_(groups) {}

  // Rows come user by user.
  void turn_to(std::uint32_t user) {
    if (user == user_) return;
    flush();
    user_ = user;
  }
  // To what the user has in all groups together.
  void add_to_all(double part, double whole) {
    all_part_ += part;
    all_whole_ += whole;
  }
  void add(std::uint32_t group, double part, double whole) {
    if (is_touched_[group] == 0) {
      is_touched_[group] = 1;
      touched_.push_back(group);
    }
    part_[group] += part;
    whole_[group] += whole;
  }
  void finish(SharedSums& into) {
    flush();
    into.clusters = std::move(sums_);
    into.all = all_;
  }

 private:
  void flush() {
    if (!touched_.empty()) add_products(all_, all_part_, all_whole_, all_part_, all_whole_);
    for (const std::uint32_t group : touched_) {
      add_products(sums_[group], part_[group], whole_[group], all_part_, all_whole_);
      part_[group] = whole_[group] = 0;
      is_touched_[group] = 0;
    }
    touched_.clear();
    all_part_ = all_whole_ = 0;
  }

  static void add_products(ClusterSums& sums, double part, double whole, double all_part,
                           double all_whole) {
    ++sums.users;
    sums.part_part += part * part;
    sums.part_whole += part * whole;
    sums.whole_whole += whole * whole;
    sums.part_all_part += part * all_part;
    sums.part_all_whole += part * all_whole;
    sums.whole_all_part += whole * all_part;
    sums.whole_all_whole += whole * all_whole;
  }

  std::vector<double> part_, whole_;
  double all_part_ = 0, all_whole_ = 0;
  std::vector<std::uint8_t> is_touched_;
  std::vector<ClusterSums> sums_;
  ClusterSums all_;
  std::vector<std::uint32_t> touched_;
  std::uint32_t user_ = kNobody;
};

// The numbers of one sum for the rows of a block, in their order.
void numbers(const Facts& facts, const Block& block, Sum sum, std::vector<double>& into) {
  const bool of_sessions = info(sum).level == Level::session;
  const std::vector<std::uint32_t>& rows = of_sessions ? block.sessions : block.generations;
  into.resize(rows.size());
  const auto fill = [&](const auto& value) {
    for (std::size_t i = 0; i < rows.size(); ++i) into[i] = static_cast<double>(value(rows[i]));
  };
  if (of_sessions) {
    visit_session_sum(facts, sum, fill);
  } else {
    visit_generation_sum(facts, sum, fill);
  }
}

}  // namespace

Grouping::Grouping(const Facts& facts, const std::vector<const Dimension*>& dimensions) {
  for (const Dimension* dimension : dimensions) axes_.emplace_back(facts, dimension->dim);
  strides_.resize(axes_.size());
  for (std::size_t a = axes_.size(); a-- > 0;) {
    strides_[a] = static_cast<std::uint32_t>(size_);
    size_ *= std::max<std::size_t>(axes_[a].size(), 1);
    if (size_ > kMaxGroups) {
      throw bad_request(fmt::format("these dimensions make more than {} groups", kMaxGroups),
                        "ask for fewer dimensions, or for coarser ones");
    }
  }
}

bool Grouping::overlaps() const {
  return std::any_of(axes_.begin(), axes_.end(),
                     [](const Axis& axis) { return axis.level() == Level::generation; });
}

std::size_t Grouping::code(std::size_t group, std::size_t axis) const {
  return group / strides_[axis] % std::max<std::size_t>(axes_[axis].size(), 1);
}

std::vector<Value> Grouping::key(std::size_t group) const {
  std::vector<Value> key;
  for (std::size_t a = 0; a < axes_.size(); ++a) key.push_back(axes_[a].value(code(group, a)));
  return key;
}

Groups aggregate(const Facts& facts, const Selection& selection, const Grouping& grouping,
                 const std::vector<Sum>& sums, const std::vector<double>& quantiles) {
  Groups groups;
  bool wants_generations = !quantiles.empty();
  std::vector<Sum> wanted;
  for (const Sum sum : sums) {
    auto& column = groups.sums[static_cast<std::size_t>(sum)];
    if (!column.empty()) continue;
    column.resize(grouping.size());
    wanted.push_back(sum);
    if (info(sum).level == Level::generation) wants_generations = true;
  }
  std::vector<std::uint32_t> last_user;
  if (!groups.of(Sum::active_users).empty()) last_user.assign(grouping.size(), kNobody);
  std::optional<Latencies> latencies;
  if (!quantiles.empty()) latencies.emplace(facts, grouping.size());
  Blocks(facts, selection, grouping, wants_generations).for_each([&](const Block& block) {
    for (const Sum sum : wanted) {
      auto& column = groups.sums[static_cast<std::size_t>(sum)];
      if (sum == Sum::active_users) {
        add_users(facts, block, last_user, column);
      } else {
        add(facts, block, sum, column);
      }
    }
    if (latencies) latencies->add(block);
  });
  if (latencies) groups.quantiles = latencies->quantiles(quantiles);
  return groups;
}

std::vector<std::int64_t> count_users(const Facts& facts, const Scope& scope, Day to,
                                      const Grouping& grouping) {
  for (const Axis& axis : grouping.axes()) {
    if (axis.level() == Level::user) continue;
    throw bad_request(fmt::format("users cannot be split by '{}', which is no attribute of users",
                                  info(axis.dim()).name),
                      "active_users can");
  }
  const std::vector<std::uint8_t> passing = passing_users(facts, scope);
  std::vector<std::int64_t> counts(grouping.size());
  for (std::size_t u = 0; u < facts.users; ++u) {
    if (passing[u] == 0 || (facts.signup_day[u] > to && facts.signup_day[u] != Facts::kNoDay)) {
      continue;
    }
    std::size_t group = 0;
    for (std::size_t a = 0; a < grouping.axes().size(); ++a) {
      const Dim dim = grouping.axes()[a].dim();
      group += grouping.stride(a) * (dim == Dim::user ? u : facts.attribute(dim)[u]);
    }
    ++counts[group];
  }
  return counts;
}

namespace {

// Where groups do not overlap and no clusters are wanted, whole numbers do.
SharedSums plain_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                      Sum part, Sum whole) {
  const Groups groups = aggregate(facts, selection, grouping, {part, whole, Sum::sessions}, {});
  const auto doubles = [](const std::vector<std::int64_t>& sums) {
    return std::vector<double>(sums.begin(), sums.end());
  };
  SharedSums shared;
  shared.part = doubles(groups.of(part));
  shared.whole = doubles(groups.of(whole));
  shared.sessions = doubles(groups.of(Sum::sessions));
  shared.all_part = std::accumulate(shared.part.begin(), shared.part.end(), 0.0);
  shared.all_whole = std::accumulate(shared.whole.begin(), shared.whole.end(), 0.0);
  return shared;
}

}  // namespace

SharedSums shared_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                       Sum part, Sum whole, Overlap overlap, bool wants_clusters) {
  const bool shares = overlap == Overlap::shared && grouping.overlaps();
  if (!grouping.overlaps() && !wants_clusters) {
    return plain_sums(facts, selection, grouping, part, whole);
  }
  SharedSums shared;
  for (auto* column : {&shared.part, &shared.whole, &shared.sessions}) {
    column->resize(grouping.size());
  }
  Clusters clusters(grouping.size());
  std::vector<double> parts, wholes;
  const bool part_of_sessions = info(part).level == Level::session;
  const bool whole_of_sessions = info(whole).level == Level::session;
  Blocks(facts, selection, grouping, !part_of_sessions || !whole_of_sessions)
      .for_each([&](const Block& block) {
        numbers(facts, block, part, parts);
        numbers(facts, block, whole, wholes);
        const auto count_once = [&](double p, double w) {
          shared.all_part += p;
          shared.all_whole += w;
          if (wants_clusters) clusters.add_to_all(p, w);
        };
        const auto count = [&](std::uint32_t group, double p, double w) {
          shared.part[group] += p;
          shared.whole[group] += w;
          if (wants_clusters) clusters.add(group, p, w);
        };
        std::size_t generation = 0;
        for (std::size_t i = 0; i < block.sessions.size(); ++i) {
          const std::uint32_t session = block.sessions[i];
          if (wants_clusters) clusters.turn_to(facts.user_of[session]);
          const double share = shares ? static_cast<double>(block.generations_here[i]) /
                                            static_cast<double>(block.generations_of_session[i])
                                      : 1.0;
          shared.sessions[block.session_groups[i]] += share;
          if (i == 0 || block.sessions[i - 1] != session) {
            count_once(part_of_sessions ? parts[i] : 0, whole_of_sessions ? wholes[i] : 0);
          }
          count(block.session_groups[i], part_of_sessions ? share * parts[i] : 0,
                whole_of_sessions ? share * wholes[i] : 0);
          if (part_of_sessions && whole_of_sessions) continue;
          const std::uint32_t end = facts.first_generation[session + 1];
          for (; generation < block.generations.size() && block.generations[generation] < end;
               ++generation) {
            const double p = part_of_sessions ? 0 : parts[generation];
            const double w = whole_of_sessions ? 0 : wholes[generation];
            count_once(p, w);
            count(block.generation_groups[generation], p, w);
          }
        }
      });
  clusters.finish(shared);
  return shared;
}

}  // namespace gsa::api
