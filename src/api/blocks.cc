#include "api/blocks.h"

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

// Here and below, arrays get their maximum size, are filled by index and then cut: a push_back for
// each of two million rows would take longer than everything else.
void Blocks::add_generations() {
  std::size_t most = 0;
  for (const std::uint32_t session : sessions_) {
    most += facts_.first_generation[session + 1] - facts_.first_generation[session];
  }
  block_.generations.resize(most);
  block_.generation_groups.resize(most);
  ends_.resize(sessions_.size());
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const std::uint32_t begin = facts_.first_generation[sessions_[i]];
    const std::uint32_t end = facts_.first_generation[sessions_[i] + 1];
    for (std::uint32_t g = begin; g < end; ++g) {
      if (selection_.has_generation_filters && !selection_.generations[g]) continue;
      block_.generations[count] = g;
      block_.generation_groups[count++] = groups_[i];
    }
    ends_[i] = count;
  }
  block_.generations.resize(count);
  block_.generation_groups.resize(count);
  for (std::size_t a = 0; a < grouping_.axes().size(); ++a) {
    const Axis& axis = grouping_.axes()[a];
    if (axis.level() != Level::generation) continue;
    axis.add_codes(block_.generations, grouping_.stride(a), block_.generation_groups);
  }
}

void Blocks::add_pairs() {
  const std::size_t most = block_.generations.size();
  for (auto* column : {&block_.sessions, &block_.session_groups, &block_.generations_here,
                       &block_.generations_of_session}) {
    column->resize(most);
  }
  std::size_t count = 0;
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const std::size_t first = count;
    for (std::uint32_t at = begin; at < ends_[i]; ++at) {
      const std::uint32_t group = block_.generation_groups[at];
      std::size_t pair = first;
      while (pair < count && block_.session_groups[pair] != group) ++pair;
      if (pair < count) {
        ++block_.generations_here[pair];
        continue;
      }
      block_.sessions[count] = sessions_[i];
      block_.session_groups[count] = group;
      block_.generations_here[count] = 1;
      block_.generations_of_session[count++] = ends_[i] - begin;
    }
    begin = ends_[i];
  }
  for (auto* column : {&block_.sessions, &block_.session_groups, &block_.generations_here,
                       &block_.generations_of_session}) {
    column->resize(count);
  }
}

}  // namespace gsa::api
