#pragma once

// Whether an asset has about as many rows as it used to have.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"

namespace gsa::assets {

inline constexpr std::size_t kRowCountHistory = 20;
// From fewer values their spread says nothing.
inline constexpr std::size_t kFewestRowCounts = 5;
inline constexpr double kRowCountSigmas = 4;

// The row counts of what was published, newest first, by unit as text; only of runs whose baseline
// is this one.
std::map<std::string, std::vector<std::int64_t>> row_history(duck::Connection& connection,
                                                             const std::string& baseline);

struct RowCountVerdict {
  bool usual;
  std::string message;
};

// Unusual is what lies more than 4 standard deviations from the mean of the history; nothing can be
// said with less than kFewestRowCounts of it.
std::optional<RowCountVerdict> judge_row_count(std::int64_t rows,
                                               const std::vector<std::int64_t>& history);

}  // namespace gsa::assets
