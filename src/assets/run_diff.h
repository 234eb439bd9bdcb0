#pragma once

// Two runs compared: what they were told, how long they took, and, asset by asset, what each did
// and whether it came out the same.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/history.h"

namespace gsa::assets {

struct AssetInRun {
  std::string state;   // made, fresh, skipped, interrupted, or how it failed; empty: not in the run
  std::string reason;  // why it was made, or what went wrong
  std::optional<double> seconds;  // that making it took
  std::optional<std::int64_t> rows;
  // Of what the run made. Where it found the asset fresh, of what was published before it; empty
  // where neither is on record.
  std::string data_version, code_version;
};

// An asset or a partition of one that occurs in either run.
struct AssetDiff {
  std::string asset;
  std::string partition;
  AssetInRun a, b;
  std::optional<bool> same_content, same_code;  // none: not known of both
  std::vector<std::string> changed_code;        // the parts that differ, ascending: "sql", "seed"
};

// A check with another outcome; a status is empty where the run did not have it.
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
  std::vector<AssetDiff> assets;  // in the order of b's steps, then what only a has
  std::vector<CheckDiff> checks;  // by asset and name
};

RunDiff diff_runs(duck::Connection& connection, const RunRecord& a, const RunRecord& b);

// As tables. Assets that both runs found fresh and of which nothing differs are only counted.
std::string format_diff(const RunDiff& diff);

}  // namespace gsa::assets
