#include <thread>

#include "lake/lake_fixture.h"
#include "lake/s3_upload.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

class S3MultipartTest : public S3Test {
 protected:
  S3MultipartTest() { bytes_ = some_bytes(250'000); }  // three parts

  void expect_the_object() {
    EXPECT_EQ(fake_->object("raw/a").bytes, bytes_);
    EXPECT_EQ(fake_->object("raw/a").sum, to_hex(byte_sum(bytes_)));
    EXPECT_EQ(fake_->unfinished_uploads(), 0U);
  }
  void expect_nothing() {
    EXPECT_FALSE(fake_->has("raw/a"));
    EXPECT_EQ(fake_->unfinished_uploads(), 0U);
  }
};

TEST_F(S3MultipartTest, SendsLargeFilesInParts) {
  start();
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_the_object();
  ASSERT_EQ(count("PUT"), 3U);
  EXPECT_EQ(fake_->requests("PUT").at(2).body.size(), 50'000U);
  EXPECT_NE(fake_->requests("PUT").at(2).header("content-md5"), "");
  EXPECT_EQ(progress_.back(), std::pair(std::int64_t{250'000}, std::int64_t{250'000}));
  EXPECT_EQ(get("a"), bytes_);
  EXPECT_EQ(put("a"), PutResult::was_there);
  EXPECT_EQ(count("POST"), 2U);
}

TEST_F(S3MultipartTest, MakesPartsOfTheSizeThatS3Allows) {
  EXPECT_EQ(part_bytes_for(100, 64), 64);
  EXPECT_EQ(part_bytes_for(640'000, 64), 64);
  EXPECT_EQ(part_bytes_for(640'001, 64), 65) << "at most 10,000 parts";
}

TEST_F(S3MultipartTest, RepeatsOnlyThePartThatBroke) {
  start();
  fake_->script("POST", {S3Reply::of(503)});
  fake_->script("PUT", {{}, {.read_only = 10'000}, {.damage_request = true}});
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_the_object();
  EXPECT_EQ(count("PUT"), 5U);
}

TEST_F(S3MultipartTest, NoticesAFailureInAnAnswerOf200) {
  start();
  FakeAnswer late = s3_error(200, "InternalError", "We encountered an internal error.");
  late.body.insert(0, "  \n");
  fake_->script("POST", {{}, {.answer = late}});
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_the_object();
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_NE(messages_[0].find("InternalError: We encountered an internal error."),
            std::string::npos);
}

TEST_F(S3MultipartTest, FindsItsObjectIfTheLastAnswerIsLost) {
  start();
  fake_->script("POST", {{}, {.lose_answer = true}});
  EXPECT_EQ(put("a"), PutResult::was_there);
  expect_the_object();
}

TEST_F(S3MultipartTest, NeverReplacesAFileThatComesMeanwhile) {
  start();
  fake_->script("POST", {{}, {.before = [&] {
                           fake_->with_bucket([](FakeBucket& bucket) {
                             bucket.objects["raw/a"] = {.bytes = "other"};
                           });
                         }}});
  EXPECT_THROW(put("a"), Error);
  EXPECT_EQ(fake_->object("raw/a").bytes, "other");
  EXPECT_EQ(fake_->unfinished_uploads(), 0U) << "the parts are removed";
}

TEST_F(S3MultipartTest, DoesWithoutConditionsWhereTheStorageKnowsNone) {
  start({.bucket = {.refuses_conditions = true}});
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_the_object();
}

TEST_F(S3MultipartTest, RemovesItsPartsAfterAFailure) {
  start();
  fake_->script("PUT", {{}, S3Reply::of(403, "AccessDenied", "Access Denied")});
  const Error error = failing_put("a");
  EXPECT_NE(error.message().find("the storage answered 403 AccessDenied: Access Denied"),
            std::string::npos);
  expect_nothing();
  fake_->script("PUT", {{.answer = {.body = "no ETag"}}});
  EXPECT_NE(failing_put("a").message().find("gave a part no ETag"), std::string::npos);
  expect_nothing();
  fake_->script("POST", {{.answer = {.body = "<html/>"}}});
  EXPECT_NE(failing_put("a").message().find("not that of S3 storage"), std::string::npos);
}

TEST_F(S3MultipartTest, SaysWhatItCouldNotRemove) {
  start();
  fake_->script("PUT", {S3Reply::of(403, "AccessDenied")});
  fake_->script("DELETE", {S3Reply::of(500)});
  EXPECT_THROW(put("a"), Error);
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0],
            "an unfinished upload to s3://bucket/raw/a stays in the storage: the storage answered "
            "500");
}

TEST_F(S3MultipartTest, RemovesItsPartsWhenItIsStopped) {
  start();
  bytes_ = some_bytes(9'000'000);
  settings_.part_bytes = 8'000'000;
  Stopwatch stopped;
  std::jthread stopper;
  fake_->script("PUT", {{.before =
                             [&] {
                               stopper = std::jthread([&] {
                                 std::this_thread::sleep_for(Millis(200));
                                 stopped = Stopwatch();
                                 stop_.request_stop();
                               });
                             },
                         .read_only = 1'000'000,
                         .stall = true}});
  EXPECT_EQ(failing_put("a").code(), ErrorCode::interrupted);
  EXPECT_LT(stopped.seconds(), 0.3);
  expect_nothing();
  EXPECT_TRUE(messages_.empty());
}

TEST_F(S3MultipartTest, StopsInTimeEvenIfTheStorageIsSilent) {
  start();
  fake_->script("PUT", {{.before = [&] { stop_.request_stop(); }, .stall = true}});
  fake_->script("DELETE", {{.stall = true}});
  const Stopwatch watch;
  EXPECT_EQ(failing_put("a").code(), ErrorCode::interrupted);
  EXPECT_LT(watch.seconds(), 0.5) << "with the reading of the file";
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_TRUE(messages_[0].starts_with("an unfinished upload to")) << messages_[0];
}

TEST_F(S3MultipartTest, RefusesAnObjectThatLacksAPart) {
  start();
  fake_->with_bucket([](FakeBucket& bucket) { bucket.lose_part_of = "raw/a"; });
  EXPECT_NE(failing_put("a").message().find("made another file of the parts"), std::string::npos);
  expect_nothing();
}

}  // namespace
}  // namespace gsa::lake
