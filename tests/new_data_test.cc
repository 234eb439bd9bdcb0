// A second run over a folder that grew: it reads only the new files, and ends as a clean run does.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "duck/database.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

// 4,000 events of 300 users in four files of ten days each. Some name no user; some latencies
// cannot be; a hundred keys come again in the last file, of other users and with other values.
constexpr const char* kEvents = R"(
create table events as
select
    i // 1000 as file,
    'req_' || if(i >= 3900, i - 2000, i) as request_id,
    case when h % 20 <> 0 then 'user_' || (h % 300 + i // 1000 * 10) end as user_id,
    timestamp '2026-02-01' + to_seconds(i * 860 + h % 700) as created_at,
    if(h % 50 = 0, -5, 200 + h % 60000) as latency_ms,
    case h % 9 when 0 then 'timeout' when 1 then 'content_policy_violation' when 2 then 'failed'
        else 'succeeded' end as status,
    (h % 9000 / 1000000)::decimal(12, 6) as cost_usd,
    ['basic', 'gold', 'team'][1 + h % 3] as plan,
    ['DE', 'FR', 'US'][1 + h // 7 % 3] as country,
    ['sdxl', 'flux-dev'][1 + h % 2] as model,
    'app ' || h % (10 + i // 1000) as app_version,
    if(h % 13 = 0, null, 'a picture of number ' || i) as prompt
from (select i, (hash(i) % 1000003)::bigint as h from range(4000) t(i)))";

// What a warehouse says, without the ids, whose order is that in which the rows came.
const std::vector<std::string> kContents = {
    "select * exclude (generation_id, session_id, user_id, prompt_id), user_name, s.generation_key "
    "as began, prompt_text from fct_generations left join dim_users using (user_id) left join "
    "(select generation_id as session_id, generation_key from fct_generations) as s using "
    "(session_id) left join dim_prompts using (prompt_id)",
    "select s.* exclude (session_id, user_id), user_name from fct_sessions as s join dim_users "
    "using (user_id)",
    "select * exclude (user_id) from dim_users",
    "from daily_metrics",
    "from user_friction_summary",
    "select * exclude (prompt_id) from raw_prompts",
    "select source, prompts, prompts_in_source, prompts_skipped, users, period, observed from "
    "ops.provenance",
    "select finding, rule, count from ops.findings",
    "select entry from (select unnest(map_entries(metadata)) as entry from ops.materializations "
    "where asset = 'raw_prompts' and published and run_id = (select max(run_id) from "
    "ops.materializations where asset = 'raw_prompts')) where not starts_with(entry.key, 'signal "
    "') and entry.key <> 'values made anew'"};
constexpr const char* kAttributes =
    "select entry from (select unnest(map_entries(metadata)) as entry from ops.materializations "
    "where asset = 'raw_generations' and run_id = (select max(run_id) from ops.materializations "
    "where asset = 'raw_generations')) where entry.key <> 'values made anew'";
// How many events tell each signal; not on record once new events replaced others.
constexpr const char* kKnown =
    "select entry from (select unnest(map_entries(metadata)) as entry from ops.materializations "
    "where asset = 'raw_prompts' and run_id = (select max(run_id) from ops.materializations where "
    "asset = 'raw_prompts')) where "
    "starts_with(entry.key, 'signal ')";

constexpr const char* kMadeInPart =
    "select asset from ops.materializations where metadata['values made anew'] is not null and "
    "run_id = (select max(run_id) from ops.materializations) order by all";

class NewData : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.path() / "events");
    connection_.execute(kEvents);
  }
  void write(const std::string& name, const std::string& select) {
    connection_.execute(fmt::format("copy ({}) to {}", select,
                                    sql_quote(folder_ / ("events/" + name + ".parquet"))));
  }
  void write(int file) {
    write("day " + std::to_string(file),
          fmt::format("select * exclude (file) from events where file = {}", file));
  }
  std::string run(const std::string& warehouse, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"run", "--source", "events", "--warehouse", warehouse};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.err;
  }
  std::string found(const std::string& warehouse, const std::string& sql) {
    const Outcome outcome = gsa(folder_, {"sql", sql, "--format", "csv", "--warehouse", warehouse});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }
  // The rows in the order of their text: words are sorted by their number, which is as it was when
  // the tables were made whole.
  std::vector<std::string> rows(const std::string& warehouse, const std::string& sql) {
    std::vector<std::string> rows = split(found(warehouse, sql), '\n');
    std::sort(rows.begin(), rows.end());
    return rows;
  }
  void expect_as_clean(const std::vector<std::string>& more = {}) {
    std::filesystem::remove(folder_.path() / "clean.duckdb");
    run("clean.duckdb", more);
    for (const std::string& sql : kContents) {
      const auto ours = rows("w.duckdb", sql), clean = rows("clean.duckdb", sql);
      EXPECT_EQ(ours.size(), clean.size()) << sql;
      const auto [one, other] = std::mismatch(ours.begin(), ours.end(), clean.begin(), clean.end());
      EXPECT_EQ(one == ours.end() ? "" : *one, other == clean.end() ? "" : *other) << sql;
    }
  }
  static bool read_new_files(const std::string& err) {
    return err.find("the others are as they were") != std::string::npos;
  }

  TempFolder folder_;
  duck::Connection connection_ = duck::Database({}).connect();
};

