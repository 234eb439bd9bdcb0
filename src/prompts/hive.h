#pragma once

// Columns in the names of folders, as Hive, Spark and DuckDB write partitions:
// "in/sampler=8/user_name=a%20b/part-0.parquet". Names and values are percent-encoded;
// __HIVE_DEFAULT_PARTITION__ and an empty value mean null.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct HiveKey {
  std::string name;
  std::optional<std::string> value;  // nullopt: null

  bool operator==(const HiveKey&) const = default;
};

// The keys in the folders of `path`, outermost first. Ignores keys that are not valid UTF-8.
std::vector<HiveKey> hive_keys(std::string_view path);

}  // namespace gsa::prompts
