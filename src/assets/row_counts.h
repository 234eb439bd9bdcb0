#pragma once

// Compares an asset's row count with its history (row_history() in history.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gsa::assets {

inline constexpr std::size_t kRowCountHistory = 20;
// The spread of fewer values means nothing.
inline constexpr std::size_t kFewestRowCounts = 5;
inline constexpr double kRowCountSigmas = 4;

struct RowCountVerdict {
  bool usual;
  std::string message;
};

// A count is unusual if it is more than 4 standard deviations from the mean of the history. Nullopt
// if the history has fewer than kFewestRowCounts values.
std::optional<RowCountVerdict> judge_row_count(std::int64_t rows,
                                               const std::vector<std::int64_t>& history);

}  // namespace gsa::assets
