#include "api/metrics_request.h"

#include <algorithm>
#include <thread>

#include "api/answer_fixture.h"
#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {
namespace {

const char* kOverview =
    R"("measures": ["sessions", "generations", "success_rate", "friction", "cost", "download_rate",
       "feedback_rate", "cost_per_session"])";

TEST(Metrics, AgreeWithTheReportsTables) {
  expect_close(totals(fmt::format("{{{}}}", kOverview)),
               sql_row("select sum(total_sessions), sum(total_generations), "
                       "sum(successful_generations) / sum(total_generations), "
                       "(select sum(friction_score) / count(*) from fct_sessions), "
                       "sum(total_cost), sum(download_count) / sum(successful_generations), "
                       "sum(thumbs_up_count + thumbs_down_count) / sum(total_generations), "
                       "sum(total_cost) / sum(total_sessions) "
                       "from user_friction_summary"));
  EXPECT_EQ(rows_of(ask(R"({"measures": ["users", "active_users", "sessions"],
                            "dimensions": ["tier"]})")),
            rows_of_sql("select user_tier as tier, total_users, active_users, total_sessions "
                        "from user_friction_summary",
                        1));
}

TEST(Metrics, ByDayAgreesWithDailyMetrics) {
  expect_same(rows_of(ask(R"({"measures": ["active_users", "sessions", "generations", "cost"],
                              "grain": "day"})")),
              rows_of_sql("select session_date as day, active_users, total_sessions, "
                          "total_generations, total_cost from daily_metrics "
                          "where total_sessions > 0",
                          1));
}

// The SQL in an answer defines it; the scan must compute the same numbers.
class ShownSql : public testing::TestWithParam<std::string> {};

std::string all_measures() {
  std::vector<std::string> names;
  for (const Measure& measure : Warehouse::instance().layer().measures) {
    if (measure.name != "users" && !measure.hidden) names.push_back(json_quote(measure.name));
  }
  return join(names, ", ");
}

// In batches of as many measures as a query allows.
void expect_shown_sql_agrees(const std::string& dimensions, std::size_t count,
                             const std::string& filters) {
  std::vector<std::string> names = split(all_measures(), ',');
  for (std::size_t begin = 0; begin < names.size(); begin += 22) {
    const std::size_t end = std::min(begin + 22, names.size());
    const std::string lot = join({names.begin() + static_cast<std::ptrdiff_t>(begin),
                                  names.begin() + static_cast<std::ptrdiff_t>(end)},
                                 ",");
    const auto answer = ask(fmt::format(
        R"({{"measures": [{}], "dimensions": [{}], "filters": {}, "sql": true, "limit": 10000}})",
        lot, dimensions, filters));
    const std::string sql(answer.at("sql").as_string());
    SCOPED_TRACE(sql);
    if (count == 0) {
      std::vector<double> found;
      for (const auto& value : answer.at("total").at("values").as_array()) {
        found.push_back(number(value));
      }
      expect_close(found, sql_row(sql));
    } else {
      expect_same(rows_of(answer), rows_of_sql(sql, count));
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Metrics, EveryDimensionHasTheRowsOfTheShownSql) {
  for (const char* filters : {R"({})", R"({"model": {"in": ["v2.1"]}, "friction": {"max": 70}})"}) {
    for (const Dimension& dimension : Warehouse::instance().layer().dimensions) {
      SCOPED_TRACE(dimension.name);
      expect_shown_sql_agrees(json_quote(dimension.name), 1, filters);
      if (HasFailure()) return;
    }
  }
}

TEST_P(ShownSql, GivesTheTotal) { expect_shown_sql_agrees("", 0, GetParam()); }

TEST_P(ShownSql, GivesTheRowsOfSeveralDimensions) {
  expect_shown_sql_agrees(R"("tier", "model")", 2, GetParam());
  expect_shown_sql_agrees(R"("status", "feedback", "friction_category")", 3, GetParam());
  expect_shown_sql_agrees(R"("week", "weekday", "session_length")", 3, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, ShownSql,
    testing::Values(R"({})",
                    R"({"tier": {"in": ["free", "pro"]}, "device": {"not_in": ["tablet"]}})",
                    R"({"model": {"in": ["v2.1"]}})",
                    R"({"model": {"in": ["v2.1", "v1.4"]}, "status": {"not_in": ["success"]}})",
                    R"({"feedback": {"in": [null, "thumbs_up"]}})",
                    R"({"feedback": {"not_in": [null]}, "downloaded": {"in": [true]}})",
                    R"({"friction": {"min": 20, "max": 60}, "generations": {"min": 2}})",
                    R"({"cost": {"min": 0.3}, "avg_latency_ms": {"max": 2500.5},
                        "success_rate": {"min": 0.5}, "retries": {"max": 3},
                        "duration_min": {"max": 14}})",
                    R"({"latency_ms": {"min": 1000, "max": 3000}, "token_count": {"max": 40}})",
                    R"({"day": {"in": ["2025-12-05", "2025-12-06"]},
                        "hour_of_day": {"in": [1, 2, 3, 4, 20]}})",
                    R"({"week": {"not_in": ["2025-12-01"]}, "month": {"in": ["2025-12"]},
                        "weekday": {"in": [1, 7]}})",
                    R"({"user": {"not_in": [1, 2, 3]}, "cohort_week": {"not_in": ["2025-W40"]},
                        "session_length": {"in": ["2", "3–5"]}})",
                    R"({"region": {"in": ["it's \"here\""]}})", R"({"tier": {"in": []}})"));

