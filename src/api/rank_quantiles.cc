#include "api/rank_quantiles.h"

#include <algorithm>
#include <cmath>

#include "api/aggregate.h"

namespace gsa::api {
namespace {

// Up to this many counters are worth their memory, 4 bytes each; beyond, the values are collected.
constexpr std::size_t kMaxCounters = 4'000'000;

std::size_t nearest_rank(double share, std::size_t count) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(count)));
  return std::clamp<std::size_t>(rank, 1, count);
}

}  // namespace

RankQuantiles::RankQuantiles(const Facts& facts, std::size_t base, std::size_t groups)
    : facts_(facts),
      column_(&facts.number(base)),
      level_(facts.layer->bases[base].level),
      groups_(groups) {
  if (column_->max < column_->min) return;  // all null
  const auto span =
      static_cast<std::uint64_t>(column_->max) - static_cast<std::uint64_t>(column_->min);
  counts_ = span < kMaxCounters && groups <= kMaxCounters / (span + 1);
  if (!counts_) return;
  width_ = static_cast<std::size_t>(span) + 1;
  counters_.resize(groups * width_);
}

void RankQuantiles::add(const Block& block) {
  const auto& rows = level_ == Level::session ? block.sessions : block.generations;
  const auto& groups = level_ == Level::session ? block.session_groups : block.generation_groups;
  column_->visit(
      [&](const auto& number_of) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const std::int64_t number = number_of(rows[i]);
          if (number == Groups::kNone) continue;
          if (counts_) {
            ++counters_[groups[i] * width_ + static_cast<std::size_t>(number - column_->min)];
          } else {
            values_.emplace_back(groups[i], number);
          }
        }
      },
      Groups::kNone);
}

void RankQuantiles::finish(std::vector<std::vector<std::int64_t>>& into) {
  for (const std::size_t base : bases_) into[base].assign(groups_, Groups::kNone);
  if (!counts_) std::sort(values_.begin(), values_.end());
  std::size_t begin = 0;
  for (std::size_t group = 0; group < groups_; ++group) {
    const std::size_t count = counts_ ? counted(group) : gathered(group, begin);
    if (count == 0) continue;
    for (const std::size_t base : bases_) {
      const std::size_t rank = nearest_rank(facts_.layer->bases[base].share, count);
      into[base][group] = counts_ ? at_rank(group, rank) : values_[begin + rank - 1].second;
    }
    begin += count;
  }
}

std::size_t RankQuantiles::counted(std::size_t group) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < width_; ++i) count += counters_[group * width_ + i];
  return count;
}

std::size_t RankQuantiles::gathered(std::size_t group, std::size_t begin) const {
  std::size_t end = begin;
  while (end < values_.size() && values_[end].first == group) ++end;
  return end - begin;
}

std::int64_t RankQuantiles::at_rank(std::size_t group, std::size_t rank) const {
  std::size_t before = 0;
  for (std::size_t i = 0; i < width_; ++i) {
    before += counters_[group * width_ + i];
    if (before >= rank) return column_->min + static_cast<std::int64_t>(i);
  }
  return column_->max;
}

}  // namespace gsa::api
