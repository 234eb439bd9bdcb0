#pragma once

// Visits a selection block by block, with the group of each session and generation, so that sums
// run over short arrays. Rows keep their order, so users come one after the other, but a user's
// sessions may span two blocks.

#include <cstdint>
#include <vector>

#include "api/aggregate.h"

namespace gsa::api {

struct Block {
  // A session appears once for each of its groups, consecutively.
  std::vector<std::uint32_t> sessions, session_groups;
  // The number of the session's selected generations in the group, and in total; set only if groups
  // overlap.
  std::vector<std::uint32_t> generations_here, generations_of_session;
  // Its selected generations; set only if requested or if groups overlap.
  std::vector<std::uint32_t> generations, generation_groups;
};

// Calls `each` for one block after another.
class Blocks {
 public:
  Blocks(const Facts& facts, const Selection& selection, const Grouping& grouping,
         bool wants_generations)
      : facts_(facts),
        selection_(selection),
        grouping_(grouping),
        overlaps_(grouping.overlaps()),
        wants_generations_(wants_generations || overlaps_) {}

  template <typename Each>
  void for_each(const Each& each) {
    selection_.sessions.for_each([&](std::size_t session) {
      sessions_.push_back(static_cast<std::uint32_t>(session));
      if (sessions_.size() < kSessions) return;
      fill();
      each(block_);
    });
    if (sessions_.empty()) return;
    fill();
    each(block_);
  }

 private:
  static constexpr std::size_t kSessions = 1024;
  void fill();  // fills block_ from sessions_, and clears sessions_
  void add_generations();
  void add_pairs();

  const Facts& facts_;
  const Selection& selection_;
  const Grouping& grouping_;
  bool overlaps_, wants_generations_;
  std::vector<std::uint32_t> sessions_, groups_;  // of the block, without duplicates
  std::vector<std::uint32_t> ends_;               // end of each session's generations in the block
  Block block_;
};

}  // namespace gsa::api
