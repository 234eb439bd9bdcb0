// Sessions and their friction, derived a second time from the raw tables by a plain loop in exact
// integers, and compared with fct_sessions session by session.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

constexpr std::int64_t kGapUs = std::int64_t{30} * 60 * 1'000'000;

struct Generation {
  std::int64_t id, user, at_us, latency_ms, cost, retries;  // cost in ten-thousandths
  std::string status, feedback;
  bool downloaded;
};

// A ratio rounded to the nearest integer. Where it lies halfway, binary floating point may come
// out on either side: both are right.
struct Rounded {
  std::int64_t low, high;
  bool admits(std::int64_t value) const { return value == low || value == high; }
};

Rounded rounded(std::int64_t part, std::int64_t whole) {
  const std::int64_t down = part / whole;
  const std::int64_t twice = 2 * (part % whole);
  if (twice == whole) return {down, down + 1};
  return twice > whole ? Rounded{down + 1, down + 1} : Rounded{down, down};
}

std::int64_t number(const std::string& text) { return std::stoll(text); }

std::vector<Generation> read_generations(const std::string& warehouse) {
  std::vector<Generation> generations;
  for (const auto& row :
       read_rows(warehouse,
                 "select generation_id, user_id, epoch_us(generated_at), latency_ms, "
                 "(cost_credits * 10000)::bigint, retry_count, status, feedback, downloaded "
                 "from raw_generations")) {
    generations.push_back({number(row[0]), number(row[1]), number(row[2]), number(row[3]),
                           number(row[4]), number(row[5]), row[6], row[7], row[8] == "true"});
  }
  return generations;
}

using Session = std::vector<Generation>;

// By the id of the generation that begins it.
std::map<std::int64_t, Session> group_into_sessions(std::vector<Generation> generations) {
  std::sort(generations.begin(), generations.end(), [](const auto& a, const auto& b) {
    return std::tie(a.user, a.at_us, a.id) < std::tie(b.user, b.at_us, b.id);
  });
  std::map<std::int64_t, Session> sessions;
  Session* open = nullptr;
  for (const Generation& g : generations) {
    const bool goes_on =
        open != nullptr && open->back().user == g.user && g.at_us - open->back().at_us <= kGapUs;
    if (!goes_on) open = &sessions[g.id];
    open->push_back(g);
  }
  return sessions;
}

std::int64_t count_status(const Session& session, const std::string& status) {
  return std::count_if(session.begin(), session.end(),
                       [&](const Generation& g) { return g.status == status; });
}

template <typename Member>
std::int64_t sum(const Session& session, Member member) {
  std::int64_t total = 0;
  for (const Generation& g : session) total += g.*member;
  return total;
}

// The smallest latency that at least 95 % do not exceed.
std::int64_t p95_latency(const Session& session) {
  std::vector<std::int64_t> latencies;
  for (const Generation& g : session) latencies.push_back(g.latency_ms);
  std::sort(latencies.begin(), latencies.end());
  return latencies[(95 * latencies.size() + 99) / 100 - 1];
}

// A row of fct_sessions; decimals as integers of their last place.
constexpr const char* kStored = R"(
select session_id, user_id, epoch_us(session_start), epoch_us(session_end),
    session_date = session_start::date, total_generations, successful_generations, timeout_count,
    safety_violation_count, rate_limited_count, model_error_count, total_latency_ms,
    max_latency_ms, p95_latency_ms, (total_cost_credits * 10000)::bigint, total_retries,
    thumbs_up_count, thumbs_down_count, download_count, (success_rate_pct * 100)::bigint,
    (avg_latency_ms * 10)::bigint, (session_duration_min * 100)::bigint,
    (friction_error_points * 10000)::bigint, (friction_latency_points * 10000)::bigint,
    (friction_retry_points * 10000)::bigint, (friction_score * 10000)::bigint, friction_category
from fct_sessions)";

