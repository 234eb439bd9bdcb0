// `gsa watch`: real files, real time.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "duck/database.h"
#include "golden.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{60};  // far more than a run takes on a busy machine
constexpr milliseconds kSettled{600};          // three times kWatchQuiet

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

bool eventually(const std::function<bool()>& holds) {
  for (const auto end = Clock::now() + kPatience; Clock::now() < end;) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

class Watch : public testing::Test {
 protected:
  // Uses few prompts, so that a run is quick.
  void start(const Arguments& arguments) {
    start_of_size({"--prompts", "200", "--users", "20"}, arguments);
  }
  void start_of_size(const Arguments& size, const Arguments& arguments) {
    Arguments line = {"watch"};
    line.insert(line.end(), size.begin(), size.end());
    line.insert(line.end(), arguments.begin(), arguments.end());
    process_ = std::make_unique<GsaProcess>(line, ProcessOptions{folder_.path(), {}, {}});
  }
  // Watches its own project in models/, with a model `mine` of one row and one column, n.
  void start_on_models() {
    ASSERT_EQ(gsa(folder_, {"init", "models", "--quiet"}).exit_code, 0);
    write_model("1");
    start({"--source", "synthetic", "--project", "models"});
    wait_for_runs(1);
  }
  void write_model(const std::string& value) const {
    folder_.write("models/models/marts/mine.sql", "select " + value + " as n\n");
  }

  std::string said() const { return process_->errors_so_far(); }
  std::size_t runs() const { return count(said(), "  waiting for changes\n"); }

  // Waits until that many runs have ended and the watch is idle.
  void wait_for_runs(std::size_t number) const {
    const bool over = eventually([&] { return runs() >= number || !process_->running(); });
    ASSERT_TRUE(over && runs() >= number) << said();
  }
  void expect_no_more_runs() const {
    const std::string before = said();
    std::this_thread::sleep_for(kSettled);
    EXPECT_EQ(said().substr(before.size()), "");
  }

  std::string ask(const std::string& sql) const { return read_cell(warehouse_, sql); }

  void interrupt_and_expect_a_stop(int signal) {
    process_->signal(signal);
    const auto begin = Clock::now();
    const Outcome outcome = process_->wait();
    EXPECT_LT(Clock::now() - begin, milliseconds(500));
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_TRUE(outcome.err.ends_with("  stopped\n")) << outcome.err;
  }

  TempFolder folder_;
  std::string warehouse_ = folder_ / "data/warehouse.duckdb";
  std::unique_ptr<GsaProcess> process_;
};

TEST_F(Watch, RunsAtOnceAndAfterEachEditOfAModel) {
  start_on_models();
  EXPECT_TRUE(contains(said(), "  watching models\n")) << said();
  EXPECT_EQ(ask("select n from mine"), "1");
  write_model("2");
  wait_for_runs(2);
  EXPECT_TRUE(contains(said(), "  models/models/marts/mine.sql changed\n")) << said();
  EXPECT_EQ(ask("select n from mine"), "2");
  write_model("3");
  wait_for_runs(3);
  EXPECT_EQ(ask("select n from mine"), "3");
  EXPECT_EQ(count(said(), "mine.sql changed"), 2u) << said();
  expect_no_more_runs();
  interrupt_and_expect_a_stop(SIGINT);
  EXPECT_EQ(count(process_->wait().out, "By tier"), 3u);
}

TEST_F(Watch, RunsAfterAnEditOfAVar) {
  start_on_models();
  write_model("{{ var('session_gap_minutes') }}");
  wait_for_runs(2);
  const std::string sessions = ask("select count(*) from fct_sessions");
  const std::string project = folder_ / "models/dbt_project.yml";
  const std::string text = read_file(project);
  ASSERT_TRUE(contains(text, "session_gap_minutes: 30"));
  std::ofstream(project) << replace_all(text, "session_gap_minutes: 30",
                                        "session_gap_minutes: 40000");
  wait_for_runs(3);
  EXPECT_EQ(ask("select n from mine"), "40000");
  EXPECT_NE(ask("select count(*) from fct_sessions"), sessions);
}

TEST_F(Watch, GoesOnAfterAModelThatIsBrokenUntilItIsMended) {
  start_on_models();
  const auto before = read_publication(warehouse_);
  write_model("nope");
  wait_for_runs(2);
  EXPECT_TRUE(contains(said(), "mine.sql:1:8: Referenced column \"nope\" was not found")) << said();
  EXPECT_TRUE(contains(said(), "\nerror: 1 model or test could not run; nothing was published\n"))
      << said();
  folder_.write("models/models/marts/schema.yml.bak", "not the project's");
  const std::string schema = folder_ / "models/models/marts/mine.yml";
  std::ofstream(schema) << "models:\n  - name: mine\n   columns: []\n";
  wait_for_runs(3);
  EXPECT_TRUE(contains(said(), "error: models/models/marts/mine.yml:3")) << said();
  fs::rename(folder_ / "models/dbt_project.yml", folder_ / "aside.yml");
  wait_for_runs(4);
  EXPECT_TRUE(contains(said(), "error: models: not a dbt project")) << said();
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(ask("select n from mine"), "1");
  fs::remove(schema);
  wait_for_runs(5);
  fs::rename(folder_ / "aside.yml", folder_ / "models/dbt_project.yml");
  wait_for_runs(6);
  write_model("2");
  wait_for_runs(7);
  EXPECT_EQ(ask("select n from mine"), "2");
  interrupt_and_expect_a_stop(SIGTERM);
}

TEST_F(Watch, TakesQuickEditsForOneOrTwo) {
  start_on_models();
  for (int i = 1; i <= 10; ++i) {
    write_model(std::to_string(i * 100));
    std::this_thread::sleep_for(milliseconds(10));
  }
  wait_for_runs(2);
  std::this_thread::sleep_for(kSettled);
  ASSERT_TRUE(eventually([&] { return runs() == 1 + count(said(), "mine.sql changed\n"); }))
      << said();
  expect_no_more_runs();
  EXPECT_LE(runs(), 3u) << said();
  EXPECT_EQ(ask("select n from mine"), "1000");
}

TEST_F(Watch, LosesNoEditThatIsMadeDuringARun) {
  ASSERT_EQ(gsa(folder_, {"init", "models", "--quiet"}).exit_code, 0);
  write_model("1");
  start_of_size({"--prompts", "20000", "--users", "500"},
                {"--source", "synthetic", "--project", "models"});
  // When the plan is shown, the project has been read.
  ASSERT_TRUE(eventually([&] { return contains(said(), " to make\n"); })) << said();
  write_model("2");
  write_model("3");
  wait_for_runs(2);
  EXPECT_EQ(ask("select n from mine"), "3");
  expect_no_more_runs();
  EXPECT_EQ(runs(), 2u) << said();
}

TEST_F(Watch, RunsWhenASourceIsAppendedTo) {
  folder_.write("prompts.csv", "prompt\na castle\na lake\n");
  start({"--source", "prompts.csv"});
  wait_for_runs(1);
  EXPECT_EQ(ask("select count(*) from raw_prompts"), "2");
  std::ofstream(folder_ / "prompts.csv", std::ios::app) << "a horse\n";
  wait_for_runs(2);
  EXPECT_TRUE(contains(said(), "  prompts.csv changed\n")) << said();
  EXPECT_EQ(ask("select count(*) from raw_prompts"), "3");
  fs::remove(folder_ / "prompts.csv");
  wait_for_runs(3);
  EXPECT_TRUE(contains(said(), "error: prompts.csv: no such file\n")) << said();
  EXPECT_EQ(ask("select count(*) from raw_prompts"), "3");
  EXPECT_TRUE(process_->running());
}

TEST_F(Watch, RunsWhenAFileAppearsThatMatchesAGlob) {
  folder_.write("prompts/a.csv", "prompt\na castle\na lake\n");
  start({"--source", "prompts/*.csv"});
  wait_for_runs(1);
  folder_.write("prompts/notes.txt", "prompt\nnot one\n");
  expect_no_more_runs();
  folder_.write("prompts/b.csv", "prompt\na horse\n");
  wait_for_runs(2);
  EXPECT_TRUE(contains(said(), "  prompts/b.csv changed\n")) << said();
  EXPECT_EQ(ask("select count(*) from raw_prompts"), "3");
}

TEST_F(Watch, ReportsOnlyWhatARunMade) {
  folder_.write("prompts.csv", "prompt\na castle\n");
  start({"--source", "prompts.csv"});
  wait_for_runs(1);
  const auto old = fs::last_write_time(folder_ / "prompts.csv");
  fs::copy_file(folder_ / "prompts.csv", folder_ / "copy.csv");
  fs::last_write_time(folder_ / "copy.csv", old);
  fs::rename(folder_ / "copy.csv", folder_ / "prompts.csv");
  wait_for_runs(2);
  EXPECT_TRUE(contains(said(), "  Nothing is stale: ")) << said();
  interrupt_and_expect_a_stop(SIGINT);
  EXPECT_EQ(count(process_->wait().out, "By tier"), 1u);
}

TEST_F(Watch, WaitsForWhoeverHoldsTheWarehouse) {
  folder_.write("prompts.csv", "prompt\na castle\n");
  start({"--source", "prompts.csv"});
  wait_for_runs(1);
  {
    duck::DatabaseOptions options;
    options.path = warehouse_;
    options.read_only = true;
    const duck::Database held(options);
    folder_.write("prompts.csv", "prompt\na castle\na lake\n");
    ASSERT_TRUE(eventually([&] { return contains(said(), "; waiting\n"); })) << said();
  }
  wait_for_runs(2);
  EXPECT_EQ(ask("select count(*) from raw_prompts"), "2");
}

TEST_F(Watch, PutsItsRunsOnRecordAsOneWouldTypeThem) {
  folder_.write("prompts.csv", "prompt\na castle\n");
  start({"--source", "prompts.csv", "--schedule", "0 0 1 1 *", "--time-zone", "UTC"});
  ASSERT_TRUE(eventually([&] { return contains(said(), "-01-01 00:00 UTC\n"); })) << said();
  EXPECT_TRUE(contains(said(), "  watching prompts.csv; schedule \"0 0 1 1 *\"\n")) << said();
  EXPECT_TRUE(contains(said(), "  waiting for changes, and for 20")) << said();
  EXPECT_EQ(ask("select command || ' ' || options from ops.runs"),
            "run --source prompts.csv --prompts 200 --users 20");
}

TEST_F(Watch, UnderQuietPrintsReportsAndErrorsOnly) {
  folder_.write("prompts.csv", "prompt\na castle\n");
  start({"--source", "prompts.csv", "--quiet"});
  ASSERT_TRUE(eventually([&] { return fs::exists(warehouse_); }));
  // Waits until the first run releases it.
  ASSERT_TRUE(eventually([&] {
    return gsa(folder_, {"sql", "select count(*) from dim_prompts"}).exit_code == 0;
  }));
  folder_.write("prompts.csv", "prompts\na castle\n");
  ASSERT_TRUE(eventually([&] { return contains(said(), "error: "); }));
  EXPECT_TRUE(said().starts_with("error: ")) << said();
  process_->signal(SIGINT);
  const Outcome outcome = process_->wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(count(outcome.out, "By tier"), 1u) << outcome.out;
  EXPECT_EQ(count(outcome.err, "\n"), count(outcome.err, "error: ") + count(outcome.err, "hint: "))
      << outcome.err;
}

TEST_F(Watch, InterruptedDuringARunEndsAsTheRunDoes) {
  start({"--source", "synthetic", "--schedule", "0 0 1 1 *", "--threads", "1"});
  ASSERT_TRUE(eventually([&] { return contains(said(), "  waiting for 20"); })) << said();
  const auto before = read_publication(warehouse_);
  process_->signal(SIGINT);
  EXPECT_EQ(process_->wait().exit_code, 0);

  // Long enough to be still running on any machine.
  start_of_size({"--prompts", "50000000"},
                {"--source", "synthetic", "--schedule", "@yearly", "--threads", "1"});
  ASSERT_TRUE(eventually([&] { return contains(said(), " to make\n"); })) << said();
  process_->signal(SIGINT);
  const auto begin = Clock::now();
  const Outcome outcome = process_->wait();
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_TRUE(
      outcome.err.ends_with("error: interrupted\nhint: nothing was changed: the last "
                            "publication is whole\n"))
      << outcome.err;
  EXPECT_EQ(read_publication(warehouse_), before);
}

TEST_F(Watch, EndsWhereTheFirstRunFindsItsOptionsWrong) {
  ASSERT_EQ(gsa(folder_, {"init", "models", "--quiet"}).exit_code, 0);
  start({"--source", "auto", "x.csv", "--project", "models"});
  ASSERT_TRUE(eventually([&] { return !process_->running(); })) << said();
  EXPECT_EQ(process_->wait().exit_code, 2) << said();
}

}  // namespace
}  // namespace gsa::tests
