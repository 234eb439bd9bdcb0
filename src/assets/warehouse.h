#pragma once

// The warehouse: one DuckDB file with the published tables, and in schema ops where they came from.
//
// Layout. main.* holds what readers see. While a run is going its tables stand beside them in the
// same schema under hidden names (kHiddenPrefix + name); publishing renames them in one
// transaction. Hidden tables in a file that no run is working on were left by a killed run and are
// dropped by the next. ops.provenance has one row, that of the last publication; ops.findings has
// what was odd in its source, ops.published lists its relations.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::assets {

// Raised with every change of the layout that an older gsa would misread, or whose older state this
// one cannot read.
inline constexpr std::int64_t kWarehouseFormat = 2;

inline constexpr std::string_view kHiddenPrefix = "__gsa_new__";
std::string hidden(std::string_view name);

struct WarehouseOptions {
  std::string path;
  int threads = 0;           // 0: all cores
  std::string memory_limit;  // empty: DuckDB's default
};

enum class Access {
  read,
  change,  // write to a file that is there
  write,   // the same, and make it where there is none
};

// Opens the file; with Access::write makes it and its folder where they are missing, and drops what
// a killed run left. Throws Error that says what is wrong: missing, locked and by whom, not a
// DuckDB file, written by a newer version, read-only, …
duck::Database open_warehouse(const WarehouseOptions& options, Access access);

// A kind of odd value in the source, what was done about it, and how many there were.
struct Finding {
  std::string what;
  std::string rule;
  std::int64_t count;
};

// What the published numbers are made of.
struct Provenance {
  std::string source;         // "synthetic", "sample.parquet", …
  std::string source_reason;  // why this one, where the user left the choice open; else empty
  std::int64_t prompts = 0;   // used
  std::int64_t prompts_in_source = 0;
  std::int64_t prompts_skipped = 0;  // null or blank
  std::int64_t users = 0;
  std::uint64_t seed = 0;
  std::string behavior;         // "simulated", "observed"
  std::string period;           // "2025-12", "2022-08 to 2022-09"
  std::string project;          // "built-in" or the folder
  std::string raw_fingerprint;  // equal for two runs that would make the same raw tables
  std::vector<Finding> findings;
};

// The last publication's; none where nothing was published yet, or only in an older format.
std::optional<Provenance> read_provenance(duck::Connection& connection);

// A relation of a publication.
struct PublishedRelation {
  std::string schema;
  std::string name;
  std::string view_sql;  // of a view, its SELECT on published names; empty for a table
};

// Makes `made`, standing under their hidden names, visible, with `provenance`, in one transaction.
// Views come in an order in which each finds the views it reads.
// What earlier publications had beyond `made` and `kept` goes. Nothing changes where it throws.
void publish(duck::Connection& connection, const std::vector<PublishedRelation>& made,
             const std::vector<PublishedRelation>& kept, const Provenance& provenance);

// The relations of the last publication, by schema and name.
std::vector<PublishedRelation> published_relations(duck::Connection& connection);

// Drops every hidden relation.
void drop_hidden(duck::Connection& connection);

}  // namespace gsa::assets