std::vector<std::string> counted(const Session& session) {
  const auto feedback = [&](const std::string& kind) {
    return std::count_if(session.begin(), session.end(),
                         [&](const Generation& g) { return g.feedback == kind; });
  };
  const std::int64_t max_latency =
      std::max_element(session.begin(), session.end(), [](const auto& a, const auto& b) {
        return a.latency_ms < b.latency_ms;
      })->latency_ms;
  const std::vector<std::int64_t> values = {static_cast<std::int64_t>(session.size()),
                                            count_status(session, "success"),
                                            count_status(session, "timeout"),
                                            count_status(session, "safety_violation"),
                                            count_status(session, "rate_limited"),
                                            count_status(session, "model_error"),
                                            sum(session, &Generation::latency_ms),
                                            max_latency,
                                            p95_latency(session),
                                            sum(session, &Generation::cost),
                                            sum(session, &Generation::retries),
                                            feedback("thumbs_up"),
                                            feedback("thumbs_down"),
                                            sum(session, &Generation::downloaded)};
  std::vector<std::string> texts;
  for (const std::int64_t value : values) texts.push_back(std::to_string(value));
  return texts;
}

// The scores, in ten-thousandths of a point: 33.33 points are 333,300.
void expect_scores(const Session& session, const std::vector<std::string>& row) {
  constexpr std::int64_t kPoints = 333'300;
  const auto n = static_cast<std::int64_t>(session.size());
  const std::int64_t successes = count_status(session, "success");
  const std::int64_t latency = sum(session, &Generation::latency_ms);
  const std::int64_t retries = sum(session, &Generation::retries);
  const std::int64_t duration_us = session.back().at_us - session.front().at_us;

  EXPECT_TRUE(rounded(100 * 100 * successes, n).admits(number(row[19])));
  EXPECT_TRUE(rounded(10 * latency, n).admits(number(row[20])));
  EXPECT_TRUE(rounded(100 * duration_us, 60'000'000).admits(number(row[21])));

  const std::int64_t error_points = number(row[22]), latency_points = number(row[23]),
                     retry_points = number(row[24]);
  EXPECT_TRUE(rounded((n - successes) * 3 * kPoints, n).admits(error_points));
  EXPECT_TRUE(rounded(std::min(latency, 5000 * n) * 2 * kPoints, 5000 * n).admits(latency_points));
  EXPECT_TRUE(rounded(std::min(retries, 2 * n) * kPoints, 2 * n).admits(retry_points));
  const std::int64_t points = error_points + latency_points + retry_points;
  EXPECT_EQ(number(row[25]), std::min<std::int64_t>(points, 1'000'000));
  EXPECT_EQ(row[26], points < 200'000 ? "low" : points < 600'000 ? "medium" : "high");
}

// Compares every session; returns how many there are.
std::size_t expect_sessions_follow_from_raw(const std::string& warehouse) {
  const auto sessions = group_into_sessions(read_generations(warehouse));
  const TextRows stored = read_rows(warehouse, kStored);
  EXPECT_EQ(stored.size(), sessions.size());
  for (const auto& row : stored) {
    SCOPED_TRACE("session " + row[0]);
    const auto found = sessions.find(number(row[0]));
    if (found == sessions.end()) {
      ADD_FAILURE() << "no generation begins it";
      continue;
    }
    const Session& session = found->second;
    EXPECT_EQ(number(row[1]), session.front().user);
    EXPECT_EQ(number(row[2]), session.front().at_us);
    EXPECT_EQ(number(row[3]), session.back().at_us);
    EXPECT_EQ(row[4], "true") << "a session belongs to the day on which it began";
    EXPECT_EQ(std::vector<std::string>(row.begin() + 5, row.begin() + 19), counted(session));
    expect_scores(session, row);
    if (testing::Test::HasFailure()) break;  // the first is enough to see
  }
  return sessions.size();
}

TEST(Sessions, OfARunFollowFromItsRawTables) {
  EXPECT_GT(expect_sessions_follow_from_raw(small_warehouse()), 1000u);
}

// Fewer users: long sessions, many of them with more than 20 generations.
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

// A warehouse whose raw tables are written by hand, in the types of `gsa run`.
class HandMade {
 public:
  static constexpr const char* kSignup = "2025-01-01";

