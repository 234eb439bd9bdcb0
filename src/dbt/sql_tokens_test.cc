#include "dbt/sql_tokens.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace gsa::dbt {
namespace {

TEST(NormalizedSql, PutsOneSpaceBetweenTokens) {
  EXPECT_EQ(normalized_sql("select  a.b,\n\tcount( * )from t -- the end\n where x>=-1.5"),
            "select a . b , count ( * ) from t where x >= - 1.5");
  EXPECT_EQ(normalized_sql(" /* nothing */ -- at all\n"), "");
}

TEST(NormalizedSql, IsTheSameWhereOnlyCommentsAndWhiteSpaceDiffer) {
  const std::vector<std::vector<std::string>> same = {
      {"a,b", "a , b", "a/* , c */,b", "a\n,\r\nb -- c", "/* /* */ */a,b", "a\u00a0,\u3000b"},
      {"a=-1", "a = - 1", "a=/**/-1", "a =--\n-1"},
      {"t.*", "t . *", "t.\n*"},
      {"f('a  b')", "f ( 'a  b' )"},
      {"'a'\n'b'", "'a' -- c\n  'b'"},
      {"x::date[]", "x :: date [ ]"},
      {"date'2020-01-01'", "date '2020-01-01'"},
  };
  for (const auto& texts : same) {
    for (const std::string& text : texts) {
      EXPECT_EQ(normalized_sql(text), normalized_sql(texts[0])) << text;
    }
  }
}

TEST(NormalizedSql, DiffersWhereTheMeaningMay) {
  const std::vector<std::vector<std::string>> different = {
      {"a b", "ab", "a, b", "a.b", "\"a b\"", "'a b'", "'a  b'", "\"a  b\"", "a -b", "$$a b$$"},
      {"< =", "<=", "<"},
      {"1.5", "1 .5", "1 5"},
      {"1e-5", "1e - 5", "1 e-5"},
      {"0xFF", "0 xFF"},
      {"x'ab'", "x 'ab'", "xx'ab'"},
      {"e'a\\'  b' c", "e'a\\' b' c", "'a\\'  b' c"},
      {"'a' 'b'", "'a'\n'b'", "'a''b'", "'ab'", "'a'\n\n'b' 'b'"},
      {"a -- b\r, c", "a -- b , c", "b"},
      {"$t$a  b$t$", "$t$a b$t$", "$$a  b$$", "t$$a  b$$"},
      {"a /* b", "a", "a /* b */ c"},
      {"a 'b  c", "a 'b c"},
      {"?1", "? 1"},
      {"a/*", "a", "a / *"},
      {"a--b", "a - - b"},
  };
  for (const auto& texts : different) {
    std::set<std::string> normalized;
    for (const std::string& text : texts) {
      EXPECT_TRUE(normalized.insert(normalized_sql(text)).second) << text;
    }
  }
}

}  // namespace
}  // namespace gsa::dbt
