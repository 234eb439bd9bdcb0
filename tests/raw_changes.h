#pragma once

// Changes the raw tables of a small warehouse by SQL, so that they are as another source would have
// made them: with signals that it does not tell, and words of its own.

#include <string>

#include <fmt/format.h>

#include "duck/database.h"

namespace gsa::tests {

inline void change(const std::string& warehouse, const std::string& sql) {
  duck::DatabaseOptions options;
  options.path = warehouse;
  duck::Database(options).connect().execute(sql);
}

// The view on the simulated generations adds the columns that are the same in all rows. Makes a
// table with all columns of each row.
inline void give_each_row_its_columns(const std::string& warehouse) {
  change(warehouse,
         "create table whole as from raw_generations; "
         "create or replace table partitions.raw_generations_2025_12 as from whole; "
         "create or replace view raw_generations as from partitions.raw_generations_2025_12; "
         "drop table whole");
}

// Sets columns of the generations that `where` chooses: "status = null, status_origin = 'unknown'".
inline void set_generations(const std::string& warehouse, const std::string& columns,
                            const std::string& where = "true") {
  change(warehouse,
         fmt::format("update partitions.raw_generations_2025_12 set {} where {}", columns, where));
}

// For set_generations(): signals that the source does not tell.
inline constexpr const char* kNoStatus = "status = null, status_origin = 'unknown'";
inline constexpr const char* kNoLatency = "latency_ms = null, latency_origin = 'unknown'";
inline constexpr const char* kNoCost = "cost = null, currency = null, cost_origin = 'unknown'";
inline constexpr const char* kNoRetries = "retry_count = null, retry_origin = 'unknown'";
inline constexpr const char* kNoFeedback = "feedback = null, feedback_origin = 'unknown'";
inline constexpr const char* kNoDownloads = "downloaded = null, download_origin = 'unknown'";

inline std::string nothing_known() {
  return fmt::format("{}, {}, {}, {}, {}, {}", kNoStatus, kNoLatency, kNoCost, kNoRetries,
                     kNoFeedback, kNoDownloads);
}

}  // namespace gsa::tests
