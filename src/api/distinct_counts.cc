#include "api/distinct_counts.h"

#include <algorithm>
#include <limits>

namespace gsa::api {
namespace {

constexpr std::uint32_t kNoUserYet = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kMaxBits = std::size_t{1} << 28;  // 32 MB

}  // namespace

DistinctCounts::DistinctCounts(const Facts& facts, std::size_t base, std::size_t groups)
    : facts_(facts), base_(base) {
  if (facts.layer->bases[base].counts_users) {
    last_user_.assign(groups, kNoUserYet);
    return;
  }
  values_ = facts.distinct[base].values.size();
  if (groups <= kMaxBits / std::max<std::size_t>(values_, 1)) seen_.resize(groups * values_);
}

void DistinctCounts::add(const Block& block, std::vector<std::int64_t>& counts) {
  if (last_user_.empty()) {
    add_codes(block, counts);
  } else {
    add_users(block, counts);
  }
}

// A user's sessions are consecutive, so it is enough to remember the last user of each group. The
// users of generations are those of their sessions.
void DistinctCounts::add_users(const Block& block, std::vector<std::int64_t>& counts) {
  for (std::size_t i = 0; i < block.sessions.size(); ++i) {
    const std::uint32_t user = facts_.user_of[block.sessions[i]];
    const std::uint32_t group = block.session_groups[i];
    if (last_user_[group] == user) continue;
    last_user_[group] = user;
    ++counts[group];
  }
}

void DistinctCounts::add_codes(const Block& block, std::vector<std::int64_t>& counts) {
  const bool of_sessions = facts_.layer->bases[base_].level == Level::session;
  const auto& rows = of_sessions ? block.sessions : block.generations;
  const auto& groups = of_sessions ? block.session_groups : block.generation_groups;
  facts_.distinct[base_].visit([&](const auto& code_of) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t code = code_of(rows[i]);
      if (code + 1 >= values_) continue;  // null
      if (seen_.empty()) {
        pairs_.push_back(std::uint64_t{groups[i]} << 32 | code);
      } else if (!seen_[groups[i] * values_ + code]) {
        seen_[groups[i] * values_ + code] = true;
        ++counts[groups[i]];
      }
    }
  });
}

void DistinctCounts::finish(std::vector<std::int64_t>& counts) {
  std::sort(pairs_.begin(), pairs_.end());
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
  for (const std::uint64_t pair : pairs_) ++counts[pair >> 32];
}

}  // namespace gsa::api
