// How `gsa run --behavior observed` treats the values of a source: seeds, times, and signals that
// the source lacks.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "golden.h"

namespace gsa::tests {
namespace {

class SourceValues : public testing::Test {
 protected:
  Outcome observe(const std::string& name, const std::string& text) {
    folder_.write(name, text);
    Outcome run = gsa(folder_, {"run", "--source", name, "--behavior", "observed"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run;
  }

  std::string sql(const std::string& query) {
    return gsa(folder_, {"sql", query, "--format", "csv"}).out;
  }

  TempFolder folder_;
};

TEST_F(SourceValues, SeedsOf64BitsTellRetriesApart) {
  observe("seeds.csv",
          "prompt,seed,user_name,timestamp\n"
          "a fox,156680208700286,u,2022-08-11 00:02:00\n"
          "a fox,873462387462387462,u,2022-08-11 00:05:00\n");
  EXPECT_EQ(sql("select generation_seed, retry_count, retry_origin from fct_generations join "
                "dim_prompts using (prompt_id) order by 1"),
            "generation_seed,retry_count,retry_origin\n156680208700286,0,observed\n"
            "873462387462387462,1,observed\n");
}

TEST_F(SourceValues, OddTimesMakeNoCalendar) {
  const Outcome run = observe("odd.csv",
                              "prompt,seed,user_name,timestamp\n"
                              "a,1,u,2022-08-11 00:00:00\nb,2,v,2022-08-12 00:00:00\n"
                              "c,3,w,9999-12-31 23:59:59\nd,4,w,1970-01-01\n");
  EXPECT_EQ(sql("select count(*) as days from daily_metrics"), "days\n2\n");
  EXPECT_TRUE(contains(run.err,
                       "values of 'timestamp' that are before 2000 or in the future: 2, skipped "
                       "(first in odd.csv, row 3: 9999-12-31 23:59:59)"))
      << run.err;
  EXPECT_EQ(sql("select source_column, place, example, count from ops.findings where place is not "
                "null"),
            "source_column,place,example,count\n"
            "timestamp,\"odd.csv, row 3\",9999-12-31 23:59:59,2\n");
}

TEST_F(SourceValues, TheReportNamesTheSignalsThatTheSourceHas) {
  const Outcome without = observe("a.csv",
                                  "prompt,user_name,timestamp\n"
                                  "a,u,2022-08-11 00:02:00\na,u,2022-08-11 00:03:00\n");
  EXPECT_TRUE(contains(replace_all(without.out, "\n", " "),
                       "Observed: users, times. Estimated: signups. Simulated: tier, region, "
                       "device, status, latency, "
                       "cost, retries, feedback, downloads, model."))
      << without.out;
  EXPECT_EQ(sql("select distinct retry_origin, status_origin from fct_generations"),
            "retry_origin,status_origin\nsimulated,simulated\n");
  EXPECT_EQ(sql("select observed from ops.provenance"), "observed\n\"users, times and images\"\n");
  const Outcome with = observe("b.csv",
                               "prompt,user_name,timestamp,seed,image_nsfw\n"
                               "a,u,2022-08-11 00:02:00,1,2\na,u,2022-08-11 00:03:00,2,\n");
  EXPECT_TRUE(contains(replace_all(with.out, "\n", " "),
                       "Observed: users, times, retries. Estimated: signups. Simulated: tier, "
                       "region, device, latency, "
                       "cost, feedback, downloads, model. Of several origins: status (50.0 % "
                       "observed, 50.0 % simulated)."))
      << with.out;
}

TEST_F(SourceValues, AFileReplacedSinceTheRunWasPlannedPublishesNothing) {
  observe("first.csv", "prompt,user_name,timestamp\na,u,2022-08-11\n");
  const std::string before = published_content(folder_);
  std::string rows = "prompt,user_name,timestamp\n";
  for (int i = 0; i < 400'000; ++i) rows += fmt::format("prompt {},u{},2022-08-11\n", i, i % 999);
  folder_.write("live.csv", rows);
  folder_.write("next.csv", replace_all(rows, "prompt ", "other "));
  GsaProcess run({"run", "--source", "live.csv", "--behavior", "observed", "--prompts", "500000"},
                 {folder_.path(), {}, {}});
  while (run.running() && run.errors_so_far().find("raw_prompts") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::filesystem::rename(folder_ / "next.csv", folder_ / "live.csv");
  const Outcome outcome = run.wait();
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "live.csv: the file was replaced since the run began"))
      << outcome.err;
  EXPECT_EQ(published_content(folder_), before);
}

}  // namespace
}  // namespace gsa::tests
