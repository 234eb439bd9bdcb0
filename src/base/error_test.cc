#include "base/error.h"

#include <gtest/gtest.h>

namespace gsa {
namespace {

TEST(Error, CarriesMessageHintAndCode) {
  const Error plain("no such file");
  EXPECT_STREQ(plain.what(), "no such file");
  EXPECT_EQ(plain.hint(), "");
  EXPECT_EQ(plain.code(), ErrorCode::failed);

  const Error usage("unknown command", "try --help", ErrorCode::usage);
  EXPECT_EQ(usage.message(), "unknown command");
  EXPECT_EQ(usage.hint(), "try --help");
  EXPECT_EQ(usage.code(), ErrorCode::usage);
}

TEST(Error, GainsContextOnTheWayUpOutermostFirst) {
  try {
    try {
      throw Error("line 3 has no number", "quote it", ErrorCode::tests_failed);
    } catch (Error& error) {
      error.add_context("orders.csv");
      throw;
    }
  } catch (Error& error) {
    EXPECT_STREQ(error.add_context("import").what(), "import: orders.csv: line 3 has no number");
    EXPECT_EQ(error.hint(), "quote it");
    EXPECT_EQ(error.code(), ErrorCode::tests_failed);
  }
}

TEST(Check, PassesWhatHolds) { EXPECT_NO_THROW(check(true, "never seen")); }

TEST(Check, NamesThePlaceOfTheBrokenInvariant) {
  const int line = __LINE__ + 2;
  try {
    check(false, "rows are sorted");
    FAIL() << "check let a broken invariant pass";
  } catch (const Bug& bug) {
    const std::string what = bug.what();
    EXPECT_EQ(what.find("rows are sorted ("), 0u) << what;
    EXPECT_NE(what.find("error_test.cc:" + std::to_string(line) + ")"), std::string::npos) << what;
  }
}

}  // namespace
}  // namespace gsa
