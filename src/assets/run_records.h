#pragma once

// What schema ops says of a run's steps, checks and materializations, as values. The recorder
// writes these types and history.h reads them.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/unit.h"
#include "base/finding.h"

namespace gsa::assets {

using WallTime = std::chrono::system_clock::time_point;

// "2025-12-24 18:30:00", in UTC; empty if there is no time.
std::string utc_text(const std::optional<WallTime>& time);

// name_of() gives their words in the records, and step_status() and so on the value of a word.
// Those throw Error for a word that this version does not know.
enum class StepStatus { running, success, fresh, warn, fail, error, skipped, interrupted };
enum class CheckStatus { pass, warn, fail, error, skipped };
enum class RunStatus { running, success, failed, interrupted };
std::string_view name_of(StepStatus status);
std::string_view name_of(CheckStatus status);
std::string_view name_of(RunStatus status);
StepStatus step_status(std::string_view word);
CheckStatus check_status(std::string_view word);
RunStatus run_status(std::string_view word);

// An option as it was given: "--source", "a, b.csv". A flag has no value, a positional argument no
// name. An option with several values is there once for each.
struct RunOption {
  std::string name, value;
  bool operator==(const RunOption&) const = default;
};

// "--source a.csv b.csv --full-refresh", for people.
std::string options_text(const std::vector<RunOption>& options);

struct StepRecord {
  std::int64_t step = 0;  // from 1, in the order they began
  std::string name;
  std::string kind;       // "asset", "check", "publication"
  std::string asset;      // of a check: its asset, if known; of other steps their own name
  std::string partition;  // empty: none
  StepStatus status = StepStatus::running;
  std::string reason;
  std::vector<std::string> waited_for;  // label()s, ascending when read
  std::int64_t lane = 0;                // from 1; 0: none
  std::int64_t attempts = 1;
  std::optional<WallTime> started_at, ended_at;
  // Seconds from the begin of the run, for readers: the recorder does not need them. Nullopt if the
  // step did not begin. A step that began and has no end was cut off: it gets the time of the last
  // record of its run.
  std::optional<double> begun, ended;
  std::optional<double> seconds;
  std::optional<std::int64_t> rows;
  std::string message;
};

// "fct_sessions" or "fct_sessions[2025-12]".
std::string label(const std::string& name, const std::string& partition);

struct CheckRecord {
  std::int64_t run_id = 0;
  std::string name, asset, kind;
  bool blocks = true;  // the publication, if it fails
  CheckStatus status = CheckStatus::pass;
  std::optional<std::int64_t> failures;
  std::string condition, message;
  std::optional<WallTime> checked_at;
  std::optional<double> seconds;
  std::string code_version;
  Versions inputs;
  std::vector<std::string> sample;  // the first failing rows, each JSON
};

// "error" if the check blocks the publication, else "warn".
std::string_view severity_of(bool blocks);

struct Materialization {
  std::int64_t run_id = 0;
  Unit unit;
  std::string made_at;               // UTC, "2026-01-31 14:03:59"; the recorder knows the time
  std::optional<std::int64_t> rows;  // if it has rows
  std::optional<std::int64_t> bytes;
  std::optional<double> seconds;
  std::optional<std::int64_t> peak_memory_bytes;
  std::string checksum;
  std::string data_version;
  std::string code_version;
  Versions inputs;
  std::string reason;
  std::map<std::string, std::string> metadata;
  std::vector<Finding> findings;  // about its source, if it reads one
  bool published = false;
};

}  // namespace gsa::assets
