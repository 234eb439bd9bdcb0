#include "base/sql_scanner.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gsa {
namespace {

// "w:select b: n:1": the pieces by the first letter of their kind.
std::string pieces(std::string_view sql) {
  constexpr std::string_view kLetters = "b-q+wns";
  std::string all;
  SqlScanner scanner(sql);
  while (const auto piece = scanner.next()) {
    if (piece->kind == SqlPieceKind::blank) continue;
    all += fmt::format("{}{}{}{}", all.empty() ? "" : " ",
                       kLetters[static_cast<std::size_t>(piece->kind)], piece->closed ? ":" : "?",
                       piece->text);
  }
  return all;
}

TEST(SqlScanner, TellsWordsNumbersAndSymbols) {
  EXPECT_EQ(pieces("a.b_1,é$2*3"), "w:a s:. w:b_1 s:, w:é$2 s:* n:3");
  EXPECT_EQ(pieces("1.5 .5 2. 1_000 1e-5 1.e+2 1..2"),
            "n:1.5 n:.5 n:2. n:1_000 n:1e-5 n:1.e+2 n:1 s:.. n:2");
  EXPECT_EQ(pieces("1e 1e- 1a 1_"), "n:1 w:e n:1 w:e s:- n:1 w:a n:1 w:_");
  EXPECT_EQ(pieces("a::int x:=1 ?1 ? $1 $name [1:-1]"),
            "w:a s::: w:int w:x s::= n:1 s:?1 s:? s:$1 s:$name s:[ n:1 s:: s:- n:1 s:]");
}

TEST(SqlScanner, EndsOperatorsWhereDuckDbDoes) {
  EXPECT_EQ(pieces("a<=b>=-c"), "w:a s:<= w:b s:>= s:- w:c");
  EXPECT_EQ(pieces("a@-b ->>c=>-1"), "w:a s:@- w:b s:->> w:c s:=> s:- n:1");
  EXPECT_EQ(pieces("a+-- c\n+/*d*/+b"), "w:a s:+ -:-- c s:+ -:/*d*/ s:+ w:b");
}

TEST(SqlScanner, TellsQuotesFromCode) {
  EXPECT_EQ(pieces("'a''b' \"c\"\"d\" 'e\\'"), "q:'a''b' q:\"c\"\"d\" q:'e\\'");
  EXPECT_EQ(pieces(R"(e'a\'b' E'\\' ae'a\')"), R"(q:e'a\'b' q:E'\\' w:ae q:'a\')");
  EXPECT_EQ(pieces(R"(1e'\'')"), R"(n:1 q:e'\'')");
  EXPECT_EQ(pieces("x'ab' b'1' n'c' U&'d' u&\"e\""), "q:x'ab' q:b'1' w:n q:'c' q:U&'d' q:u&\"e\"");
  EXPECT_EQ(pieces("$$a'$$ $t$ $$ $u$ $t$ a$$b$$ $1$2"),
            "q:$$a'$$ q:$t$ $$ $u$ $t$ w:a$$b$$ s:$1 s:$2");
}

TEST(SqlScanner, NestsCommentsAndEndsThemAtAnyLineBreak) {
  EXPECT_EQ(pieces("/* a /* ' */ */ b -- c\rd"), "-:/* a /* ' */ */ w:b -:-- c w:d");
  EXPECT_EQ(pieces("/*/ */ a"), "-:/*/ */ w:a");
}

TEST(SqlScanner, ContinuesAStringOnAnotherLineOnly) {
  EXPECT_EQ(pieces("'a' 'b'"), "q:'a' q:'b'");
  EXPECT_EQ(pieces("'a'\n'b'"), "q:'a' +:'b'");
  EXPECT_EQ(pieces("'a' -- c\n'b'"), "q:'a' -:-- c +:'b'");
  EXPECT_EQ(pieces("'a' /* c */\n'b'"), "q:'a' -:/* c */ q:'b'");
  EXPECT_EQ(pieces("'a',\n'b'"), "q:'a' s:, q:'b'");
  EXPECT_EQ(pieces("e'a'\n'\\'b'"), "q:e'a' +:'\\'b'");
  EXPECT_EQ(pieces("\"a\"\n'b'"), "q:\"a\" q:'b'");
}

TEST(SqlScanner, TakesUnicodeSpacesForWhiteSpace) {
  EXPECT_EQ(pieces("a\u00a0e'\\''\u3000b\u2003"), "w:a q:e'\\'' w:b");
  EXPECT_EQ(pieces("a\u200db"), "w:a\u200db");  // a joiner within a word is a letter
}

TEST(SqlScanner, RunsToTheEndOfWhatIsNotClosed) {
  EXPECT_EQ(pieces("a 'b"), "w:a q?'b");
  EXPECT_EQ(pieces("a e'b\\"), "w:a q?e'b\\");
  EXPECT_EQ(pieces("a \"b"), "w:a q?\"b");
  EXPECT_EQ(pieces("a $$b$"), "w:a q?$$b$");
  EXPECT_EQ(pieces("a /* /* */"), "w:a -?/* /* */");
  EXPECT_EQ(pieces("a -- b"), "w:a -:-- b");
}

TEST(SqlScanner, GivesEveryByteOfAnyText) {
  const std::string nasty =
      "e'\\' u&\"é\"\"\u00a0\n'x' -- \r'y' $é$ /* /* */ $é$ 1.e-2..?3::=>-\xE2\x80 \xff$";
  for (std::size_t begin = 0; begin < nasty.size(); ++begin) {
    for (std::size_t end = begin; end <= nasty.size(); ++end) {
      const std::string_view text = std::string_view(nasty).substr(begin, end - begin);
      SqlScanner scanner(text);
      std::string all;
      while (const auto piece = scanner.next()) {
        ASSERT_FALSE(piece->text.empty()) << text;
        all += piece->text;
      }
      EXPECT_EQ(all, text);
    }
  }
}

}  // namespace
}  // namespace gsa
