#pragma once

// What Trino tells of a statement, apart from its rows.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gsa::trino {

struct Column {
  std::string name;
  std::string type;  // as Trino writes it: "decimal(18, 4)", "row(a integer, b varchar)"
};

struct Warning {
  std::string name;  // "TOO_MANY_STAGES"
  std::string message;
};

// As of the last answer. Sums are over all workers.
struct StatementStats {
  std::string state = {};  // QUEUED, PLANNING, RUNNING, FINISHING, FINISHED, FAILED …
  bool queued = false;
  // 0 to 100; null until Trino knows how much there is to do. May fall when more is found.
  std::optional<double> percent = {};
  std::int64_t nodes = 0;
  std::int64_t total_splits = 0, queued_splits = 0, running_splits = 0, completed_splits = 0;
  std::int64_t processed_rows = 0, processed_bytes = 0;
  std::int64_t peak_memory_bytes = 0;
  std::chrono::milliseconds elapsed{0}, queued_time{0}, cpu_time{0};
};

struct StatementInfo {
  std::string query_id = {};
  std::string info_uri = {};  // the query's page in Trino's web interface
  std::vector<Column> columns = {};
  std::string update_type = {};  // "CREATE TABLE", "SET SESSION"; empty for a query
  std::optional<std::int64_t> update_count = {};  // rows written, if Trino counts them
  std::vector<Warning> warnings = {};
  StatementStats stats = {};
};

}  // namespace gsa::trino
