#include "pipeline/month_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "sim/period.h"

namespace gsa::pipeline {

std::vector<std::string> months_between(const std::vector<std::string>& months) {
  std::vector<std::string> all;
  if (months.empty()) return all;
  const auto [first, last] = std::minmax_element(months.begin(), months.end());
  const std::int64_t end = sim::parse_period(*last).month_index();
  for (std::int64_t index = sim::parse_period(*first).month_index(); index <= end; ++index) {
    all.push_back(sim::period_at(index).name());
  }
  return all;
}

std::string condition_of(const std::string& field, const std::string& month,
                         const std::vector<std::string>& months) {
  const sim::Period period = sim::parse_period(month);
  const auto date = [](const sim::Period& of) { return fmt::format("date '{}-01'", of.name()); };
  std::vector<std::string> terms;
  if (month != months.front()) {
    terms.push_back(fmt::format("{} >= {}", sql_name(field), date(period)));
  }
  if (month != months.back()) {
    terms.push_back(
        fmt::format("{} < {}", sql_name(field), date(sim::period_at(period.month_index() + 1))));
  }
  if (terms.empty()) return "true";
  const std::string condition = join(terms, " and ");
  return month == months.front() ? fmt::format("({} or {} is null)", condition, sql_name(field))
                                 : condition;
}

}  // namespace gsa::pipeline
