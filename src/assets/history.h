#pragma once

// Reads the records of past runs: the rows of schema ops as plain values. Only reads, so
// Access::read is enough; a warehouse of an older gsa without these tables has no runs. Times that
// are text are in UTC, "2025-12-24 18:30:00"; a missing one is empty.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  std::string options;
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

// Of one run, in the order they began or were written.
std::vector<StepRecord> steps_of(duck::Connection& connection, std::int64_t run);
std::vector<Materialization> materializations_of(duck::Connection& connection, std::int64_t run);
std::vector<CheckRecord> checks_of(duck::Connection& connection, std::int64_t run);
std::vector<EventRecord> events_of(duck::Connection& connection, std::int64_t run);

}  // namespace gsa::assets
