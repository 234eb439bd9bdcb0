#include "base/text.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

using Parts = std::vector<std::string>;

TEST(ToLower, ChangesAsciiLettersOnly) { EXPECT_EQ(to_lower("AZ@[É09"), "az@[É09"); }

TEST(Trim, TakesWhiteSpaceFromBothEndsOnly) {
  EXPECT_EQ(trim(" \t\r\n\f\va b\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), Parts{""});
}

TEST(Join, IsTheInverseOfSplit) {
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(ReplaceAll, DoesNotLookAtWhatItPutIn) {
  EXPECT_EQ(replace_all("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "x", "y"), "abc");
}

TEST(ReplaceAll, RefusesToReplaceNothing) { EXPECT_THROW(replace_all("abc", "", "y"), Bug); }

TEST(SqlQuote, DoublesQuotes) {
  EXPECT_EQ(sql_quote("it's ''"), "'it''s '''''");
  EXPECT_EQ(sql_quote(""), "''");
  EXPECT_EQ(sql_quote("\"\\"), "'\"\\'");
}

TEST(SqlName, DoublesDoubleQuotes) {
  EXPECT_EQ(sql_name("a \"b\""), "\"a \"\"b\"\"\"");
  EXPECT_EQ(sql_name("it's"), "\"it's\"");
}

TEST(WithThousands, GroupsDigitsAndNotTheSign) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(12'345'678), "12,345,678");
  EXPECT_EQ(with_thousands(-999), "-999");
  EXPECT_EQ(with_thousands(-100'000), "-100,000");
  EXPECT_EQ(with_thousands(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(MatchesWildcard, StarIsAnyRunAndQuestionMarkOneCharacter) {
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_TRUE(matches_wildcard("", "**"));
  EXPECT_FALSE(matches_wildcard("", "?"));
  EXPECT_TRUE(matches_wildcard("fct_sessions", "fct_*"));
  EXPECT_TRUE(matches_wildcard("fct_sessions", "*s*s"));
  EXPECT_FALSE(matches_wildcard("fct_sessions", "fct"));
  EXPECT_FALSE(matches_wildcard("fct", "fct_*"));
  EXPECT_TRUE(matches_wildcard("cat", "c?t"));
  EXPECT_FALSE(matches_wildcard("ct", "c?t"));
  EXPECT_FALSE(matches_wildcard("Cat", "cat"));
}

TEST(MatchesWildcard, GoesBackToTheLastStar) {
  EXPECT_TRUE(matches_wildcard("aab aac", "*aac"));
  EXPECT_TRUE(matches_wildcard("abcabd", "a*b?"));
  EXPECT_FALSE(matches_wildcard("abcabd", "a*b"));
}

TEST(MatchesWildcard, AStarInTheTextIsAnOrdinaryCharacter) {
  EXPECT_TRUE(matches_wildcard("*x", "*"));
  EXPECT_TRUE(matches_wildcard("*x", "?x"));
  EXPECT_FALSE(matches_wildcard("*x", "*y"));
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("é…━"), 3u);       // two and three bytes
  EXPECT_EQ(display_width("日本"), 4u);      // wide
  EXPECT_EQ(display_width("🎨"), 2u);         // four bytes
  EXPECT_EQ(display_width("e\u0301"), 1u);   // a combining accent
  EXPECT_EQ(display_width("\xe6\x97"), 1u);  // cut short: no byte beyond the end is read
}

TEST(Clip, CutsWholeCharactersAndSaysSo) {
  EXPECT_EQ(clip("sessions", 8), "sessions");
  EXPECT_EQ(clip("sessions", 7), "sessio…");
  EXPECT_EQ(clip("sessions", 1), "…");
  EXPECT_EQ(clip("sessions", 0), "");
  EXPECT_EQ(clip("ééé", 2), "é…");
}

TEST(Clip, NeverSplitsAWideCharacter) {
  EXPECT_EQ(clip("日本語", 6), "日本語");
  EXPECT_EQ(clip("日本語", 5), "日本…");
  EXPECT_EQ(clip("日本語", 4), "日…");
}

const Parts kModels = {"fct_sessions", "fct_prompts", "dim_users"};

TEST(Nearest, FindsTypos) {
  EXPECT_EQ(nearest("fct_session", kModels), "fct_sessions");    // one letter missing
  EXPECT_EQ(nearest("fct_sessionss", kModels), "fct_sessions");  // one too many
  EXPECT_EQ(nearest("DIM_USERS", kModels), "dim_users");         // case
  EXPECT_EQ(nearest("dim_uesrs", {"dim_uvvrs", "dim_users"}), "dim_users");
}

TEST(Nearest, CountsASwapOfNeighboursAsOneMistake) {
  EXPECT_EQ(nearest("rnu", {"run"}), "run");  // three letters allow one mistake
}

TEST(Nearest, FindsNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("calendar", kModels), std::nullopt);
  EXPECT_EQ(nearest("abc", {"axy"}), std::nullopt);  // two mistakes in three letters
  EXPECT_EQ(nearest("word", {}), std::nullopt);
  EXPECT_EQ(nearest("a", {"b"}), std::nullopt);  // nothing of the word would be left
}

TEST(Nearest, PrefersTheFirstOfEquals) { EXPECT_EQ(nearest("tast", {"test", "taste"}), "test"); }

TEST(DidYouMean, AsksOrStaysSilent) {
  EXPECT_EQ(did_you_mean("fct_sesions", kModels), "did you mean 'fct_sessions'?");
  EXPECT_EQ(did_you_mean("calendar", kModels), "");
}

}  // namespace
}  // namespace gsa
