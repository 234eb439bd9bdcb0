#include "api/segments.h"

#include <algorithm>

#include "api/answer_fixture.h"
#include "api/api_error.h"
#include "api/interval.h"

namespace gsa::api {
namespace {

boost::json::value contribution_of(const std::string& request) {
  return parsed(contribution(Warehouse::instance().snapshot(), request));
}
boost::json::value changes_of(const std::string& request) {
  return parsed(changes(Warehouse::instance().snapshot(), request));
}

// The column of fct_generations, which also has the attributes of users.
std::string info_sql(const std::string& dimension) {
  return dimension == "model" ? "model_version" : dimension == "tier" ? "user_tier" : dimension;
}

TEST(Contribution, OfSegmentsAddsUpToNothingAndSharesToOne) {
  for (const char* dimension : {"tier", "model", "status", "complexity", "weekday"}) {
    for (const char* measure : {"friction", "success_rate", "cost_per_session", "latency_mean",
                                "download_rate", "generations_per_session"}) {
      const auto answer = contribution_of(
          fmt::format(R"({{"measure": "{}", "dimension": "{}"}})", measure, dimension));
      double contributions = 0, shares = 0, sessions = 0;
      for (const auto& segment : answer.at("segments").as_array()) {
        contributions += number(segment.at("contribution"));
        shares += number(segment.at("share"));
        sessions += number(segment.at("sessions"));
      }
      SCOPED_TRACE(fmt::format("{} by {}", measure, dimension));
      EXPECT_NEAR(contributions, 0, 1e-9 * std::abs(number(answer.at("value"))));
      EXPECT_NEAR(shares, 1, 1e-9);
      // The answer omits segments outside the measure's denominator (failures, for a share of
      // successes).
      if (std::string(measure) != "download_rate") {
        EXPECT_NEAR(sessions, number(answer.at("sessions")), 1e-6);
      }
    }
  }
}

// If sessions count fully, a segment has the same numbers as a row of /api/metrics.
TEST(Contribution, OfWholeSessionsHasTheSharesAndMeansOfMetrics) {
  for (const char* dimension : {"model", "status", "complexity", "tier"}) {
    const auto answer =
        contribution_of(fmt::format(R"({{"dimension": "{}", "overlap": "whole"}})", dimension));
    EXPECT_FALSE(answer.at("split").as_bool());
    EXPECT_EQ(answer.at("overlaps").as_bool(), std::string(dimension) != "tier");
    const double all = number(answer.at("value"));
    const double sessions = number(answer.at("sessions"));
    EXPECT_TRUE(is_close(all, sql_row("select avg(friction_score) from fct_sessions")[0]));
    const auto& segments = answer.at("segments").as_array();
    EXPECT_GE(segments.size(), 2);
    for (const auto& segment : segments) {
      const auto row = sql_row(fmt::format(
          "select avg(friction_score), count(*) from fct_sessions where session_id in (select "
          "session_id from fct_generations where {} = '{}')",
          info_sql(dimension), std::string(segment.at("value").as_string())));
      SCOPED_TRACE(boost::json::serialize(segment));
      EXPECT_TRUE(is_close(number(segment.at("measure")), row[0]));
      EXPECT_EQ(number(segment.at("sessions")), row[1]);
      EXPECT_TRUE(is_close(number(segment.at("share")), row[1] / sessions));
      EXPECT_NEAR(number(segment.at("contribution")), row[1] / sessions * (row[0] - all), 1e-9);
      EXPECT_LT(number(segment.at("interval").at(0)), number(segment.at("contribution")));
      EXPECT_GT(number(segment.at("interval").at(1)), number(segment.at("contribution")));
    }
  }
}

// As below, for segments that share sessions.
TEST(Contribution, OfWholeSessionsHasTheIntervalOfLeavingOutUsers) {
  const auto answer = contribution_of(R"({"dimension": "model", "overlap": "whole"})");
  for (const auto& segment : answer.at("segments").as_array()) {
    const std::string model(segment.at("value").as_string());
    const auto jackknife = sql_row(fmt::format(
        "with f as (select *, session_id in (select session_id from fct_generations where "
        "model_version = '{0}') as own from fct_sessions), "
        "u as (select user_id, count(*)::double as n, sum(friction_score)::double as f, "
        "(count(*) filter (where own))::double as ns, "
        "coalesce(sum(friction_score) filter (where own), 0)::double as fs "
        "from f group by 1), t as (select sum(n) as n, sum(f) as f, sum(ns) as ns, "
        "sum(fs) as fs, count(*) as k from u), left_out as (select ((t.fs - u.fs) - (t.f - u.f) / "
        "(t.n - u.n) * (t.ns - u.ns)) / (t.n - u.n) as c, t.k from u, t) "
        "select sqrt((any_value(k) - 1) / any_value(k) * sum((c - m) ** 2)) from left_out, "
        "(select avg(c) as m from left_out)",
        model));
    const double half =
        (number(segment.at("interval").at(1)) - number(segment.at("interval").at(0))) / 2;
    EXPECT_NEAR(half / kZ, jackknife[0], 0.1 * jackknife[0]) << model;
  }
}

TEST(Contribution, IsShareTimesDifference) {
  const auto answer = contribution_of(R"({"dimension": "region"})");
  const double all = number(answer.at("value"));
  EXPECT_TRUE(is_close(all, sql_row("select avg(friction_score) from fct_sessions")[0]));
  double last = std::numeric_limits<double>::infinity();
  for (const auto& segment : answer.at("segments").as_array()) {
    const double own = number(segment.at("measure"));
    const auto row = sql_row(
        fmt::format("select avg(friction_score), count(*) / (select count(*) from fct_sessions) "
                    "from fct_sessions where region = '{}'",
                    std::string(segment.at("value").as_string())));
    EXPECT_TRUE(is_close(own, row[0]));
    EXPECT_NEAR(number(segment.at("contribution")), row[1] * (row[0] - all), 1e-9);
    EXPECT_LE(std::abs(number(segment.at("contribution"))), last);
    last = std::abs(number(segment.at("contribution")));
  }
}

// Compares the linearised variance with that of leaving out one user at a time (the delete-one
// jackknife). Both estimate the same; with 110 users they agree within a few percent.
TEST(Contribution, ItsIntervalIsThatOfLeavingOutUsers) {
  const auto answer = contribution_of(R"({"dimension": "tier"})");
  for (const auto& segment : answer.at("segments").as_array()) {
    const std::string tier(segment.at("value").as_string());
    const auto jackknife = sql_row(fmt::format(
        "with u as (select user_id, count(*)::double as n, sum(friction_score)::double as f, "
        "(count(*) filter (where user_tier = '{0}'))::double as ns, "
        "coalesce(sum(friction_score) filter (where user_tier = '{0}'), 0)::double as fs "
        "from fct_sessions group by 1), t as (select sum(n) as n, sum(f) as f, sum(ns) as ns, "
        "sum(fs) as fs, count(*) as k from u), left_out as (select ((t.fs - u.fs) - (t.f - u.f) / "
        "(t.n - u.n) * (t.ns - u.ns)) / (t.n - u.n) as c, t.k from u, t) "
        "select sqrt((any_value(k) - 1) / any_value(k) * sum((c - m) ** 2)) from left_out, "
        "(select avg(c) as m from left_out)",
        tier));
    const double half =
        (number(segment.at("interval").at(1)) - number(segment.at("interval").at(0))) / 2;
    EXPECT_NEAR(half / kZ, jackknife[0], 0.1 * jackknife[0]) << tier;
  }
}

TEST(Changes, OfSegmentsAddUpToTheChange) {
  for (const char* dimension : {"tier", "region", "model", "status", "complexity"}) {
    for (const char* measure : {"friction", "success_rate", "cost_per_session"}) {
      const auto answer = changes_of(fmt::format(
          R"({{"measure": "{}", "dimensions": ["{}"], "limit": 100,
               "time_range": {{"from": "2025-12-11", "to": "2025-12-31"}}}})",
          measure, dimension));
      double effects = 0;
      for (const auto& segment : answer.at("segments").as_array()) {
        effects += number(segment.at("effect"));
        EXPECT_TRUE(is_close(number(segment.at("effect")),
                             number(segment.at("rate_effect")) + number(segment.at("mix_effect"))));
      }
      EXPECT_NEAR(effects, number(answer.at("delta")), 1e-9) << measure << " by " << dimension;
      EXPECT_NE(effects, 0);
    }
  }
}

