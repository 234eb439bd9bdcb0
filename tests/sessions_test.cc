// The sessions of simulated runs and of handwritten raw tables are those that session_check.h
// derives.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"
#include "session_check.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

TEST(Sessions, OfARunFollowFromItsRawTables) {
  EXPECT_GT(expect_sessions_follow_from_raw(small_warehouse()), 1000u);
}

// Fewer users make longer sessions, many with more than 20 generations.
TEST(Sessions, OfBusyUsersFollowFromTheirRawTables) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--quiet", "--prompts", "30000", "--users", "10",
                                   "--warehouse", folder / "w.duckdb"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_GT(expect_sessions_follow_from_raw(folder / "w.duckdb"), 100u);
  EXPECT_GT(number(read_cell(folder / "w.duckdb",
                             "select count(*) from fct_sessions where total_generations > 20")),
            20);
}

// A generation of a handwritten warehouse.
struct Made {
  int user;  // kUnknown: the data does not name the user
  std::string at;
  int latency_ms = 1000;
  std::string status = "success";
  std::string retries = "0";          // "null": observed, to be derived from the requests
  std::string asked_before = "null";  // for observed retries: the time of the previous request
  int images = 1;

  static constexpr int kUnknown = -1;
};

// A request that reveals retries: asked_before is empty for the first of its kind.
Made request(int user, const std::string& at, const std::string& asked_before, int images = 1) {
  return {user,      at,     1000,
          "success", "null", asked_before.empty() ? "null" : fmt::format("'{}'", asked_before),
          images};
}

// A warehouse with handwritten raw tables, with the types of `gsa run`.
class HandMade {
 public:
  static constexpr const char* kSignup = "2022-01-01";

  HandMade(int users, const std::vector<Made>& generations) {
    duck::DatabaseOptions options;
    options.path = warehouse();
    duck::Connection connection = duck::Database(options).connect();
    connection.execute(fmt::format(
        "create table raw_prompts as select range::integer as prompt_id, 'a cat' as prompt, "
        "null::varchar as negative_prompt, "
        "5 as char_count, 2 as token_count, false as has_safety_keyword, null::ubigint as "
        "generation_seed, "
        "null::usmallint as step, null::float as cfg, null::utinyint as sampler, "
        "null::usmallint as width, null::usmallint as height from range({})",
        generations.size()));
    connection.execute(fmt::format(
        "create type origin as enum('observed', 'estimated', 'simulated', 'unknown'); "
        "create table raw_users as select range::integer as user_id, "
        "'pro'::enum('free', 'pro', 'enterprise') as user_tier, 'asia'::enum('us-west', 'us-east', "
        "'europe', 'asia', 'other') as region, "
        "'desktop'::enum('desktop', 'mobile', 'tablet') as device_type, timestamp '{}' as "
        "signup_at, '2022-W00' as cohort_week, "
        "'user ' || range as user_name, 'observed'::origin as signup_origin, "
        "'simulated'::origin as traits_origin from range({})",
        kSignup, users));
    connection.execute(fmt::format(
        "create table raw_generations as select id::integer as generation_id, "
        "null::varchar as generation_key, null::varchar as session_key, "
        "null::varchar as status_word, null::varchar as user_tier, null::varchar as region, "
        "null::varchar as device_type, null::varchar as attributes, "
        "id::integer as prompt_id, user_id::integer as user_id, moment::timestamp as "
        "generated_at, latency::integer as latency_ms, "
        "status::enum('success', 'timeout', 'safety_violation', 'rate_limited', 'model_error', "
        "'cancelled', 'other') as "
        "status, 0.0201::decimal(18, 8) as "
        "cost, 'credits' as currency, retries::tinyint as retry_count, null::enum('thumbs_up', "
        "'thumbs_down') as "
        "feedback, false as "
        "downloaded, 'v2.1'::enum('v1.4', 'v1.5', 'v2.0', 'v2.1') as model_version, 2 as "
        "token_count, images::integer as image_count, "
        "null::integer as blurred_images, asked_before::timestamp as asked_before_at, "
        "(if(retries is null, 'observed', 'simulated'))::origin as retry_origin, "
        "'observed'::origin as user_origin, 'observed'::origin as time_origin, "
        "'simulated'::origin as status_origin, 'simulated'::origin as latency_origin, "
        "'simulated'::origin as cost_origin, 'simulated'::origin as feedback_origin, "
        "'simulated'::origin as download_origin, 'simulated'::origin as model_origin "
        "from (values {}) as t(id, user_id, moment, latency, status, retries, asked_before, "
        "images)",
        rows_of(generations)));
  }

