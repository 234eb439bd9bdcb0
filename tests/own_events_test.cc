// gsa run on a product's own events: its numbers are those of plain SQL over the file, in every
// format and unit; what the file lacks is unknown, never made up.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "duck/database.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

// 50,000 events of 1,500 users. Milliseconds and micro-dollars are integers, so that each unit says
// the same exactly.
constexpr const char* kProduct = R"(
create table product as
select
    'req_' || i as request_id,
    case when h % 97 <> 0 then 'user_' || (h // 7 % 1500) end as account,
    timestamp '2026-02-01' + to_seconds(i * 53 + h % 40) as asked,
    200 + h % 60000 as ms,
    case h % 20 when 0 then 'timeout' when 1 then 'content_policy_violation' when 2 then 'rate_limited'
        when 3 then 'failed' when 4 then 'canceled' else 'succeeded' end as state,
    h % 9000 as micros,
    ['basic', 'gold', 'team'][1 + h // 7 % 1500 % 3] as plan,
    ['sdxl', 'flux-dev'][1 + h % 2] as engine,
    ['DE', 'FR', 'US', 'JP'][1 + h // 7 % 1500 % 4] as country,
    'a picture of number ' || i as prompt
from (select i, (hash(i) % 1000003)::bigint as h from range(50000) t(i)))";

class OwnEvents : public testing::Test {
 protected:
  void write(const std::string& select, const std::string& name, const std::string& options) {
    connection_.execute(
        fmt::format("copy ({}) to {} ({})", select, sql_quote(folder_ / name), options));
  }
  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "--quiet"});
    Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }
  // The rows of a query on the warehouse, and of one on the product's own table.
  std::string found(const std::string& sql) {
    const Outcome outcome = gsa(folder_, {"sql", sql, "--format", "csv"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }
  std::string expected(const std::string& sql) {
    const std::string file = folder_ / "expected.csv";
    connection_.execute(fmt::format("copy ({}) to {} (format csv, header)", sql, sql_quote(file)));
    return read(file);
  }
  static std::string read(const std::string& file) {
    std::FILE* in = std::fopen(file.c_str(), "rb");
    std::string text;
    for (int c = std::fgetc(in); c != EOF; c = std::fgetc(in)) text += static_cast<char>(c);
    std::fclose(in);
    return text;
  }

  TempFolder folder_;
  duck::Connection connection_ = duck::Database({}).connect();
};

TEST_F(OwnEvents, HaveTheNumbersOfPlainSqlInEveryFormatAndUnit) {
  connection_.execute(kProduct);
  const std::map<std::string, std::string> conventions = {
      {"ms",
       "request_id, account as user_id, asked as created_at, ms as latency_ms, state as status, "
       "(micros / 1000000)::decimal(12, 6) as cost_usd, plan, engine as model, country, prompt"},
      {"s",
       "request_id as id, account, strftime(asked, '%Y-%m-%dT%H:%M:%SZ') as timestamp, "
       "(ms / 1000)::decimal(12, 3) as duration_s, state as outcome, "
       "(micros / 10000)::decimal(12, 4) as price_cents, plan as tier, engine, country, prompt"},
      {"us",
       "request_id, account as uid, epoch_ms(asked) as ts, ms * 1000 as elapsed_us, state, "
       "micros::double / 1000000 as cost_usd, plan, engine as model_name, country, prompt"}};
  const std::map<std::string, std::string> formats = {
      {"parquet", "format parquet"}, {"csv", "format csv, header"}, {"jsonl", "format json"}};
  // A session ends after more than 30 minutes without a generation.
  const std::string sessions =
      "select count(*) as sessions from (select asked, lag(asked) over (partition by account order "
      "by asked, request_id) as before from product where account is not null) where before is "
      "null or asked > before + interval 30 minute";
  const std::string by_tier =
      "select plan as tier, count(*) as n, sum((state = 'succeeded')::int) as good, "
      "sum(ms)::bigint as ms, (sum(micros) / 1000000)::decimal(18, 6) as cost from product where "
      "account is not null group by plan order by plan";
  for (const auto& [unit, columns] : conventions) {
    for (const auto& [format, options] : formats) {
      SCOPED_TRACE(unit + "." + format);
      const std::string name = fmt::format("{}.{}", unit, format);
      write("select " + columns + " from product", name, options);
      std::filesystem::remove_all(folder_ / "data");
      run({"--source", name});
      EXPECT_EQ(found("select count(*) as sessions from fct_sessions"), expected(sessions));
      EXPECT_EQ(found("select user_tier::varchar as tier, sum(total_generations)::bigint as n, "
                      "sum(successful_generations)::bigint as good, sum(total_latency_ms)::bigint "
                      "as ms, sum(total_cost)::decimal(18, 6) as cost from fct_sessions group by "
                      "user_tier order by tier"),
                expected(by_tier));
      EXPECT_EQ(found("select model_version::varchar as model, count(*) as n from fct_generations "
                      "group by model_version order by model"),
                expected("select engine as model, count(*) as n from product group by engine order "
                         "by engine"));
      EXPECT_EQ(
          found("select status_word as word, count(*) as n from fct_generations group by word "
                "order by word"),
          expected("select state as word, count(*) as n from product group by state order by "
                   "state"));
      EXPECT_EQ(found("select distinct latency_origin::varchar as latency, "
                      "retry_origin::varchar as retry, feedback_origin::varchar as feedback from "
                      "fct_generations"),
                "latency,retry,feedback\nobserved,unknown,unknown\n");
      EXPECT_EQ(found("select count(retry_count) as retries, count(feedback) as feedback, "
                      "count(downloaded) as downloads from fct_generations"),
                "retries,feedback,downloads\n0,0,0\n");
    }
  }
}

TEST_F(OwnEvents, AreNotSimulatedInSilence) {
  folder_.write("events.csv",
                "user_id,created_at,status\nu1,2026-03-01T10:00:00Z,ok\nu1,2026-03-01T10:05:00Z,"
                "failed\nu2,2026-03-01T11:00:00Z,ok\n");
  const Outcome made = run({"--source", "events.csv"});
  EXPECT_EQ(found("select count(*) as n, count(latency_ms) as latency, count(cost) as cost from "
                  "fct_generations"),
            "n,latency,cost\n3,0,0\n");
  EXPECT_EQ(made.out.find("simulated"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("Made of 3 requests by 2 users"), std::string::npos) << made.out;
  // The report has no column of nothing.
  EXPECT_EQ(made.out.find("Cost"), std::string::npos) << made.out;
}

TEST_F(OwnEvents, MayBeMappedByOptions) {
  folder_.write("events.jsonl",
                "{\"who\":\"u1\",\"at\":1772359200,\"t\":90,\"state\":\"KO\"}\n"
                "{\"who\":\"u2\",\"at\":1772359300,\"t\":95,\"state\":\"OK\"}\n");
  folder_.write("map.yml",
                "signals:\n  user: who\n  time: at\n  latency: {path: t, unit: s}\n"
                "  status: {path: state, words: {KO: timeout}}\n");
  run({"--source", "events.jsonl", "--map", "map.yml"});
  EXPECT_EQ(found("select status::varchar as status, latency_ms from fct_generations order by "
                  "generation_id"),
            "status,latency_ms\ntimeout,90000\nsuccess,95000\n");
}

TEST_F(OwnEvents, GetEstimatedCostsOnlyOnRequest) {
  folder_.write("events.csv",
                "user_id,created_at,status,model\nu1,2026-03-01T10:00:00Z,ok,dall-e-3\n"
                "u1,2026-03-01T10:05:00Z,ok,unheard-of\n");
  run({"--source", "events.csv"});
  EXPECT_EQ(found("select count(cost) as n from fct_generations"), "n\n0\n");
  run({"--source", "events.csv", "--prices", "builtin"});
  EXPECT_EQ(found("select cost, currency::varchar as currency, cost_origin::varchar as origin from "
                  "fct_generations order by generation_id"),
            "cost,currency,origin\n0.04000000,USD,estimated\n,,unknown\n");
}

TEST_F(OwnEvents, AreSimulatedWhereAskedAndOnlyWhereTheyAreSilent) {
  folder_.write("events.csv",
                "user_id,created_at,status,latency_ms\nu1,2026-03-01T10:00:00Z,ok,900\n"
                "u1,2026-03-01T10:05:00Z,failed,\nu2,2026-03-01T11:00:00Z,ok,1200\n");
  run({"--source", "events.csv", "--missing", "latency=simulated,traits=simulated"});
  EXPECT_EQ(found("select latency_origin::varchar as origin, latency_ms in (900, 1200) as told, "
                  "latency_ms > 0 as known, status::varchar as status, cost from fct_generations "
                  "order by generation_id"),
            "origin,told,known,status,cost\nobserved,true,true,success,\n"
            "simulated,false,true,model_error,\nobserved,true,true,success,\n");
  EXPECT_EQ(found("select count(*) as n from dim_users where traits_origin = 'simulated' and "
                  "user_tier::varchar in ('free', 'pro', 'enterprise')"),
            "n\n2\n");
  run({"--source", "events.csv", "--missing", "simulated"});
  EXPECT_EQ(found("select count(cost) as costs, max(currency::varchar) as currency, "
                  "max(cost_origin::varchar) as origin, sum((status = 'success')::int) as good "
                  "from fct_generations"),
            "costs,currency,origin,good\n3,credits,simulated,2\n");
  const Outcome refused =
      gsa(folder_, {"run", "--source", "events.csv", "--missing", "luck=simulated"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("gsa simulates no signal 'luck'"), std::string::npos) << refused.err;
}

TEST_F(OwnEvents, NeedNotKeepTheKeysOfUsers) {
  folder_.write("events.csv",
                "email,created_at,status\nann@example.com,2026-03-01T10:00:00Z,ok\n"
                "ann@example.com,2026-03-01T10:05:00Z,ok\n");
  folder_.write("users.csv", "email,plan\nann@example.com,gold\n");
  run({"--source", "events.csv", "--users-from", "users.csv", "--hash-users"});
  EXPECT_EQ(found("select user_name = sha256('ann@example.com') as hashed, user_tier::varchar as "
                  "tier, lifetime_generations as n from dim_users"),
            "hashed,tier,n\ntrue,gold,2\n");
}

TEST_F(OwnEvents, AreInSessionsByKeyOrGapAsAsked) {
  folder_.write("events.csv",
                "user_id,created_at,status,session_id\nu1,2026-03-01T10:00:00Z,ok,a\n"
                "u1,2026-03-01T10:05:00Z,ok,b\nu1,2026-03-01T12:00:00Z,ok,a\n");
  const std::map<std::string, std::string> sessions = {{"gap", "2"}, {"key", "2"}, {"both", "2"}};
  const std::map<std::string, std::string> longest = {
      {"gap", "5"}, {"key", "120"}, {"both", "120"}};
  for (const auto& [by, count] : sessions) {
    run({"--source", "events.csv", "--session", by});
    EXPECT_EQ(found("select count(*) as n, max(epoch(session_end - session_start) / 60)::int as "
                    "longest from fct_sessions"),
              fmt::format("n,longest\n{},{}\n", count, longest.at(by)))
        << by;
  }
}

TEST_F(OwnEvents, NeverMakeACalendarOfOddTimes) {
  folder_.write(
      "events.csv",
      "user_id,created_at,status\nu1,2026-03-01T10:00:00Z,ok\nu1,9999-12-31T00:00:00Z,ok\n"
      "u1,2026-03-03T10:00:00Z,ok\nu1,1970-01-01T00:00:00Z,ok\n");
  run({"--source", "events.csv", "--map", "time=created_at"});
  EXPECT_EQ(found("select count(*) as days from daily_metrics"), "days\n3\n");
  EXPECT_EQ(
      found("select finding, count, example from ops.findings where count > 0 and finding like "
            "'%time%' order by finding"),
      "finding,count,example\nrows without a time,2,\n"
      "\"values of 'created_at' that are not a time, before 2000 or in the future\",2,"
      "9999-12-31T00:00:00Z\n");
}

// A file of users may name some who made nothing yet.
TEST_F(OwnEvents, MayHaveUsersWithoutAny) {
  folder_.write("events.csv", "user_id,created_at,status\nu1,2026-03-01T10:00:00Z,ok\n");
  folder_.write("users.csv",
                "user_id,plan,signup_at\nu1,gold,\nu2,basic,2026-02-01T00:00:00Z\nu3,basic,\n");
  run({"--source", "events.csv", "--users-from", "users.csv"});
  EXPECT_EQ(found("select user_name, user_tier::varchar as tier, signup_origin::varchar as origin, "
                  "lifetime_generations as n from dim_users order by user_name"),
            "user_name,tier,origin,n\nu1,gold,estimated,1\nu2,basic,observed,0\n"
            "u3,basic,unknown,0\n");
}

TEST_F(OwnEvents, LeaveNoOptionWithoutEffect) {
  folder_.write("events.csv", "user_id,created_at,status\nu1,2026-03-01T10:00:00Z,ok\n");
  folder_.write("prompts.csv", "prompt\na cat\n");
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    const Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    return outcome.err;
  };
  const std::string users = refused({"--source", "events.csv", "--users", "10"});
  EXPECT_NE(users.find("--users has no meaning for a source of events"), std::string::npos)
      << users;
  const std::string month = refused({"--source", "events.csv", "--month", "2026-03"});
  EXPECT_NE(month.find("--month has no meaning for a source of events"), std::string::npos)
      << month;
  const std::string prompts = refused({"--source", "prompts.csv", "--prices", "builtin"});
  EXPECT_NE(prompts.find("--prices is for events of a product, and the source lacks"),
            std::string::npos)
      << prompts;
  const std::string synthetic = refused({"--source", "synthetic", "--missing", "simulated"});
  EXPECT_NE(synthetic.find("--missing is for events of a product, and synthetic prompts have none"),
            std::string::npos)
      << synthetic;
  const std::string simulated =
      refused({"--source", "events.csv", "--behavior", "simulated", "--map", "latency=status"});
  EXPECT_NE(simulated.find("--map is for events of a product, and --behavior simulated"),
            std::string::npos)
      << simulated;
}

TEST_F(OwnEvents, HaveTheCurrencyThatTheirCostsName) {
  folder_.write("events.csv",
                "user_id,created_at,status,price\n"
                "u1,2026-03-01T10:00:00Z,ok,$0.04\nu1,2026-03-01T10:01:00Z,ok,\"$1,200.50\"\n"
                "u2,2026-03-01T10:02:00Z,ok,0.02 EUR\nu2,2026-03-01T10:03:00Z,ok,\"0,05 EUR\"\n");
  // "0,05" may be 5 or 0.05, so that column is no cost unless one says so.
  EXPECT_EQ(gsa(folder_, {"inspect", "events.csv"}).out.find("cost "), std::string::npos);
  const Outcome made = run({"--source", "events.csv", "--map", "cost=price"});
  EXPECT_EQ(found("select currency, sum(cost)::decimal(9, 2) as cost from fct_generations group by "
                  "1 order by "
                  "all"),
            "currency,cost\nUSD,1200.54\nEUR,0.02\n,\n");
  EXPECT_EQ(found("select count from ops.findings where finding like '%not an amount%'"),
            "count\n1\n");
}

TEST_F(OwnEvents, OfACurrencyWithoutACostHaveNone) {
  folder_.write("events.csv",
                "user_id,created_at,status,currency\nu1,2026-03-01T10:00:00Z,ok,EUR\n"
                "u2,2026-03-01T11:00:00Z,failed,EUR\n");
  run({"--source", "events.csv"});
  EXPECT_EQ(gsa(folder_, {"inspect", "events.csv"}).exit_code, 0);
  EXPECT_EQ(found("select count(cost) as cost, count(currency) as currency from fct_generations"),
            "cost,currency\n0,0\n");
}

TEST_F(OwnEvents, AreFoundWithinObjects) {
  folder_.write(
      "events.jsonl",
      R"({"id": "g1", "customer": {"id": "c1", "plan": "pro"}, "ts": 1772359200000, "ok": true, "usage": {"cost": {"total": 0.5, "currency": "EUR"}}})"
      "\n"
      R"({"id": "g2", "customer": {"id": "c2", "plan": "free"}, "ts": 1772359260000, "ok": false, "usage": {"cost": {"total": 0.25, "currency": "EUR"}}})"
      "\n");
  run({"--source", "events.jsonl"});
  EXPECT_EQ(found("select user_name, user_tier, status, cost::decimal(9, 2) as cost, "
                  "fct_generations.currency from "
                  "fct_generations join dim_users using (user_id, user_tier) order by 1"),
            "user_name,user_tier,status,cost,currency\nc1,pro,success,0.50,EUR\n"
            "c2,free,model_error,0.25,EUR\n");
}

TEST_F(OwnEvents, AreToldWhatOneThingTheyLack) {
  folder_.write("events.csv", "user_id,when,status\nu1,31/12/2026 10:00,ok\nu2,1/2/2027 9:00,ok\n");
  const Outcome outcome = gsa(folder_, {"run", "--source", "events.csv"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("events.csv lacks a time to be events of a product"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("--map time=COLUMN"), std::string::npos) << outcome.err;
}

TEST_F(OwnEvents, OfPromptsAloneStaySimulated) {
  folder_.write("prompts.csv", "prompt\na cat\na dog\n");
  const Outcome made = run({"--source", "prompts.csv", "--users", "5"});
  EXPECT_NE(made.out.find("simulated"), std::string::npos) << made.out;
}

}  // namespace
}  // namespace gsa::tests
