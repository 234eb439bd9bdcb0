#include "api/interval.h"

#include "api/answer_fixture.h"

namespace gsa::api {
namespace {

TEST(Intervals, WilsonsAgreeWithPublishedOnes) {
  // Newcombe 1998, Statistics in Medicine 17, table I.
  const std::vector<std::tuple<int, int, double, double>> cases = {{81, 263, 0.2553, 0.3662},
                                                                   {15, 148, 0.0624, 0.1605},
                                                                   {0, 20, 0, 0.1611},
                                                                   {1, 29, 0.0061, 0.1718}};
  for (const auto& [part, whole, low, high] : cases) {
    const Interval interval = wilson(part, whole).value_or(Interval{-1, -1});
    EXPECT_NEAR(interval.low, low, 5e-5);
    EXPECT_NEAR(interval.high, high, 5e-5);
  }
  EXPECT_FALSE(wilson(0, 0));
}

TEST(Intervals, OfMeansTakeUsersAsClusters) {
  const auto answer = ask(R"({"measures": ["friction", "cost_per_session"], "dimensions": ["tier"],
              "intervals": true})");
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result rows = connection.query(
      "with by_user as (select user_tier, user_id, count(*)::double as n, "
      "sum(friction_score)::double as f, sum(total_cost)::double as c from fct_sessions "
      "group by all), means as (select user_tier, sum(f) / sum(n) as m, sum(c) / sum(n) as k, "
      "sum(n) as n, count(*) as u from by_user group by 1) "
      "select m, sqrt(sum((f - m * b.n) ** 2) * u / (u - 1)) / any_value(a.n), "
      "k, sqrt(sum((c - k * b.n) ** 2) * u / (u - 1)) / any_value(a.n) "
      "from means as a join by_user as b using (user_tier) "
      "group by user_tier, m, k, u order by user_tier");
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t m = 0; m < 2; ++m) {
      const auto& interval = answer.at("rows").at(r).at("intervals").at(m);
      const double mean = rows.float64(r, 2 * m), half = kZ * rows.float64(r, 2 * m + 1);
      EXPECT_TRUE(is_close(number(interval.at(0)), mean - half)) << interval << mean - half;
      EXPECT_TRUE(is_close(number(interval.at(1)), mean + half)) << interval;
    }
  }
}

TEST(Intervals, OfTheTotalDoNotDependOnTheGroups) {
  const char* query = R"({{"measures": ["friction", "success_rate", "cost_per_success"],
                           "dimensions": [{}], "intervals": true}})";
  const auto alone = ask(fmt::format(fmt::runtime(query), ""));
  for (const char* dimension : {R"("tier")", R"("model")", R"("day")"}) {
    const auto grouped = ask(fmt::format(fmt::runtime(query), dimension));
    for (std::size_t m = 0; m < 3; ++m) {
      for (std::size_t end = 0; end < 2; ++end) {
        EXPECT_TRUE(is_close(number(grouped.at("total").at("intervals").at(m).at(end)),
                             number(alone.at("total").at("intervals").at(m).at(end))))
            << dimension << m;
      }
    }
  }
}

// For costs, which sum over generations but divide by sessions: the scan visits both in step.
TEST(Intervals, HoldInGroupsThatOverlapToo) {
  const auto answer = ask(R"({"measures": ["cost_per_session", "success_rate"],
      "dimensions": ["model"], "intervals": true})");
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result rows = connection.query(
      "with by_user as (select model_version, user_id, count(distinct session_id)::double as n, "
      "sum(cost)::double as c from fct_generations where session_id is not null "
      "group by all), means as (select model_version, sum(c) / sum(n) as k, sum(n) as n, "
      "count(*) as u from by_user group by 1) "
      "select k, sqrt(sum((c - k * b.n) ** 2) * u / (u - 1)) / any_value(a.n) "
      "from means as a join by_user as b using (model_version) "
      "group by model_version, k, u order by model_version");
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const auto& interval = answer.at("rows").at(r).at("intervals").at(0);
    EXPECT_TRUE(is_close(number(interval.at(0)), rows.float64(r, 0) - kZ * rows.float64(r, 1)));
  }
}

}  // namespace
}  // namespace gsa::api
