#include "assets/row_counts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/history.h"
#include "assets/records_schema.h"

namespace gsa::assets {
namespace {

using Counts = std::vector<std::int64_t>;

bool is_usual(std::int64_t rows, const Counts& history) {
  const auto verdict = judge_row_count(rows, history);
  EXPECT_TRUE(verdict) << "nothing was said";
  return verdict && verdict->usual;
}

TEST(RowCounts, SayNothingOfFewerThanFive) {
  EXPECT_FALSE(judge_row_count(1'000'000, {}));
  EXPECT_FALSE(judge_row_count(1'000'000, {10, 10, 10, 10}));
  EXPECT_TRUE(judge_row_count(1'000'000, {10, 10, 10, 10, 10}));
}

TEST(RowCounts, AreUsualWithinFourStandardDeviationsOfTheMean) {
  // The mean is 100. The squared distances (4 times 100) over 5 - 1 give a deviation of 10.
  const Counts history = {90, 110, 90, 110, 100};
  EXPECT_TRUE(is_usual(140, history));
  EXPECT_TRUE(is_usual(60, history));
  EXPECT_FALSE(is_usual(141, history));
  EXPECT_FALSE(is_usual(59, history));
}

TEST(RowCounts, ThatNeverVariedMustNotVaryNow) {
  const Counts history(5, 1000);
  EXPECT_TRUE(is_usual(1000, history));
  EXPECT_FALSE(is_usual(1001, history));
  EXPECT_FALSE(is_usual(0, history));
}

TEST(RowCounts, ThatAreUnusualAreExplained) {
  const RowCountVerdict verdict =
      judge_row_count(5000, {1234, 1234, 1234, 1234, 1234}).value_or(RowCountVerdict{true, ""});
  EXPECT_EQ(verdict.message,
            "5,000 rows are unusual: the last 5 times they were 1,234 on average, with a standard "
            "deviation of 0.0");
}

class RowHistory : public testing::Test {
 protected:
  // One row in each table, for a run of `run_id`.
  void put(int run_id, const std::string& rows, const std::string& baseline, bool published,
           const std::string& partition = "null") {
    connection_.execute(fmt::format(
        "insert into ops.runs (run_id, baseline) values ({0}, '{1}'); insert into "
        "ops.materializations (run_id, asset, partition, rows, published) values ({0}, 'a', {2}, "
        "{3}, {4})",
        run_id, baseline, partition, rows, published));
  }
  Counts history(const std::string& unit) {
    const auto all = row_history(connection_, "mine", kRowCountHistory);
    const auto found = all.find(unit);
    return found == all.end() ? Counts{} : found->second;
  }

  duck::Connection connection_ = duck::Database(duck::DatabaseOptions{}).connect();
};

TEST_F(RowHistory, IsEmptyWithoutRecords) {
  EXPECT_TRUE(row_history(connection_, "mine", kRowCountHistory).empty());
}

TEST_F(RowHistory, HasOnlyWhatWasPublishedByRunsOfTheSameBaseline) {
  create_records(connection_);
  put(1, "10", "mine", true);
  put(2, "20", "of others", true);
  put(3, "30", "mine", false);
  put(4, "null", "mine", true);  // like a view
  put(5, "50", "mine", true);
  EXPECT_EQ(history("a"), (Counts{50, 10}));
}

TEST_F(RowHistory, HasTheLastTwentyNewestFirst) {
  create_records(connection_);
  for (int i = 1; i <= 25; ++i) put(i, std::to_string(i), "mine", true);
  const Counts found = history("a");
  ASSERT_EQ(found.size(), 20u);
  EXPECT_EQ(found.front(), 25);
  EXPECT_EQ(found.back(), 6);
}

TEST_F(RowHistory, KeepsPartitionsApart) {
  create_records(connection_);
  put(1, "10", "mine", true, "'2025-11'");
  put(2, "20", "mine", true, "'2025-12'");
  EXPECT_EQ(history("a[2025-11]"), (Counts{10}));
  EXPECT_EQ(history("a[2025-12]"), (Counts{20}));
  EXPECT_EQ(history("a"), Counts{});
}

}  // namespace
}  // namespace gsa::assets
