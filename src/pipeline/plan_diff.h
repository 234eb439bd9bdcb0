#pragma once

// Shows how the rows of published assets would change: builds them under hidden names, compares,
// and drops them again.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"
#include "pipeline/asset_run.h"

namespace gsa::pipeline {

struct RowDiff {
  std::string asset;
  bool is_new = false;           // no published version to compare with
  std::vector<std::string> key;  // identifies rows; empty: all columns do
  std::vector<std::string> columns_added, columns_removed;
  std::int64_t rows_before = 0, rows_after = 0;
  std::int64_t added = 0, removed = 0;
  std::int64_t changed = 0;  // rows with the same key and other differences
  // The first few, one per line: "generation_id 7: status success → timeout".
  std::vector<std::string> examples;
};

// Builds what `run` would build and returns the differences in the graph's order, omitting assets
// without any. Changes nothing published and records nothing. Throws like run_assets().
std::vector<RowDiff> diff_assets(const duck::Database& database, const AssetRun& run);

}  // namespace gsa::pipeline
