// gsa summary and gsa export: output that other programs read.

#include <map>

#include "duck/database.h"
#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

class Report : public testing::Test {
 protected:
  Report() : connection_(duck::Database({}).connect()) { copy_small_warehouse(folder_); }

  std::string value(const std::string& expression, const std::string& json) {
    return connection_
        .query(fmt::format("select ({})::varchar from (select {}::json as j)", expression,
                           sql_quote(json)))
        .text(0, 0);
  }

  TempFolder folder_;
  duck::Connection connection_;
};

TEST_F(Report, OfEachFormatReadsWell) {
  std::string all;
  for (const char* format : {"table", "json", "markdown"}) {
    const Arguments line = {"summary", "--format", format};
    const Outcome outcome = gsa(folder_, line);
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.err, "");
    all += transcript(folder_, line, outcome);
  }
  expect_golden("summary.txt", all);
}

TEST_F(Report, HasTheKeysThatConsumersExpectAndTheirTypes) {
  const std::string json = gsa(folder_, {"summary", "--format", "json"}).out;
  EXPECT_EQ(
      value("json_structure(j)", json),
      R"({"provenance":{"source":"VARCHAR","source_reason":"VARCHAR","prompts":"UBIGINT",)"
      R"("users":"UBIGINT","seed":"UBIGINT","behavior":"VARCHAR","period":"VARCHAR",)"
      R"("observed":"VARCHAR","findings":["NULL"]},"signals":{"users":{"simulated":"UBIGINT"},)"
      R"("times":{"simulated":"UBIGINT"},"tier":{"simulated":"UBIGINT"},"region":{"simulated":"UBIGINT"},)"
      R"("device":{"simulated":"UBIGINT"},"signups":{"simulated":"UBIGINT"},)"
      R"("status":{"simulated":"UBIGINT"},"latency":{"simulated":"UBIGINT"},)"
      R"("cost":{"simulated":"UBIGINT"},"retries":{"simulated":"UBIGINT"},)"
      R"("feedback":{"simulated":"UBIGINT"},"downloads":{"simulated":"UBIGINT"},)"
      R"("model":{"simulated":"UBIGINT"}},"currency":"VARCHAR","other_currencies":["NULL"],)"
      R"("overall":{"total_users":"UBIGINT","total_sessions":"UBIGINT",)"
      R"("total_generations":"UBIGINT","generations_outside_sessions":"UBIGINT",)"
      R"("success_rate_pct":"DOUBLE","avg_friction_score":"DOUBLE",)"
      R"("total_cost":"DOUBLE","median_generations_per_session":"UBIGINT",)"
      R"("p90_generations_per_session":"UBIGINT","max_generations_per_session":"UBIGINT",)"
      R"("single_generation_sessions_pct":"DOUBLE"},"coverage":"JSON",)"
      R"("by_tier":[{"user_tier":"VARCHAR","users":"UBIGINT","sessions":"UBIGINT",)"
      R"("generations":"UBIGINT","avg_friction_score":"DOUBLE","success_rate_pct":"DOUBLE",)"
      R"("download_rate_pct":"DOUBLE","feedback_rate_pct":"DOUBLE",)"
      R"("total_cost":"DOUBLE","avg_session_cost":"DOUBLE"}],"coverage_by_tier":"JSON"})");
  EXPECT_EQ(value("j->'$.by_tier[*].user_tier'", json), R"(["free", "pro", "enterprise"])");
}

TEST_F(Report, TotalsAreTheSumsOverTiers) {
  const std::string json = gsa(folder_, {"summary", "--format", "json"}).out;
  for (const auto& [total, part] :
       std::vector<std::pair<std::string, std::string>>{{"total_users", "users"},
                                                        {"total_sessions", "sessions"},
                                                        {"total_generations", "generations"},
                                                        {"total_cost", "total_cost"}}) {
    EXPECT_EQ(value(fmt::format("(j->>'$.overall.{}')::decimal(28, 8) = list_sum((j->>'$.by_tier[*]"
                                ".{}')::decimal(28, 8)[])",
                                total, part),
                    json),
              "true")
        << total;
  }
}

std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    files[file.path().filename()] = read_file(file.path());
  }
  return files;
}

TEST_F(Report, ExportsEveryTableTheSameBytesWhateverTheThreads) {
  const std::vector<std::string> tables = {
      "time_spine",   "daily_metrics",   "dim_prompts", "dim_users", "fct_generations",
      "fct_sessions", "raw_generations", "raw_prompts", "raw_users", "user_friction_summary"};
  for (const std::string format : {"csv", "parquet"}) {
    const auto exported = [&](const std::string& name, const std::string& threads) {
      const Outcome made =
          gsa(folder_, {"export", name, "--format", format, "--threads", threads, "--quiet"});
      EXPECT_EQ(made.exit_code, 0) << made.err;
      return files_of(folder_ / name);
    };
    const auto first = exported(format + "1", "1");
    EXPECT_TRUE(first == exported(format + "1", "1")) << "twice into the same folder";
    EXPECT_TRUE(first == exported(format + "4", "4")) << "four threads";
    EXPECT_EQ(first.size(), tables.size() + 1);
    EXPECT_TRUE(first.contains("provenance.json"));
    for (const std::string& table : tables) {
      ASSERT_TRUE(first.contains(table + "." + format)) << table;
      const std::string count = fmt::format("select count(*) as n from {}", table);
      EXPECT_EQ(
          fmt::format("n\n{}\n", connection_.query_int64(fmt::format(
                                     "select count(*) from {}",
                                     sql_quote(folder_ / (format + "1/" + table + "." + format))))),
          gsa(folder_, {"sql", count, "--format", "csv"}).out)
          << table;
    }
  }
}

TEST_F(Report, OfTheSameSeedExportsTheSameBytes) {
  const TempFolder other;
  for (const TempFolder* folder : {static_cast<const TempFolder*>(&folder_), &other}) {
    EXPECT_EQ(gsa(*folder, {"run", "--prompts", "700", "--users", "30", "--seed", "9", "--quiet",
                            "--threads", folder == &other ? "1" : "4"})
                  .exit_code,
              0);
    EXPECT_EQ(gsa(*folder, {"export", "out", "--quiet"}).exit_code, 0);
  }
  EXPECT_TRUE(files_of(folder_ / "out") == files_of(other / "out"));
}

TEST_F(Report, ExportsNotIntoAFile) {
  folder_.write("taken", "x");
  const Outcome outcome = gsa(folder_, {"export", "taken"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "error: cannot make the folder taken: a file of that name is in the way\n");
  EXPECT_EQ(read_file(folder_ / "taken"), "x");
}

}  // namespace
}  // namespace gsa::tests