TEST(Metrics, SegmentsAddUpToTheTotal) {
  for (const char* dimension : {"tier", "region", "day", "friction_category", "hour_of_day"}) {
    const auto answer = ask(fmt::format(R"({{"measures": ["sessions", "generations", "cost",
        "wasted_cost", "downloads"], "dimensions": ["{}"]}})",
                                        dimension));
    std::vector<double> sums(5);
    for (const auto& [key, numbers] : rows_of(answer)) {
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += numbers[i];
    }
    std::vector<double> total;
    for (const auto& value : answer.at("total").at("values").as_array()) {
      total.push_back(number(value));
    }
    SCOPED_TRACE(dimension);
    expect_close(sums, total);
    EXPECT_FALSE(answer.at("overlaps").as_bool());
  }
}

TEST(Metrics, OfAnAttributeOfGenerationsOnlyTheSessionsOverlap) {
  const auto answer = ask(R"({"measures": ["sessions", "generations"], "dimensions": ["model"]})");
  double sessions = 0, generations = 0;
  for (const auto& [key, numbers] : rows_of(answer)) {
    sessions += numbers[0];
    generations += numbers[1];
  }
  EXPECT_TRUE(answer.at("overlaps").as_bool());
  EXPECT_GT(sessions, number(answer.at("total").at("values").at(0)));
  EXPECT_EQ(generations, number(answer.at("total").at("values").at(1)));
}

TEST(Metrics, AGroupIsWhatAFilterOnItsValueChooses) {
  for (const char* dimension : {"tier", "model", "status", "session_length", "week"}) {
    const auto answer = ask(fmt::format(
        R"({{"measures": ["sessions", "friction", "cost_per_session", "active_users"],
             "dimensions": ["{}"]}})",
        dimension));
    for (const auto& row : answer.at("rows").as_array()) {
      const std::string value = boost::json::serialize(row.at("key").at(0));
      std::vector<double> shown;
      for (const auto& one : row.at("values").as_array()) shown.push_back(number(one));
      SCOPED_TRACE(value);
      expect_close(totals(fmt::format(
                       R"({{"measures": ["sessions", "friction", "cost_per_session",
                            "active_users"], "filters": {{"{}": {{"in": [{}]}}}}}})",
                       dimension, value)),
                   shown);
    }
  }
}

