#include "trino/result_page.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "trino/exact_json.h"

namespace gsa::trino {
namespace {

namespace json = boost::json;

std::string document(const std::string& members) {
  return R"({"id":"q","stats":{"state":"RUNNING"})" + (members.empty() ? "" : "," + members) + "}";
}

TEST(ExactJson, ReadsEveryNumberToTheLastBit) {
  const auto value = parse_exact_json(
      "[9223372036854775807, -9223372036854775808, 18446744073709551615, 9007199254740993.0, "
      "0.30000000000000004, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e999, "
      "-1e999, 1e-999, 123456789012345678901234567890, 8.41e21, 4.4501363245856945e-308, -0.0]");
  ASSERT_TRUE(value);
  const json::array& numbers = value->as_array();
  EXPECT_EQ(numbers[0].as_int64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(numbers[1].as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(numbers[2].as_uint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(numbers[3].as_double(), 9007199254740992.0);  // a tie goes to the even one
  EXPECT_EQ(numbers[4].as_double(), 0.30000000000000004);
  EXPECT_EQ(numbers[5].as_double(), 5e-324);
  EXPECT_EQ(numbers[6].as_double(), 2.2250738585072014e-308);
  EXPECT_EQ(numbers[7].as_double(), 1.7976931348623157e308);
  EXPECT_EQ(numbers[8].as_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(numbers[9].as_double(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(numbers[10].as_double(), 0.0);
  EXPECT_EQ(numbers[11].as_string(), "123456789012345678901234567890");
  EXPECT_EQ(numbers[12].as_double(), 8.41e21);
  EXPECT_EQ(numbers[13].as_double(), 4.4501363245856945e-308);
  EXPECT_TRUE(std::signbit(numbers[14].as_double()));
}

TEST(ExactJson, RefusesWhatIsNoWholeDocument) {
  for (const char* text : {"", "[1", "[1] x", "<html>", "{\"a\":1,}", "\"\xff\""}) {
    EXPECT_FALSE(parse_exact_json(text)) << text;
  }
}

// A query of fifty stages has a hundred levels of "subStages":[{…}].
TEST(ResultPage, ReadsDeeplyNestedStages) {
  std::string stages = "{}";
  for (int i = 0; i < 100; ++i) stages = R"({"subStages":[)" + stages + "]}";
  const auto page =
      read_page(R"({"id":"q","stats":{"state":"RUNNING","rootStage":)" + stages + "}}");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->info.stats.state, "RUNNING");
}

TEST(ResultPage, HasRowsWithNestedValues) {
  const auto page = read_page(document(
      R"_("columns":[{"name":"a","type":"array(bigint)","typeSignature":{}},{"name":"m"}],)_"
      R"("data":[[[1,null],{"k":"1.5"}],[null,"NaN"]],"nextUri":"http://h/2")"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_uri, "http://h/2");
  ASSERT_EQ(page->info.columns.size(), 2U);
  EXPECT_EQ(page->info.columns[0].type, "array(bigint)");
  ASSERT_EQ(page->rows.size(), 2U);
  EXPECT_EQ(json::serialize(page->rows[0]), R"([[1,null],{"k":"1.5"}])");
  EXPECT_EQ(json::serialize(page->rows[1]), R"([null,"NaN"])");
}

TEST(ResultPage, HasStatisticsAndWarnings) {
  const auto page =
      read_page(R"({"id":"q","infoUri":"http://ui","updateType":"INSERT","updateCount":3,)"
                R"("warnings":[{"warningCode":{"code":1,"name":"DEPRECATED"},"message":"old"}],)"
                R"("stats":{"state":"FINISHING","queued":true,"progressPercentage":37.5,"nodes":2,)"
                R"("totalSplits":8,"queuedSplits":4,"runningSplits":1,"completedSplits":3,)"
                R"("cpuTimeMillis":5,"queuedTimeMillis":6,"elapsedTimeMillis":7,"processedRows":9,)"
                R"("processedBytes":10,"peakMemoryBytes":11}})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->info.info_uri, "http://ui");
  EXPECT_EQ(page->info.update_type, "INSERT");
  EXPECT_EQ(page->info.update_count, 3);
  ASSERT_EQ(page->info.warnings.size(), 1U);
  EXPECT_EQ(page->info.warnings[0].name, "DEPRECATED");
  EXPECT_EQ(page->info.warnings[0].message, "old");
  const StatementStats& stats = page->info.stats;
  EXPECT_EQ(fmt::format("{} {} {} {} {} {} {} {} {} {} {}", stats.state, stats.queued,
                        stats.percent.value(), stats.nodes, stats.total_splits, stats.queued_splits,
                        stats.running_splits, stats.completed_splits, stats.processed_rows,
                        stats.processed_bytes, stats.peak_memory_bytes),
            "FINISHING true 37.5 2 8 4 1 3 9 10 11");
  EXPECT_EQ(stats.cpu_time.count(), 5);
  EXPECT_EQ(stats.queued_time.count(), 6);
  EXPECT_EQ(stats.elapsed.count(), 7);
}

TEST(ResultPage, FindsTheErrorsPlaceInItsDetailsToo) {
  const auto page = read_page(document(
      R"("error":{"message":"m","errorCode":65536,"errorName":"N","errorType":"EXTERNAL",)"
      R"("failureInfo":{"type":"java.x","errorLocation":{"lineNumber":2,"columnNumber":3}}})"));
  ASSERT_TRUE(page && page->failure);
  EXPECT_EQ(page->failure->kind, QueryErrorKind::external);
  EXPECT_EQ(page->failure->code, 65536);
  EXPECT_EQ(page->failure->java_type, "java.x");
  EXPECT_EQ(page->failure->line, 2);
  EXPECT_EQ(page->failure->column, 3);
}

TEST(ResultPage, IsNullForOtherDocuments) {
  EXPECT_FALSE(read_page("[]"));
  EXPECT_FALSE(read_page(R"({"id":"q"})"));
  EXPECT_FALSE(read_page(R"({"stats":{}})"));
  EXPECT_FALSE(read_page(document(R"("data":{"segments":[]})")));
  EXPECT_FALSE(read_page(document(R"("data":[1])")));
  EXPECT_FALSE(read_page(document(R"("columns":[1])")));
  EXPECT_TRUE(read_page(document(R"("data":null,"columns":null,"error":null,"nextUri":null)")));
}

}  // namespace
}  // namespace gsa::trino
