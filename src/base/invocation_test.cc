#include "base/invocation.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

TEST(Environment, IsTheProcesssUnlessItIsGiven) {
  EXPECT_EQ(Environment().find("PATH"), std::string(std::getenv("PATH")));
  EXPECT_FALSE(Environment().find("GSA_NO_SUCH_VARIABLE"));
  const Environment other({{"A", "1"}, {"EMPTY", ""}});
  EXPECT_EQ(other.find("A"), "1");
  EXPECT_EQ(other.find("EMPTY"), "");
  EXPECT_FALSE(other.find("PATH"));
  EXPECT_EQ(other.text("PATH"), "");
  EXPECT_EQ(other.with_prefix("EM").size(), 1u);
  EXPECT_EQ(Environment().with_prefix("PATH").count("PATH"), 1u);
}

TEST(Invocation, IsTheProcesssUnlessItIsGiven) {
  const Invocation own;
  EXPECT_EQ(own.in, stdin);
  EXPECT_EQ(own.out.file(), stdout);
  EXPECT_EQ(own.err.fd(), STDERR_FILENO);
  EXPECT_FALSE(own.is_of_another_process());
  EXPECT_EQ(own.path("a/b.csv"), "a/b.csv");
}

TEST(Invocation, OfAnotherProcessHasItsFolder) {
  Invocation other;
  other.folder = "/home/jo";
  EXPECT_TRUE(other.is_of_another_process());
  EXPECT_EQ(other.path("a/b.csv"), "/home/jo/a/b.csv");
  EXPECT_EQ(other.path("/a/b.csv"), "/a/b.csv");
  EXPECT_EQ(other.path(""), "");
}

TEST(Invocation, StopsWhereThatWasAskedFor) {
  std::stop_source stop;
  const Invocation own(stop.get_token());
  own.stop_if_interrupted();
  stop.request_stop();
  try {
    own.stop_if_interrupted();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

}  // namespace
}  // namespace gsa
