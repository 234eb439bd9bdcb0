#include "pipeline/fetch_progress.h"

#include <chrono>
#include <regex>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/fake_terminal.h"

namespace gsa::pipeline {
namespace {

void outlast_the_delay() {
  std::this_thread::sleep_for(std::chrono::duration<double>(kProgressDelay + 0.01));
}

// The seconds left in the last bar; -1 if it shows none.
int seconds_left(const std::string& shown) {
  std::smatch found;
  const std::regex left(R"((\d+)s left[^\r]*$)");
  return std::regex_search(shown, found, left) ? std::stoi(found[1]) : -1;
}

TEST(FetchProgress, CountsOnlyWhatCameNow) {
  const FakeTerminal terminal(120);
  if (!terminal.works()) GTEST_SKIP() << "this system has no pseudo-terminals";
  Invocation invocation;
  invocation.err = TextOutput(terminal.file(), {});
  std::string resumed, anew;
  {
    FetchProgress progress("a_name_of_more_than_twenty_four_columns.parquet", invocation, false);
    const hub::FetchEvents events = progress.events();
    EXPECT_FALSE(progress.downloaded());
    events.progress(500'000, 1'000'000);
    outlast_the_delay();
    events.progress(600'000, 1'000'000);
    resumed = terminal.shown();
    events.progress(0, 1'000'000);  // the partial file was useless
    outlast_the_delay();
    events.progress(600'000, 1'000'000);
    anew = terminal.shown();
    EXPECT_TRUE(progress.downloaded());
  }
  EXPECT_NE(resumed.find("a_name_of_more_than_twe… ━"), std::string::npos) << resumed;
  EXPECT_NE(resumed.find("60 %  600.0 kB of 1.0 MB  "), std::string::npos) << resumed;
  // A fifth of the missing bytes took half a second or more; the rest takes four times that.
  EXPECT_GE(seconds_left(resumed), 2) << resumed;
  EXPECT_NE(anew.find("60 %  600.0 kB of 1.0 MB  "), std::string::npos) << anew;
  EXPECT_LE(seconds_left(anew), 1) << anew;
}

TEST(FetchProgress, ShowsMessagesUnlessQuiet) {
  testing::internal::CaptureStderr();
  const Invocation own;
  FetchProgress("p", own, true).events().message("unheard");
  FetchProgress shown("p", own, false);
  shown.events().message("the line broke");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(std::regex_match(said, std::regex("\\d\\d:\\d\\d:\\d\\d  note: the line broke\n")))
      << said;
}

}  // namespace
}  // namespace gsa::pipeline
