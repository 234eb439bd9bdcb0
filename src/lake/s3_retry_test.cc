#include <thread>

#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

class S3RetryTest : public S3Test {
 protected:
  void expect_waits(std::size_t number) const { EXPECT_EQ(messages_.size(), number); }
};

TEST_F(S3RetryTest, RepeatsWhatMayPass) {
  start();
  settings_.retry_limit = Millis(20'000);
  fake_->script("HEAD", {S3Reply::of(500), S3Reply::of(429)});
  fake_->script("PUT", {S3Reply::of(503, "SlowDown", "Reduce your request rate."),
                        S3Reply::of(400, "RequestTimeout")});
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_waits(4);
  EXPECT_TRUE(messages_[2].starts_with(fmt::format(
      "cannot put {} to s3://bucket/raw/a: the storage answered 503 SlowDown: Reduce your request "
      "rate.; trying again in 0.",
      (folder_ / "source").string())))
      << messages_[2];
  fake_->script("GET", {S3Reply::of(502), S3Reply::of(504)});
  EXPECT_EQ(get("a"), bytes_);
  fake_->script("GET", {S3Reply::of(503)});
  EXPECT_EQ(store().list("").size(), 1U);
  fake_->script("DELETE", {S3Reply::of(503)});
  store().remove("a");
  EXPECT_FALSE(fake_->has("raw/a"));
}

TEST_F(S3RetryTest, GivesUpAfterTheLimit) {
  start();
  settings_.retry_limit = Millis(500);
  fake_->script("HEAD", std::vector<S3Reply>(50, S3Reply::of(503)));
  const Stopwatch watch;
  EXPECT_EQ(error_of([&] { store().size("a"); }).message(),
            "cannot look at s3://bucket/raw/a: the storage answered 503");
  EXPECT_GT(watch.seconds(), 0.3);
  EXPECT_LT(watch.seconds(), 1.5);
  EXPECT_GT(count("HEAD"), 1U);

  settings_.retry_limit = Millis(0);
  store_.reset();
  const std::size_t before = count("HEAD");
  EXPECT_THROW(store().size("a"), Error);
  EXPECT_EQ(count("HEAD"), before + 1);
}

TEST_F(S3RetryTest, WaitsAsLongAsItIsAsked) {
  start();
  FakeAnswer slow = s3_error(503, "SlowDown");
  slow.headers.emplace_back("Retry-After", "1");
  fake_->script("HEAD", {{.answer = slow}});
  const Stopwatch watch;
  EXPECT_FALSE(store().exists("a"));
  EXPECT_GE(watch.seconds(), 0.99);
  slow.headers.back().second = "3600";
  fake_->script("HEAD", {{.answer = slow}});
  EXPECT_THROW(store().exists("a"), Error) << "that is beyond the limit";
}

TEST_F(S3RetryTest, SaysThatNobodyListens) {
  start();
  settings_.endpoint = fmt::format("http://127.0.0.1:{}", closed_port());
  settings_.retry_limit = Millis(300);
  const Error error = error_of([&] { store().list("", events()); });
  EXPECT_TRUE(error.message().starts_with(fmt::format(
      "cannot list s3://bucket/raw: the storage at {} cannot be reached: ", settings_.endpoint)))
      << error.message();
  EXPECT_FALSE(messages_.empty()) << "it tried again";
}

TEST_F(S3RetryTest, SendsABrokenUploadAgain) {
  start();
  bytes_ = some_bytes(3'000'000);  // more than the system's buffers take
  settings_.part_bytes = 5'000'000;
  fake_->script("PUT", {{.read_only = 1'000'000}, {.lose_answer = true}});
  EXPECT_EQ(put("a"), PutResult::was_there) << "the second attempt arrived";
  expect_waits(2);
  EXPECT_EQ(fake_->object("raw/a").bytes, bytes_);
  for (std::size_t i = 1; i < progress_.size(); ++i) {
    EXPECT_GE(progress_[i].first, progress_[i - 1].first) << "it never goes back";
  }
}

TEST_F(S3RetryTest, SendsADamagedUploadAgain) {
  start();
  fake_->script("PUT", {{.damage_request = true}});
  EXPECT_EQ(put("a"), PutResult::stored);
  expect_waits(1);
  EXPECT_NE(messages_[0].find("XAmzContentSHA256Mismatch"), std::string::npos);
  EXPECT_EQ(fake_->object("raw/a").bytes, bytes_);
  EXPECT_EQ(fake_->requests("PUT").at(0).header("content-md5"),
            to_base64(byte_sum(bytes_, SumOf::md5)));
}

TEST_F(S3RetryTest, GoesOnWhereADownloadBroke) {
  start();
  put("a");
  fake_->script("GET", {{.cut_answer_at = 20'000}, {.cut_answer_at = 10'000}});
  EXPECT_EQ(get("a"), bytes_);
  ASSERT_EQ(count("GET"), 4U) << "with the one that looked whether there was something";
  const auto gets = fake_->requests("GET");
  EXPECT_EQ(gets[1].header("range"), "");
  EXPECT_EQ(gets[2].header("range"), "bytes=20000-");
  EXPECT_EQ(gets[3].header("range"), "bytes=30000-");
  EXPECT_NE(gets[3].header("if-match"), "");
}

TEST_F(S3RetryTest, StartsOverWhereNothingTellsObjectsApart) {
  start();
  put("a");
  fake_->script("GET", {{.answer = {.body = bytes_}, .cut_answer_at = 20'000}});
  EXPECT_EQ(get("a"), bytes_);
  EXPECT_EQ(fake_->requests("GET").back().header("range"), "") << "there was no ETag";
}

TEST_F(S3RetryTest, NeverMixesTwoObjects) {
  start();
  put("a");
  bytes_ = some_bytes(60'000);
  const auto replace = [&] {
    fake_->with_bucket([&](FakeBucket& bucket) { bucket.objects["raw/a"] = {.bytes = bytes_}; });
  };
  fake_->script("GET", {{.cut_answer_at = 20'000}, {.before = replace}});
  EXPECT_EQ(get("a"), bytes_);
  EXPECT_NE(messages_[1].find("the object was replaced meanwhile"), std::string::npos);
  // Storage that ignores ranges and conditions sends everything.
  fake_->script("GET", {{.cut_answer_at = 20'000}, {.answer = {.body = bytes_}}});
  EXPECT_EQ(get("a"), bytes_);
}

TEST_F(S3RetryTest, NoticesDamageOnTheWayBack) {
  start();
  put("a");
  fake_->script("GET", {{.damage_answer = true}});
  EXPECT_EQ(get("a"), bytes_);
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_NE(messages_[0].find("the bytes do not have the sum that they had when they were put"),
            std::string::npos);
  fs::remove(folder_ / "got");
  settings_.retry_limit = Millis(100);
  store_.reset();
  fake_->script("GET", std::vector<S3Reply>(20, {.damage_answer = true}));
  EXPECT_THROW(get("a"), Error);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"source"});
}

TEST_F(S3RetryTest, NoticesThatTheFileChangesMeanwhile) {
  start();
  fake_->script("PUT", {{.answer = s3_error(503, "SlowDown"),
                         .before = [&] { fs::resize_file(folder_ / "source", 60'000); }}});
  EXPECT_EQ(failing_put("a").message(),
            fmt::format("{} changed while it was read", (folder_ / "source").string()));
  EXPECT_FALSE(fake_->has("raw/a"));
}

TEST_F(S3RetryTest, StopsWhileItWaits) {
  start();
  settings_.retry_limit = Millis(60'000);
  FakeAnswer slow = s3_error(503, "SlowDown");
  slow.headers.emplace_back("Retry-After", "30");
  fake_->script("HEAD", {{.answer = slow}});
  Stopwatch stopped;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(Millis(300));
    stopped = Stopwatch();
    stop_.request_stop();
  });
  EXPECT_EQ(failing_put("a").code(), ErrorCode::interrupted);
  EXPECT_LT(stopped.seconds(), 0.3);
}

TEST_F(S3RetryTest, StopsADownload) {
  start();
  put("a");
  Stopwatch stopped;
  fake_->script("GET", {{.before =
                             [&] {
                               stopped = Stopwatch();
                               stop_.request_stop();
                             },
                         .stall = true}});
  EXPECT_EQ(failing_get("a").code(), ErrorCode::interrupted);
  EXPECT_LT(stopped.seconds(), 0.3);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"source"});
}

TEST_F(S3RetryTest, GivesUpASilentStorage) {
  start();
  settings_.idle_timeout = Millis(200);
  settings_.retry_limit = Millis(0);
  fake_->script("HEAD", {{.stall = true}});
  EXPECT_NE(error_of([&] { store().size("a"); }).message().find("no data came for 0.2 s"),
            std::string::npos);
}

}  // namespace
}  // namespace gsa::lake
