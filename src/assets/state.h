#pragma once

// What stands in the warehouse and how it was made: what the records say, and what is really there.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/publication.h"
#include "assets/unit.h"
#include "duck/database.h"

namespace gsa::assets {

struct Materialization {
  std::int64_t run_id = 0;
  Unit unit;
  std::string made_at;               // UTC, "2026-01-31 14:03:59"
  std::optional<std::int64_t> rows;  // of what has rows
  std::optional<std::int64_t> bytes;
  double seconds = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string checksum;
  std::string data_version;
  std::string code_version;
  Versions inputs;
  std::string reason;
  std::map<std::string, std::string> metadata;
  bool published = false;
};

// The last outcome of a check.
struct CheckRecord {
  std::string status;
  std::string code_version;
  Versions inputs;
};

// A relation that is in the file.
struct Standing {
  bool is_view = false;
  std::int64_t rows = 0;  // of a table
};

struct State {
  std::map<Unit, Materialization> published;  // and the exports, each as it was last written
  // Partitions that a run made and did not live to publish; they stand under their hidden names.
  std::map<Unit, Materialization> left_behind;
  std::map<std::string, Code> codes;  // by code version, of what is published
  std::map<std::string, CheckRecord> checks;
  std::map<std::pair<std::string, std::string>, Standing> relations;  // by schema and name
  std::vector<PublishedRelation> shown;  // those of the last publication

  const Standing* find(const std::string& schema, const std::string& name) const;
};

// Of a file of an older gsa only the relations, and which of them were published.
State read_state(duck::Connection& connection);

// The version of code: equal for equal parts.
std::string code_version_of(const Code& code);

// The version of an asset with partitions, from those of the partitions in the asset's order.
std::string combined_version(const std::vector<std::pair<std::string, std::string>>& partitions);

// Where a unit stands: the schema and name of a table or view. Partitions stand in a schema of
// their own, out of the reader's sight.
inline constexpr const char* kPartitionSchema = "partitions";
std::pair<std::string, std::string> relation_of(const Asset& asset, const std::string& partition);

// The SELECT that reads these relations, an asset's partitions, as one.
std::string select_partitions(const Asset& asset, const std::vector<std::string>& relations);

// As SQL names it.
std::string sql_relation(const std::string& schema, const std::string& name);

}  // namespace gsa::assets
