#pragma once

// Compares an asset's row count with its history.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"

namespace gsa::assets {

inline constexpr std::size_t kRowCountHistory = 20;
// The spread of fewer values means nothing.
inline constexpr std::size_t kFewestRowCounts = 5;
inline constexpr double kRowCountSigmas = 4;

// Row counts of published units, newest first, by to_string(Unit); only from runs of this baseline.
std::map<std::string, std::vector<std::int64_t>> row_history(duck::Connection& connection,
                                                             const std::string& baseline);

struct RowCountVerdict {
  bool usual;
  std::string message;
};

// A count is unusual if it is more than 4 standard deviations from the mean of the history. Nullopt
// if the history has fewer than kFewestRowCounts values.
std::optional<RowCountVerdict> judge_row_count(std::int64_t rows,
                                               const std::vector<std::int64_t>& history);

}  // namespace gsa::assets