TEST(Changes, SayInWordsWhatMovedMost) {
  const auto answer = changes_of(R"({"time_range": {"from": "2025-12-11", "to": "2025-12-31"}})");
  EXPECT_EQ(answer.at("segments").as_array().size(), 5);
  double last = std::numeric_limits<double>::infinity();
  for (const auto& segment : answer.at("segments").as_array()) {
    EXPECT_LE(std::abs(number(segment.at("effect"))), last);
    last = std::abs(number(segment.at("effect")));
    EXPECT_TRUE(segment.at("ranked").as_bool());
    EXPECT_NE(segment.at("words").as_string().find(" of "), std::string::npos);
  }
}

TEST(Changes, AreNoneWithoutAPeriodBefore) {
  const auto answer = changes_of("{}");
  EXPECT_TRUE(answer.at("delta").is_null());
  EXPECT_TRUE(answer.at("segments").as_array().empty());
}

TEST(Segments, RefuseWhatHasNone) {
  const Snapshot& snapshot = Warehouse::instance().snapshot();
  EXPECT_THROW(contribution(snapshot, R"({"measure": "cost", "dimension": "tier"})"), ApiError);
  EXPECT_THROW(contribution(snapshot, R"({"measure": "friction"})"), ApiError);
  EXPECT_THROW(contribution(snapshot, R"({"dimension": "model", "overlap": "half"})"), ApiError);
  EXPECT_THROW(changes(snapshot, R"({"dimensions": ["day"]})"), ApiError);
}

}  // namespace
}  // namespace gsa::api
