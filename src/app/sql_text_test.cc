#include "app/sql_text.h"

#include <gtest/gtest.h>

namespace gsa::app {
namespace {

using Statements = std::vector<std::string>;

TEST(SplitStatements, SeparatesAtSemicolonsAndTrims) {
  EXPECT_EQ(split_statements(" select 1 ;\n select 2;"), (Statements{"select 1", "select 2"}));
}

TEST(SplitStatements, LeavesOutEmptyOnes) {
  EXPECT_EQ(split_statements(";; -- only a comment\n ; /* and another; */ "), Statements{});
}

TEST(SplitStatements, KeepsSemicolonsInQuotesAndComments) {
  const Statements one = {
      "select 'a;''b', \"x;y\", $$p;q$$, $t$ $$ ; $t$ -- c;d\n, /* e; /* f; */ g; */ 1"};
  EXPECT_EQ(split_statements(one[0] + ";"), one);
}

TEST(SplitStatements, EndsAtAnUnclosedQuoteOrComment) {
  EXPECT_EQ(split_statements("select 'open; select 2"), (Statements{"select 'open; select 2"}));
  EXPECT_EQ(split_statements("select 1 /* open; select 2"),
            (Statements{"select 1 /* open; select 2"}));
}

TEST(SplitStatements, TakesADollarThatOpensNothingAsText) {
  EXPECT_EQ(split_statements("select $1; select 2"), (Statements{"select $1", "select 2"}));
}

}  // namespace
}  // namespace gsa::app
