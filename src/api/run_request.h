#pragma once

// POST /api/runs: what a run that is begun from the dashboard is asked to do.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::api {

// What is missing is as in the last run.
struct RunRequest {
  std::optional<std::int64_t> prompts, users, seed;
  std::optional<std::string> source;
  std::optional<bool> observed;  // --behavior observed, or simulated
  std::string month;             // "2025-12", "2025-10..2026-02"; empty: as in the last run
  std::vector<std::string> select, exclude;
  bool full_refresh = false;
};

// Throws ApiError for what is no such request, with the place in it.
RunRequest read_run_request(std::string_view json);

}  // namespace gsa::api
