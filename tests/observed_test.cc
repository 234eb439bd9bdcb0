// `gsa run --behavior observed`: derives users, requests, sessions and retries again from the rows
// of the source, by plain loops, and compares them for every user.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"
#include "session_check.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMinuteUs = 60'000'000;

// The real prompts, if available.
fs::path real_prompts() {
  return fs::path(GSA_SOURCE_DIR).parent_path() / "shared/data/diffusiondb-sample.parquet";
}

// Otherwise, 20,000 rows in DiffusionDB's format: 300 users, deleted accounts, rows without user or
// time, requests of one to nine images, re-rolls, ties within a minute.
void make_prompts(const std::string& path) {
  duck::Connection connection = duck::Database({}).connect();
  connection.execute(fmt::format(R"(
copy (
    with asked as (
        -- One request in three repeats the previous prompt some minutes later.
        select range as r, range - (range % 3 = 2)::bigint as first,
            hash(first * 3) % 300 as u, hash(first * 3 + 1) % 20000 as minute,
            'prompt ' || first::varchar as prompt,
            (r - first) * (hash(r) % 40) as later, 1 + hash(r * 3 + 2) % 9 as images
        from range(4000)
    )
    select 'image ' || r::varchar || '-' || i::varchar as image_name, prompt,
        (hash(r, i) % 4294967296)::uinteger as seed, (50 + r % 5 // 4)::usmallint as step,
        7::float as cfg, 8::utinyint as sampler, 512::usmallint as width, 512::usmallint as height,
        case when u = 7 then null when u % 10 = 3 then 'deleted_account'
            else md5(u::varchar) || md5('x' || u::varchar) end as user_name,
        case when u <> 7 then timestamptz '2022-08-06 00:00:00+00'
            + to_minutes((minute + later)::integer) end as "timestamp",
        (case when hash(r, i, 5) % 50 = 0 then 2 else hash(r, i) % 100 / 100.0 end)::float
            as image_nsfw,
        0::float as prompt_nsfw
    from asked, lateral (select unnest(range(images::bigint)) as i)
    order by hash(r, i)
) to '{}' (format parquet, row_group_size 4096))",
                                 path));
}

struct Row {
  std::string user, prompt;
  std::optional<std::int64_t> at_us;
  std::tuple<std::string, std::string, std::string, std::string, std::string> settings;
  std::int64_t number, seed;
  bool blurred;
};

std::vector<Row> read_source(const std::string& path) {
  duck::Connection connection = duck::Database({}).connect();
  std::vector<Row> rows;
  connection.stream_text(
      fmt::format("select file_row_number, user_name, prompt, epoch_us(\"timestamp\"), step, cfg, "
                  "sampler, width, height, seed, image_nsfw = 2 from read_parquet('{}')",
                  path),
      [&](const duck::Connection::TextRow& row) {
        const auto text = [&](std::size_t i) { return std::string(row[i].value_or("")); };
        rows.push_back({text(1),
                        text(2),
                        optional_number(text(3)),
                        {text(4), text(5), text(6), text(7), text(8)},
                        number(text(0)),
                        number(text(9)),
                        text(10) == "true"});
        return true;
      });
  return rows;
}

struct Request {
  std::int64_t id, at_us;
  std::int64_t images = 0, blurred = 0;
  std::string prompt;
  decltype(Row::settings) settings;
  std::int64_t least_seed, most_seed;

  auto what() const { return std::tie(settings, least_seed, most_seed); }
};

bool is_known(const std::string& user) { return !user.empty() && user != "deleted_account"; }