TEST(Metrics, WastedCostIsThatOfFailuresAndOfTheAttemptsBeforeTheLast) {
  // The formula as described, without rounding per row, which would add up.
  const auto answer = ask(R"({"measures": ["wasted_cost"], "dimensions": ["model"]})");
  EXPECT_GE(answer.at("rows").as_array().size(), 2);
  for (const auto& row : answer.at("rows").as_array()) {
    const double expected =
        sql_row(fmt::format("select sum(case when status <> 'success' then cost else "
                            "cost * retry_count / (1 + retry_count) end) from fct_generations "
                            "where session_id is not null and model_version = '{}'",
                            std::string(row.at("key").at(0).as_string())))[0];
    EXPECT_NEAR(number(row.at("values").at(0)), expected, 1e-7 * expected);
  }
}

TEST(Metrics, QuantilesAreOfTheNearestRank) {
  expect_close(totals(R"({"measures": ["latency_p50", "latency_p95"],
                          "filters": {"tier": {"in": ["pro"]}}})"),
               sql_row("select percentile_disc(0.5) within group (order by latency_ms), "
                       "percentile_disc(0.95) within group (order by latency_ms) "
                       "from fct_generations where user_tier = 'pro'"));
}

TEST(Metrics, ComparesWithAsManyDaysRightBefore) {
  const auto answer = ask(R"({"measures": ["generations", "friction"], "compare": "previous",
      "grain": "day", "time_range": {"from": "2025-12-11", "to": "2025-12-20"}})");
  EXPECT_EQ(boost::json::serialize(answer.at("compare")),
            R"({"from":"2025-12-01","to":"2025-12-10","days_with_data":10})");
  const auto& total = answer.at("total").as_object();
  const double before = number(total.at("compared").at(0));
  EXPECT_EQ(before, sql_row("select sum(total_generations) from fct_sessions where session_date "
                            "between '2025-12-01' and '2025-12-10'")[0]);
  EXPECT_EQ(number(total.at("delta").at(0)), number(total.at("values").at(0)) - before);
  // The first day is compared with the first day.
  const auto& first = answer.at("rows").as_array().front().as_object();
  EXPECT_EQ(first.at("key").at(0).as_string(), "2025-12-11");
  EXPECT_EQ(number(first.at("compared").at(0)),
            sql_row("select sum(total_generations) from fct_sessions where session_date = "
                    "'2025-12-01'")[0]);
}

TEST(Metrics, ComparesWholeMonthsWithWholeMonths) {
  const auto compared = [](const char* from, const char* to) {
    const auto answer = ask(fmt::format(R"({{"measures": ["generations"], "compare": "previous",
        "time_range": {{"from": "{}", "to": "{}"}}}})",
                                        from, to));
    return boost::json::serialize(answer.at("compare"));
  };
  EXPECT_EQ(compared("2025-12-01", "2025-12-31"),
            R"({"from":"2025-11-01","to":"2025-11-30","days_with_data":11})");
  EXPECT_EQ(compared("2025-12-02", "2025-12-31"),
            R"({"from":"2025-11-02","to":"2025-12-01","days_with_data":12})");
  // The data end with December, so nothing is known about the rest of the range.
  EXPECT_EQ(compared("2025-12-01", "2026-01-20"),
            R"({"from":"2025-11-01","to":"2025-11-30","days_with_data":11})");
  EXPECT_EQ(compared("2025-12-22", "2026-01-20"),
            R"({"from":"2025-12-12","to":"2025-12-21","days_with_data":10})");
}

TEST(Day, ThePreviousOfMonthsAreMonths) {
  const auto previous_of = [](const char* from, const char* to) {
    const DayRange days = previous({*parse_day(from), *parse_day(to)});
    return day_text(days.from) + " " + day_text(days.to);
  };
  EXPECT_EQ(previous_of("2025-12-01", "2025-12-31"), "2025-11-01 2025-11-30");
  EXPECT_EQ(previous_of("2024-03-01", "2024-03-31"), "2024-02-01 2024-02-29");
  EXPECT_EQ(previous_of("2026-01-01", "2026-03-31"), "2025-10-01 2025-12-31");
  EXPECT_EQ(previous_of("2026-01-01", "2026-12-31"), "2025-01-01 2025-12-31");
  EXPECT_EQ(previous_of("2025-12-01", "2025-12-30"), "2025-11-01 2025-11-30");
  EXPECT_EQ(previous_of("2025-12-01", "2025-12-07"), "2025-11-24 2025-11-30");
  EXPECT_EQ(previous_of("2025-12-01", "2025-12-01"), "2025-11-30 2025-11-30");
}

