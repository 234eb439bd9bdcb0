#include "api/aggregate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/blocks.h"
#include "api/distinct_counts.h"
#include "api/rank_quantiles.h"

namespace gsa::api {
namespace {

constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

const Base& base_at(const Facts& facts, std::size_t base) { return facts.layer->bases[base]; }

// Calls `each` with the numbers that the base sums.
template <typename Each>
void visit_base(const Facts& facts, std::size_t base, const Each& each) {
  if (base_at(facts, base).counts_rows()) {
    return each([](std::size_t) -> std::int64_t { return 1; });
  }
  facts.number(base).visit(each);
}

// Sums one group in a register instead of in memory.
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
void add(const Facts& facts, const Block& block, std::size_t base,
         std::vector<std::int64_t>& into) {
  const bool of_sessions = base_at(facts, base).level == Level::session;
  visit_base(facts, base, [&](const auto& value) {
    add_all(of_sessions ? block.sessions : block.generations,
            of_sessions ? block.session_groups : block.generation_groups, value, into);
  });
}

// Collects the sums of clusters, one user at a time. A user touches few groups, so a list holds
// them.
class Clusters {
 public:
  explicit Clusters(std::size_t groups)
      : part_(groups), whole_(groups), is_touched_(groups), sums_(groups) {}

  // Rows must arrive user by user.
  void turn_to(std::uint32_t user) {
    if (user == user_) return;
    flush();
    user_ = user;
  }
  // Adds to the user's sums over all groups.
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

// The numbers that a base sums for the rows of a block, in their order.
void numbers(const Facts& facts, const Block& block, std::size_t base, std::vector<double>& into) {
  const bool of_sessions = base_at(facts, base).level == Level::session;
  const std::vector<std::uint32_t>& rows = of_sessions ? block.sessions : block.generations;
  into.resize(rows.size());
  visit_base(facts, base, [&](const auto& value) {
    for (std::size_t i = 0; i < rows.size(); ++i) into[i] = static_cast<double>(value(rows[i]));
  });
}

}  // namespace

Grouping::Grouping(const Facts& facts, const std::vector<const Dimension*>& dimensions) {
  for (const Dimension* dimension : dimensions) axes_.emplace_back(facts, *dimension);
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
                 const std::vector<std::size_t>& bases) {
  Groups groups;
  groups.sessions.resize(grouping.size());
  groups.bases.resize(facts.layer->bases.size());
  bool wants_generations = false;
  std::vector<std::size_t> sums;
  std::vector<DistinctCounts> distinct;
  std::vector<RankQuantiles> quantiles;  // by column
  for (const std::size_t index : bases) {
    const Base& base = base_at(facts, index);
    if (!groups.bases[index].empty()) continue;
    groups.bases[index].resize(grouping.size());
    if (base.level == Level::generation) wants_generations = true;
    if (base.is_distinct()) {
      distinct.emplace_back(facts, index, grouping.size());
    } else if (!base.is_quantile()) {
      sums.push_back(index);
    } else {
      const auto same = std::find_if(quantiles.begin(), quantiles.end(), [&](const auto& one) {
        return &one.column() == &facts.number(index);
      });
      (same == quantiles.end() ? quantiles.emplace_back(facts, index, grouping.size()) : *same)
          .add_share(index);
    }
  }
  Blocks(facts, selection, grouping, wants_generations).for_each([&](const Block& block) {
    if (groups.sessions.size() == 1) {
      groups.sessions.front() += static_cast<std::int64_t>(block.sessions.size());
    } else {
      for (const std::uint32_t group : block.session_groups) ++groups.sessions[group];
    }
    for (const std::size_t base : sums) add(facts, block, base, groups.bases[base]);
    for (DistinctCounts& counts : distinct) counts.add(block, groups.bases[counts.base()]);
    for (RankQuantiles& column : quantiles) column.add(block);
  });
  for (DistinctCounts& counts : distinct) counts.finish(groups.bases[counts.base()]);
  for (RankQuantiles& column : quantiles) column.finish(groups.bases);
  return groups;
}

namespace {

// Adds `value` of each counted user to the user's group.
template <typename ValueOf>
void add_users(const Facts& facts, const Scope& scope, Day to, const Grouping& grouping,
               const ValueOf& value, std::vector<std::int64_t>& into) {
  for (const Axis& axis : grouping.axes()) {
    if (axis.level() == Level::user) continue;
    throw bad_request(fmt::format("users cannot be split by '{}', which is no attribute of users",
                                  axis.dimension().name),
                      "active_users can");
  }
  const std::vector<std::uint8_t> passing = passing_users(facts, scope);
  for (std::size_t u = 0; u < facts.users; ++u) {
    if (passing[u] == 0 || (facts.signup_day[u] > to && facts.signup_day[u] != Facts::kNoDay)) {
      continue;
    }
    std::size_t group = 0;
    for (std::size_t a = 0; a < grouping.axes().size(); ++a) {
      group += std::size_t{grouping.stride(a)} * grouping.axes()[a].code_of_user(u);
    }
    into[group] += value(u);
  }
}

}  // namespace

std::vector<std::int64_t> count_users(const Facts& facts, const Scope& scope, Day to,
                                      const Grouping& grouping) {
  std::vector<std::int64_t> counts(grouping.size());
  add_users(
      facts, scope, to, grouping, [](std::size_t) -> std::int64_t { return 1; }, counts);
  return counts;
}

std::vector<std::int64_t> sum_users(const Facts& facts, const Scope& scope, Day to,
                                    const Grouping& grouping, std::size_t base) {
  std::vector<std::int64_t> sums(grouping.size());
  visit_base(facts, base,
             [&](const auto& value) { add_users(facts, scope, to, grouping, value, sums); });
  return sums;
}

void add_by_session(const Facts& facts, const Selection& selection, std::size_t base,
                    const std::vector<std::uint16_t>& group_of, std::vector<std::int64_t>& into) {
  const bool of_sessions = base_at(facts, base).level == Level::session;
  visit_base(facts, base, [&](const auto& value) {
    if (of_sessions) {
      return selection.sessions.for_each([&](std::size_t s) { into[group_of[s]] += value(s); });
    }
    selection.sessions.for_each([&](std::size_t s) {
      std::int64_t sum = 0;
      for (std::size_t g = facts.first_generation[s]; g < facts.first_generation[s + 1]; ++g) {
        if (!selection.has_generation_filters || selection.generations[g]) sum += value(g);
      }
      into[group_of[s]] += sum;
    });
  });
}

namespace {

// Without overlap and clusters, integers are enough.
SharedSums plain_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                      std::size_t part, std::size_t whole) {
  const Groups groups = aggregate(facts, selection, grouping, {part, whole});
  const auto doubles = [](const std::vector<std::int64_t>& sums) {
    return std::vector<double>(sums.begin(), sums.end());
  };
  SharedSums shared;
  shared.part = doubles(groups.of(part));
  shared.whole = doubles(groups.of(whole));
  shared.sessions = doubles(groups.sessions);
  shared.all_part = std::accumulate(shared.part.begin(), shared.part.end(), 0.0);
  shared.all_whole = std::accumulate(shared.whole.begin(), shared.whole.end(), 0.0);
  return shared;
}

}  // namespace

SharedSums shared_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                       std::size_t part, std::size_t whole, Overlap overlap, bool wants_clusters) {
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
  const bool part_of_sessions = base_at(facts, part).level == Level::session;
  const bool whole_of_sessions = base_at(facts, whole).level == Level::session;
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
