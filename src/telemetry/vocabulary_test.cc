#include "telemetry/vocabulary.h"

#include <set>

#include <gtest/gtest.h>

namespace gsa::telemetry {
namespace {

TEST(PlainName, JoinsTheWordsOfAnyStyle) {
  EXPECT_EQ(plain_name("createdAt"), "created_at");
  EXPECT_EQ(plain_name("Created At"), "created_at");
  EXPECT_EQ(plain_name("CREATED_AT"), "created_at");
  EXPECT_EQ(plain_name("created-at "), "created_at");
  EXPECT_EQ(plain_name("userID"), "user_id");
  EXPECT_EQ(plain_name("HTTPStatus"), "http_status");
  EXPECT_EQ(plain_name("properties.$ai_latency"), "properties.ai_latency");
  EXPECT_EQ(plain_name("label_0"), "label_0");
  EXPECT_EQ(plain_name("größe"), "größe");
}

TEST(BuiltinVocabulary, HasNamesForEverySignal) {
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    const auto signal = static_cast<Signal>(i);
    EXPECT_TRUE(Vocabulary::builtin().names.contains(signal)) << name_of(signal);
  }
}

TEST(BuiltinVocabulary, WritesNamesAsTheyAreCompared) {
  for (const auto& [signal, names] : Vocabulary::builtin().names) {
    for (const std::string& name : names) EXPECT_EQ(plain_name(name), name);
  }
}

TEST(BuiltinVocabulary, HasWordsForEveryStatus) {
  std::set<Status> found;
  for (const auto& [word, status] : Vocabulary::builtin().statuses) found.insert(status);
  EXPECT_EQ(found.size(), kStatusCount);
}

TEST(BuiltinExports, ReadWithoutErrorAndHaveColumnsToRecogniseThem) {
  EXPECT_GE(builtin_exports().size(), 13U);
  for (const Export& one : builtin_exports()) EXPECT_FALSE(one.has.empty()) << one.mapping.name;
}

Status status_of(std::string_view status, std::string_view error = "", std::string_view http = "") {
  const ReadStatus read = read_status(status, error, http);
  EXPECT_TRUE(read.status.has_value()) << status << ", " << error << ", " << http;
  EXPECT_TRUE(read.is_known) << status << ", " << error << ", " << http;
  return read.status.value_or(Status::other);
}

TEST(ReadStatus, KnowsTheWordsOfRealProducts) {
  EXPECT_EQ(status_of("succeeded"), Status::success);
  EXPECT_EQ(status_of("COMPLETED"), Status::success);
  EXPECT_EQ(status_of("true"), Status::success);
  EXPECT_EQ(status_of("Timed Out"), Status::timeout);
  EXPECT_EQ(status_of("CONTENT_FILTERED"), Status::safety_violation);
  EXPECT_EQ(status_of("content_policy_violation"), Status::safety_violation);
  EXPECT_EQ(status_of("too many requests"), Status::rate_limited);
  EXPECT_EQ(status_of("canceled"), Status::cancelled);
  EXPECT_EQ(status_of("processing"), Status::other);
}

TEST(ReadStatus, TakesNumbersForHttp) {
  EXPECT_EQ(status_of("200"), Status::success);
  EXPECT_EQ(status_of("429"), Status::rate_limited);
  EXPECT_EQ(status_of("504"), Status::timeout);
  EXPECT_EQ(status_of("503.0"), Status::model_error);
  EXPECT_EQ(status_of("", "", "499"), Status::cancelled);
  EXPECT_EQ(status_of("404"), Status::other);
}

TEST(ReadStatus, AsksTheErrorWhatAVagueFailureWas) {
  EXPECT_EQ(status_of("failed"), Status::model_error);
  EXPECT_EQ(status_of("failed", "Request timed out after 60 s"), Status::timeout);
  EXPECT_EQ(status_of("ERROR", "Your prompt was rejected by moderation"), Status::safety_violation);
  EXPECT_EQ(status_of("error", "", "429"), Status::rate_limited);
  EXPECT_EQ(status_of("error", "something odd", "429"), Status::rate_limited);
  EXPECT_EQ(status_of("false", "quota exceeded"), Status::rate_limited);
}

TEST(ReadStatus, DecidesByTheErrorAloneIfThereIsNoStatus) {
  EXPECT_EQ(status_of("", "CUDA out of memory"), Status::model_error);
  EXPECT_EQ(status_of("", "true"), Status::model_error);
  EXPECT_EQ(status_of("", "false", "200"), Status::success);
}

TEST(ReadStatus, LeavesUnknownWhatNothingTells) {
  EXPECT_FALSE(read_status("", "", "").status);
  EXPECT_FALSE(read_status("null", "None", "n/a").status);
  EXPECT_FALSE(read_status("", "false", "").status);
}

TEST(ReadStatus, SaysWhichWordsItDoesNotKnow) {
  const ReadStatus read = read_status("flummoxed", "", "");
  EXPECT_EQ(read.status, Status::other);
  EXPECT_FALSE(read.is_known);
}

TEST(ReadFeedback, KnowsWordsAndEmoji) {
  EXPECT_EQ(read_feedback("thumbs_up"), Feedback::thumbs_up);
  EXPECT_EQ(read_feedback("Like"), Feedback::thumbs_up);
  EXPECT_EQ(read_feedback("👍"), Feedback::thumbs_up);
  EXPECT_EQ(read_feedback("👎"), Feedback::thumbs_down);
  EXPECT_EQ(read_feedback("thumbsDown"), Feedback::thumbs_down);
  EXPECT_EQ(read_feedback("neutral"), Feedback::none);
  EXPECT_EQ(read_feedback("purple"), Feedback::unknown_word);
}

TEST(ReadFlag, TakesWordsCountsAndTimes) {
  EXPECT_EQ(read_flag("true"), true);
  EXPECT_EQ(read_flag("No"), false);
  EXPECT_EQ(read_flag("3"), true);
  EXPECT_EQ(read_flag("0"), false);
  EXPECT_EQ(read_flag("2026-03-01T10:00:00Z"), true);
  EXPECT_FALSE(read_flag("perhaps"));
}

TEST(ReadDuration, TakesTheUnitOfTheColumnOrOfTheText) {
  EXPECT_EQ(read_duration_ms("1.5", "s"), 1500);
  EXPECT_EQ(read_duration_ms("350", "ms"), 350);
  EXPECT_EQ(read_duration_ms("350 ms", "s"), 350);
  EXPECT_EQ(read_duration_ms("1m 2.5s", ""), 62'500);
  EXPECT_EQ(read_duration_ms("PT1M2.5S", ""), 62'500);
  EXPECT_EQ(read_duration_ms("00:01:02.5", ""), 62'500);
  EXPECT_EQ(read_duration_ms("-3", "ms"), -3);
}

TEST(ReadDuration, RefusesWhatIsNone) {
  EXPECT_FALSE(read_duration_ms("1.5", ""));
  EXPECT_FALSE(read_duration_ms("soon", "s"));
  EXPECT_FALSE(read_duration_ms("", "s"));
  EXPECT_FALSE(read_duration_ms("1 fortnight", "s"));
  EXPECT_FALSE(read_duration_ms("nan", "s"));
  EXPECT_FALSE(read_duration_ms(":", "s"));
}

TEST(Vocabulary, ReadsAmounts) {
  const auto read = [](std::string_view text) {
    const auto amount = read_amount(text);
    return amount ? amount->number + " " + amount->currency : "none";
  };
  EXPECT_EQ(read("0.04"), "0.04 ");
  EXPECT_EQ(read(" $0.04 "), "0.04 USD");
  EXPECT_EQ(read("-$0.04"), "-0.04 USD");
  EXPECT_EQ(read("$-.5"), "-.5 USD");
  EXPECT_EQ(read("€ 0.04"), "0.04 EUR");
  EXPECT_EQ(read("4 £"), "4 GBP");
  EXPECT_EQ(read("0.04 USD"), "0.04 USD");
  EXPECT_EQ(read("$0.04 USD"), "0.04 USD");
  EXPECT_EQ(read("US$0.04"), "0.04 USD");
  EXPECT_EQ(read("$0.04 CAD"), "0.04 CAD");
  EXPECT_EQ(read("+0.04"), "0.04 ");
  EXPECT_EQ(read("usd1,024.50"), "1024.50 USD");
  EXPECT_EQ(read("12,345,678"), "12345678 ");
  EXPECT_EQ(read("4e-05"), "4e-05 ");
  for (const char* text : {"", "$", "0,04", "1,02", "1,0244", ",123", "1.234,56", "1,234,5", "free",
                           "USD", "0.04 dollars", "--1", "+-1", "inf", "nan", "1 2"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

}  // namespace
}  // namespace gsa::telemetry
