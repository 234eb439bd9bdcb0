#include "api/blocks.h"

#include <algorithm>

namespace gsa::api {

void Blocks::fill() {
  groups_.assign(sessions_.size(), 0);
  for (std::size_t a = 0; a < grouping_.axes().size(); ++a) {
    const Axis& axis = grouping_.axes()[a];
    if (axis.level() == Level::generation) continue;
    axis.add_codes(sessions_, grouping_.stride(a), groups_);
  }
  if (wants_generations_) add_generations();
  if (overlaps_) {
    add_pairs();
    sessions_.clear();
  } else {
    std::swap(block_.sessions, sessions_);
    std::swap(block_.session_groups, groups_);
    sessions_.clear();
  }
}

void Blocks::add_generations() {
  block_.generations.clear();
  block_.generation_groups.clear();
  ends_.clear();
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const std::uint32_t begin = facts_.first_generation[sessions_[i]];
    const std::uint32_t end = facts_.first_generation[sessions_[i] + 1];
    for (std::uint32_t g = begin; g < end; ++g) {
      if (selection_.has_generation_filters && !selection_.generations[g]) continue;
      block_.generations.push_back(g);
      block_.generation_groups.push_back(groups_[i]);
    }
    ends_.push_back(static_cast<std::uint32_t>(block_.generations.size()));
  }
  for (std::size_t a = 0; a < grouping_.axes().size(); ++a) {
    const Axis& axis = grouping_.axes()[a];
    if (axis.level() != Level::generation) continue;
    axis.add_codes(block_.generations, grouping_.stride(a), block_.generation_groups);
  }
}

void Blocks::add_pairs() {
  block_.sessions.clear();
  block_.session_groups.clear();
  block_.generations_here.clear();
  block_.generations_of_session.clear();
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const auto first = static_cast<std::ptrdiff_t>(block_.sessions.size());
    for (std::uint32_t at = begin; at < ends_[i]; ++at) {
      const std::uint32_t group = block_.generation_groups[at];
      const auto found =
          std::find(block_.session_groups.begin() + first, block_.session_groups.end(), group);
      if (found != block_.session_groups.end()) {
        ++block_.generations_here[static_cast<std::size_t>(found - block_.session_groups.begin())];
        continue;
      }
      block_.sessions.push_back(sessions_[i]);
      block_.session_groups.push_back(group);
      block_.generations_here.push_back(1);
      block_.generations_of_session.push_back(ends_[i] - begin);
    }
    begin = ends_[i];
  }
}

}  // namespace gsa::api