  std::string warehouse() const { return folder_ / "w.duckdb"; }

  void build() const {
    const Outcome built = gsa(folder_, {"build", "--quiet", "--warehouse", warehouse()});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    expect_sessions_follow_from_raw(warehouse());
  }

  TextRows sessions(const std::string& columns, int user) const {
    return read_rows(warehouse(),
                     fmt::format("select {} from fct_sessions where user_id = {} order by "
                                 "session_start, session_id",
                                 columns, user));
  }

  TextRows generations(const std::string& columns) const {
    return read_rows(warehouse(),
                     fmt::format("select {} from fct_generations order by generation_id", columns));
  }

  // A figure of the report, from its JSON; "null" if it is null.
  std::string overall(const std::string& figure) const {
    const Outcome summary =
        gsa(folder_, {"summary", "--format", "json", "--warehouse", warehouse()});
    EXPECT_EQ(summary.exit_code, 0) << summary.err;
    const std::string key = "\"" + figure + "\":";
    const std::size_t at = summary.out.find(key);
    if (at == std::string::npos) return "no such figure";
    const std::size_t begin = at + key.size();
    return summary.out.substr(begin, summary.out.find_first_of(",}", begin) - begin);
  }

  std::string report() const {
    const Outcome summary = gsa(folder_, {"summary", "--warehouse", warehouse()});
    EXPECT_EQ(summary.exit_code, 0) << summary.err;
    return summary.out;
  }

 private:
  static std::string rows_of(const std::vector<Made>& generations) {
    std::string rows;
    for (std::size_t id = 0; id < generations.size(); ++id) {
      const Made& g = generations[id];
      rows += fmt::format("{}({}, {}, '{}', {}, '{}', {}, {}, {})", id == 0 ? "" : ", ", id,
                          g.user == Made::kUnknown ? "null" : std::to_string(g.user), g.at,
                          g.latency_ms, g.status, g.retries, g.asked_before, g.images);
    }
    return rows;
  }

  TempFolder folder_;
};

Made success(int user, const std::string& at, int latency_ms = 1000) {
  return {user, at, latency_ms};
}

TEST(Sessions, EndAfterMoreThanThirtyMinutesToTheMicrosecond) {
  const HandMade made(
      3, {success(0, "2025-12-05 10:00:00.5"), success(0, "2025-12-05 10:30:00.5"),
          success(1, "2025-12-05 10:00:00.5"), success(1, "2025-12-05 10:30:00.500001")});
  made.build();
  EXPECT_EQ(made.sessions("total_generations", 0), (TextRows{{"2"}}));
  EXPECT_EQ(made.sessions("session_id, total_generations", 1), (TextRows{{"2", "1"}, {"3", "1"}}));
  // A user without generations has no session, but a row in dim_users.
  EXPECT_EQ(read_rows(made.warehouse(),
                      "select lifetime_generations, lifetime_sessions, lifetime_cost, "
                      "success_rate_pct, first_generation_at from dim_users where user_id = 2"),
            (TextRows{{"0", "0", "0.00000000", "", ""}}));
}

TEST(Sessions, AreOneWhereGenerationsTieInTime) {
  const HandMade made(1, {success(0, "2025-12-05 10:10:00"), success(0, "2025-12-05 10:00:00"),
                          success(0, "2025-12-05 10:00:00"), success(0, "2025-12-05 10:00:00")});
  made.build();
  // The smallest id among the earliest generations becomes the session's id.
  EXPECT_EQ(made.sessions("session_id, total_generations", 0), (TextRows{{"1", "4"}}));
}

TEST(Sessions, GoOnAcrossMidnightAndTheEndOfTheYear) {
  const HandMade made(
      2, {success(0, "2025-12-05 23:50:00"), success(0, "2025-12-06 00:15:00"),
          success(1, "2025-12-31 23:59:59.999999"), success(1, "2026-01-01 00:29:59.999999")});
  made.build();
  EXPECT_EQ(made.sessions("session_date, session_duration_min, total_generations", 0),
            (TextRows{{"2025-12-05", "25.00", "2"}}));
  EXPECT_EQ(made.sessions("session_date, session_end::date, total_generations", 1),
            (TextRows{{"2025-12-31", "2026-01-01", "2"}}));
  // Generations on the next day count under the day on which their session began.
  EXPECT_EQ(read_rows(made.warehouse(),
                      "select distinct session_date from fct_generations "
                      "order by session_date"),
            (TextRows{{"2025-12-05"}, {"2025-12-31"}}));
  EXPECT_EQ(read_cell(made.warehouse(), "select count(*) from daily_metrics"), "27");
}

