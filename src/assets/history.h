#pragma once

// Reads the records of past runs: the rows of schema ops as plain values. Only reads, so
// Access::read is enough; a warehouse of an older gsa without these tables has no runs. Times that
// are text are in UTC, "2025-12-24 18:30:00"; a missing one is empty.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/run_records.h"
#include "duck/database.h"

namespace gsa::assets {

// How to report a run whose record says "running". In a process that opened the file for reading,
// no such run can be alive: the writer's lock would have refused the open, so the run was killed.
// In the process that runs, it may still be alive.
enum class Unfinished { was_interrupted, may_be_running };

struct RunRecord {
  std::int64_t id = 0;
  std::string command;
  std::string options;                   // for people
  std::vector<RunOption> option_values;  // empty if an older gsa recorded them
  RunStatus status = RunStatus::running;
  std::string message;
  std::string started_at, ended_at;
  std::optional<double> seconds;
  bool published = false;
  std::int64_t assets_made = 0, assets_fresh = 0;
  std::int64_t checks_passed = 0, checks_warned = 0, checks_failed = 0;
  std::optional<std::int64_t> peak_memory_bytes, threads, pid;
  std::string gsa_version;
  std::string baseline;
};

struct EventRecord {
  std::string at;  // with milliseconds
  std::string level;
  std::string asset;
  std::string event;
  std::string message;
  std::map<std::string, std::string> fields;
};

// Newest first, at most `limit`.
std::vector<RunRecord> runs(duck::Connection& connection, std::int64_t limit,
                            Unfinished unfinished = Unfinished::was_interrupted);
std::int64_t count_runs(duck::Connection& connection);

// Both throw Error: run_of() if the run does not exist, with the existing ids as the hint;
// latest_run() if the warehouse has no runs.
RunRecord run_of(duck::Connection& connection, std::int64_t id,
                 Unfinished unfinished = Unfinished::was_interrupted);
RunRecord latest_run(duck::Connection& connection,
                     Unfinished unfinished = Unfinished::was_interrupted);

// The newest runs for programs: a SELECT of the columns of ops.runs under their own names. A run
// that says "running" is interrupted.
std::string select_runs(std::int64_t limit);

// The run of the last publication, for SQL's SELECT; 0: none.
inline constexpr const char* kLastPublication =
    "(select coalesce(max(run_id), 0)::bigint from ops.runs where published)";

// What is published, and which runs have begun and ended. A snapshot whose `state` differs from the
// warehouse's is stale. The progress of a running run does not change `state`.
struct PublishedState {
  std::int64_t publication = 0;
  std::string published_at;  // "2025-12-24 18:30:00"; empty if nothing was published
  std::string state;
};
PublishedState published_state(duck::Connection& connection);

// Of one run, in the order they began or were written.
std::vector<StepRecord> steps_of(duck::Connection& connection, std::int64_t run);
std::vector<Materialization> materializations_of(duck::Connection& connection, std::int64_t run);
std::vector<CheckRecord> checks_of(duck::Connection& connection, std::int64_t run);
std::vector<EventRecord> events_of(duck::Connection& connection, std::int64_t run);

// Of one asset, newest first, at most `limit`.
std::vector<Materialization> materializations_of(duck::Connection& connection,
                                                 const std::string& asset, std::int64_t limit);
// What is published, by its unit; and exports as they were last written, with the last version of
// each partition that was built but not published. Both need has_records().
std::map<Unit, Materialization> published_materializations(duck::Connection& connection);
std::map<Unit, Materialization> other_materializations(duck::Connection& connection);
// Of each unit, the one that the run made or found: made by it, or published before it.
std::map<Unit, Materialization> materializations_as_of(duck::Connection& connection,
                                                       std::int64_t run);
// Row counts of published units, newest first and at most `most`, by to_string(Unit); only from
// runs of this baseline.
std::map<std::string, std::vector<std::int64_t>> row_history(duck::Connection& connection,
                                                             const std::string& baseline,
                                                             std::size_t most);
// Needs has_records().
std::map<std::string, Code> codes_by_version(duck::Connection& connection);

// The last outcome of each check over all runs; and of the checks of one asset, with their samples,
// in the order they were written. The outcomes are valid for the versions that they read, whether
// or not these were published.
std::vector<CheckRecord> last_checks(duck::Connection& connection);
std::vector<CheckRecord> last_checks_of(duck::Connection& connection, const std::string& asset);
// The last outcome of each check up to this run, without samples.
std::vector<CheckRecord> checks_as_of(duck::Connection& connection, std::int64_t run);

}  // namespace gsa::assets