// The requests of each user in order of time; "" has those of all unknown users.
std::map<std::string, std::vector<Request>> requests_of(const std::vector<Row>& rows) {
  std::map<std::tuple<std::string, std::string, std::int64_t, decltype(Row::settings)>, Request>
      requests;
  for (const Row& row : rows) {
    if (!row.at_us || row.prompt.find_first_not_of(" \t\n\r\v\f") == std::string::npos) continue;
    const std::string user = is_known(row.user) ? row.user : "";
    auto [at, is_new] =
        requests.try_emplace({user, row.prompt, *row.at_us / kMinuteUs, row.settings});
    Request& request = at->second;
    if (is_new) {
      request = {row.number, *row.at_us, 0, 0, row.prompt, row.settings, row.seed, row.seed};
    }
    request.id = std::min(request.id, row.number);
    request.at_us = std::min(request.at_us, *row.at_us);
    request.least_seed = std::min(request.least_seed, row.seed);
    request.most_seed = std::max(request.most_seed, row.seed);
    ++request.images;
    request.blurred += row.blurred;
  }
  std::map<std::string, std::vector<Request>> by_user;
  for (const auto& [key, request] : requests) by_user[std::get<0>(key)].push_back(request);
  for (auto& [user, asked] : by_user) {
    std::sort(asked.begin(), asked.end(), [](const Request& a, const Request& b) {
      return std::tie(a.at_us, a.id) < std::tie(b.at_us, b.id);
    });
  }
  return by_user;
}

// first request, begin, end, requests, images, retries, blurred requests
using SessionRow = std::vector<std::int64_t>;

std::vector<SessionRow> sessions_of(const std::vector<Request>& asked) {
  std::vector<SessionRow> sessions;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Request& request = asked[i];
    if (i == 0 || request.at_us - asked[i - 1].at_us > kGapUs) {
      sessions.push_back({request.id, request.at_us, 0, 0, 0, 0, 0});
    }
    SessionRow& session = sessions.back();
    session[2] = request.at_us;
    ++session[3];
    session[4] += request.images;
    session[6] += request.blurred > 0;
    for (std::size_t before = i; before-- > 0;) {  // the previous request for the same prompt
      if (asked[before].prompt != request.prompt) continue;
      const bool in_session = asked[before].at_us >= session[1];
      session[5] += in_session && asked[before].what() != request.what();
      break;
    }
  }
  return sessions;
}

std::map<std::string, std::vector<SessionRow>> stored_sessions(const std::string& warehouse) {
  std::map<std::string, std::vector<SessionRow>> sessions;
  for (const auto& row :
       read_rows(warehouse,
                 "select user_name, session_id, epoch_us(session_start), epoch_us(session_end), "
                 "total_generations, total_images, total_retries, safety_violation_count "
                 "from fct_sessions join dim_users using (user_id) "
                 "order by user_name, session_start")) {
    SessionRow session;
    for (std::size_t i = 1; i < row.size(); ++i) session.push_back(number(row[i]));
    sessions[row[0]].push_back(session);
  }
  return sessions;
}

Outcome observe(const TempFolder& folder, const std::string& source, const std::string& warehouse,
                std::int64_t prompts, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"run",
                                        "--behavior",
                                        "observed",
                                        "--source",
                                        source,
                                        "--prompts",
                                        std::to_string(prompts),
                                        "--warehouse",
                                        warehouse};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return gsa(folder, arguments);
}

class Observed
    : public testing::TestWithParam<bool> {  // true: the real prompts; false: made-up ones
 protected:
  void SetUp() override {
    if (!GetParam()) {
      source_ = folder_ / "made.parquet";
      make_prompts(source_);
    } else if (fs::exists(real_prompts())) {
      source_ = real_prompts().string();
    } else {
      GTEST_SKIP() << "the real prompts are not at hand";
    }
  }

  TempFolder folder_;
  std::string source_;
};

