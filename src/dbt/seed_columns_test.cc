#include "dbt/seed_columns.h"

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::dbt {
namespace {

// "name type, …". The expected values are those of dbt-core 1.11 for the same text.
std::string columns(std::string_view csv, char delimiter = ',',
                    const std::set<std::string, std::less<>>& texts = {}) {
  std::string all;
  for (const SeedColumn& column : seed_columns(csv, delimiter, texts)) {
    all += (all.empty() ? "" : ", ") + column.name + " " + column.type;
  }
  return all;
}

// The type of a single column with these values.
std::string type(const std::string& values) {
  return seed_columns("v\n" + values + "\n", ',').front().type;
}

TEST(SeedColumns, AreTypedByAllTheirValues) {
  EXPECT_EQ(columns("i,d,day,ts,iso,b,t\n"
                    "1,1.5,2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00Z,true,x\n"
                    "-2,2,2024-02-01,2024-02-01 23:59:59,2024-02-01T10:00,FALSE,\"a,b\"\n"),
            "i integer, d float8, day date, ts timestamp, iso timestamp, b boolean, t text");
}

TEST(SeedColumns, TakeEmptyValuesAndNullForNoValue) {
  EXPECT_EQ(type("\n1"), "integer");
  EXPECT_EQ(type("null\nNULL\n1.5"), "float8");
  EXPECT_EQ(type("\"\"\n2024-01-01"), "date");
  EXPECT_EQ(type("null"), "integer");
  EXPECT_EQ(columns("a,b\n"), "a integer, b integer");
  EXPECT_EQ(columns("a,b\n1\n"), "a integer, b integer");
}

TEST(SeedColumns, ReadNumbersAsAgateDoes) {
  for (const char* whole : {"007", "1.0", "1e3", "1_000", "\"1,000\"", "5%", "$5", "nan", "inf",
                            "3000000000", "0.00"}) {
    EXPECT_EQ(type(whole), "integer") << whole;
  }
  for (const char* part : {"0.1", "1e-3", "-.5", "123456789012345678901234567890"}) {
    EXPECT_EQ(type(part), "float8") << part;
  }
  for (const char* text : {"1x", "1 2", "--1x", "e5", ".", "0x1F", "1/2"}) {
    EXPECT_EQ(type(text), "text") << text;
  }
}

TEST(SeedColumns, ReadDatesAndTimesAsPythonDoes) {
  EXPECT_EQ(type("2024-1-5"), "date");
  EXPECT_EQ(type("2024-02-30"), "text");
  EXPECT_EQ(type("24-01-05"), "text");
  EXPECT_EQ(type("2024-01-05 1:2:3"), "timestamp");
  EXPECT_EQ(type("2024-01-05 25:00:00"), "text");
  EXPECT_EQ(type("2024-01-05T11:00+02:00"), "timestamp");
  EXPECT_EQ(type("2024-01-05\n2024-01-05 01:02:03"), "text");
}

TEST(SeedColumns, AreBooleansByTheWordsAlone) {
  EXPECT_EQ(type("true\nFalse"), "boolean");
  EXPECT_EQ(type("yes\nno"), "text");
  EXPECT_EQ(type("true\n1"), "text");
}

TEST(SeedColumns, HoldTextWhereTheyAreToldTo) {
  EXPECT_EQ(columns("a,b\n1,2\n", ',', {"b"}), "a integer, b text");
}

TEST(SeedColumns, ReadQuotesDelimitersAndLineEndsAsCsv) {
  EXPECT_EQ(columns("\xEF\xBB\xBFid;\"na\"\"me\"\r\n1;\"x\r\ny\"\r\n\r\n2;z\r\n", ';'),
            "id integer, na\"me text");
  EXPECT_EQ(columns("a,a,\n1,2,3"), "a integer, a_2 integer, c integer");
}

TEST(SeedColumns, RefuseWhatHasNoHeaderOrTooManyValues) {
  EXPECT_THROW(seed_columns("", ','), Error);
  EXPECT_THROW(seed_columns("\na\n", ','), Error);
  try {
    seed_columns("a\n1\n2,3\n", ',');
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "line 3 has 2 values, but the first line names 1 columns");
  }
}

}  // namespace
}  // namespace gsa::dbt
