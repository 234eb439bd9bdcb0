#include "telemetry/column_profile.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "prompts/source_values.h"
#include "prompts/values.h"

namespace gsa::telemetry {
namespace {

constexpr std::int64_t kAllRows = 60'000;  // a source with no more rows is looked at whole
constexpr std::int64_t kFirstRows = 20'000;
constexpr std::int64_t kBlocks = 16, kBlockRows = 2'048;
constexpr std::size_t kColumnsAtOnce = 40;
constexpr int kExamples = 5, kExampleLength = 120;

// The column cI as a text, a number and a time. DuckDB plans what is written once faster.
std::string readings(std::size_t i, const std::string& type, std::int64_t latest_us) {
  const std::string column = fmt::format("c{}", i), text = column + "::varchar";
  const std::string number =
      type == "VARCHAR"
          ? fmt::format("case when gsa_may_be_number({0}) then try_cast({0} as double) end", text)
          : fmt::format("try_cast({} as double)", text);
  const prompts::Field field{"t", "t", "timestamp"};
  const std::string time =
      prompts::may_hold_times(type)
          ? prompts::value_sql(field, column, type == "VARCHAR" ? "" : type, latest_us).value
          : "null::timestamp";
  return fmt::format("{0}, {1} as text{2}, {3} as number{2}, {4} as time{2}", column, text, i,
                     number, time);
}

// The aggregates for one column.
constexpr std::size_t kAggregates = 9;
std::string aggregates(std::size_t i) {
  return fmt::format(
      "count(*) filter (gsa_is_value(text{0})), approx_count_distinct(c{0}), count(number{0}), "
      "count(*) filter (is_whole{0}), count(time{0}), min(finite{0}), quantile_disc(finite{0}, "
      "0.5), max(finite{0}), approx_top_k(left(text{0}, {1}), {2})",
      i, kExampleLength, kExamples);
}

std::optional<double> number_at(const duck::Result& result, std::size_t column) {
  if (result.is_null(0, column)) return std::nullopt;
  return result.float64(0, column);
}

}  // namespace

std::string sampled_rows(std::int64_t rows) {
  if (rows <= kAllRows) return "true";
  std::string condition = fmt::format("event_row < {}", kFirstRows);
  const std::int64_t step = (rows - kFirstRows) / kBlocks;
  for (std::int64_t block = 1; block <= kBlocks; ++block) {
    const std::int64_t end = kFirstRows + block * step;
    condition += fmt::format(" or event_row between {} and {}", end - kBlockRows, end - 1);
  }
  return condition;
}

std::vector<ColumnProfile> profile_columns(duck::Connection& connection,
                                           const prompts::EventRows& rows, std::int64_t most_rows) {
  const std::int64_t latest_us = prompts::latest_time_us();
  const std::vector<prompts::EventColumn>& columns = rows.columns();
  std::vector<ColumnProfile> profiles;
  for (std::size_t begin = 0; begin < columns.size(); begin += kColumnsAtOnce) {
    const auto some =
        std::span(columns).subspan(begin, std::min(kColumnsAtOnce, columns.size() - begin));
    std::vector<std::string> paths;
    std::string list = "count(*)", read, finite = "*";
    for (std::size_t i = 0; i < some.size(); ++i) {
      paths.push_back(some[i].path);
      list += ", " + aggregates(i);
      read += (i == 0 ? "" : ", ") + readings(i, some[i].type, latest_us);
      finite += fmt::format(
          ", number{0} = trunc(number{0}) as is_whole{0}, if(isfinite(number{0}), number{0}, null) "
          "as finite{0}",
          i);
    }
    const std::string choice = most_rows < rows.rows() ? fmt::format("limit {}", most_rows)
                                                       : "where " + sampled_rows(rows.rows());
    const duck::Result result = connection.query(
        fmt::format("select {} from (select {} from (select {} from (from ({}) {})))", list, finite,
                    read, rows.select(paths), choice));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::size_t at = 1 + i * kAggregates;
      ColumnProfile profile;
      profile.path = some[i].path;
      profile.type = some[i].type;
      profile.rows = result.int64(0, 0);
      profile.present = result.int64(0, at);
      profile.distinct = result.int64(0, at + 1);
      profile.numbers = result.int64(0, at + 2);
      profile.whole = result.int64(0, at + 3);
      profile.times = result.int64(0, at + 4);
      profile.low = number_at(result, at + 5);
      profile.median = number_at(result, at + 6);
      profile.high = number_at(result, at + 7);
      profile.examples = result.texts(0, at + 8);
      profiles.push_back(std::move(profile));
    }
  }
  return profiles;
}

}  // namespace gsa::telemetry
