#include "base/table.h"

#include <gtest/gtest.h>

namespace gsa {
namespace {

TEST(Table, AlignsTextLeftAndNumbersRight) {
  EXPECT_EQ(format_table({{"tier", false}, {"users", true}}, {{"free", "342"}, {"élan", "1,024"}}),
            "tier  users\n"
            "────  ─────\n"
            "free    342\n"
            "élan  1,024\n");
}

TEST(Table, MarkdownEscapesBarsAndMarksAlignment) {
  EXPECT_EQ(format_table({{"a", false}, {"n", true}}, {{"x|y", "1"}, {std::nullopt, "2"}},
                         TableStyle::markdown),
            "| a    |   n |\n"
            "| ---- | --: |\n"
            "| x\\|y |   1 |\n"
            "|      |   2 |\n");
}

TEST(Table, KeepsARowOnOneLine) {
  EXPECT_EQ(format_table({{"text", false}}, {{"two\nlines\x1b[31m"}}),
            "text\n"
            "───────────────\n"
            "two\\nlines�[31m\n");
}

TEST(Table, LeavesNoBlanksAtTheEndsOfLines) {
  EXPECT_EQ(format_table({{"By tier", false}, {"", false}}, {{"a", ""}, {"", "x"}}),
            "By tier\n"
            "───────  ─\n"
            "a\n"
            "         x\n");
}

TEST(Table, ClipsWideCells) {
  EXPECT_EQ(format_table({{"t", false}}, {{"abcdefgh"}, {std::nullopt}}, TableStyle::plain, 5),
            "t\n─────\nabcd…\nNULL\n");
}

TEST(Table, WritesRowsAfterTheSampleAtOnce) {
  std::size_t lines = 0;
  TableWriter table({{"i", true}}, TableStyle::plain, 0, [&](std::string_view) { ++lines; });
  for (std::size_t i = 0; i + 1 < kTableSample; ++i) table.add({std::to_string(i)});
  EXPECT_EQ(lines, 0u);
  table.add({"x"});
  EXPECT_EQ(lines, kTableSample + 2);
  table.add({"y"});
  EXPECT_EQ(lines, kTableSample + 3);
}

}  // namespace
}  // namespace gsa