TEST(Metrics, BeforeTheFirstDayThereIsNothingToCompareWith) {
  const auto answer = ask(R"({"measures": ["generations", "friction"], "compare": "previous",
      "dimensions": ["tier"]})");
  EXPECT_EQ(answer.at("compare").at("days_with_data").as_int64(), 0);
  EXPECT_EQ(number(answer.at("total").at("compared").at(0)), 0);
  EXPECT_TRUE(answer.at("total").at("compared").at(1).is_null());
  EXPECT_TRUE(answer.at("total").at("delta").at(1).is_null());
}

TEST(Metrics, HasARowForEveryDayOfTheRange) {
  const auto answer = ask(R"({"measures": ["generations", "friction"], "grain": "day",
      "time_range": {"from": "2025-12-30", "to": "2026-01-02"}})");
  const auto& rows = answer.at("rows").as_array();
  ASSERT_EQ(rows.size(), 4);
  EXPECT_EQ(rows[3].at("key").at(0).as_string(), "2026-01-02");
  EXPECT_EQ(number(rows[3].at("values").at(0)), 0);
  EXPECT_TRUE(rows[3].at("values").at(1).is_null());
  const auto by_week = ask(R"({"measures": ["sessions"], "grain": "week",
      "time_range": {"from": "2025-12-03", "to": "2025-12-16"}})");
  ASSERT_EQ(by_week.at("rows").as_array().size(), 3);
  EXPECT_EQ(by_week.at("rows").at(0).at("key").at(0).as_string(), "2025-12-01");
  const auto by_month = ask(R"({"measures": ["sessions"], "grain": "month",
      "time_range": {"from": "2025-10-31", "to": "2026-02-01"}})");
  ASSERT_EQ(by_month.at("rows").as_array().size(), 5);
  EXPECT_EQ(by_month.at("rows").at(4).at("key").at(0).as_string(), "2026-02");
}

TEST(Metrics, SmallSegmentsAreNotRanked) {
  const auto answer = ask(R"({"measures": ["friction"], "dimensions": ["tier"],
      "filters": {"day": {"in": ["2025-12-05"]}}, "order": [{"by": "friction",
      "direction": "desc"}]})");
  bool seen_small = false;
  for (const auto& row : answer.at("rows").as_array()) {
    const bool is_ranked = row.at("ranked").as_bool();
    EXPECT_EQ(is_ranked, row.at("sessions").as_int64() >= 30);
    EXPECT_FALSE(is_ranked && seen_small) << "a ranked row behind one that is not";
    seen_small = seen_small || !is_ranked;
  }
  EXPECT_TRUE(seen_small);
}

TEST(Metrics, OrdersAndCutsOff) {
  const auto answer = ask(R"({"measures": ["cost"], "dimensions": ["user"], "limit": 5,
      "order": [{"by": "cost", "direction": "desc"}]})");
  EXPECT_EQ(answer.at("rows").as_array().size(), 5);
  EXPECT_TRUE(answer.at("truncated").as_bool());
  EXPECT_EQ(
      answer.at("row_count").as_int64(),
      static_cast<std::int64_t>(sql_row("select count(distinct user_id) from fct_sessions")[0]));
  const auto tiers = ask(R"({"measures": ["cost"], "dimensions": ["tier"]})");
  EXPECT_EQ(tiers.at("rows").at(0).at("key").at(0).as_string(), "free");
  EXPECT_EQ(tiers.at("rows").at(2).at("key").at(0).as_string(), "enterprise");
}

TEST(Metrics, AnErrorStandsInItsPlaceAndSaysWhatWasMeant) {
  const auto answer = parsed(metrics(Warehouse::instance().snapshot(), R"({"queries": [
      {"measures": ["frictoin"]}, {"measures": ["friction"]}]})"));
  EXPECT_EQ(answer.at("results").at(0).at("hint").as_string(), "did you mean 'friction'?");
  EXPECT_TRUE(answer.at("results").at(1).as_object().contains("total"));
}

