// Killed or interrupted at any moment, a warehouse holds one complete publication: the old or the
// new one.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gsa_process.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Publication = std::map<std::string, std::string>;

// Two hundred kills in all: of runs, of backfills, and after a Ctrl-C.
constexpr int kKills = 120, kBackfillKills = 50, kCancelKills = 30;
constexpr int kSeeds = 4;
// Large enough that a run takes much longer than its start; small enough that two hundred runs take
// a minute or two.
constexpr const char* kPrompts = "8000";

double seconds_since(Clock::time_point start) { return Seconds(Clock::now() - start).count(); }

void sleep_for(double seconds) { std::this_thread::sleep_for(Seconds(seconds)); }

class Crash : public testing::Test {
 protected:
  // The publications of undisturbed runs, and their durations, each in its own warehouse.
  static void SetUpTestSuite() {
    whole_.clear();
    std::vector<double> taken;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      const TempFolder folder;
      const auto start = Clock::now();
      const Outcome outcome = gsa(folder, run_command(seed, "w.duckdb"));
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
      taken.push_back(seconds_since(start));
      whole_[std::to_string(seed)] = read_publication(folder / "w.duckdb");
      fresh_size_ = std::max(fresh_size_, fs::file_size(folder / "w.duckdb"));
    }
    std::sort(taken.begin(), taken.end());
    run_seconds_ = taken[taken.size() / 2];
  }

  void SetUp() override {
    const Outcome first = gsa(folder_, run_command(1, warehouse_));
    ASSERT_EQ(first.exit_code, 0) << first.err;
  }

  static std::vector<std::string> run_command(int seed, const std::string& warehouse) {
    return {"run",     "--quiet", "--prompts",   kPrompts,
            "--users", "500",     "--seed",      std::to_string(seed),
            "--month", "2025-12", "--warehouse", warehouse};
  }

  // A random moment of a run; half of them in its last third, when it publishes and tidies the file
  // up.
  double random_moment() {
    late_ = random_() % 2 == 0;
    return std::uniform_real_distribution<double>(late_ ? 0.67 : 0.0, 1.1)(random_) * run_seconds_;
  }

  // Adapts to a machine that becomes busier or idler: keeps a third of the late moments after the
  // end of the run (1.1 undoes two times 1.05).
  void learn_from(bool run_ended_first) {
    if (late_) run_seconds_ *= run_ended_first ? 1 / 1.1 : 1.05;
  }

  // The seed of the warehouse's publication; fails unless that is complete.
  std::string published_seed(const std::string& when) {
    const Publication found = read_publication(warehouse_);
    const std::string seed = found.at("seed");
    EXPECT_EQ(found, whole_[seed]) << when;
    return seed;
  }

  // A seed other than the published one, so that the run has everything to do.
  int other_seed(const std::string& standing) {
    const int seed = 1 + static_cast<int>(random_() % kSeeds);
    return std::to_string(seed) == standing ? 1 + seed % kSeeds : seed;
  }

  // The newest run's record is true: `published` if and only if its publication is in the
  // warehouse. No killed run is recorded as still running.
  void expect_true_record(bool published, const std::string& when) {
    const TextRows last = read_rows(
        warehouse_, "select run_id, status, published from ops.runs order by run_id desc limit 1");
    const bool is_new = last.at(0).at(0) != last_run_;
    last_run_ = last[0][0];
    if (published) {
      EXPECT_TRUE(is_new) << when;
    }
    if (!is_new) return;  // it ended before it was recorded
    EXPECT_EQ(last[0][1], published ? "success" : "interrupted") << when;
    EXPECT_EQ(last[0][2], published ? "true" : "false") << when;
  }

  static std::map<std::string, Publication> whole_;  // by seed
  static double run_seconds_;
  static std::uintmax_t fresh_size_;

  TempFolder folder_;
  std::string warehouse_ = folder_ / "w.duckdb";
  std::mt19937 random_{20251201};
  bool late_ = false;
  std::string last_run_ = "1";
};

std::map<std::string, Publication> Crash::whole_;
double Crash::run_seconds_ = 0;
std::uintmax_t Crash::fresh_size_ = 0;

