#include "base/terminal.h"

#include <cstdio>
#include <fcntl.h>

#include <gtest/gtest.h>

#include "base/fake_terminal.h"

namespace gsa {
namespace {

using Variables = std::map<std::string, std::string>;

TEST(TextOutput, ToAFileIsPlain) {
  std::FILE* file = std::fopen("/dev/null", "w");
  const TextOutput output(file, Environment(Variables{{"TERM", "xterm"}}));
  EXPECT_FALSE(output.is_terminal());
  EXPECT_FALSE(output.wants_colour());
  EXPECT_EQ(output.width(), 80u);
  EXPECT_EQ(output.paint(Ink::red, "text"), "text");
  std::fclose(file);
}

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!terminal_.works()) GTEST_SKIP() << "this system has no pseudo-terminals";
  }
  TextOutput output(const Variables& variables) const {
    return {terminal_.file(), Environment(variables)};
  }

  FakeTerminal terminal_{132};
};

TEST_F(TerminalTest, KnowsItsWidth) {
  EXPECT_EQ(output({}).width(), 132u);
  EXPECT_EQ(TextOutput(FakeTerminal(0).file(), {}).width(), 80u);
}

TEST_F(TerminalTest, GetsColour) {
  const TextOutput colourful = output({{"TERM", "xterm"}});
  EXPECT_EQ(colourful.paint(Ink::red, "text"), "\033[31mtext\033[0m");
  EXPECT_EQ(colourful.paint(Ink::bold, "text"), "\033[1mtext\033[0m");
  EXPECT_EQ(colourful.paint(Ink::plain, "text"), "text");
}

TEST_F(TerminalTest, HonoursNoColorUnlessItIsEmpty) {
  EXPECT_TRUE(output({{"NO_COLOR", "1"}}).is_terminal());
  EXPECT_FALSE(output({{"NO_COLOR", "1"}}).wants_colour());
  EXPECT_TRUE(output({{"NO_COLOR", ""}}).wants_colour());
}

TEST_F(TerminalTest, ADumbOneCountsAsNone) {
  EXPECT_FALSE(output({{"TERM", "dumb"}}).is_terminal());
  EXPECT_FALSE(output({{"TERM", "dumb"}}).wants_colour());
}

}  // namespace
}  // namespace gsa