TEST(Metrics, SaysWhatIsWrongWithAQuery) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"measures": []})", "queries[0].measures is missing|"},
      {R"({"measures": ["cost"], "dimensions": ["teir"]})",
       "there is no dimension 'teir'|did you mean 'tier'?"},
      {R"({"measures": ["cost"], "limt": 3})",
       "queries[0].limt is not known|did you mean 'limit'?"},
      {R"({"measures": ["cost"], "limit": 0})",
       "queries[0].limit must be a whole number from 1 to 10000|"},
      {R"({"measures": ["cost"], "filters": {"tier": {}}})",
       "queries[0].filters.tier says nothing|give in or not_in"},
      {R"({"measures": ["cost"], "filters": {"frictoin": {"min": 1}}})",
       "there is no dimension or range 'frictoin' to filter by|did you mean 'friction'?"},
      {R"({"measures": ["cost"], "filters": {"hour_of_day": {"in": ["5"]}}})",
       "queries[0].filters.hour_of_day: '5' is no value of hour_of_day|its values are whole "
       "numbers"},
      {R"({"measures": ["cost"], "time_range": {"from": "2025-13-01"}})",
       "queries[0].time_range.from: '2025-13-01' is no day|write 2025-12-01"},
      {R"({"measures": ["cost"], "time_range": {"from": "2025-12-02", "to": "2025-12-01"}})",
       "queries[0].time_range ends (2025-12-01) before it begins (2025-12-02)|"},
      {R"({"measures": ["cost"], "order": [{"by": "friction"}]})",
       "cannot order by 'friction', which the query does not ask for|"},
      {R"({"measures": ["cost"], "compare": "next"})",
       "queries[0].compare must be \"previous\" or {from, to}|"},
      {R"({"measures": ["users"], "dimensions": ["model"]})",
       "users cannot be split by 'model', which is no attribute of users|active_users can"},
      {R"({"measures": ["cost"], "dimensions": ["user", "hour"]})", "none"},
      {R"({"measures": ["cost"], "dimensions": ["user", "hour", "weekday"]})", "none"},
      {R"({"measures": ["cost"], "dimensions": ["user", "hour", "day"]})",
       "these dimensions make more than 2000000 groups|ask for fewer dimensions, or for coarser "
       "ones"},
      {R"({"measures": ["cost"], "grain": "hour",
           "time_range": {"from": "0001-01-01", "to": "9999-12-31"}})",
       "the time range has too many rows of this grain|take a coarser grain"},
      {R"(7)", "queries[0] must be a JSON object|"},
  };
  for (const auto& [query, expected] : cases) EXPECT_EQ(error_of(query), expected) << query;
}

TEST(Metrics, RefusesWhatIsNoRequest) {
  const Snapshot& snapshot = Warehouse::instance().snapshot();
  for (const char* request :
       {"", "[]", "{", "{}", R"({"queries": []})", R"({"queries": 7})",
        R"({"queries": [{}], "x": 1})", "\xff\xfe", "{\"queries\": [{}]} x"}) {
    EXPECT_THROW(metrics(snapshot, request), ApiError) << request;
  }
  std::string deep(1000, '[');
  EXPECT_THROW(metrics(snapshot, R"({"queries": )" + deep), ApiError);
}

TEST(Metrics, ThreadsGetTheSameAnswers) {
  const std::string query = R"({"measures": ["friction", "active_users", "latency_p95"],
      "dimensions": ["model", "tier"], "intervals": true})";
  const Snapshot fresh([] {
    duck::Connection connection = Warehouse::instance().connect();
    return read_facts(connection, Warehouse::instance().layer());
  }());
  const std::string expected =
      answer_query(fresh, read_query(*fresh.facts().layer, parsed(query), ""));
  std::vector<std::string> answers(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& answer : answers) {
      threads.emplace_back([&] {
        answer = answer_query(fresh, read_query(*fresh.facts().layer, parsed(query), ""));
      });
    }
  }
  for (const std::string& answer : answers) EXPECT_EQ(answer, expected);
}

}  // namespace
}  // namespace gsa::api
