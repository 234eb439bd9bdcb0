#include "telemetry/reached_path.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::telemetry {
namespace {

std::string split(const char* path) {
  const ReachedPath reached = split_path(path);
  return reached.base + " | " + reached.rest;
}

TEST(ReachedPath, EndsWithTheColumnWhereItCan) {
  EXPECT_EQ(split("input.prompt"), "input.prompt | ");
  EXPECT_EQ(split("tags[0].name"), "tags[0].name | ");
  EXPECT_EQ(split("a.\"b*c[x]\""), "a.\"b*c[x]\" | ");
}

TEST(ReachedPath, GoesOnIntoListsAndThroughAnyKey) {
  EXPECT_EQ(split("status.messages[-1][1].timestamp"), "status.messages | [#-1][1].timestamp");
  EXPECT_EQ(split("prompt[2].*.inputs.text"), "prompt[2] | .*.inputs.text");
}

TEST(ReachedPath, RefusesWhatIsNoPath) {
  EXPECT_THROW(split_path("a[b"), Error);
  EXPECT_THROW(split_path("*.a"), Error);
  EXPECT_THROW(split_path("a[b].c"), Error);
  EXPECT_THROW(split_path("a[-].c"), Error);
}

}  // namespace
}  // namespace gsa::telemetry
