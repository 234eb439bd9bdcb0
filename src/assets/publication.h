#pragma once

// The publication: the relations that readers see. It changes all at once, in one transaction.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/keyed_change.h"
#include "assets/record_batch.h"
#include "assets/unit.h"
#include "base/finding.h"
#include "duck/database.h"

namespace gsa::assets {

// The origin of the published numbers.
struct Provenance {
  std::string source;         // "synthetic", "sample.parquet", …
  std::string source_reason;  // why this one, if the user left the choice open; else empty
  std::int64_t prompts = 0;   // used
  std::int64_t prompts_in_source = 0;
  std::int64_t prompts_skipped = 0;  // null or blank
  std::int64_t users = 0;
  std::uint64_t seed = 0;
  std::string behavior;  // "simulated", "observed"
  std::string period;    // "2025-12", "2022-08 to 2022-09"
  std::string project;   // "built-in" or the folder
  std::string observed;  // "users, times, images and retries"; empty if everything is simulated
  std::vector<Finding> findings;
  // UTC, "2025-12-24 18:30:00.123456", if it was read; publish() knows the time.
  std::string published_at = {};
};

// Of the last publication. Nullopt if nothing was published, or only in an older format.
std::optional<Provenance> read_provenance(duck::Connection& connection);

// ops.provenance and ops.findings for SQL's FROM; columns that older gsas did not write are null.
std::string provenance_rows();
std::string findings_rows();
// The row of ops.provenance as a JSON object, without the time of the publication.
std::string provenance_json(duck::Connection& connection);

// The format of the last publication; 0 if nothing was published.
std::int64_t format_of(duck::Connection& connection);

// For the same numbers with another reason for the source or another project name. Writes only if
// one of them differs.
void restate_provenance(duck::Connection& connection, const std::string& source_reason,
                        const std::string& project);

// A relation in a publication.
struct PublishedRelation {
  std::string schema;
  std::string name;
  std::string view_sql;     // of a view: its SELECT in published names; empty for a table
  Unit unit;                // that it shows; for a view over partitions, the asset
  std::int64_t run_id = 0;  // that built it; 0: of no materialization
  // The published table already has this content, so it stays untouched and stands for the new one.
  bool stands = false;
  std::optional<KeyedChange> change = {};  // the published table stays, but for these rows
};

struct Publication {
  // Exist under their hidden names. Every view follows the relations that it reads.
  std::vector<PublishedRelation> made;
  // Unchanged.
  std::vector<PublishedRelation> kept;
  // Leave the publication but stay in the file. Relations of earlier publications that are neither
  // here nor in `made` or `kept` are dropped.
  std::vector<PublishedRelation> left;
  Provenance provenance;
  RecordBatch records;  // for schema ops
};

// Makes it visible in one transaction. If it throws, nothing changed. Existing records must have
// the current layout, which the constructor of Recorder ensures.
void publish(duck::Connection& connection, const Publication& publication);

// The relations of the last publication, by schema and name. Those of an older gsa have no unit.
std::vector<PublishedRelation> published_relations(duck::Connection& connection);

}  // namespace gsa::assets
