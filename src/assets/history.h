#pragma once

// Reads the records of past runs: the rows of schema ops as plain values. Only reads, so
// Access::read is enough; a warehouse of an older gsa without these tables has no runs. Times are
// text in UTC, "2025-12-24 18:30:00"; a missing one is empty.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"

namespace gsa::assets {

// How to report a run whose record says "running". In a process that opened the file for reading,
// no such run can be alive: the writer's lock would have refused the open, so the run was killed.
// In the process that runs, it may still be alive.
enum class Unfinished { was_interrupted, may_be_running };

struct RunRecord {
  std::int64_t id = 0;
  std::string command;
  std::string options;
  std::string status;  // running, success, failed, interrupted
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

struct PastStep {
  std::int64_t step = 0;
  std::string name;
  std::string kind;       // asset, check, publication
  std::string asset;      // of a check: its asset, if on record; of other steps their own name
  std::string partition;  // empty: none
  std::string status;     // success, fresh, warn, fail, error, skipped, interrupted
  std::string reason;
  std::vector<std::string> waited_for;  // label()s, ascending
  std::int64_t lane = 0;                // 0: none
  std::int64_t attempts = 0;
  std::string started_at;
  // Seconds since the run began; nullopt if the step did not begin. A step that began and has no
  // end was cut off: it gets the time of the last record of its run.
  std::optional<double> begun, ended;
  std::optional<double> seconds;
  std::optional<std::int64_t> rows;
  std::string message;
};

// "fct_sessions" or "fct_sessions[2025-12]".
std::string label(const std::string& name, const std::string& partition);

struct MaterializationRecord {
  std::int64_t run = 0;
  std::string asset;
  std::string partition;
  std::string made_at;
  std::optional<std::int64_t> rows, bytes;
  std::optional<double> seconds;
  std::optional<std::int64_t> peak_memory_bytes;
  std::string checksum;
  std::string data_version, code_version;
  std::map<std::string, std::string> inputs;  // asset → data_version
  std::string reason;
  bool published = false;
  std::map<std::string, std::string> metadata;
};

struct PastCheck {
  std::string name;
  std::string asset;
  std::string kind;
  std::string severity;
  std::string status;  // pass, warn, fail, error, skipped
  std::optional<std::int64_t> failures;
  std::string condition;
  std::string message;
  std::string checked_at;
  std::optional<double> seconds;
  std::string code_version;
  std::map<std::string, std::string> inputs;
  std::vector<std::string> sample;  // the first failing rows, each JSON
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

// Of one run, in the order they began or were written.
std::vector<PastStep> steps_of(duck::Connection& connection, std::int64_t run);
std::vector<MaterializationRecord> materializations_of(duck::Connection& connection,
                                                       std::int64_t run);
std::vector<PastCheck> checks_of(duck::Connection& connection, std::int64_t run);
std::vector<EventRecord> events_of(duck::Connection& connection, std::int64_t run);

}  // namespace gsa::assets
