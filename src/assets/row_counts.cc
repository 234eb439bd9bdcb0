#include "assets/row_counts.h"

#include <cmath>

#include <fmt/format.h>

#include "assets/unit.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {

std::map<std::string, std::vector<std::int64_t>> row_history(duck::Connection& connection,
                                                             const std::string& baseline) {
  std::map<std::string, std::vector<std::int64_t>> history;
  if (!has_records(connection)) return history;
  const duck::Result rows = connection.query(fmt::format(
      "select m.asset, coalesce(m.partition, ''), m.rows from ops.materializations m join ops.runs "
      "r on m.run_id = r.run_id where m.published and m.rows is not null and r.baseline = {} "
      "qualify row_number() over (partition by m.asset, m.partition order by m.run_id desc) <= {} "
      "order by m.run_id desc",
      sql_quote(baseline), kRowCountHistory));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    history[to_string(Unit{rows.text(r, 0), rows.text(r, 1)})].push_back(rows.int64(r, 2));
  }
  return history;
}

std::optional<RowCountVerdict> judge_row_count(std::int64_t rows,
                                               const std::vector<std::int64_t>& history) {
  if (history.size() < kFewestRowCounts) return std::nullopt;
  const auto count = static_cast<double>(history.size());
  double mean = 0, squares = 0;
  for (const std::int64_t value : history) mean += static_cast<double>(value) / count;
  for (const std::int64_t value : history)
    squares += std::pow(static_cast<double>(value) - mean, 2);
  const double sigma = std::sqrt(squares / (count - 1));
  // Row counts are integers: half a row is no difference.
  const double distance = std::abs(static_cast<double>(rows) - mean);
  if (distance <= std::max(kRowCountSigmas * sigma, 0.5)) return RowCountVerdict{true, ""};
  return RowCountVerdict{
      false,
      fmt::format("{} rows are unusual: the last {} times they were {} on average, with a "
                  "standard deviation of {:.1f}",
                  with_thousands(rows), history.size(), with_thousands(std::llround(mean)), sigma)};
}

}  // namespace gsa::assets
