#pragma once

// Counts distinct values by group, while a selection is visited block by block.

#include <cstdint>
#include <vector>

#include "api/blocks.h"
#include "api/facts.h"

namespace gsa::api {

class DistinctCounts {
 public:
  // `base` is an index in Layer::bases; `facts` must outlive it.
  DistinctCounts(const Facts& facts, std::size_t base, std::size_t groups);

  std::size_t base() const { return base_; }
  void add(const Block& block, std::vector<std::int64_t>& counts);
  void finish(std::vector<std::int64_t>& counts);

 private:
  void add_users(const Block& block, std::vector<std::int64_t>& counts);
  void add_codes(const Block& block, std::vector<std::int64_t>& counts);

  const Facts& facts_;
  std::size_t base_;
  std::vector<std::uint32_t> last_user_;  // by group
  std::size_t values_ = 0;                // of codes; the last is null and does not count
  std::vector<bool> seen_;                // by group and code, if worth the memory
  std::vector<std::uint64_t> pairs_;      // otherwise, group and code of each row
};

}  // namespace gsa::api