TEST_P(Observed, SessionsFollowFromTheRowsOfTheSourceForEveryUser) {
  const std::string warehouse = folder_ / "w.duckdb";
  const Outcome run = observe(folder_, source_, warehouse, 1'000'000, {"--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;

  auto by_user = requests_of(read_source(source_));
  const std::vector<Request> unknown = std::move(by_user[""]);
  by_user.erase("");
  const auto stored = stored_sessions(warehouse);
  ASSERT_EQ(stored.size(), by_user.size());
  std::size_t sessions = 0, retries = 0, blurred = 0;
  for (const auto& [user, asked] : by_user) {
    const std::vector<SessionRow> expected = sessions_of(asked);
    ASSERT_EQ(stored.at(user), expected) << "user " << user;
    sessions += expected.size();
    for (const SessionRow& session : expected) {
      retries += static_cast<std::size_t>(session[5]);
      blurred += static_cast<std::size_t>(session[6]);
    }
  }
  // The comparison would mean little if a kind were missing.
  EXPECT_GT(sessions, by_user.size());
  EXPECT_GT(retries, 20u);
  EXPECT_GT(blurred, 20u);
  EXPECT_GT(unknown.size(), 100u);
  EXPECT_EQ(read_cell(warehouse, "select count(*) from fct_generations where session_id is null"),
            std::to_string(unknown.size()));
  EXPECT_EQ(expect_sessions_follow_from_raw(warehouse), sessions);
}

TEST_P(Observed, SaysOfEverySignalWhetherItWasObserved) {
  const std::string warehouse = folder_ / "w.duckdb";
  ASSERT_EQ(observe(folder_, source_, warehouse, 500, {"--quiet"}).exit_code, 0);
  EXPECT_EQ(read_rows(warehouse,
                      "select distinct user_origin, time_origin, retry_origin, latency_origin, "
                      "cost_origin, feedback_origin, download_origin, model_origin "
                      "from fct_generations"),
            (TextRows{{"observed", "observed", "observed", "simulated", "simulated", "simulated",
                       "simulated", "simulated"}}));
  EXPECT_EQ(read_rows(warehouse,
                      "select distinct status = 'safety_violation', blurred_images > 0, "
                      "status_origin from fct_generations order by all"),
            (TextRows{{"false", "false", "simulated"}, {"true", "true", "observed"}}));
  EXPECT_EQ(read_rows(warehouse, "select distinct signup_origin, traits_origin from dim_users"),
            (TextRows{{"estimated", "simulated"}}));
  EXPECT_EQ(
      read_cell(warehouse, "select count(*) from dim_users where signup_at <> first_generation_at"),
      "0");
}

// A sample has whole users: all their sessions, with the same traits and outcomes as in any other
// sample.
TEST_P(Observed, SamplesKeepTheSessionsTraitsAndOutcomesOfTheirUsers) {
  const std::string all = folder_ / "all.duckdb", part = folder_ / "part.duckdb";
  ASSERT_EQ(observe(folder_, source_, all, 1'000'000, {"--quiet"}).exit_code, 0);
  ASSERT_EQ(observe(folder_, source_, part, 1'000, {"--quiet", "--threads", "1"}).exit_code, 0);
  const auto every = stored_sessions(all), some = stored_sessions(part);
  EXPECT_GT(some.size(), 10u);
  EXPECT_LT(some.size(), every.size());
  for (const auto& [user, sessions] : some) EXPECT_EQ(sessions, every.at(user)) << user;

  const char* const traits =
      "select user_name, user_tier, region, device_type, signup_at from dim_users";
  const char* const outcomes =
      "select generation_id, latency_ms, status, cost, retry_count, feedback, downloaded "
      "from fct_generations";
  for (const char* const sql : {traits, outcomes}) {
    const TextRows whole = read_rows(all, sql);
    const std::set<std::vector<std::string>> known(whole.begin(), whole.end());
    for (const auto& row : read_rows(part, sql)) EXPECT_TRUE(known.contains(row)) << row[0];
  }
  const std::int64_t generations = number(read_cell(part, "select count(*) from fct_generations"));
  EXPECT_GE(generations, 1'000);
}

INSTANTIATE_TEST_SUITE_P(Prompts, Observed, testing::Values(false, true),
                         [](const auto& param) { return param.param ? "Real" : "Made"; });

class ObservedRun : public testing::Test {
 protected:
  void SetUp() override { make_prompts(source_); }
  TempFolder folder_;
  std::string source_ = folder_ / "made.parquet", warehouse_ = folder_ / "w.duckdb";
};

TEST_F(ObservedRun, IsNamedInTheReportAndTheWarehouseWithWhatWasOdd) {
  const Outcome run = observe(folder_, source_, warehouse_, 500, {"--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("Generations outside sessions"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("observed"), std::string::npos) << run.out;
  EXPECT_EQ(read_rows(warehouse_,
                      "select source, behavior, period, users = (select count(*) from "
                      "dim_users) from ops.provenance"),
            (TextRows{{"made.parquet", "observed", "2022-08", "true"}}));
  EXPECT_EQ(read_rows(warehouse_,
                      "select rule, count > 0 from ops.findings where finding in ('rows "
                      "without a time', 'requests of deleted or unknown accounts') "
                      "order by finding"),
            (TextRows{{"kept outside sessions", "true"}, {"skipped", "true"}}));
  // The run's record has the option as it was typed.
  EXPECT_EQ(read_rows(warehouse_,
                      "select count(*) from ops.runs where options like '%--behavior observed%'"),
            (TextRows{{"1"}}));
}

TEST_F(ObservedRun, KeepsOddSettingsInTheRawTableAndClearsThemInTheModels) {
  folder_.write("odd.csv",
                "prompt,user_name,timestamp,cfg,sampler,width,height\n"
                "a cat,ann,2022-08-11 10:00:00,-7.5,8,512,512\n"
                "a dog,ann,2022-08-11 10:01:00,nan,99,0,512\n"
                "a cow,ann,2022-08-11 10:02:00,inf,0,512,0\n");
  const Outcome run = observe(folder_, "odd.csv", warehouse_, 10);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string columns = "sampler, width, height from ";
  EXPECT_EQ(
      read_rows(warehouse_, "select cfg, " + columns + "raw_prompts"),
      (TextRows{{"-7.5", "8", "512", "512"}, {"nan", "99", "0", "512"}, {"inf", "0", "512", "0"}}));
  EXPECT_EQ(read_rows(warehouse_, "select guidance, " + columns + "dim_prompts"),
            (TextRows{{"-7.5", "8", "512", "512"}, {"", "", "", "512"}, {"", "", "512", ""}}));
  for (const char* note : {"prompts with guidance below 0: 1, kept",
                           "prompts with guidance that is not a finite number: 2, read as missing",
                           "prompts with a width or height of 0: 2, read as missing",
                           "prompts with a sampler that is not 1 to 9: 2, read as missing"}) {
    EXPECT_NE(run.err.find(note), std::string::npos) << run.err;
  }
}

TEST_F(ObservedRun, ReplacesASimulatedOneAndIsKeptWhenRunAgain) {
  const std::vector<std::string> simulated = {
      "run", "--source", source_, "--prompts", "500", "--users", "20", "--warehouse", warehouse_};
  ASSERT_EQ(gsa(folder_, simulated).exit_code, 0);
  EXPECT_EQ(read_cell(warehouse_, "select behavior from ops.provenance"), "simulated");
  const Outcome first = observe(folder_, source_, warehouse_, 500);
  EXPECT_EQ(first.err.find("Nothing is stale"), std::string::npos) << first.err;
  EXPECT_EQ(read_cell(warehouse_, "select behavior from ops.provenance"), "observed");
  const Outcome second = observe(folder_, source_, warehouse_, 500);
  EXPECT_NE(second.err.find("Nothing is stale: 13 assets are up to date"), std::string::npos)
      << second.err;
  EXPECT_NE(read_cell(warehouse_, "select count(*) from ops.findings"), "0");
}

TEST_F(ObservedRun, RefusesOptionsThatOnlyASimulationHas) {
  const std::vector<std::pair<std::string, std::string>> options = {
      {"--users", "5"}, {"--month", "5"}, {"--year", "2025"}};
  for (const auto& [option, value] : options) {
    const Outcome run = observe(folder_, source_, warehouse_, 500, {option, value});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.err,
              fmt::format("error: {} has no meaning with --behavior observed\n"
                          "hint: users and times are those of the data; --prompts says how many "
                          "requests to take\n",
                          option));
  }
  EXPECT_FALSE(fs::exists(warehouse_));
  const Outcome synthetic = observe(folder_, "synthetic", warehouse_, 500);
  EXPECT_EQ(synthetic.exit_code, 2);
  EXPECT_NE(synthetic.err.find("synthetic prompts have no users to observe"), std::string::npos);
}

}  // namespace
}  // namespace gsa::tests
