#include "base/progress.h"

#include <chrono>
#include <cstdio>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/fake_terminal.h"
#include "base/text.h"

namespace gsa {
namespace {

TEST(FormatProgress, ShowsRowsRateAndTimeLeft) {
  EXPECT_EQ(format_progress("telemetry", 0.5, 1'000'000, 2, 120),
            "telemetry ━━━━━━━━━━━━────────────  50 %  500,000 of 1,000,000 rows  250,000 rows/s  "
            "2s left");
  EXPECT_EQ(format_progress("telemetry", 1, 1200, 3, 120),
            "telemetry ━━━━━━━━━━━━━━━━━━━━━━━━ 100 %  1,200 of 1,200 rows  400 rows/s  0s left");
}

TEST(FormatProgress, GuessesNoTimeFromTheFirstPercent) {
  EXPECT_EQ(format_progress("users", 0, 500, 0, 120),
            "users ────────────────────────   0 %  0 of 500 rows");
  EXPECT_EQ(format_progress("users", 0.01, 500, 5, 120),
            "users ────────────────────────   1 %  5 of 500 rows  1 rows/s");
}

TEST(FormatProgress, LeavesRowsOutWhereTheTotalIsNotKnown) {
  EXPECT_EQ(format_progress("model", 0.25, 0, 30, 120),
            "model ━━━━━━──────────────────  25 %  1m30s left");
}

TEST(FormatProgress, KeepsTheFractionInItsRange) {
  EXPECT_EQ(format_progress("x", -1, 0, 1, 120), format_progress("x", 0, 0, 1, 120));
  EXPECT_EQ(format_progress("x", 7, 0, 1, 120), format_progress("x", 1, 0, 1, 120));
}

TEST(FormatProgress, FitsTheTerminal) {
  EXPECT_EQ(format_progress("telemetry", 0.5, 1'000'000, 2, 80),
            "telemetry ━━━━━━──────  50 %  500,000 of 1,000,000 rows  250,000 rows/s  2s left");
  EXPECT_EQ(format_progress("telemetry", 0.5, 1'000'000, 2, 70),
            "telemetry ━━━━━━━━━─────────  50 %  500,000 of 1,000,000 rows  2s left");
  const std::string line = format_progress("telemetry", 0.5, 1'000'000, 2, 40);
  EXPECT_EQ(line, "telemetry ━━━━━━━────────  50 %  2s left");
  EXPECT_EQ(display_width(line), 40u);
  EXPECT_EQ(format_progress("telemetry", 0.5, 1'000'000, 2, 20), "telemetry ━━━━──── …");
}

// stderr is the terminal while this lives.
class StderrOn {
 public:
  explicit StderrOn(int fd) : before_(dup(STDERR_FILENO)) { dup2(fd, STDERR_FILENO); }
  ~StderrOn() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }
  StderrOn(const StderrOn&) = delete;
  StderrOn& operator=(const StderrOn&) = delete;

 private:
  int before_;
};

TEST(Progress, DrawsOnceTheWorkLastsAndWipesItsLine) {
  const FakeTerminal terminal(120);
  if (!terminal.works()) GTEST_SKIP() << "this system has no pseudo-terminals";
  const ScopedVariable term("TERM", "xterm");
  std::string early, late, again, quiet, end;
  {
    const StderrOn redirected(terminal.fd());
    Progress hidden("hidden", 100, false);
    {
      Progress progress("users", 100, true);
      progress.update(0.2);
      early = terminal.shown();
      std::this_thread::sleep_for(std::chrono::duration<double>(kProgressDelay + 0.01));
      hidden.update(0.5);
      quiet = terminal.shown();
      progress.update(0.5);
      late = terminal.shown();
      progress.update(0.6);
      again = terminal.shown();
    }
    end = terminal.shown();
  }
  EXPECT_EQ(early, "");
  EXPECT_EQ(quiet, "");
  EXPECT_EQ(late.find("\r\033[Kusers ━━━━━━━━━━━━────────────  50 %  50 of 100 rows"), 0u) << late;
  EXPECT_EQ(again, "") << "redrawn within a tenth of a second";
  EXPECT_EQ(end, "\r\033[K");
}

}  // namespace
}  // namespace gsa