TEST(Sessions, TakeTheirP95ByNearestRank) {
  std::vector<Made> generations;
  const int kSizes[] = {19, 20, 21, 100};
  for (int user = 0; user < 4; ++user) {
    for (int i = 0; i < kSizes[user]; ++i) {
      // Latencies 1000, 1001, … in a shuffled order: 7 has no common factor with the sizes other
      // than 21.
      const int latency = 1000 + (kSizes[user] == 21 ? i : (i * 7) % kSizes[user]);
      generations.push_back(success(user, fmt::format("2025-12-05 10:00:{:02d}", i % 60), latency));
    }
  }
  const HandMade made(4, generations);
  made.build();
  const auto p95 = [&](int user) { return made.sessions("p95_latency_ms, max_latency_ms", user); };
  EXPECT_EQ(p95(0), (TextRows{{"1018", "1018"}}));  // rank ceil(18.05) = 19 of 19
  EXPECT_EQ(p95(1), (TextRows{{"1018", "1019"}}));  // 19 of 20
  EXPECT_EQ(p95(2), (TextRows{{"1019", "1020"}}));  // ceil(19.95) = 20 of 21
  EXPECT_EQ(p95(3), (TextRows{{"1094", "1099"}}));  // 95 of 100
}

TEST(Sessions, CapTheirFrictionAndKeepItsParts) {
  const HandMade made(3, {{0, "2025-12-05 10:00:00", 30000, "timeout", "3"},
                          success(1, "2025-12-05 10:00:00", 0),
                          success(2, "2025-12-05 10:00:00", 5000)});
  made.build();
  const char* const columns =
      "friction_error_points, friction_latency_points, friction_retry_points, friction_score, "
      "friction_category";
  EXPECT_EQ(made.sessions(columns, 0),
            (TextRows{{"99.9900", "66.6600", "33.3300", "100.0000", "high"}}));
  EXPECT_EQ(made.sessions(columns, 1), (TextRows{{"0.0000", "0.0000", "0.0000", "0.0000", "low"}}));
  EXPECT_EQ(made.sessions(columns, 2),
            (TextRows{{"0.0000", "66.6600", "0.0000", "66.6600", "high"}}));
}

TEST(Sessions, CountARerollInTheSameSessionAsARetry) {
  const HandMade made(
      2, {request(0, "2022-08-05 10:00:00", ""),
          request(0, "2022-08-05 10:01:00", "2022-08-05 10:00:00"),
          request(0, "2022-08-05 10:01:00", "2022-08-05 10:01:00"),
          request(0, "2022-08-05 10:02:00", ""), request(1, "2022-08-05 10:00:00", "")});
  made.build();
  EXPECT_EQ(made.generations("retry_count"), (TextRows{{"0"}, {"1"}, {"1"}, {"0"}, {"0"}}));
  EXPECT_EQ(made.sessions("total_generations, total_retries, friction_retry_points", 0),
            (TextRows{{"4", "2", "8.3325"}}));  // half a retry out of two, of 33.33 points
  EXPECT_EQ(made.sessions("total_retries", 1), (TextRows{{"0"}}));
}

TEST(Sessions, CountNoRerollAcrossTheirBorders) {
  const HandMade made(1, {request(0, "2022-08-05 10:00:00", ""),
                          request(0, "2022-08-05 10:31:00", "2022-08-05 10:00:00"),
                          request(0, "2022-08-05 10:40:00", "2022-08-05 10:00:00"),
                          request(0, "2022-08-05 10:45:00", "2022-08-05 10:31:00")});
  made.build();
  EXPECT_EQ(made.sessions("total_generations, total_retries", 0),
            (TextRows{{"1", "0"}, {"3", "1"}}));
  EXPECT_EQ(made.generations("retry_count"), (TextRows{{"0"}, {"0"}, {"0"}, {"1"}}));
}