TEST_F(Crash, KilledAtRandomMomentsARunLeavesOnePublicationWhole) {
  std::string standing = "1";
  int before = 0, after = 0, with_log = 0;
  std::uintmax_t largest = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const int seed = other_seed(standing);
    const double moment = random_moment();
    GsaProcess run(run_command(seed, warehouse_), {folder_.path(), {}, {}});
    sleep_for(moment);
    run.signal(SIGKILL);
    const bool killed = run.wait().exit_code == 128 + SIGKILL;
    learn_from(!killed);
    with_log += fs::exists(warehouse_ + ".wal");
    // Both kinds of next command, a report and a query, find the publication.
    if (kill % 5 == 0) {
      const Outcome summary = gsa(folder_, {"summary", "--warehouse", warehouse_});
      EXPECT_EQ(summary.exit_code, 0) << summary.err;
    }
    const std::string when =
        fmt::format("kill {} of a run with seed {} after {:.3f} s", kill, seed, moment);
    const std::string found = published_seed(when);
    expect_true_record(found != standing, when);
    if (!killed) {
      EXPECT_EQ(found, std::to_string(seed));
    }
    EXPECT_TRUE(found == standing || found == std::to_string(seed)) << found;
    ++(found == standing ? before : after);
    standing = found;
    largest = std::max(largest, fs::file_size(warehouse_));
  }
  // The moments test nothing unless they fall on both sides of the publication.
  EXPECT_GE(before, 10);
  EXPECT_GE(after, 3);

  const int seed = standing == "2" ? 3 : 2;
  const Outcome last = gsa(folder_, run_command(seed, warehouse_));
  EXPECT_EQ(last.exit_code, 0) << last.err;
  EXPECT_EQ(published_seed("the run after all kills"), std::to_string(seed));
  EXPECT_EQ(read_cell(warehouse_,
                      "select count(*) from duckdb_tables() where starts_with(table_name, "
                      "'__gsa_new__')"),
            "0");
  const std::uintmax_t size = fs::file_size(warehouse_);
  fmt::print(
      "a run takes {:.2f} s; the old publication stood {} times, the new one {}, {} times "
      "with a log beside it\n"
      "the file: {} bytes fresh, {} at the largest, {} at the end\n",
      run_seconds_, before, after, with_log, fresh_size_, largest, size);
  // Space that killed runs wrote is reused. The file holds the old and the new tables together, and
  // a checkpoint only gives back free space at its end.
  EXPECT_LE(size, 4 * fresh_size_);
}

TEST_F(Crash, KilledABuildLeavesOnePublicationWhole) {
  const Publication before = read_publication(warehouse_);
  const auto build = [&] {
    return std::vector<std::string>{
        "build", "--quiet", "--vars", "{friction_error_weight: 1.0}", "--warehouse", warehouse_};
  };
  const TempFolder other;
  const std::string copy = other / "w.duckdb";
  fs::copy_file(warehouse_, copy);
  const auto start = Clock::now();
  const Outcome whole = gsa(
      other, {"build", "--quiet", "--vars", "{friction_error_weight: 1.0}", "--warehouse", copy});
  const double build_seconds = seconds_since(start);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const Publication after = read_publication(copy);
  ASSERT_NE(before, after);

  int old = 0;
  for (int kill = 0; kill < 10; ++kill) {
    GsaProcess process(build(), {folder_.path(), {}, {}});
    sleep_for(build_seconds * (0.05 + 0.1 * kill));
    process.signal(SIGKILL);
    process.wait();
    const Publication found = read_publication(warehouse_);
    EXPECT_TRUE(found == before || found == after) << "kill " << kill;
    old += found == before;
  }
  EXPECT_GE(old, 3);
  const Outcome last = gsa(folder_, build());
  EXPECT_EQ(last.exit_code, 0) << last.err;
  EXPECT_EQ(read_publication(warehouse_), after);
}

// Killed while stopping: Ctrl-C, and a moment later SIGKILL.
TEST_F(Crash, KilledWhileItIsCancelledLeavesOnePublicationWhole) {
  std::string standing = "1";
  for (int kill = 0; kill < kCancelKills; ++kill) {
    const int seed = other_seed(standing);
    GsaProcess run(run_command(seed, warehouse_), {folder_.path(), {}, {}});
    sleep_for(random_moment());
    run.signal(SIGINT);
    sleep_for(std::uniform_real_distribution<double>(0, 0.1)(random_));
    run.signal(SIGKILL);
    learn_from(run.wait().exit_code == 0);
    const std::string when = fmt::format("kill {} after Ctrl-C", kill);
    const std::string found = published_seed(when);
    expect_true_record(found != standing, when);
    standing = found;
  }
  const int seed = other_seed(standing);
  const Outcome last = gsa(folder_, run_command(seed, warehouse_));
  EXPECT_EQ(last.exit_code, 0) << last.err;
  EXPECT_EQ(published_seed("the run after all cancels"), std::to_string(seed));
}

