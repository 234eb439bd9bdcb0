#pragma once

// Goes through a selection block by block, with the group of each session and generation, so that
// sums run over short arrays. Users are whole blocks' only by chance; their order is kept.

#include <cstdint>
#include <vector>

#include "api/aggregate.h"

namespace gsa::api {

struct Block {
  // A session comes once for each of its groups, in a row.
  std::vector<std::uint32_t> sessions, session_groups;
  // How many of the session's chosen generations are in the group, and in all; only filled in where
  // groups overlap.
  std::vector<std::uint32_t> generations_here, generations_of_session;
  // Its chosen generations; only filled in where they are wanted or groups overlap.
  std::vector<std::uint32_t> generations, generation_groups;
};

// Calls `each` with one block after the other.
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
  void fill();  // block_ from sessions_, which is empty afterwards
  void add_generations();
  void add_pairs();

  const Facts& facts_;
  const Selection& selection_;
  const Grouping& grouping_;
  bool overlaps_, wants_generations_;
  std::vector<std::uint32_t> sessions_, groups_;  // of the block, each session once
  std::vector<std::uint32_t> ends_;               // of each session's generations in the block
  Block block_;
};

}  // namespace gsa::api
