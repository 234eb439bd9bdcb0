#include "semantic/currency.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::semantic {

std::vector<std::string> read_currencies(const Layer& layer, duck::Connection& connection) {
  const Table& table = layer.table(Level::generation);
  const auto& columns = table.columns;
  if (std::find(columns.begin(), columns.end(), kCurrencyUnit) == columns.end()) return {};
  const std::string from = relation_sql(table);
  // One currency is the rule, and quick to find.
  const duck::Result ends = connection.query(
      fmt::format("select min({0})::varchar, max({0})::varchar, typeof(min({0})) from {1}",
                  kCurrencyUnit, from));
  if (ends.is_null(0, 0)) return {};
  if (ends.text(0, 0) == ends.text(0, 1)) return {ends.text(0, 0)};
  const duck::Result rows = connection.query(fmt::format(
      "select {0}::varchar from {1} where {0} is not null group by {0} order by {2}{0}",
      kCurrencyUnit, from, ends.text(0, 2).starts_with("ENUM(") ? "" : "count(*) desc, "));
  std::vector<std::string> currencies;
  for (std::size_t r = 0; r < rows.rows(); ++r) currencies.push_back(rows.text(r, 0));
  return currencies;
}

void name_currencies(Layer& layer, std::vector<std::string> currencies) {
  const bool is_named = !currencies.empty() && currencies.front() != "unknown";
  const std::string word = is_named ? currencies.front() : "unknown currency";
  layer.currencies = std::move(currencies);
  const auto name_unit = [&](std::string& unit) {
    if (unit == kCurrencyUnit) unit = word;
  };
  const auto name_in = [&](std::string& label) { label = replace_all(label, "{currency}", word); };
  for (Measure& measure : layer.measures) name_unit(measure.unit);
  for (Range& range : layer.ranges) name_unit(range.unit);
  for (Chart& chart : layer.charts) {
    name_in(chart.label);
    for (ChartColumn& column : chart.columns) name_in(column.label);
  }
}

}  // namespace gsa::semantic
