#include "assets/gantt.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/golden.h"
#include "assets/records_fixture.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using Words = std::vector<std::string>;

StepRecord step(const std::string& name, double begun, double ended, std::int64_t lane,
                Words waited_for) {
  StepRecord made;
  made.name = name;
  made.asset = name;
  made.kind = "asset";
  made.status = StepStatus::success;
  made.begun = begun;
  made.ended = ended;
  made.lane = lane;
  made.waited_for = std::move(waited_for);
  return made;
}

StepRecord check_of(const std::string& asset, const std::string& name, double begun, double ended) {
  StepRecord made = step(name, begun, ended, 1, {asset});
  made.asset = asset;
  made.kind = "check";
  return made;
}

std::string path_of(const std::vector<StepRecord>& steps) {
  Words names;
  for (const std::size_t i : critical_path(steps)) {
    names.push_back(label(steps[i].name, steps[i].partition));
  }
  return join(names, " ");
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(CriticalPath, GoesBackThroughTheInputThatEndedLast) {
  EXPECT_EQ(path_of({step("a", 0, 1, 1, {}), step("b", 0, 3, 2, {}), step("c", 3, 4, 1, {"a", "b"}),
                     step("d", 1, 2, 3, {"a"})}),
            "b c");
}

TEST(CriticalPath, GoesBackThroughTheLaneWhereAStepWaitedForAWorker) {
  EXPECT_EQ(
      path_of({step("a", 0, 1, 1, {}), step("other", 1, 5, 1, {}), step("c", 5, 6, 1, {"a"})}),
      "a other c");
  // The lane was free before the input was ready.
  EXPECT_EQ(
      path_of({step("other", 0, 1, 1, {}), step("a", 0, 2, 2, {}), step("c", 2, 6, 1, {"a"})}),
      "a c");
}

TEST(CriticalPath, TakesANameForAllPartitionsAndALabelForOne) {
  std::vector<StepRecord> steps = {step("a", 0, 1, 1, {}), step("a", 0, 2, 2, {}),
                                   step("whole", 2, 4, 3, {"a"})};
  steps[0].partition = "2025-11";
  steps[1].partition = "2025-12";
  EXPECT_EQ(path_of(steps), "a[2025-12] whole");
  steps[2].waited_for = {"a[2025-11]"};
  EXPECT_EQ(path_of(steps), "a[2025-11] whole");
}

TEST(CriticalPath, EndsWhateverStepsSayTheyWaitedFor) {
  EXPECT_EQ(path_of({step("a", 0, 0, 1, {"b", "a"}), step("b", 0, 0, 2, {"a", "gone"})}), "a");
  EXPECT_EQ(path_of({step("a", 0, 0, 1, {"b"}), step("b", 0, 1, 1, {"a", "b"})}), "a b");
  StepRecord skipped = step("b", 0, 0, 0, {"a"});
  skipped.begun = skipped.ended = std::nullopt;
  EXPECT_EQ(path_of({skipped}), "");
  EXPECT_EQ(path_of({step("a", 0, 1, 1, {}), skipped}), "a");
  EXPECT_EQ(path_of({}), "");
}

TEST(Gantt, ShowsRunsThatSucceededFailedAndWereKilled) {
  duck::Connection connection = three_runs();
  std::string all;
  for (const std::int64_t run : {1, 2, 3}) {
    GanttOptions options;
    options.width = 100;
    options.seconds = run_of(connection, run).seconds.value_or(0);
    all += fmt::format("run {}\n{}\n", run, format_gantt(steps_of(connection, run), options));
  }
  expect_golden("gantt_runs.txt", all);
}

TEST(Gantt, KeepsToItsWidth) {
  duck::Connection connection = three_runs();
  const std::vector<StepRecord> steps = steps_of(connection, 2);
  std::string all;
  for (const std::size_t width : {0u, 60u, 80u, 140u}) {
    const std::string text = format_gantt(steps, {width, 8.0, false, nullptr});
    all += fmt::format("{} columns\n{}\n", width, text);
    for (const std::string& line : split(text, '\n')) {
      EXPECT_LE(display_width(line), std::max<std::size_t>(width, 60)) << line;
    }
  }
  expect_golden("gantt_widths.txt", all);
}

TEST(Gantt, FoldsChecksOfAnAssetUnlessAllAreWanted) {
  std::vector<StepRecord> steps = {step("fct_sessions", 0, 2, 1, {})};
  for (int i = 0; i < 12; ++i) {
    steps.push_back(check_of("fct_sessions", fmt::format("check_{}", i), 2 + i, 2.5 + i));
  }
  steps.push_back(check_of("dim_users", "only_one", 14, 15));
  steps[3].status = steps[8].status = StepStatus::fail;
  steps[3].message = "7 failures\nmore";
  steps[4].status = steps[5].status = StepStatus::skipped;
  steps[6].status = StepStatus::fresh;
  expect_golden("gantt_checks.txt",
                fmt::format("{}\n{}", format_gantt(steps, {90, 0, false, nullptr}),
                            format_gantt(steps, {90, 0, true, nullptr})));
}

TEST(Gantt, CountsTheSecondsInWhichOneOfSeveralRanOnlyOnce) {
  const std::string text =
      format_gantt({check_of("a", "x", 0, 2), check_of("a", "y", 1, 4), check_of("a", "z", 6, 7)},
                   {60, 0, false, nullptr});
  EXPECT_NE(text.find("3 checks of a"), std::string::npos) << text;
  EXPECT_NE(text.find("  5.00\n"), std::string::npos) << text;
}

TEST(Gantt, FoldsTheShortestOfManyStepsButNotTheCriticalPathNorFailures) {
  std::vector<StepRecord> steps;
  for (int i = 0; i < 200; ++i) {
    steps.push_back(step(fmt::format("side_{:03}", i), 0, 0.01 * (i + 1), 2 + i, {}));
  }
  steps.push_back(step("short_critical", 0, 0.001, 1, {}));
  steps.push_back(step("failed", 0, 0.002, 250, {}));
  steps.back().status = StepStatus::error;
  steps.push_back(step("last", 0.001, 9, 251, {"short_critical"}));
  const std::string text = format_gantt(steps, {80, 0, false, nullptr});
  EXPECT_EQ(lines_of(text), 62u) << text;  // 60, the header and the legend
  EXPECT_NE(text.find("  144 shorter steps"), std::string::npos) << text;
  EXPECT_NE(text.find("● short_critical"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  failed"), std::string::npos) << text;
  EXPECT_NE(text.find("side_199"), std::string::npos) << text;
  EXPECT_EQ(text.find("side_143"), std::string::npos) << text;
  EXPECT_NE(text.find("side_144"), std::string::npos) << text;
  EXPECT_EQ(lines_of(format_gantt(steps, {80, 0, true, nullptr})), 205u);
}

TEST(Gantt, ShowsACriticalPathOfAnyLength) {
  std::vector<StepRecord> steps;
  for (int i = 0; i < 100; ++i) steps.push_back(step(fmt::format("s{}", i), i, i + 1, 1, {}));
  const std::string text = format_gantt(steps, {80, 0, false, nullptr});
  EXPECT_EQ(lines_of(text), 102u);
  EXPECT_NE(text.find("● critical path: 100 of 100 steps, 100.00 s of 100.00 s\n"),
            std::string::npos)
      << text;
}

TEST(Gantt, DrawsStepsThatTookNoTimeAndWideNames) {
  std::vector<StepRecord> steps = {step("表_übersicht", 0, 0, 1, {})};
  EXPECT_EQ(format_gantt(steps, {60, 0, false, nullptr}),
            "  step          0 s                        0.00 s  seconds\n"
            "● 表_übersicht  ▌                                     0.00\n"
            "● critical path: 1 of 1 steps, 0.00 s of 0.00 s\n");
  EXPECT_EQ(format_gantt({}, {}), "no step is on record\n");
}

TEST(Gantt, ColoursWhatIsCriticalAndWhatWentWrong) {
  std::vector<StepRecord> steps = {step("a", 0, 1, 1, {}), step("b", 1, 2, 1, {"a"})};
  steps[1].status = StepStatus::fail;
  const auto paint = [](Ink ink, std::string_view text) {
    return fmt::format("<{}:{}>", ink == Ink::red ? "red" : "ink", trim(text));
  };
  const std::string text = format_gantt(steps, {60, 0, false, paint});
  EXPECT_NE(text.find("<ink:●><ink:a>"), std::string::npos) << text;
  EXPECT_NE(text.find("<ink:●><red:b>"), std::string::npos) << text;
  EXPECT_NE(text.find("<red:fail>"), std::string::npos) << text;
}

}  // namespace
}  // namespace gsa::assets
