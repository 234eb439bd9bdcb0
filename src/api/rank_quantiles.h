#pragma once

// Quantiles by nearest rank of a column, by group. Keeps a counter per number; if there are many
// groups or the range is wide, keeps the numbers themselves.

#include <cstdint>
#include <utility>
#include <vector>

#include "api/blocks.h"
#include "api/facts.h"

namespace gsa::api {

class RankQuantiles {
 public:
  // For the column of the base with this index in Layer::bases; `facts` must outlive it.
  RankQuantiles(const Facts& facts, std::size_t base, std::size_t groups);

  const NumberColumn& column() const { return *column_; }
  void add_share(std::size_t base) { bases_.push_back(base); }  // another base on this column
  void add(const Block& block);
  // Writes the results by base and group.
  void finish(std::vector<std::vector<std::int64_t>>& into);

 private:
  std::size_t counted(std::size_t group) const;
  std::size_t gathered(std::size_t group, std::size_t begin) const;
  std::int64_t at_rank(std::size_t group, std::size_t rank) const;

  const Facts& facts_;
  const NumberColumn* column_;
  Level level_;
  std::size_t groups_, width_ = 0;
  bool counts_ = false;
  std::vector<std::size_t> bases_;
  std::vector<std::uint32_t> counters_;
  std::vector<std::pair<std::uint32_t, std::int64_t>> values_;
};

}  // namespace gsa::api
