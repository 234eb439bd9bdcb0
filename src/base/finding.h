#pragma once

#include <cstdint>
#include <string>

namespace gsa {

// A kind of odd value in a source, how gsa handled it, and how many there were.
struct Finding {
  std::string what;  // "rows without a time"
  std::string rule;  // "skipped"
  std::int64_t count = 0;
  // If it concerns a column of the source: its name, the place of the first such value ("a.csv, row
  // 3"), and that value as the source has it. Otherwise empty.
  std::string column = {};
  std::string place = {};
  std::string example = {};
  bool operator==(const Finding&) const = default;
};

}  // namespace gsa
