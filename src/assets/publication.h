#pragma once

// What readers see, and changing it: all at once, in one transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/record_batch.h"
#include "assets/unit.h"
#include "duck/database.h"

namespace gsa::assets {

// A kind of odd value in the source, what was done about it, and how many there were.
struct Finding {
  std::string what;
  std::string rule;
  std::int64_t count;
  // Where it is about the values of a column of the source: its name, the place of the first such
  // value, and that value. Else empty.
  std::string column = {};
  std::string place = {};
  std::string example = {};
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
  std::string behavior;  // "simulated", "observed"
  std::string period;    // "2025-12", "2022-08 to 2022-09"
  std::string project;   // "built-in" or the folder
  std::string observed;  // "users, times, images and retries"; empty where all is simulated
  std::vector<Finding> findings;
};

// The last publication's; none where nothing was published yet, or only in an older format.
std::optional<Provenance> read_provenance(duck::Connection& connection);

// ops.provenance and ops.findings for SQL's FROM, with columns that older gsas did not write as
// null.
std::string provenance_rows();
std::string findings_rows();

// The same numbers, chosen for another reason or by a project of another name: writes only where
// that differs.
void restate_provenance(duck::Connection& connection, const std::string& source_reason,
                        const std::string& project);

// A relation of a publication.
struct PublishedRelation {
  std::string schema;
  std::string name;
  std::string view_sql;     // of a view, its SELECT on published names; empty for a table
  Unit unit;                // that it is; of a view on partitions the asset
  std::int64_t run_id = 0;  // in which it was made; 0: of no materialization
  // Came out as the table that stands: that one stays, untouched, as what this run made.
  bool stands = false;
};

struct Publication {
  // Stand under their hidden names. Views come in an order in which each finds those that it reads.
  std::vector<PublishedRelation> made;
  // Stay as they are.
  std::vector<PublishedRelation> kept;
  // Belong to the publication no longer, and stay in the file. What earlier publications had beyond
  // `made`, `kept` and these is dropped.
  std::vector<PublishedRelation> left;
  Provenance provenance;
  RecordBatch records;  // for schema ops
};

// Makes it visible in one transaction. Nothing changes where it throws. Records that are there are
// laid out as this gsa does it: a Recorder has seen to that.
void publish(duck::Connection& connection, const Publication& publication);

// The relations of the last publication, by schema and name; those of an older gsa are of no unit.
std::vector<PublishedRelation> published_relations(duck::Connection& connection);

}  // namespace gsa::assets
