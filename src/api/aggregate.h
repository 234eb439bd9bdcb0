#pragma once

// Sums over a selection by groups. A group is a combination of values of up to three dimensions.
// Where one of them is an attribute of generations, a session is in the group of each of its chosen
// generations, once.

#include <array>
#include <cstdint>
#include <vector>

#include "api/axis.h"
#include "api/catalog.h"
#include "api/facts.h"
#include "api/selection.h"

namespace gsa::api {

// The groups of some dimensions; with none there is one group, of all.
class Grouping {
 public:
  // Throws ApiError where there would be more than kMaxGroups.
  Grouping(const Facts& facts, const std::vector<const Dimension*>& dimensions);
  static constexpr std::size_t kMaxGroups = 2'000'000;

  std::size_t size() const { return size_; }
  const std::vector<Axis>& axes() const { return axes_; }
  // Sessions may be in several groups.
  bool overlaps() const;
  std::vector<Value> key(std::size_t group) const;
  std::size_t code(std::size_t group, std::size_t axis) const;
  std::uint32_t stride(std::size_t axis) const { return strides_[axis]; }

 private:
  std::vector<Axis> axes_;
  std::vector<std::uint32_t> strides_;
  std::size_t size_ = 1;
};

// By group. Sums that were not asked for are empty.
struct Groups {
  std::array<std::vector<std::int64_t>, kSums> sums;
  std::vector<std::vector<std::int32_t>> quantiles;  // of latency, as asked; −1 of an empty group

  const std::vector<std::int64_t>& of(Sum sum) const { return sums[static_cast<std::size_t>(sum)]; }
};

// `sums` may name one twice; not Sum::users. Quantiles are by nearest rank.
Groups aggregate(const Facts& facts, const Selection& selection, const Grouping& grouping,
                 const std::vector<Sum>& sums, const std::vector<double>& quantiles);

// Users who pass the filters on attributes of users and signed up by `to`, by group: the dimensions
// must be attributes of users, or Throws ApiError.
std::vector<std::int64_t> count_users(const Facts& facts, const Scope& scope, Day to,
                                      const Grouping& grouping);

// What the variance of the ratio Σpart / Σwhole needs where users are clusters: sums over users of
// the products of their own two sums.
struct ClusterSums {
  double users = 0;  // that have any
  double part_part = 0, part_whole = 0, whole_whole = 0;
  // And of a user's sums in the group with those in all groups.
  double part_all_part = 0, part_all_whole = 0, whole_all_part = 0, whole_all_whole = 0;
};

// Whether a session counts in each of its groups whole, or is shared out among them by the number
// of its generations there, so that the groups add up to all.
enum class Overlap { whole, shared };

struct SharedSums {
  std::vector<double> part, whole, sessions;  // by group, as all below
  std::vector<ClusterSums> clusters;          // where they are wanted
  // Of the whole selection, in which a session counts once, in however many groups it is.
  double all_part = 0, all_whole = 0;
  ClusterSums all;
};
SharedSums shared_sums(const Facts& facts, const Selection& selection, const Grouping& grouping,
                       Sum part, Sum whole, Overlap overlap, bool wants_clusters);

}  // namespace gsa::api