TEST_F(NewData, JoinsWhatIsThere) {
  write(0);
  write(1);
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  for (const int file : {2, 3}) {
    write(file);
    const std::string err = run("w.duckdb");
    EXPECT_TRUE(read_new_files(err)) << err;
    expect_as_clean();
    EXPECT_EQ(found("w.duckdb", kAttributes), found("clean.duckdb", kAttributes));
    if (file == 2) {
      EXPECT_EQ(found("w.duckdb", kKnown), found("clean.duckdb", kKnown));
    }
  }
  EXPECT_NE(run("w.duckdb").find("Nothing is stale"), std::string::npos);
}

// Of few users: of all other users, every table stays as it is.
TEST_F(NewData, ChangesTheRowsOfItsUsersAlone) {
  write(0);
  write(1);
  run("w.duckdb");
  write("more",
        "select * exclude (file) from events where file = 2 and user_id in ('user_30', "
        "'user_111', 'user_310')");
  EXPECT_TRUE(read_new_files(run("w.duckdb")));
  expect_as_clean();
  EXPECT_EQ(found("w.duckdb", kMadeInPart),
            "asset\ndim_users\nfct_generations\nfct_sessions\nraw_generations\nraw_prompts\n"
            "raw_users\n");
}

TEST_F(NewData, JoinsUsersOfAnotherSource) {
  folder_.write("users.csv",
                "user_id,tier,signup_at\nuser_5,lead,2026-01-01\nuser_9,lead,2027-01-01\n"
                "user_320,lead,2026-01-05\nnobody,lead,2026-01-01\n");
  const std::vector<std::string> users = {"--users-from", "users.csv"};
  write(0);
  write(1);
  run("w.duckdb", users);
  write(2);
  EXPECT_TRUE(read_new_files(run("w.duckdb", users)));
  expect_as_clean(users);
}

TEST_F(NewData, WithNewWordsMakesTheModelsWhole) {
  write(0);
  write(1);
  run("w.duckdb");
  write("more", "select * exclude (file) replace ('solo' as plan) from events where file = 2");
  EXPECT_TRUE(read_new_files(run("w.duckdb")));
  expect_as_clean();
}

TEST_F(NewData, InFilesThatChangedOrWentIsReadWithAllOthers) {
  write(0);
  write(1);
  write(2);
  run("w.duckdb");
  write("day 1", "select * exclude (file) from events where file = 3");
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
  std::filesystem::remove(folder_.path() / "events/day 1.parquet");
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
}

TEST_F(NewData, WithOtherColumnsIsReadWithAllOthers) {
  write(0);
  write(1);
  run("w.duckdb");
  write("more", "select * exclude (file), 2 as retries from events where file = 2");
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
}

TEST_F(NewData, IsReadWithAllOthersOnRequest) {
  write(0);
  write(1);
  run("w.duckdb");
  write(2);
  EXPECT_FALSE(read_new_files(run("w.duckdb", {"--full-refresh"})));
  EXPECT_FALSE(read_new_files(run("w.duckdb", {"--map", "latency="})));
  expect_as_clean({"--map", "latency="});
}

}  // namespace
}  // namespace gsa::tests
