#include "assets/row_counts.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::assets {

std::optional<RowCountVerdict> judge_row_count(std::int64_t rows,
                                               const std::vector<std::int64_t>& history) {
  if (history.size() < kFewestRowCounts) return std::nullopt;
  const auto count = static_cast<double>(history.size());
  double mean = 0, squares = 0;
  for (const std::int64_t value : history) mean += static_cast<double>(value) / count;
  for (const std::int64_t value : history)
    squares += std::pow(static_cast<double>(value) - mean, 2);
  const double sigma = std::sqrt(squares / (count - 1));
  // Row counts are integers: half a row is no difference.
  const double distance = std::abs(static_cast<double>(rows) - mean);
  if (distance <= std::max(kRowCountSigmas * sigma, 0.5)) return RowCountVerdict{true, ""};
  return RowCountVerdict{
      false,
      fmt::format("{} rows are unusual: the last {} times they were {} on average, with a "
                  "standard deviation of {:.1f}",
                  with_thousands(rows), history.size(), with_thousands(std::llround(mean)), sigma)};
}

}  // namespace gsa::assets