  // `generations`: user, time, latency, status, retries.
  HandMade(int users, const std::vector<std::string>& generations) {
    std::string rows;
    for (std::size_t id = 0; id < generations.size(); ++id) {
      rows += fmt::format("{}({}, {}, {})", id == 0 ? "" : ", ", id, id, generations[id]);
    }
    duck::DatabaseOptions options;
    options.path = warehouse();
    duck::Connection connection = duck::Database(options).connect();
    connection.execute(fmt::format(
        "create table raw_prompts as select range::integer as prompt_id, 'a cat' as prompt, "
        "2 as token_count, false as has_safety_keyword, null::uinteger as generation_seed, "
        "null::usmallint as step, null::float as cfg, null::utinyint as sampler, "
        "null::usmallint as width, null::usmallint as height from range({})",
        generations.size()));
    connection.execute(fmt::format(
        "create table raw_users as select range::integer as user_id, "
        "'pro'::enum('free', 'pro', 'enterprise') as user_tier, 'asia' as region, "
        "'desktop' as device_type, timestamp '{}' as signup_at, '2025-W00' as cohort_week "
        "from range({})",
        kSignup, users));
    connection.execute(fmt::format(
        "create table raw_generations as select id::integer as generation_id, "
        "prompt::integer as prompt_id, user_id::integer as user_id, moment::timestamp as "
        "generated_at, "
        "latency::integer as latency_ms, status, 0.0201::decimal(12, 4) as cost_credits, "
        "retries::tinyint as retry_count, null::varchar as feedback, false as downloaded, "
        "'v2.1' as model_version, 2 as token_count "
        "from (values {}) as t(id, prompt, user_id, moment, latency, status, retries)",
        rows));
  }

  std::string warehouse() const { return folder_ / "w.duckdb"; }

  void build() const {
    const Outcome built = gsa(folder_, {"build", "--quiet", "--warehouse", warehouse()});
    EXPECT_EQ(built.exit_code, 0) << built.err;
    expect_sessions_follow_from_raw(warehouse());
  }

  TextRows sessions(const std::string& columns, int user) const {
    return read_rows(warehouse(),
                     fmt::format("select {} from fct_sessions where user_id = {} order by "
                                 "session_start, session_id",
                                 columns, user));
  }

 private:
  TempFolder folder_;
};

std::string success(int user, const std::string& at, int latency_ms = 1000) {
  return fmt::format("{}, '{}', {}, 'success', 0", user, at, latency_ms);
}

TEST(Sessions, EndAfterMoreThanThirtyMinutesToTheMicrosecond) {
  const HandMade made(
      3, {success(0, "2025-12-05 10:00:00.5"), success(0, "2025-12-05 10:30:00.5"),
          success(1, "2025-12-05 10:00:00.5"), success(1, "2025-12-05 10:30:00.500001")});
  made.build();
  EXPECT_EQ(made.sessions("total_generations", 0), (TextRows{{"2"}}));
  EXPECT_EQ(made.sessions("session_id, total_generations", 1), (TextRows{{"2", "1"}, {"3", "1"}}));
  // A user without generations has no session, and is there all the same.
  EXPECT_EQ(read_rows(made.warehouse(),
                      "select lifetime_generations, lifetime_sessions, lifetime_cost, "
                      "success_rate_pct, first_generation_at from dim_users where user_id = 2"),
            (TextRows{{"0", "0", "0.0000", "", ""}}));
}

TEST(Sessions, AreOneWhereGenerationsTieInTime) {
  const HandMade made(1, {success(0, "2025-12-05 10:10:00"), success(0, "2025-12-05 10:00:00"),
                          success(0, "2025-12-05 10:00:00"), success(0, "2025-12-05 10:00:00")});
  made.build();
  // The smallest id of the earliest ones names it.
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
  // The day after has its generations under the day on which their session began.
  EXPECT_EQ(read_rows(made.warehouse(),
                      "select distinct session_date from fct_generations "
                      "order by session_date"),
            (TextRows{{"2025-12-05"}, {"2025-12-31"}}));
  EXPECT_EQ(read_cell(made.warehouse(), "select count(*) from daily_metrics"), "27");
}

TEST(Sessions, TakeTheirP95ByNearestRank) {
  std::vector<std::string> generations;
  const int kSizes[] = {19, 20, 21, 100};
  for (int user = 0; user < 4; ++user) {
    for (int i = 0; i < kSizes[user]; ++i) {
      // Latencies 1000, 1001, … in an order of their own: 7 shares no factor with any size but 21.
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
  const HandMade made(
      3, {"0, '2025-12-05 10:00:00', 30000, 'timeout', 3", success(1, "2025-12-05 10:00:00", 0),
          "2, '2025-12-05 10:00:00', 5000, 'success', 0"});
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

}  // namespace
}  // namespace gsa::tests
