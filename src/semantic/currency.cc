#include "semantic/currency.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::semantic {

std::string read_currency(const Layer& layer, duck::Connection& connection) {
  const Table& table = layer.table(Level::generation);
  const auto& columns = table.columns;
  if (std::find(columns.begin(), columns.end(), kCurrencyUnit) == columns.end()) return "";
  const duck::Result most = connection.query(
      fmt::format("select {0}::varchar from {1} where {0} is not null group by {0} "
                  "order by count(*) desc, {0}::varchar limit 1",
                  kCurrencyUnit, relation_sql(table)));
  return most.rows() == 0 ? "" : most.text(0, 0);
}

void name_currency(Layer& layer, std::string_view currency) {
  layer.currency = currency;
  const std::string word(currency.empty() ? "unknown currency" : currency);
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
