#pragma once

// POST /api/runs: the options of a run begun from the dashboard.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::api {

// Missing options are as in the last run.
struct RunRequest {
  std::optional<std::int64_t> prompts, users, seed;
  std::optional<std::string> source;
  std::optional<bool> observed;  // true: --behavior observed; false: simulated
  std::string month;             // "2025-12", "2025-10..2026-02"; empty: as in the last run
  std::vector<std::string> select, exclude;
  bool full_refresh = false;
};

// Throws ApiError, with the place, if the request is invalid.
RunRequest read_run_request(std::string_view json);

}  // namespace gsa::api
