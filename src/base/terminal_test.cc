#include "base/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/fake_terminal.h"

namespace gsa {
namespace {

TEST(Terminal, AFileIsNone) {
  const int fd = open("/dev/null", O_WRONLY);
  EXPECT_FALSE(is_terminal(fd));
  EXPECT_FALSE(wants_colour(fd));
  EXPECT_EQ(terminal_width(fd), 80u);
  EXPECT_EQ(paint(fd, Ink::red, "text"), "text");
  close(fd);
}

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!terminal_.works()) GTEST_SKIP() << "this system has no pseudo-terminals";
  }

  FakeTerminal terminal_{132};
  ScopedVariable term_{"TERM", "xterm"};
  ScopedVariable no_color_{"NO_COLOR", std::nullopt};
};

TEST_F(TerminalTest, KnowsItsWidth) {
  EXPECT_EQ(terminal_width(terminal_.fd()), 132u);
  EXPECT_EQ(terminal_width(FakeTerminal(0).fd()), 80u);
}

TEST_F(TerminalTest, GetsColour) {
  EXPECT_EQ(paint(terminal_.fd(), Ink::red, "text"), "\033[31mtext\033[0m");
  EXPECT_EQ(paint(terminal_.fd(), Ink::bold, "text"), "\033[1mtext\033[0m");
  EXPECT_EQ(paint(terminal_.fd(), Ink::plain, "text"), "text");
}

TEST_F(TerminalTest, HonoursNoColorUnlessItIsEmpty) {
  {
    const ScopedVariable set("NO_COLOR", "1");
    EXPECT_TRUE(is_terminal(terminal_.fd()));
    EXPECT_FALSE(wants_colour(terminal_.fd()));
  }
  const ScopedVariable empty("NO_COLOR", "");
  EXPECT_TRUE(wants_colour(terminal_.fd()));
}

TEST_F(TerminalTest, ADumbOneCountsAsNone) {
  const ScopedVariable dumb("TERM", "dumb");
  EXPECT_FALSE(is_terminal(terminal_.fd()));
  EXPECT_FALSE(wants_colour(terminal_.fd()));
}

}  // namespace
}  // namespace gsa
