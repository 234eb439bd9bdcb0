#include "pipeline/month_parts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"

namespace gsa::pipeline {
namespace {

using Months = std::vector<std::string>;

TEST(MonthParts, AreAllFromTheFirstToTheLast) {
  EXPECT_EQ(months_between({}), Months{});
  EXPECT_EQ(months_between({"2025-12"}), Months{"2025-12"});
  EXPECT_EQ(months_between({"2026-02", "2025-11"}),
            (Months{"2025-11", "2025-12", "2026-01", "2026-02"}));
}

TEST(MonthParts, TogetherAreTheWholeWhateverTheDates) {
  const duck::Database database(duck::DatabaseOptions{});
  duck::Connection connection = database.connect();
  connection.execute(
      "create table days as select * from (values (null), ('1999-01-01'), ('2025-10-31'), "
      "('2025-11-01'), ('2025-11-30'), ('2025-12-01'), ('2025-12-31'), ('2026-01-01'), "
      "('2030-07-01')) as v (text)");
  for (const char* type : {"date", "timestamp"}) {
    for (const Months& months : {Months{"2025-11"}, Months{"2025-11", "2025-12"},
                                 Months{"2025-11", "2025-12", "2026-01"}}) {
      std::int64_t rows = 0;
      for (const std::string& month : months) {
        rows += connection.query_int64(
            fmt::format("select count(*) from (select text::{} as day from days) where {}", type,
                        condition_of("day", month, months)));
      }
      EXPECT_EQ(rows, 9) << months.size();
    }
  }
}

TEST(MonthParts, HoldTheDaysOfTheirMonth) {
  const Months months = {"2025-11", "2025-12", "2026-01"};
  EXPECT_EQ(condition_of("day", "2025-12", months),
            "\"day\" >= date '2025-12-01' and \"day\" < date '2026-01-01'");
  EXPECT_EQ(condition_of("day", "2025-11", months),
            "(\"day\" < date '2025-12-01' or \"day\" is null)");
  EXPECT_EQ(condition_of("day", "2026-01", months), "\"day\" >= date '2026-01-01'");
}

}  // namespace
}  // namespace gsa::pipeline
