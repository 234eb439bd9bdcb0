#pragma once

// How the rows of what is published would change: made under hidden names, compared, and thrown
// away.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"
#include "pipeline/asset_run.h"

namespace gsa::pipeline {

struct RowDiff {
  std::string asset;
  bool is_new = false;           // nothing is published to compare with
  std::vector<std::string> key;  // rows are the same by; empty: by all columns
  std::vector<std::string> columns_added, columns_removed;
  std::int64_t rows_before = 0, rows_after = 0;
  std::int64_t added = 0, removed = 0;
  std::int64_t changed = 0;  // of rows with a key: other columns differ
  // The first few: each a line, "generation_id 7: status success → timeout".
  std::vector<std::string> examples;
};

// Makes what `run` would make and gives the differences, in the order of the graph, without those
// that have none. Nothing that is published changes, and nothing is put on record. Throws as
// run_assets().
std::vector<RowDiff> diff_assets(const duck::Database& database, const AssetRun& run);

}  // namespace gsa::pipeline
