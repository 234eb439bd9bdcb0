// Events of a stranger's product: what is read must be what plain SQL finds in the file, to the
// last digit, in every format and unit.

#include "telemetry/event_tables.h"

#include <map>
#include <memory>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/ingest.h"
#include "prompts/ingest_fixture.h"
#include "telemetry/inspection.h"
#include "telemetry/signal_sql.h"

namespace gsa::telemetry {
namespace {

// Reads one file by the mapping that is found for it, changed by `options`.
class EventTest : public prompts::IngestFixture {
 protected:
  EventTest() { register_telemetry_functions(connection_); }

  const EventTables& read(const std::string& name, const std::vector<std::string>& options = {},
                          std::int64_t wanted = 0) {
    files_ = prompts::find_source_files({path(name)}).files;
    const prompts::RunQuery run = run_on(connection_);
    tables_.reset();
    events_ = open_events(connection_, run, files_);
    mapping_ = events_.found.mapping;
    for (const std::string& option : options) apply_option(mapping_, option);
    tables_ = std::make_unique<EventTables>(
        read_events(connection_, run, *events_.rows, mapping_, wanted, 42));
    require_events(*tables_);
    return *tables_;
  }
  // The rows of a query; {events} and {users} are the tables that were read.
  std::string row(std::string sql) {
    if (tables_) {
      sql = replace_all(sql, "{events}", tables_->events.name());
      sql = replace_all(sql, "{users}", tables_->users.name());
    }
    return rows(sql);
  }
  static std::int64_t found(const EventTables& tables, const std::string& what) {
    for (const Finding& finding : tables.findings) {
      if (finding.what == what) return finding.count;
    }
    return -1;
  }

