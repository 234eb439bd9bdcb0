// A second run over a folder that grew: it reads only the new files, and ends as a clean run does.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
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
    return err.find("read what is new in") != std::string::npos;
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

// A key comes again in a file that sorts before that of the published row, so that this stays.
TEST_F(NewData, BeforeTheRowThatStaysIsReadWithAllOthers) {
  write("b", "select * exclude (file) from events where file = 0");
  run("w.duckdb");
  write("a", "select * exclude (file) replace ('timeout' as status) from events where file = 0");
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
}

// Half of the second file's rows come first; the others are written behind them.
TEST_F(NewData, BehindTheEndOfAFileJoinsAlone) {
  for (const char* format : {"csv", "json"}) {
    SCOPED_TRACE(format);
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "events")) {
      std::filesystem::remove(entry);
    }
    std::filesystem::remove(folder_.path() / "w.duckdb");
    const auto text_of = [&](int file) {
      const std::string path = folder_ / "text";
      connection_.execute(
          fmt::format("copy (select * exclude (file) from events where file = {} order by "
                      "created_at) to {} (format {})",
                      file, sql_quote(path), format));
      return read_file(path);
    };
    const std::string before = text_of(0), all = text_of(3);
    std::size_t half = all.find('\n', all.size() / 2) + 1;
    const std::string name = std::string("events/b.") + format;
    folder_.write(std::string("events/a.") + format, before);
    folder_.write(name, all.substr(0, half));
    run("w.duckdb");
    folder_.write(name, all);
    EXPECT_TRUE(read_new_files(run("w.duckdb")));
    expect_as_clean();
    // A letter before its end, and a longer end: another file.
    std::string other = all;
    other[other.find("succeeded", other.size() / 4)] = 'S';
    folder_.write(name, other + all.substr(half));
    EXPECT_FALSE(read_new_files(run("w.duckdb")));
    expect_as_clean();
  }
}

TEST_F(NewData, BehindALineThatHadNoEndIsReadWithAllOthers) {
  const std::string header = "request_id,user_id,created_at,latency_ms,status\n";
  const std::string row =
      "r1,u1,2026-03-01T10:00:00Z,1200,succeeded\nr2,u1,2026-03-01T10:01:00Z,12";
  folder_.write("events/a.csv", header + row);
  EXPECT_NE(gsa(folder_, {"run", "--source", "events", "--warehouse", "w.duckdb"}).exit_code, 0);
  folder_.write("events/a.csv", header + row + ",failed");
  run("w.duckdb");
  folder_.write("events/a.csv", header + row + ",failed_safety\nr3,u2,2026-03-01T10:02:00Z,5,ok\n");
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
}

TEST_F(NewData, OfFeedbackLandsOnItsGeneration) {
  const std::vector<std::string> feedback = {"--feedback-from", "feedback"};
  const std::string header = "request_id,rating,downloaded\n";
  folder_.write("feedback/1.csv", header + "req_7,5,true\nreq_8,1,\nreq_2500,1,false\n");
  write(0);
  write(1);
  run("w.duckdb", feedback);
  // Late, once more, and of a generation that is not there yet.
  folder_.write("feedback/2.csv", header + "req_11,1,true\nreq_8,5,\nreq_2501,5,true\n");
  EXPECT_TRUE(read_new_files(run("w.duckdb", feedback)));
  expect_as_clean(feedback);
  EXPECT_EQ(found("w.duckdb", kKnown), found("clean.duckdb", kKnown));
  EXPECT_EQ(found("w.duckdb",
                  "select generation_key, feedback, downloaded from fct_generations "
                  "where feedback is not null order by 1"),
            "generation_key,feedback,downloaded\nreq_11,thumbs_down,true\nreq_7,thumbs_up,true\n"
            "req_8,thumbs_up,\n");
  // Generations, for which there is feedback already, and more of it behind the first.
  write(2);
  folder_.write("feedback/1.csv",
                header + "req_7,5,true\nreq_8,1,\nreq_2500,1,false\nreq_12,5,true\n");
  EXPECT_TRUE(read_new_files(run("w.duckdb", feedback)));
  expect_as_clean(feedback);
  // What was said is taken back: what the event itself says would be needed.
  folder_.write("feedback/3.csv", header + "req_7,,false\n");
  EXPECT_FALSE(read_new_files(run("w.duckdb", feedback)));
  expect_as_clean(feedback);
}

// The events tell of some generations themselves what feedback tells of others.
TEST_F(NewData, OfFeedbackCountsAsKnown) {
  const std::vector<std::string> feedback = {"--feedback-from", "feedback"};
  write("a",
        "select * exclude (file), if(hash(request_id) % 3 = 0, 5, null)::integer as rating from "
        "events where file = 0");
  folder_.write("feedback/1.csv", "request_id,rating\nreq_0,1\nreq_1,1\n");
  run("w.duckdb", feedback);
  folder_.write("feedback/2.csv",
                "request_id,rating\nreq_2,1\nreq_3,1\nreq_4,1\nreq_5,5\nreq_6,5\nreq_7,5\n");
  EXPECT_TRUE(read_new_files(run("w.duckdb", feedback)));
  expect_as_clean(feedback);
  EXPECT_EQ(found("w.duckdb", kKnown), found("clean.duckdb", kKnown));
}

// A download that was simulated is observed now, even if it is the same.
TEST_F(NewData, OfFeedbackTakesThePlaceOfWhatWasSimulated) {
  const std::vector<std::string> options = {"--feedback-from", "feedback", "--missing",
                                            "downloaded=simulated"};
  std::string downloads = "request_id,rating,downloaded\n";
  folder_.write("feedback/1.csv", downloads + "req_1,5,true\n");
  write(0);
  run("w.duckdb", options);
  for (int i = 100; i < 140; ++i) downloads += fmt::format("req_{},,{}\n", i, i % 2 == 0);
  folder_.write("feedback/2.csv", downloads);
  EXPECT_TRUE(read_new_files(run("w.duckdb", options)));
  expect_as_clean(options);
  EXPECT_EQ(found("w.duckdb",
                  "select count(*) as n, count(*) filter (downloaded) as yes from fct_generations "
                  "where download_origin = 'observed'"),
            "n,yes\n41,21\n");
}

// A rating of 1 is the best of 0 to 1, and the worst of 1 to 5.
TEST_F(NewData, OnAnotherScaleIsReadWithAllOthers) {
  const auto rated = [](int file, int best) {
    return fmt::format(
        "select * exclude (file), (1 + hash(request_id) % {})::integer as rating "
        "from events where file = {}",
        best, file);
  };
  write("a", rated(0, 1) + " union all " + rated(1, 1));
  run("w.duckdb");
  write("b", rated(2, 5));
  EXPECT_FALSE(read_new_files(run("w.duckdb")));
  expect_as_clean();
  write("c", rated(3, 1));
  EXPECT_TRUE(read_new_files(run("w.duckdb")));
  expect_as_clean();
  // The same of feedback: 5 of 5 was good, and is neither good nor bad of 10.
  const std::vector<std::string> feedback = {"--feedback-from", "feedback", "--map", "feedback="};
  folder_.write("feedback/1.csv", "request_id,rating\nreq_7,5\nreq_8,0\n");
  run("w.duckdb", feedback);
  folder_.write("feedback/2.csv", "request_id,rating\nreq_10,9\n");
  EXPECT_FALSE(read_new_files(run("w.duckdb", feedback)));
  expect_as_clean(feedback);
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