// When months are built one by one, finished months are kept, but the old publication remains until
// all are finished.
TEST_F(Crash, KilledABackfillLeavesOnePublicationWholeAndGoesOnWhereItStopped) {
  const auto backfill = [&](const std::string& warehouse) {
    return std::vector<std::string>{"run", "--quiet", "--prompts",        "4000",        "--users",
                                    "300", "--month", "2025-07..2025-12", "--warehouse", warehouse};
  };
  const TempFolder other;
  const auto start = Clock::now();
  ASSERT_EQ(gsa(other, backfill(other / "w.duckdb")).exit_code, 0);
  const double seconds = seconds_since(start);
  const Publication after = read_publication(other / "w.duckdb");
  const Publication before = read_publication(warehouse_);
  int unfinished = 0;
  for (int kill = 0; kill < kBackfillKills; ++kill) {
    GsaProcess process(backfill(warehouse_), {folder_.path(), {}, {}});
    sleep_for(std::uniform_real_distribution<double>(0.1, 0.7)(random_) * seconds);
    process.signal(SIGKILL);
    process.wait();
    const Publication found = read_publication(warehouse_);
    const std::string when = fmt::format("kill {} of a backfill", kill);
    EXPECT_TRUE(found == before || found == after) << when;
    unfinished += found == before;
    expect_true_record(found == after, when);
    if (found == after) {
      // Starts over: the other publication is there.
      ASSERT_EQ(gsa(folder_, run_command(1, warehouse_)).exit_code, 0);
      ASSERT_EQ(read_publication(warehouse_), before);
      expect_true_record(true, when);
    }
  }
  EXPECT_GE(unfinished, 5);
  const Outcome last = gsa(folder_, backfill(warehouse_));
  EXPECT_EQ(last.exit_code, 0) << last.err;
  EXPECT_EQ(read_publication(warehouse_), after);
  EXPECT_NE(read_cell(warehouse_,
                      "select count(*) from ops.materializations where reason like '%taken over%'"),
            "0");
}

// The exit code and the message of an interrupted run say which publication is in the warehouse.
TEST_F(Crash, InterruptedAtRandomMomentsItSaysTruthfullyWhatStands) {
  std::string standing = "1";
  int interrupted = 0;
  double slowest = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    const int number = attempt % 2 == 0 ? SIGINT : SIGTERM;
    const int seed = standing == "1" ? 2 : 1;
    GsaProcess run(run_command(seed, warehouse_), {folder_.path(), {}, {}});
    const double moment = random_moment();
    // Every third attempt in the middle of the work, so that there is something to interrupt.
    sleep_for(attempt % 3 == 0 ? 0.4 * run_seconds_ : moment);
    run.signal(number);
    const auto start = Clock::now();
    const Outcome outcome = run.wait();
    const double seconds = seconds_since(start);
    if (attempt % 3 != 0) learn_from(outcome.exit_code == 0);
    const std::string found = published_seed(fmt::format("attempt {}", attempt));
    if (outcome.exit_code == 130) {
      ++interrupted;
      slowest = std::max(slowest, seconds);
      EXPECT_NE(outcome.err.find("error: interrupted\nhint: nothing was changed"),
                std::string::npos)
          << outcome.err;
      EXPECT_EQ(found, standing) << "attempt " << attempt;
    } else if (outcome.exit_code == 128 + number) {
      EXPECT_EQ(found, standing) << "it was ended before it listened, attempt " << attempt;
    } else {
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
      EXPECT_EQ(found, std::to_string(seed)) << "attempt " << attempt;
    }
    standing = found;
  }
  fmt::print("{} of 12 interrupted, the slowest ended after {:.2f} s\n", interrupted, slowest);
  EXPECT_GE(interrupted, 3);
  // A run takes a quarter of a second where nothing else does; a busy machine is slower at both.
  EXPECT_LE(slowest, std::max(0.5, 2 * run_seconds_));
}

}  // namespace
}  // namespace gsa::tests