  std::vector<prompts::SourceFile> files_;
  OpenedEvents events_;
  Mapping mapping_;
  std::unique_ptr<EventTables> tables_;
};

// 50,000 events of 1,500 users with everything that a product knows; ms and micro-dollars are
// integers, so that each unit says the same exactly.
constexpr const char* kProduct = R"(
create table product as
select
    'req_' || i as request_id,
    case when h % 97 <> 0 then 'user_' || (h // 7 % 1500) end as account,
    timestamp '2026-02-01' + to_seconds(i * 53 + h % 40) as asked,
    200 + h % 60000 as ms,
    case h % 20 when 0 then 'timeout' when 1 then 'content_policy_violation' when 2 then 'rate_limited'
        when 3 then 'failed' when 4 then 'canceled' else 'succeeded' end as state,
    (h % 9000) as micros,
    ['basic', 'gold', 'team'][1 + h // 7 % 1500 % 3] as plan,
    ['sdxl', 'flux-dev'][1 + h % 2] as engine,
    'a picture of number ' || i as prompt
from (select i, (hash(i) % 1000003)::bigint as h from range(50000) t(i)))";

TEST_F(EventTest, AreThoseOfTheFileInEveryFormatAndUnit) {
  connection_.execute(kProduct);
  const std::map<std::string, std::string> conventions = {
      {"ms",
       "request_id, account as user_id, asked as created_at, ms as latency_ms, "
       "state as status, (micros / 1000000)::decimal(12, 6) as cost_usd, plan, "
       "engine as model, prompt"},
      {"s",
       "request_id as id, account, strftime(asked, '%Y-%m-%dT%H:%M:%SZ') as timestamp, "
       "(ms / 1000)::decimal(12, 3) as duration_s, state as outcome, "
       "(micros / 10000)::decimal(12, 4) as price_cents, plan as tier, engine, prompt"},
      {"us",
       "request_id, account as uid, epoch_ms(asked) as ts, ms * 1000 as elapsed_us, "
       "state, micros::double / 1000000 as cost_usd, plan, engine as model_name, prompt"}};
  const std::map<std::string, std::string> formats = {
      {"parquet", "format parquet"}, {"csv", "format csv, header"}, {"jsonl", "format json"}};
  const std::string expected_sums = row(
      "select count(*), sum(ms)::bigint, sum(micros)::bigint, count(*) filter (state = "
      "'succeeded'), "
      "count(distinct account), count(account), min(asked), max(asked), count(distinct engine), "
      "sum(hash(request_id, prompt))::varchar from product");
  const std::string expected_statuses =
      row("select list((state, n) order by state) from (select state, count(*) as n from product "
          "group by state)");
  for (const auto& [unit, columns] : conventions) {
    for (const auto& [format, options] : formats) {
      const std::string name = fmt::format("{}.{}", unit, format);
      copy(fmt::format("select {} from product", columns), name, options);
      const EventTables& tables = read(name);
      EXPECT_EQ(tables.event_count, 50'000) << name;
      EXPECT_EQ(row("select count(*), sum(latency_ms)::bigint, (sum(cost) * 1000000)::bigint, "
                    "count(*) filter (status = 0), count(distinct user_key), count(user_id), "
                    "min(generated_at), max(generated_at), count(distinct model), "
                    "sum(hash(generation_key, prompt))::varchar from {events}"),
                expected_sums)
          << name;
      EXPECT_EQ(row("select list((status_word, n) order by status_word) from (select status_word, "
                    "count(*) as n from {events} group by status_word)"),
                expected_statuses)
          << name;
      EXPECT_EQ(row("select currency, count(*) from {events} group by currency"), "USD|50000")
          << name;
      // Plain SQL over the table finds the same mean, success rate and cost of each tier.
      EXPECT_EQ(row("select list((user_tier, a, b, c) order by user_tier) from (select user_tier, "
                    "avg(latency_ms) as a, avg((status = 0)::int) as b, sum(cost)::decimal(18, 6) "
                    "as c from {events} group by user_tier)"),
                row("select list((plan, a, b, c) order by plan) from (select plan, avg(ms) as a, "
                    "avg((state = 'succeeded')::int) as b, (sum(micros) / 1000000)::decimal(18, 6) "
                    "as c from product group by plan)"))
          << name;
    }
  }
}

TEST_F(EventTest, TakeTheLastRowOfAKeyAndLeaveOutRowsWithoutATime) {
  copy(
      "select * from (values ('r1', 'u1', '2026-03-01T10:00:00Z', 'processing'), "
      "('r2', 'u1', 'soon', 'ok'), ('r1', 'u1', '2026-03-01T10:00:00Z', 'succeeded'), "
      "('r3', '', '2026-03-01T11:00:00Z', 'ok')) t(request_id, user_id, created_at, status)",
      "in.csv", "format csv, header");
  // One value in four is no time: too many for a guess.
  const EventTables& tables = read("in.csv", {"time=created_at"});
  EXPECT_EQ(row("select list((generation_id, user_id, status_word) order by generation_id) from "
                "{events}"),
            "[(2, 0, succeeded), (3, NULL, ok)]");
  EXPECT_EQ(tables.rows_in_source, 4);
  EXPECT_EQ(found(tables, "rows without a time"), 1);
  EXPECT_EQ(found(tables, "rows with the generation key of a later row"), 1);
  EXPECT_EQ(found(tables, "generations without a user"), 1);
}

TEST_F(EventTest, HaveNoValueThatCannotBe) {
  copy(
      "select * from (values ('u1', '2026-03-01T10:00:00Z', -5, 0.1), "
      "('u1', '2026-03-01T10:01:00Z', 90000000, 0.1), ('u1', '2026-03-01T10:02:00Z', 1000, -0.1), "
      "('u1', '9999-12-31T00:00:00Z', 1000, 0.1), ('u1', '1970-01-01T00:00:00Z', 1000, 0.1)) "
      "t(user_id, created_at, latency_ms, cost_usd)",
      "in.csv", "format csv, header");
  read("in.csv", {"time=created_at"});
  EXPECT_EQ(row("select count(*), count(latency_ms), count(cost), max(generated_at) from {events}"),
            "3|1|2|2026-03-01 10:02:00");
  std::map<std::string, std::string> odd;
  for (const Finding& finding : find_odd_events(connection_, *events_.rows, mapping_)) {
    odd[finding.what] =
        fmt::format("{} from {}: {}", finding.count,
                    finding.place.substr(finding.place.rfind('/') + 1), finding.example);
  }
  EXPECT_EQ(odd,
            (std::map<std::string, std::string>{
                {"values of 'latency_ms' that are below 0", "1 from in.csv, row 1: -5"},
                {"values of 'latency_ms' that are over a day", "1 from in.csv, row 2: 90000000"},
                {"values of 'cost_usd' that are below 0", "1 from in.csv, row 3: -0.1"},
                {"values of 'created_at' that are not a time, before 2000 or in the future",
                 "2 from in.csv, row 4: 9999-12-31T00:00:00Z"}}));
}

TEST_F(EventTest, OfASampleAreThoseOfWholeUsers) {
  connection_.execute(kProduct);
  copy("select account as user_id, asked as created_at, state as status from product", "in.parquet",
       "format parquet");
  const EventTables& tables = read("in.parquet", {}, 2000);
  EXPECT_TRUE(tables.sampled);
  EXPECT_GE(tables.event_count, 2000);
  EXPECT_LT(tables.event_count, 2200);
  EXPECT_EQ(
      row("select count(*) from (select user_key, count(*) as n from {events} where user_key "
          "is not null group by user_key) as s inner join (select account, count(*) as n from "
          "product group by account) as p on s.user_key = p.account where s.n <> p.n"),
      "0");
}

TEST_F(EventTest, KnowOfEachUserTheLatestTraits) {
  copy(
      "select * from (values ('b', '2026-03-01T10:00:00Z', 'free', 'ok'), "
      "('a', '2026-03-01T12:00:00Z', 'pro', 'ok'), ('b', '2026-03-02T10:00:00Z', 'pro', 'ok'), "
      "('b', '2026-03-03T10:00:00Z', null, 'ok')) t(user_id, created_at, plan, status)",
      "in.parquet", "format parquet");
  read("in.parquet");
  EXPECT_EQ(
      row("select list((user_id, user_key, user_tier, first_seen) order by user_id) from {users}"),
      "[(0, b, pro, '2026-03-01 10:00:00'), (1, a, pro, '2026-03-01 12:00:00')]");
}

TEST_F(EventTest, TakeTraitsAndFeedbackFromOtherSources) {
  write("in.csv",
        "request_id,user_id,created_at,status\nr1,a,2026-03-01T10:00:00Z,ok\n"
        "r2,b,2026-03-01T11:00:00Z,ok\nr3,a,2026-03-02T11:00:00Z,failed\n");
  write("users.csv",
        "user_id,plan,country,created_at\na,free,DE,2025-01-01T00:00:00Z\n"
        "a,gold,DE,2025-01-01T00:00:00Z\nc,free,FR,2025-06-01T00:00:00Z\n");
  write("feedback.csv",
        "request_id,rating,created_at\nr1,5,2026-03-02T10:00:00Z\n"
        "r3,1,2026-03-02T12:00:00Z\nr9,1,2026-03-02T12:00:00Z\n");
  read("in.csv");
  const auto users = prompts::find_source_files({path("users.csv")}).files;
  const OpenedEvents of_users = open_events(connection_, run_on(connection_), users);
  add_user_records(connection_, *of_users.rows, of_users.found.mapping, *tables_);
  const auto feedback = prompts::find_source_files({path("feedback.csv")}).files;
  const OpenedEvents of_feedback = open_events(connection_, run_on(connection_), feedback);
  const FeedbackRecords records =
      read_feedback(connection_, *of_feedback.rows, of_feedback.found.mapping);
  add_feedback(connection_, records, *tables_);
  EXPECT_EQ(row("select user_id, user_key, user_tier, region, signup_at from {users} order by 1"),
            "0|a|gold|DE|2025-01-01 00:00:00\n1|b|NULL|NULL|NULL\n"
            "2|c|free|FR|2025-06-01 00:00:00");
  EXPECT_EQ(row("select generation_key, feedback from {events} order by generation_id"),
            "r1|0\nr2|NULL\nr3|1");
  EXPECT_EQ(feedback_without(connection_, records, {tables_->events.name()}).count, 1);
}

TEST_F(EventTest, RefusesASourceWithoutAny) {
  connection_.execute(
      fmt::format("copy (select 'u' as user_id, '1970-01-01' as created_at, 'ok' as status) to {} "
                  "(format csv, header)",
                  sql_quote(path("in.csv"))));
  EXPECT_THROW(read("in.csv", {"time=created_at"}), Error);
}

}  // namespace
}  // namespace gsa::telemetry
