#pragma once

// The state of the warehouse: what the records say was built, and which relations exist.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/publication.h"
#include "assets/run_records.h"
#include "assets/unit.h"
#include "duck/database.h"

namespace gsa::assets {

// A relation that exists in the file.
struct Standing {
  bool is_view = false;
  std::int64_t rows = 0;  // of a table
};

struct State {
  std::map<Unit, Materialization> published;  // includes exports, each as last written
  // Partitions that a run built but did not publish before it died; they have hidden names.
  std::map<Unit, Materialization> left_behind;
  std::map<std::string, Code> codes;          // by code version; of published materializations
  std::map<std::string, CheckRecord> checks;  // the last outcome of each
  std::map<std::pair<std::string, std::string>, Standing> relations;  // by schema and name
  std::vector<PublishedRelation> shown;  // those of the last publication

  const Standing* find(const std::string& schema, const std::string& name) const;
};

// For a file of an older gsa, only the relations and which of them were published.
State read_state(duck::Connection& connection);

// A hash of the code: equal parts give equal versions.
std::string code_version_of(const Code& code);

// The version of a partitioned asset, from those of its partitions in the asset's order.
std::string combined_version(const std::vector<std::pair<std::string, std::string>>& partitions);

// The schema and name of a unit's table or view. Partitions have their own schema, away from
// readers.
inline constexpr const char* kPartitionSchema = "partitions";
std::pair<std::string, std::string> relation_of(const Asset& asset, const std::string& partition);

// The SELECT that unites these relations, the partitions of an asset.
std::string select_partitions(const Asset& asset, const std::vector<std::string>& relations);

// Quoted for SQL.
std::string sql_relation(const std::string& schema, const std::string& name);

}  // namespace gsa::assets
