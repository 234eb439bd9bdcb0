#pragma once

// Compares two runs: their options, how long they took, and for each asset what each run did and
// whether the content came out the same.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/history.h"

namespace gsa::assets {

struct AssetInRun {
  std::string state;   // made, fresh, skipped, interrupted, or how it failed; empty: not in the run
  std::string reason;  // why it was built, or what went wrong
  std::optional<double> seconds;  // to build it
  std::optional<std::int64_t> rows;
  // Of the run's result. If it found the asset fresh, of the materialization published before it.
  // Empty if neither is on record.
  std::string data_version, code_version;
};

// An asset, or a partition of one, that occurs in either run.
struct AssetDiff {
  std::string asset;
  std::string partition;
  AssetInRun a, b;
  std::optional<bool> same_content, same_code;  // nullopt: not known of both runs
  std::vector<std::string> changed_code;        // the parts that differ, ascending: "sql", "seed"
};

// A check whose outcome differs. A status is empty if that run did not run the check.
struct CheckDiff {
  std::string check;
  std::string asset;
  std::string a, b;
};

struct Change {
  std::string what;  // command, options, gsa version, threads
  std::string a, b;
};

struct RunDiff {
  RunRecord a, b;
  std::vector<Change> changes;
  std::vector<AssetDiff> assets;  // in the order of b's steps, then those only in a
  std::vector<CheckDiff> checks;  // by asset and name
};

RunDiff diff_runs(duck::Connection& connection, const RunRecord& a, const RunRecord& b);

// As tables. Assets that both runs found fresh, without any difference, are only counted.
std::string format_diff(const RunDiff& diff);

}  // namespace gsa::assets
