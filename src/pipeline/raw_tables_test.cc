#include "pipeline/raw_tables.h"

#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "sim/telemetry.h"

namespace gsa::pipeline {
namespace {

constexpr const char* kPrompts =
    "create table raw_prompts as select range::integer as prompt_id, "
    "(1 + range % 90)::integer as token_count, range % 77 = 0 as has_safety_keyword "
    "from range(50000)";

duck::Connection made_with(int threads, std::uint64_t seed) {
  duck::DatabaseOptions database;
  database.threads = threads;
  duck::Connection connection = duck::Database(database).connect();
  const SimulationOptions options{1000, seed, {sim::Period{2025, 12}}};
  register_simulation(connection, options);
  connection.execute(kPrompts);
  connection.execute(create_raw_users("raw_users", options));
  connection.execute(fmt::format("create table raw_generations as select *, {} from ({})",
                                 constant_generation_columns(),
                                 select_raw_generations("raw_prompts", {2025, 12})));
  return connection;
}

std::string checksum(duck::Connection& connection, const std::string& table) {
  return connection
      .query("select md5(string_agg(t::varchar, ',' order by t))::varchar from " + table + " t")
      .text(0, 0);
}

std::string checksum(duck::Connection&& connection, const std::string& table) {
  return checksum(connection, table);
}

TEST(RawTables, AreTheSameForAnyNumberOfThreadsParallel) {
  for (const char* table : {"raw_users", "raw_generations"}) {
    EXPECT_EQ(checksum(made_with(1, 42), table), checksum(made_with(8, 42), table));
    EXPECT_NE(checksum(made_with(1, 42), table), checksum(made_with(1, 43), table));
  }
}

TEST(RawTables, HoldWhatTheSimulationSays) {
  duck::Connection connection = made_with(2, 42);
  const sim::Population users(42, {2025, 12}, 1000);
  const sim::Telemetry telemetry(42, {2025, 12}, users);
  const duck::Result rows = connection.query(
      "select generation_id, user_id, epoch_us(generated_at), latency_ms, status::varchar, "
      "(cost * 10000)::bigint, retry_count, feedback::varchar, downloaded, "
      "model_version::varchar, token_count from raw_generations order by generation_id");
  ASSERT_EQ(rows.rows(), 50000u);
  for (std::size_t r = 0; r < rows.rows(); r += 97) {
    const auto id = static_cast<std::uint64_t>(r);
    const sim::Generation g =
        telemetry.at(id, {static_cast<std::int32_t>(1 + r % 90), r % 77 == 0});
    EXPECT_EQ(rows.int64(r, 1), g.user_id);
    EXPECT_EQ(rows.int64(r, 2), g.generated_us);
    EXPECT_EQ(rows.int64(r, 3), g.latency_ms);
    EXPECT_EQ(rows.text(r, 4), sim::kStatusNames[static_cast<std::size_t>(g.status)]);
    EXPECT_EQ(rows.int64(r, 5), g.cost);
    EXPECT_EQ(rows.int64(r, 6), g.retry_count);
    const std::string feedback = rows.text(r, 7);
    EXPECT_EQ(feedback, g.feedback == sim::Feedback::none        ? ""
                        : g.feedback == sim::Feedback::thumbs_up ? "thumbs_up"
                                                                 : "thumbs_down");
    EXPECT_EQ(rows.int64(r, 8) != 0, g.downloaded);
    EXPECT_EQ(rows.text(r, 9), sim::kModelNames[static_cast<std::size_t>(g.model)]);
  }
}

TEST(RawTables, SayThatEverythingIsSimulated) {
  duck::Connection connection = made_with(2, 42);
  for (const std::string_view signal : kSignals) {
    EXPECT_EQ(
        connection
            .query(fmt::format(
                "select string_agg(distinct {}_origin::varchar, ',') from raw_generations", signal))
            .text(0, 0),
        "simulated")
        << signal;
  }
  EXPECT_EQ(connection.query_int64("select count(*) from raw_generations where image_count = 1 and "
                                   "blurred_images is null and asked_before_at is null"),
            50000);
  EXPECT_EQ(connection.query_int64(
                "select count(*) from raw_users where user_name is null and "
                "signup_origin::varchar = 'simulated' and traits_origin::varchar = 'simulated'"),
            1000);
}

TEST(RawTables, HaveTheTypesThatTheModelsAndOtherSourcesOfBehaviourRelyOn) {
  duck::Connection connection = made_with(1, 42);
  const auto types = [&](const std::string& table) {
    return connection
        .query(fmt::format("select string_agg(data_type, ' ' order by ordinal_position) from "
                           "information_schema.columns where table_name = '{}'",
                           table))
        .text(0, 0);
  };
  const std::string origin = "ENUM('observed', 'estimated', 'simulated', 'unknown')";
  EXPECT_EQ(types("raw_users"),
            "INTEGER ENUM('free', 'pro', 'enterprise') "
            "ENUM('us-west', 'us-east', 'europe', 'asia', 'other') "
            "ENUM('desktop', 'mobile', 'tablet') TIMESTAMP VARCHAR VARCHAR " +
                origin + " " + origin);
  std::string generation_types =
      "INTEGER INTEGER INTEGER TIMESTAMP INTEGER "
      "ENUM('success', 'timeout', 'safety_violation', 'rate_limited', 'model_error', 'cancelled', "
      "'other') "
      "DECIMAL(18,8) TINYINT ENUM('thumbs_up', 'thumbs_down') BOOLEAN "
      "ENUM('v1.4', 'v1.5', 'v2.0', 'v2.1') INTEGER INTEGER INTEGER TIMESTAMP "
      "ENUM('credits') VARCHAR VARCHAR VARCHAR ENUM('free', 'pro', 'enterprise') "
      "ENUM('us-west', 'us-east', 'europe', 'asia', 'other') "
      "ENUM('desktop', 'mobile', 'tablet') VARCHAR";
  for (std::size_t i = 0; i < kSignals.size(); ++i) generation_types += " " + origin;
  EXPECT_EQ(types("raw_generations"), generation_types);
}

TEST(RawTables, NameCohortsByYearAndWeek) {
  duck::Connection connection = made_with(1, 42);
  EXPECT_EQ(
      connection.query_int64(
          "select count(*) from raw_users where cohort_week <> strftime(signup_at, '%G-W%V')"),
      0);
  EXPECT_EQ(connection.query_int64("select count(distinct cohort_week) >= 52 from raw_users"), 1);
}

// ---- Several months

constexpr std::int32_t kSeats = 300;
constexpr std::int64_t kSpan = 2000;

std::string table_of(const sim::Period& month) {
  return "generations_" + replace_all(month.name(), "-", "_");
}

// raw_users of all months, and one table per month (generations_2025_12), built in the order of the
// single months in `text`.
duck::Connection made_of(const std::string& text, int threads = 2) {
  duck::DatabaseOptions database;
  database.threads = threads;
  duck::Connection connection = duck::Database(database).connect();
  SimulationOptions options{kSeats, 42, {}};
  for (const std::string& month : split(text, ' ')) {
    options.months.push_back(sim::parse_period(month));
  }
  register_simulation(connection, options);
  connection.execute(create_raw_users("raw_users", options));
  for (const sim::Period& month : options.months) {
    connection.execute(
        fmt::format("create or replace table raw_prompts as select ({} + range)::integer as "
                    "prompt_id, (1 + range % 90)::integer as token_count, range % 77 = 0 as "
                    "has_safety_keyword from range({})",
                    month.slot() * kSpan, kSpan));
    connection.execute("create table " + table_of(month) + " as " +
                       select_raw_generations("raw_prompts", month));
  }
  return connection;
}

TEST(RawTablesOfMonths, AreTheSameInAnyOrderAndCompany) {
  duck::Connection up = made_of("2025-11 2025-12 2026-01 2026-02");
  duck::Connection down = made_of("2026-02 2026-01 2025-12 2025-11", 8);
  EXPECT_EQ(checksum(up, "raw_users"), checksum(down, "raw_users"));
  for (const sim::Period& month : sim::parse_months("2025-11..2026-02")) {
    duck::Connection alone = made_of(month.name());
    EXPECT_EQ(checksum(up, table_of(month)), checksum(down, table_of(month)));
    EXPECT_EQ(checksum(up, table_of(month)), checksum(alone, table_of(month)));
  }
  // A user has the same traits whichever months are built.
  for (const char* month : {"2025-12", "2026-02"}) {
    duck::Connection alone = made_of(month);
    std::vector<std::string> users;
    alone.stream_text("select u::varchar from raw_users u order by user_id",
                      [&](const duck::Connection::TextRow& row) {
                        users.emplace_back(row[0].value());
                        return true;
                      });
    ASSERT_EQ(users.size(), std::size_t{kSeats});
    for (const std::string& user : users) {
      ASSERT_EQ(
          up.query_int64("select count(*) from raw_users u where u::varchar = " + sql_quote(user)),
          1);
    }
  }
}

TEST(RawTablesOfMonths, HaveEveryUserOfAnyMonthOnceInTheOrderOfIds) {
  for (const char* text : {"2025-12", "2025-09", "2025-11 2025-12 2026-01", "2026-03 2023-05",
                           "1970-01", "2020-01 2022-01 2024-01 2026-01"}) {
    duck::Connection connection = made_of(text);
    std::set<std::int64_t> expected;
    for (const std::string& month : split(text, ' ')) {
      for (std::int32_t seat = 0; seat < kSeats; ++seat) {
        expected.insert(sim::user_in(42, kSeats, seat, sim::parse_period(month)));
      }
    }
    const duck::Result users = connection.query(
        "select user_id, epoch_us(signup_at), user_tier::varchar from raw_users order by rowid");
    ASSERT_EQ(users.rows(), expected.size()) << text;
    std::size_t row = 0;
    for (const std::int64_t id : expected) {
      const sim::User user = sim::user_at(42, kSeats, static_cast<std::int32_t>(id));
      ASSERT_EQ(users.int64(row, 0), id) << text;
      ASSERT_EQ(users.int64(row, 1), user.signup_us) << text;
      ASSERT_EQ(users.text(row, 2), sim::kTierNames[static_cast<std::size_t>(user.tier)]) << text;
      ++row;
    }
  }
}

TEST(RawTablesOfMonths, OfTheDefaultHaveTheFirstIds) {
  duck::Connection connection = made_with(2, 42);
  EXPECT_EQ(connection.query_int64("select count(*) from raw_users where user_id = rowid"), 1000);
  EXPECT_EQ(SimulationOptions{}.months, std::vector<sim::Period>{sim::kAnchor});
}

TEST(RawTablesOfMonths, FitTogether) {
  const std::vector<sim::Period> months = sim::parse_months("2024-11..2026-10");
  std::string names, all;
  for (const sim::Period& month : months) {
    names += (names.empty() ? "" : " ") + month.name();
    all += fmt::format("{}select *, {} as begin_us, {} as end_us from {}",
                       all.empty() ? "" : " union all ", month.begin_us(), month.end_us(),
                       table_of(month));
  }
  duck::Connection connection = made_of(names);
  connection.execute("create table raw_generations as " + all);
  const auto count = [&](const std::string& what) {
    return connection.query_int64("select " + what +
                                  " from raw_generations g left join raw_users u using (user_id)");
  };
  EXPECT_EQ(count("count(distinct generation_id)"), 24 * kSpan);
  EXPECT_EQ(count("count(*)"), 24 * kSpan);
  EXPECT_EQ(count("count(*) filter (u.user_id is null)"), 0);
  EXPECT_EQ(count("count(*) filter (generated_at < signup_at)"), 0);
  EXPECT_EQ(count("count(*) filter (epoch_us(generated_at) < begin_us)"), 0);
  EXPECT_EQ(count("count(*) filter (epoch_us(generated_at) >= end_us)"), 0);
  // Users who are active in December and, unless their year ends, in January.
  EXPECT_GT(connection.query_int64(
                "select count(*) from (select distinct user_id from generations_2025_12) "
                "semi join generations_2026_01 using (user_id)"),
            0);
}

TEST(RawTablesOfMonths, MayBeMixedInOneQueryParallel) {
  duck::Connection connection = made_of("2025-12 2026-07", 8);
  connection.execute(
      "create table mixed as select range % 7 as month, range::integer as id, "
      "gsa_generation((671 + range % 7)::integer, range::integer, 20, false) as g "
      "from range(14000)");
  for (std::int64_t month = 0; month < 7; ++month) {
    const sim::Period period = sim::period_at(671 + month);
    const sim::Population users(42, period, kSeats);
    const sim::Telemetry telemetry(42, period, users);
    const duck::Result rows = connection.query(fmt::format(
        "select id, g.user_id, epoch_us(g.generated_at) from mixed where month = {}", month));
    ASSERT_EQ(rows.rows(), 2000u);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto id = static_cast<std::uint64_t>(rows.int64(r, 0));
      const sim::Generation g = telemetry.at(id, {20, false});
      ASSERT_EQ(rows.int64(r, 1), g.user_id);
      ASSERT_EQ(rows.int64(r, 2), g.generated_us);
    }
  }
}

TEST(RawTablesOfMonths, RefuseUsersWhoseIdsDoNotFit) {
  duck::Connection connection = duck::Database({}).connect();
  EXPECT_THROW(register_simulation(connection, {1'000'000, 42, {{2025, 12}, {9998, 12}}}), Error);
}

}  // namespace
}  // namespace gsa::pipeline
