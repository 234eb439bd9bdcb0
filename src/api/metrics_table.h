#pragma once

// Computes the rows of a query for the time range and the compared one, matches and sorts them.

#include <optional>
#include <vector>

#include "api/fact_store.h"
#include "api/interval.h"
#include "api/metrics_query.h"

namespace gsa::api {

using Numbers = std::vector<std::optional<double>>;

struct MetricsRow {
  std::vector<Value> key;
  std::vector<std::int64_t> place;  // of the key's values in their order; for time, in the range
  std::int64_t sessions = 0, compared_sessions = 0;
  Numbers values, compared;
  // By measure, the share of the rows that know it; empty if all know all. Nullopt: see
  // coverage_of().
  Numbers coverage;
  std::vector<std::optional<Interval>> intervals;

  bool is_ranked() const { return sessions >= kMinSessions; }
};

struct MetricsTable {
  std::optional<DayRange> days, compared_days;
  MetricsRow total;
  std::vector<MetricsRow> rows;  // at most the query's limit
  std::size_t row_count = 0;     // before the limit
  bool overlaps = false;
};

MetricsTable compute_table(const Snapshot& snapshot, const MetricsQuery& query);

}  // namespace gsa::api
