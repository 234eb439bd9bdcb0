// Signals that the source does not tell, for all generations or for half of them: no number takes
// them for 0, and each says how much of it is known. Compares with plain SQL over the raw rows.

#include <boost/json.hpp>

#include "changed_warehouse.h"

namespace gsa::tests {
namespace {

class Unknown : public ChangedWarehouse {
 protected:
  // The share of half: every second generation tells nothing.
  static constexpr const char* kHalf = "generation_id % 2 = 0";

  boost::json::object summary() const {
    const Outcome outcome = gsa(folder_, {"summary", "--format", "json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return boost::json::parse(outcome.out).as_object();
  }

  // Every session's score and its parts against the formula over its raw rows.
  void expect_scores_follow_from_raw() const {
    EXPECT_EQ(cell(R"(
with raw as (
    select f.session_id, r.* from raw_generations r join fct_generations f using (generation_id)
),
parts as (
    select session_id,
        ((1 - count(*) filter (status = 'success') / nullif(count(status), 0)) * 3 * 33.33)::decimal(9, 4)
            as errors,
        (if(avg(latency_ms) is null, null, least(1, avg(latency_ms) / 5000)) * 2 * 33.33)::decimal(9, 4)
            as latency,
        (if(avg(retry_count) is null, null, least(1, avg(retry_count) / 2)) * 33.33)::decimal(9, 4) as retries
    from raw group by session_id
),
expected as (
    select *, array_to_string(list_filter([if(errors is null, null, 'errors'), if(latency is null, null,
            'latency'), if(retries is null, null, 'retries')], lambda part: part is not null), '+') as basis,
        coalesce(errors, latency, retries) is not null as is_known
    from parts
)
select count(*) from fct_sessions s join expected e using (session_id)
where s.friction_error_points is distinct from e.errors
    or s.friction_latency_points is distinct from e.latency
    or s.friction_retry_points is distinct from e.retries
    or coalesce(s.friction_basis::varchar, '') <> e.basis
    or s.friction_score is distinct from if(is_known, least(100, coalesce(errors, 0) + coalesce(latency, 0) +
        coalesce(retries, 0)), null)
    or (s.friction_category is null) = is_known)"),
              "0");
  }

  // Totals and means of the metrics tables against the raw rows.
  void expect_metrics_follow_from_raw() const {
    EXPECT_EQ(
        rows("select sum(known_status_count), sum(successful_generations), "
             "sum(known_latency_count), "
             "sum(known_cost_count), sum(total_cost), sum(known_retry_count), sum(total_retries), "
             "sum(known_feedback_count), sum(thumbs_up_count), sum(known_download_count), "
             "sum(download_count) from user_friction_summary"),
        rows(
            "select count(status), if(count(status) = 0, null, count(*) filter (status = "
            "'success')), count(latency_ms), count(cost), sum(cost), count(retry_count), "
            "sum(retry_count), count(*) filter (feedback_origin <> 'unknown'), if(count(*) filter "
            "(feedback_origin <> 'unknown') = 0, null, count(*) filter (feedback = 'thumbs_up')), "
            "count(downloaded), if(count(downloaded) = 0, null, count(*) filter (downloaded)) from "
            "raw_generations"));
    EXPECT_EQ(
        rows("select user_tier, success_rate_pct, avg_latency_ms, feedback_rate_pct, "
             "download_rate_pct from user_friction_summary order by user_tier"),
        rows("select u.user_tier, (100 * count(*) filter (status = 'success') / "
             "nullif(count(status), 0))::decimal(5, 2), avg(latency_ms)::decimal(9, 1), (100 * "
             "count(feedback) / nullif(count(*) filter (feedback_origin <> 'unknown'), "
             "0))::decimal(5, 2), (100 * count(*) filter (downloaded) / nullif(count(*) filter "
             "(downloaded is not null and (status is null or status = 'success')), "
             "0))::decimal(5, 2) from raw_generations join raw_users u using (user_id) group by 1 "
             "order by 1"));
    EXPECT_EQ(rows("select sum(lifetime_cost), sum(known_cost_count), sum(known_status_count) from "
                   "dim_users"),
              rows("select sum(cost), count(cost), count(status) from raw_generations"));
    EXPECT_EQ(
        cell("select count(*) from daily_metrics d join (select session_date, avg(latency_ms) as "
             "latency, sum(cost) as cost from fct_generations group by 1) g using (session_date) "
             "where d.avg_latency_ms is distinct from g.latency::decimal(9, 1) or d.total_cost is "
             "distinct from g.cost"),
        "0");
  }
};

TEST_F(Unknown, SignalsAreInNoNumber) {
  set(fmt::format("{}, {}, {}, {}", kNoLatency, kNoCost, kNoFeedback, kNoDownloads));
  build();
  expect_scores_follow_from_raw();
  EXPECT_EQ(rows("select distinct friction_basis from fct_sessions"),
            (TextRows{{"errors+retries"}}));
  EXPECT_EQ(rows("select count(total_latency_ms), count(avg_latency_ms), count(p95_latency_ms), "
                 "count(total_cost), count(currency), count(thumbs_up_count), "
                 "count(download_count), sum(known_latency_count) from fct_sessions"),
            (TextRows{{"0", "0", "0", "0", "0", "0", "0", "0"}}));
  EXPECT_EQ(rows("select count(avg_latency_ms), count(total_cost), count(avg_session_cost), "
                 "count(feedback_rate_pct), count(download_rate_pct), count(success_rate_pct) from "
                 "user_friction_summary"),
            (TextRows{{"0", "0", "0", "0", "0", "3"}}));
  EXPECT_EQ(gsa(folder_, {"test", "--quiet"}).exit_code, 0);
}

TEST_F(Unknown, SignalsOfHalfTheRowsLeaveTheOtherHalf) {
  for (const char* signal :
       {kNoStatus, kNoLatency, kNoCost, kNoRetries, kNoFeedback, kNoDownloads}) {
    set(signal, kHalf);
  }
  build();
  expect_scores_follow_from_raw();
  expect_metrics_follow_from_raw();
  EXPECT_EQ(gsa(folder_, {"test", "--quiet"}).exit_code, 0);
}

// Of some rows the status is unknown, of others the latency, and so on: each number has its own
// rows.
TEST_F(Unknown, SignalsOfDifferentRowsAreCountedApart) {
  set(kNoStatus, "generation_id % 2 = 0");
  set(kNoLatency, "generation_id % 3 = 0");
  set(kNoCost, "generation_id % 5 = 0");
  set(kNoRetries, "generation_id % 7 = 0");
  set(kNoFeedback, "generation_id % 11 = 0");
  set(kNoDownloads, "generation_id % 13 = 0");
  build();
  expect_scores_follow_from_raw();
  expect_metrics_follow_from_raw();
}

TEST_F(Unknown, SignalsEverywhereLeaveSessionsAndNothingElse) {
  set(nothing_known());
  build();
  expect_scores_follow_from_raw();
  EXPECT_EQ(rows("select count(*) > 1000, count(friction_score), count(friction_basis), "
                 "count(friction_category) from fct_sessions"),
            (TextRows{{"true", "0", "0", "0"}}));
  const std::string report = gsa(folder_, {"summary"}).out;
  EXPECT_TRUE(contains(report, "Generations                             2,000")) << report;
  for (const char* unknown : {"Success", "Friction", "Cost", "cost", "success %", "downloads"}) {
    EXPECT_FALSE(contains(report.substr(0, report.find("\nMade of")), unknown)) << unknown << "\n"
                                                                                << report;
  }
}

TEST_F(Unknown, SignalsAreNamedByTheReport) {
  set(fmt::format("{}, {}", kNoLatency, kNoCost));
  set(kNoStatus, kHalf);
  set("user_origin = 'observed', time_origin = 'observed', retry_origin = 'estimated'");
  build();
  const std::string report = replace_all(gsa(folder_, {"summary"}).out, "\n", " ");
  EXPECT_TRUE(
      contains(report,
               "Observed: users, times. Estimated: retries. Simulated: tier, region, "
               "device, signups, feedback, downloads, model. Unknown: latency, cost. Of several "
               "origins: status (50.0 % simulated, 50.0 % unknown)."))
      << report;
  EXPECT_TRUE(contains(report, "Success rate, % (of 50.0 % of generations)")) << report;
  EXPECT_FALSE(contains(report, "Cost,")) << report;
  EXPECT_FALSE(contains(report, "cost/session")) << report;
}

TEST_F(Unknown, SignalsAreNullInTheReportAsJson) {
  set(kNoCost);
  set(kNoStatus, kHalf);
  build();
  const boost::json::object all = summary();
  const auto& overall = all.at("overall").as_object();
  EXPECT_TRUE(overall.at("total_cost").is_null());
  EXPECT_EQ(boost::json::serialize(all.at("coverage")),
            R"({"total_cost":0,"success_rate_pct":5E-1})");
  EXPECT_EQ(overall.at("success_rate_pct").to_number<double>(),
            std::stod(cell("select (100 * count(*) filter (status = 'success') / "
                           "count(status))::decimal(5, 2) from raw_generations")));
  EXPECT_TRUE(all.at("currency").is_null());
  EXPECT_EQ(boost::json::serialize(all.at("signals").at("status")),
            R"({"simulated":5E-1,"unknown":5E-1})");
  EXPECT_TRUE(all.at("by_tier").at(0).at("avg_session_cost").is_null());
}

TEST_F(Unknown, SignalsAreAcceptedByADbtProjectOfOnesOwn) {
  set(nothing_known(), kHalf);
  ASSERT_EQ(gsa(folder_, {"init", "own", "--quiet"}).exit_code, 0);
  build({"--project", "own"});
  expect_scores_follow_from_raw();
}

// Two currencies are never added up.
TEST_F(Unknown, CurrenciesAreKeptApart) {
  change("alter table partitions.raw_generations_2025_12 alter currency type varchar");
  set("currency = case when user_id % 4 = 0 then 'EUR' when generation_id % 10 = 0 then null else "
      "'USD' end");
  build();
  EXPECT_EQ(cell("select array_to_string(enum_range(null::main.currency), '|')"),
            cell("select array_to_string(list(c order by n desc, c), '|') from (select "
                 "coalesce(currency, 'unknown') as c, count(*) as n from raw_generations group by "
                 "1)"));
  const std::string in_usd = cell("select sum(cost) from raw_generations where currency = 'USD'");
  for (const char* table : {"daily_metrics", "user_friction_summary"}) {
    EXPECT_EQ(
        rows(fmt::format("select sum(total_cost), min(currency), max(currency) from {}", table)),
        (TextRows{{in_usd, "USD", "USD"}}))
        << table;
  }
  EXPECT_EQ(
      rows("select currency, sum(total_cost) from fct_sessions where currency = 'EUR' group "
           "by 1"),
      rows("select currency, sum(cost) from raw_generations where currency = 'EUR' group by 1"));
  EXPECT_EQ(rows("select currency::varchar, sum(lifetime_cost) from dim_users where "
                 "currency::varchar <> 'unknown' group by 1 order by 1"),
            rows("select currency, sum(cost) from raw_generations where currency is not null group "
                 "by 1 order by 1"));
  const boost::json::object all = summary();
  EXPECT_EQ(all.at("currency").as_string(), "USD");
  EXPECT_EQ(all.at("other_currencies").as_array().size(), 2U);
  EXPECT_NEAR(all.at("overall").at("total_cost").to_number<double>(), std::stod(in_usd), 1e-6);
  const std::string report = gsa(folder_, {"summary"}).out;
  EXPECT_TRUE(contains(report, "Cost, USD")) << report;
  EXPECT_TRUE(contains(report, "Costs in EUR, unknown currency are not in these numbers."))
      << report;
}

}  // namespace
}  // namespace gsa::tests
