#pragma once

// Sums over a selection by groups. A group is a combination of values of up to three dimensions. If
// one of them is an attribute of generations, a session is in the group of each of its selected
// generations, once per group.

#include <cstdint>
#include <limits>
#include <vector>

#include "api/axis.h"
#include "api/facts.h"
#include "api/row_selection.h"

namespace gsa::api {

// The groups of some dimensions; without dimensions there is one group, of everything.
class Grouping {
 public:
  // Throws ApiError if there would be more than kMaxGroups.
  Grouping(const Facts& facts, const std::vector<const Dimension*>& dimensions);
  static constexpr std::size_t kMaxGroups = 2'000'000;

  std::size_t size() const { return size_; }
  const std::vector<Axis>& axes() const { return axes_; }
  // Whether a session may be in several groups.
  bool overlaps() const;
  std::vector<Value> key(std::size_t group) const;
  std::size_t code(std::size_t group, std::size_t axis) const;
  std::uint32_t stride(std::size_t axis) const { return strides_[axis]; }

 private:
  std::vector<Axis> axes_;
  std::vector<std::uint32_t> strides_;
  std::size_t size_ = 1;
};

// Results, by group.
struct Groups {
  std::vector<std::int64_t> sessions;
  // By index in Layer::bases, in integers of 10^-decimals; empty for bases that were not requested.
  // kNone: no values to take a quantile of.
  std::vector<std::vector<std::int64_t>> bases;
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();

  const std::vector<std::int64_t>& of(std::size_t base) const { return bases[base]; }
};

// `bases` may have duplicates, but none of users. Quantiles use nearest rank.
Groups aggregate(const Facts& facts, const Selection& selection, const Grouping& grouping,
                 const std::vector<std::size_t>& bases);

// By group, the number of users who pass the filters on users and signed up by `to`. Throws
// ApiError unless all dimensions are attributes of users.
std::vector<std::int64_t> count_users(const Facts& facts, const Scope& scope, Day to,
                                      const Grouping& grouping);
// The same for a sum over these users.
std::vector<std::int64_t> sum_users(const Facts& facts, const Scope& scope, Day to,
                                    const Grouping& grouping, std::size_t base);

// A sum by session; if it is of generations, over those in the selection. Adds each to
// `into[group_of(s)]`.
void add_by_session(const Facts& facts, const Selection& selection, std::size_t base,
                    const std::vector<std::uint16_t>& group_of, std::vector<std::int64_t>& into);

// The variance of the ratio Σpart / Σwhole with users as clusters needs these: sums over users of
// the products of a user's own two sums.
struct ClusterSums {
  double users = 0;  // with any rows
  double part_part = 0, part_whole = 0, whole_whole = 0;
  // Likewise, a user's sums in the group times those in all groups.
  double part_all_part = 0, part_all_whole = 0, whole_all_part = 0, whole_all_whole = 0;
};

// Whether a session counts fully in each of its groups, or is divided among them by the number of
// its generations there, so that the groups add up to the total.
enum class Overlap { whole, shared };

struct SharedSums {
  std::vector<double> part, whole, sessions;  // by group, like `clusters`
  std::vector<ClusterSums> clusters;          // if requested
  // Over the whole selection, in which a session counts once, whatever its number of groups.
  double all_part = 0, all_whole = 0;
  ClusterSums all;
};
SharedSums shared_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                       std::size_t part, std::size_t whole, Overlap overlap, bool wants_clusters);

}  // namespace gsa::api
