#include "prompts/values.h"

#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "duck/database.h"

namespace gsa::prompts {
namespace {

constexpr std::int64_t kLatest = 1'800'000'000'000'000;  // 2027-01-15

TEST(Values, AreMissingWhereProgramsWriteAWordForNone) {
  for (const char* text :
       {"", " \t", "null", "NULL", "None", " nan ", "NaN", "N/A", "<NA>", "\\N"}) {
    EXPECT_TRUE(is_missing(text)) << text;
  }
  for (const char* text : {"0", "no", "nano", "-", "none of it", "12345678901234567890"}) {
    EXPECT_FALSE(is_missing(text)) << text;
  }
}

TEST(Values, AreWholeNumbersOnlyWhereNothingIsLost) {
  EXPECT_EQ(whole_number("512"), 512);
  EXPECT_EQ(whole_number(" +512 "), 512);
  EXPECT_EQ(whole_number("512."), 512);
  EXPECT_EQ(whole_number("512.00"), 512);
  EXPECT_EQ(whole_number("18446744073709551615"), UINT64_MAX);
  for (const char* text :
       {"", "-1", "1.5", "1e3", "1.56681E+14", "1,024", "1 024", "1_024", "0x20", "512x512", "true",
        "18446744073709551616", "7,5", ".", "+", "++1", "1.0.0"}) {
    EXPECT_EQ(whole_number(text), std::nullopt) << text;
  }
}

TEST(Values, AreRealNumbersWithADecimalPoint) {
  EXPECT_EQ(real_number("7.5"), 7.5F);
  EXPECT_EQ(real_number(" +7 "), 7.0F);
  EXPECT_EQ(real_number("-7.5e-1"), -0.75F);
  for (const char* text : {"7,5", "1.000,5", "7 5", "seven", "1e39", "7_5", "+-7", "0x7", ""}) {
    EXPECT_EQ(real_number(text), std::nullopt) << text;
  }
}

TEST(Values, TellSeedsOfAnySizeApart) {
  EXPECT_EQ(seed_key("7"), 7);
  EXPECT_EQ(seed_key("7.0"), 7);
  EXPECT_EQ(seed_key("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(seed_key("-1"), seed_key(" -1 "));
  EXPECT_NE(seed_key("-1"), seed_key("-2"));
  EXPECT_NE(seed_key("99999999999999999999998"), seed_key("99999999999999999999999"));
  EXPECT_EQ(seed_key("None"), std::nullopt);
}

TEST(Values, KnowUsersByTheirNames) {
  EXPECT_EQ(known_user(" ann\t"), "ann");
  EXPECT_EQ(known_user("Nan"), "Nan");
  EXPECT_EQ(known_user("deleted_account2"), "deleted_account2");
  for (const char* name :
       {"", "  ", "deleted_account", " deleted_account", "None", "NULL", "nan"}) {
    EXPECT_EQ(known_user(name), std::nullopt) << name;
  }
}

TEST(Values, AreTimesInTheOneUnitThatIsPlausible) {
  const auto time = [](double number) {
    const auto found = time_of_number(number, kLatest);
    return found ? std::pair(found->us, found->unit) : std::pair(std::int64_t{0}, TimeUnit{});
  };
  using enum TimeUnit;
  EXPECT_EQ(time(1660176120), std::pair(std::int64_t{1660176120'000'000}, seconds));
  EXPECT_EQ(time(1660176120.123), std::pair(std::int64_t{1660176120'123'000}, seconds));
  EXPECT_EQ(time(1660176120123), std::pair(std::int64_t{1660176120'123'000}, milliseconds));
  EXPECT_EQ(time(1660176120123456), std::pair(std::int64_t{1660176120'123'456}, microseconds));
  EXPECT_EQ(time(1660176120123456000), std::pair(std::int64_t{1660176120'123'456}, nanoseconds));
  for (const double number : {0.0, -1.0, 44784.5, 20220811.0, 202208110002.0, 20220811000200.0,
                              253402300799.0, 9.3e8, 1.9e9, 1e300, -1660176120.0}) {
    EXPECT_FALSE(time_of_number(number, kLatest)) << number;
  }
}

TEST(Values, TakeNumbersOfAnEpochWithoutAnExponent) {
  EXPECT_EQ(epoch_number("1660176120"), 1660176120);
  EXPECT_EQ(epoch_number(" 1660176120.5 "), 1660176120.5);
  EXPECT_EQ(epoch_number("-5"), -5);
  for (const char* text : {"1.66018E+12", "2022-08-11", "12:00", "nan", "", "-", "."}) {
    EXPECT_EQ(epoch_number(text), std::nullopt) << text;
  }
}

TEST(Values, AreTimesAsMailWritesThem) {
  constexpr std::int64_t kTime = 1660176120'000'000;  // 2022-08-11 00:02:00 UTC
  for (const char* text : {"Thu, 11 Aug 2022 00:02:00 GMT", "11 Aug 2022 00:02 +0000",
                           "Thu, 11 Aug 2022 02:02:00 +0200", "Wed, 10 Aug 2022 17:02:00 -0700"}) {
    EXPECT_EQ(rfc2822_time(text), kTime) << text;
  }
  for (const char* text :
       {"Thu, 31 Feb 2022 00:02:00 GMT", "11 Aug 2022", "11 Aug 2022 24:00 GMT",
        "11 Aug 22 00:02 GMT", "11 Aug 2022 00:02 CEST", "08/11/2022 00:02", ""}) {
    EXPECT_EQ(rfc2822_time(text), std::nullopt) << text;
  }
}

// Texts with characters changed, lost and put in, so that many are nearly numbers or times.
TEST(Values, MayBeWhateverDuckDbReads) {
  constexpr std::string_view kLetters = "0123456789.+-_eEinfINFatyTYAnZz:/\\ \tU()BC,";
  const std::vector<std::string> seeds = {"12",
                                          "-1.5e10",
                                          "+.5",
                                          "1_000",
                                          " 7 ",
                                          "Infinity",
                                          "-inf",
                                          "NaN",
                                          "2022-08-07",
                                          "2022-08-07 11:10:28.653+02",
                                          "2022/8/7",
                                          "2022-08-07T11:10:28Z",
                                          "-0044-03-15 (BC)",
                                          "epoch",
                                          "infinity",
                                          "20220807",
                                          "294247-01-10",
                                          "2022\\8\\7",
                                          "2022 8 7"};
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts each time
  duck::Database database({":memory:", false, 2, ""});
  duck::Connection connection = database.connect();
  register_value_functions(connection);
  connection.execute("create table texts (t varchar)");
  for (int round = 0; round < 200; ++round) {
    std::string rows;
    for (std::string text : seeds) {
      for (std::size_t changes = random() % 3; changes > 0; --changes) {
        const std::size_t at = random() % (text.size() + 1), lost = random() % 2;
        const std::size_t put = random() % 2;
        text.replace(at, lost, std::string(put, kLetters[random() % kLetters.size()]));
      }
      rows += fmt::format("{}({})", rows.empty() ? "" : ", ", sql_quote(text));
    }
    connection.execute("insert into texts values " + rows);
  }
  for (const auto& [guard, type] :
       {std::pair("gsa_may_be_number", "double"), std::pair("gsa_may_be_time", "timestamptz")}) {
    const std::string is_read = fmt::format("try_cast(t as {}) is not null", type);
    EXPECT_EQ(
        connection
            .query(fmt::format("select count(*), any_value(t) from texts where {} and not {}(t)",
                               is_read, guard))
            .int64(0, 0),
        0)
        << guard;
    EXPECT_GT(connection.query_int64("select count(*) from texts where " + is_read), 1000);
    EXPECT_GT(
        connection.query_int64(fmt::format("select count(*) from texts where not {}(t)", guard)),
        100);
  }
}

}  // namespace
}  // namespace gsa::prompts
