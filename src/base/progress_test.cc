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
  EXPECT_EQ(format_progress({"telemetry", 1'000'000}, 0.5, 2, 120),
            "telemetry ━━━━━━━━━━━━────────────  50 %  500,000 of 1,000,000 rows  250,000 rows/s  "
            "2s left");
  EXPECT_EQ(format_progress({"telemetry", 1200}, 1, 3, 120),
            "telemetry ━━━━━━━━━━━━━━━━━━━━━━━━ 100 %  1,200 of 1,200 rows  400 rows/s  0s left");
}

TEST(FormatProgress, GuessesNoTimeFromTheFirstPercent) {
  EXPECT_EQ(format_progress({"users", 500}, 0, 0, 120),
            "users ────────────────────────   0 %  0 of 500 rows");
  EXPECT_EQ(format_progress({"users", 500}, 0.01, 5, 120),
            "users ────────────────────────   1 %  5 of 500 rows  1 rows/s");
}

TEST(FormatProgress, LeavesRowsOutWhereTheTotalIsNotKnown) {
  EXPECT_EQ(format_progress({"model"}, 0.25, 30, 120),
            "model ━━━━━━──────────────────  25 %  1m30s left");
}

TEST(FormatProgress, KeepsTheFractionInItsRange) {
  EXPECT_EQ(format_progress({"x"}, -1, 1, 120), format_progress({"x"}, 0, 1, 120));
  EXPECT_EQ(format_progress({"x"}, 7, 1, 120), format_progress({"x"}, 1, 1, 120));
}

TEST(FormatProgress, FitsTheTerminal) {
  EXPECT_EQ(format_progress({"telemetry", 1'000'000}, 0.5, 2, 80),
            "telemetry ━━━━━━──────  50 %  500,000 of 1,000,000 rows  250,000 rows/s  2s left");
  EXPECT_EQ(format_progress({"telemetry", 1'000'000}, 0.5, 2, 70),
            "telemetry ━━━━━━━━━─────────  50 %  500,000 of 1,000,000 rows  2s left");
  const std::string line = format_progress({"telemetry", 1'000'000}, 0.5, 2, 40);
  EXPECT_EQ(line, "telemetry ━━━━━━━────────  50 %  2s left");
  EXPECT_EQ(display_width(line), 40u);
  EXPECT_EQ(format_progress({"telemetry", 1'000'000}, 0.5, 2, 20), "telemetry ━━━━──── …");
}

TEST(FormatProgress, ShowsBytesInTheirUnits) {
  const Work download = {"metadata.parquet", 194'548'652, ProgressUnit::bytes};
  EXPECT_EQ(
      format_progress(download, 0.25, 10, 120),
      "metadata.parquet ━━━━━━──────────────────  25 %  48.6 MB of 194.5 MB  4.9 MB/s  30s left");
}

TEST(FormatProgress, CountsOnlyWhatCameNowOfAResumedDownload) {
  const Work resumed = {"f", 1'000'000'000, ProgressUnit::bytes, 0.5};
  EXPECT_EQ(format_progress(resumed, 0.75, 10, 120),
            "f ━━━━━━━━━━━━━━━━━━──────  75 %  750.0 MB of 1.0 GB  25.0 MB/s  10s left");
  EXPECT_EQ(format_progress(resumed, 0.5, 1, 120),
            "f ━━━━━━━━━━━━────────────  50 %  500.0 MB of 1.0 GB  0 B/s");
  EXPECT_EQ(format_progress(resumed, 0.504, 1, 120),
            "f ━━━━━━━━━━━━────────────  50 %  504.0 MB of 1.0 GB  4.0 MB/s");
}

TEST(Progress, DrawsOnceTheWorkLastsAndWipesItsLine) {
  const FakeTerminal terminal(120);
  if (!terminal.works()) GTEST_SKIP() << "this system has no pseudo-terminals";
  const TextOutput output(terminal.file(), {});
  std::string early, late, quiet, end;
  {
    Progress hidden({"hidden", 100}, output, false);
    {
      Progress progress({"users", 100}, output, true);
      progress.update(0.2);
      early = terminal.shown();
      std::this_thread::sleep_for(std::chrono::duration<double>(kProgressDelay + 0.01));
      hidden.update(0.5);
      quiet = terminal.shown();
      progress.update(0.5);
      progress.update(0.6);
      late = terminal.shown();
    }
    end = terminal.shown();
  }
  EXPECT_EQ(early, "");
  EXPECT_EQ(quiet, "");
  EXPECT_EQ(late.find("\r\033[Kusers ━━━━━━━━━━━━────────────  50 %  50 of 100 rows"), 0u) << late;
  EXPECT_EQ(late.find("60 %"), std::string::npos) << "redrawn within a tenth of a second: " << late;
  EXPECT_EQ(end, "\r\033[K");
}

}  // namespace
}  // namespace gsa
