#include "remote/store_versions.h"

#include <gtest/gtest.h>

namespace gsa::remote {
namespace {

using std::chrono::hours;

const auto kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + hours(12);

TEST(AttemptName, TellsItsOwnerAndItsRun) {
  EXPECT_EQ(attempt_name("ab12", kNow, "ff00", 3), "ab12_20260301120000ff00_3");
}

TEST(Sweep, TakesWhatALostRunOfTheOwnerLeft) {
  EXPECT_TRUE(is_left(attempt_name("ab12", kNow, "ff00", 1), "ab12", kNow));
}

TEST(Sweep, SparesARunOfAnotherOwnerForADay) {
  EXPECT_FALSE(is_left(attempt_name("cd34", kNow - hours(23), "ff00", 1), "ab12", kNow));
  EXPECT_TRUE(is_left(attempt_name("cd34", kNow - hours(25), "ff00", 1), "ab12", kNow));
  // The owner's name is whole.
  EXPECT_FALSE(is_left(attempt_name("ab123", kNow, "ff00", 1), "ab12", kNow));
}

}  // namespace
}  // namespace gsa::remote
