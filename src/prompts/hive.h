#pragma once

// Columns that the names of folders hold, as Hive, Spark and DuckDB write partitions:
// "in/sampler=8/user_name=a%20b/part-0.parquet". Names and values are percent-encoded;
// __HIVE_DEFAULT_PARTITION__ and nothing stand for null.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct HiveKey {
  std::string name;
  std::optional<std::string> value;  // null: nullopt

  bool operator==(const HiveKey&) const = default;
};

// The keys of the folders of `path`, outermost first. What is no valid UTF-8 is no key.
std::vector<HiveKey> hive_keys(std::string_view path);

}  // namespace gsa::prompts