TEST(Sessions, SumTheImagesOfTheirRequests) {
  const HandMade made(
      2, {request(0, "2022-08-05 10:00:00", "", 9), request(0, "2022-08-05 10:01:00", "", 4),
          request(1, "2022-08-05 23:59:00", ""),
          request(Made::kUnknown, "2022-08-05 10:00:00", "", 100)});
  made.build();
  EXPECT_EQ(made.sessions("total_generations, total_images", 0), (TextRows{{"2", "13"}}));
  EXPECT_EQ(made.sessions("total_generations, total_images", 1), (TextRows{{"1", "1"}}));
  for (const char* mart : {"daily_metrics", "user_friction_summary"}) {
    EXPECT_EQ(read_cell(made.warehouse(), fmt::format("select sum(total_images) from {}", mart)),
              "14");
  }
}

TEST(Sessions, HaveNoGenerationsOfUnknownUsers) {
  const HandMade made(
      1, {request(Made::kUnknown, "2022-08-01 10:00:00", ""), request(0, "2022-08-05 10:00:00", ""),
          request(Made::kUnknown, "2022-08-05 10:01:00", "2022-08-05 10:00:00"),
          request(0, "2022-08-05 10:30:00", "")});
  made.build();
  EXPECT_EQ(made.sessions("session_id, total_generations", 0), (TextRows{{"1", "2"}}));
  EXPECT_EQ(made.generations("user_id, session_id, session_date, user_tier, retry_count"),
            (TextRows{{"", "", "", "", "0"},
                      {"0", "1", "2022-08-05", "pro", "0"},
                      {"", "", "", "", "0"},
                      {"0", "1", "2022-08-05", "pro", "0"}}));
  EXPECT_EQ(read_rows(made.warehouse(),
                      "select session_date, total_generations, active_users "
                      "from daily_metrics"),
            (TextRows{{"2022-08-05", "2", "1"}}));
  EXPECT_EQ(read_cell(made.warehouse(), "select lifetime_generations from dim_users"), "2");
  EXPECT_EQ(made.overall("total_generations"), "2");
  EXPECT_EQ(made.overall("generations_outside_sessions"), "2");
  EXPECT_NE(made.report().find("Generations outside sessions (deleted or unknown accounts)      2"),
            std::string::npos)
      << made.report();
}

TEST(Sessions, NeedNotBeThere) {
  const HandMade made(0, {request(Made::kUnknown, "2022-08-05 10:00:00", "")});
  made.build();
  EXPECT_EQ(read_cell(made.warehouse(), "select count(*) from fct_sessions"), "0");
  EXPECT_EQ(made.overall("total_sessions"), "0");
  EXPECT_EQ(made.overall("generations_outside_sessions"), "1");
  for (const char* figure : {"avg_friction_score", "success_rate_pct",
                             "median_generations_per_session", "p90_generations_per_session",
                             "max_generations_per_session", "single_generation_sessions_pct"}) {
    EXPECT_EQ(made.overall(figure), "null") << figure;
  }
  EXPECT_NE(made.report().find("Generations a session, median"), std::string::npos);
}

// Lengths 1, 1, 2, 3; with another session, 1, 1, 2, 3, 20. Percentiles are by nearest rank.
TEST(Sessions, AreReportedWithTheirLengths) {
  std::vector<Made> generations;
  const auto add_sessions = [&](const std::vector<int>& lengths) {
    for (const int length : lengths) {
      const int user = static_cast<int>(generations.size());
      for (int i = 0; i < length; ++i) {
        generations.push_back(success(user, fmt::format("2025-12-05 10:00:{:02d}", i)));
      }
    }
  };
  const auto reported = [&] {
    const HandMade made(50, generations);
    made.build();
    std::vector<std::string> figures;
    for (const char* figure : {"median_generations_per_session", "p90_generations_per_session",
                               "max_generations_per_session", "single_generation_sessions_pct",
                               "generations_outside_sessions"}) {
      figures.push_back(made.overall(figure));
    }
    EXPECT_EQ(made.report().find("outside sessions"), std::string::npos);
    return figures;
  };
  add_sessions({1, 3, 1, 2});
  EXPECT_EQ(reported(), (std::vector<std::string>{"1", "3", "3", "50.0", "0"}));
  add_sessions({20});
  EXPECT_EQ(reported(), (std::vector<std::string>{"2", "20", "20", "40.0", "0"}));
  add_sessions({5, 5, 5, 5, 5});  // 1 1 2 3 5 5 5 5 5 20: rank 5 of 10, rank 9 of 10
  EXPECT_EQ(reported(), (std::vector<std::string>{"5", "5", "20", "20.0", "0"}));
}

}  // namespace
}  // namespace gsa::tests
