#pragma once

// Small queries over known relations, for the tests of lineage.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "duck/database.h"
#include "lineage/lineage.h"

namespace gsa::lineage {

using Columns = std::map<std::string, std::vector<std::string>>;

// The relations that the tests' queries read by default.
inline const Columns kKnown = {{"t", {"a", "b", "c", "k"}},      {"u", {"x", "y", "k"}},
                               {"v", {"x", "z", "k"}},           {"s.t", {"a", "Other"}},
                               {"n", {"id", "parent", "label"}}, {"l", {"items", "st"}}};

inline ColumnsOf known(const Columns& columns) {
  return [columns](const std::string& relation) -> std::optional<std::vector<std::string>> {
    const auto found = columns.find(relation);
    if (found == columns.end()) return std::nullopt;
    return found->second;
  };
}

// One connection for all tests of lineage; one thread is enough to parse. Never destroyed, because
// DuckDB's thread-local objects are destroyed before statics.
inline duck::Connection& parser() {
  static duck::Connection& connection = *[] {
    duck::DatabaseOptions options;
    options.threads = 1;
    return new duck::Connection(duck::Database(options).connect());
  }();
  return connection;
}

inline QueryLineage read_lineage(const std::string& select, const Columns& columns = kKnown) {
  return lineage_of(parser(), select, known(columns));
}

// The message of the Error that `work` throws.
template <typename Work>
std::string error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

inline std::string to_string(const ColumnRefs& refs) {
  std::vector<std::string> names;
  for (const ColumnRef& ref : refs) names.push_back(ref.relation + "." + ref.column);
  return join(names, " ");
}

}  // namespace gsa::lineage
