#include "app/raw_tables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/telemetry.h"

namespace gsa::app {
namespace {

constexpr const char* kPrompts =
    "create table raw_prompts as select range::integer as prompt_id, "
    "(1 + range % 90)::integer as token_count, range % 77 = 0 as has_safety_keyword "
    "from range(50000)";

duck::Connection made_with(int threads, std::uint64_t seed) {
  duck::DatabaseOptions database;
  database.threads = threads;
  duck::Connection connection = duck::Database(database).connect();
  const SimulationOptions options{1000, seed, {2025, 12}};
  register_simulation(connection, options);
  connection.execute(kPrompts);
  connection.execute(create_raw_users("raw_users", options));
  connection.execute(create_raw_generations("raw_generations", "raw_prompts"));
  return connection;
}

std::string checksum(duck::Connection connection, const std::string& table) {
  return connection
      .query("select md5(string_agg(t::varchar, ',' order by t))::varchar from " + table + " t")
      .text(0, 0);
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
      "(cost_credits * 10000)::bigint, retry_count, feedback::varchar, downloaded, "
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
  const std::string origin = "ENUM('observed', 'simulated')";
  EXPECT_EQ(types("raw_users"),
            "INTEGER ENUM('free', 'pro', 'enterprise') "
            "ENUM('us-west', 'us-east', 'europe', 'asia', 'other') "
            "ENUM('desktop', 'mobile', 'tablet') TIMESTAMP VARCHAR VARCHAR " +
                origin + " " + origin);
  std::string generation_types =
      "INTEGER INTEGER INTEGER TIMESTAMP INTEGER "
      "ENUM('success', 'timeout', 'safety_violation', 'rate_limited', 'model_error') "
      "DECIMAL(12,4) TINYINT ENUM('thumbs_up', 'thumbs_down') BOOLEAN "
      "ENUM('v1.4', 'v1.5', 'v2.0', 'v2.1') INTEGER INTEGER INTEGER TIMESTAMP";
  for (std::size_t i = 0; i < kSignals.size(); ++i) generation_types += " " + origin;
  EXPECT_EQ(types("raw_generations"), generation_types);
}

TEST(RawTables, NameCohortsByYearAndWeek) {
  duck::Connection connection = made_with(1, 42);
  EXPECT_EQ(
      connection.query_int64(
          "select count(*) from raw_users where cohort_week <> strftime(signup_at, '%Y-W%W')"),
      0);
  EXPECT_EQ(connection.query_int64("select count(distinct cohort_week) >= 52 from raw_users"), 1);
}

}  // namespace
}  // namespace gsa::app
