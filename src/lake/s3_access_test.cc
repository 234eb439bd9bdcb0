#include <cstdlib>

#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

class S3AccessTest : public S3Test {
 protected:
  // What size() throws if HEAD and GET are answered so.
  Error refused(const S3Reply& head, const S3Reply& get) {
    fake_->script("HEAD", {head});
    fake_->script("GET", {get});
    return error_of([&] { store().size("a"); });
  }
};

// The fake storage checks every signature (s3_address_test.cc holds that check to AWS's examples).
TEST_F(S3AccessTest, SignsEveryKindOfRequest) {
  start();
  settings_.session_token = "token/+=";
  bytes_ = some_bytes(250'000);
  put("a b+ü=/c%d");
  put("small");
  get("a b+ü=/c%d");
  store().list("a b+");
  store().remove("small");
  EXPECT_TRUE(messages_.empty());
  const auto requests = fake_->requests();
  EXPECT_GT(requests.size(), 8U);
  for (const FakeRequest& request : requests) {
    EXPECT_EQ(request.header("x-amz-security-token"), "token/+=");
    EXPECT_NE(request.header("authorization").find("x-amz-security-token"), std::string::npos);
    EXPECT_EQ(request.header("authorization").find("secret"), std::string::npos);
    EXPECT_EQ(request.header("x-amz-content-sha256"), to_hex(byte_sum(request.body)));
  }
}

TEST_F(S3AccessTest, SendsNothingElsewhere) {
  start();
  FakeS3 elsewhere;
  FakeAnswer redirect = s3_error(307, "TemporaryRedirect");
  redirect.headers.emplace_back("Location", elsewhere.endpoint() + "/bucket/raw/a");
  fake_->script("HEAD", {{.answer = redirect}});
  fake_->script("GET", {{.answer = redirect}});
  EXPECT_EQ(error_of([&] { store().size("a"); }).message(),
            fmt::format("cannot look at s3://bucket/raw/a: the storage answered 307: the bucket "
                        "bucket is at {}/bucket/raw/a",
                        elsewhere.endpoint()));
  EXPECT_TRUE(elsewhere.requests().empty());
  // A proxy of the environment does not see what stays on this machine.
  setenv("http_proxy", elsewhere.endpoint().c_str(), 1);
  EXPECT_FALSE(store().exists("a"));
  unsetenv("http_proxy");
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(S3AccessTest, NamesTheRightRegion) {
  start();
  FakeAnswer head{.status = 301, .headers = {{"x-amz-bucket-region", "eu-north-1"}}};
  FakeAnswer get = s3_error(301, "PermanentRedirect", "wrong endpoint",
                            "<Endpoint>s3.eu-north-1.amazonaws.com</Endpoint>");
  get.headers.emplace_back("x-amz-bucket-region", "eu-north-1");
  const Error error = refused({.answer = head}, {.answer = get});
  EXPECT_EQ(error.message(),
            "cannot look at s3://bucket/raw/a: the bucket bucket is in the region eu-north-1, not "
            "in eu-west-1");
  EXPECT_EQ(error.hint(), "set AWS_REGION to eu-north-1");
  EXPECT_EQ(refused(S3Reply::of(400), S3Reply::of(400, "AuthorizationHeaderMalformed", "expecting",
                                                  "<Region>us-west-2</Region>"))
                .hint(),
            "set AWS_REGION to us-west-2");
  EXPECT_NE(refused(S3Reply::of(301), S3Reply::of(301, "PermanentRedirect", "",
                                                  "<Endpoint>b.s3.x.amazonaws.com</Endpoint>"))
                .message()
                .find("is at b.s3.x.amazonaws.com"),
            std::string::npos);
  EXPECT_EQ(count("HEAD"), 3U) << "nothing is repeated";
}

TEST_F(S3AccessTest, SaysWhatS3Says) {
  start();
  settings_.credentials_source = "the environment";
  const Error expired = refused(
      S3Reply::of(400), S3Reply::of(400, "ExpiredToken", "The provided token has expired."));
  EXPECT_EQ(expired.message(),
            "cannot look at s3://bucket/raw/a: the storage answered 400 ExpiredToken: The provided "
            "token has expired.");
  EXPECT_EQ(expired.hint(),
            "the session token from the environment has expired: get new credentials");
  EXPECT_EQ(refused(S3Reply::of(403), S3Reply::of(403, "InvalidAccessKeyId")).hint(),
            "see the access key from the environment");
  EXPECT_EQ(refused(S3Reply::of(403), S3Reply::of(403, "RequestTimeTooSkewed")).hint(),
            "set the clock of this machine");
  EXPECT_EQ(refused(S3Reply::of(403), S3Reply::of(403)).message(),
            "cannot look at s3://bucket/raw/a: the storage answered 403");
}

TEST_F(S3AccessTest, KnowsAMissingBucketFromAMissingKey) {
  start();
  location_.bucket = "nobody";
  for (const Error& error : {error_of([&] { store().exists("a"); }), failing_put("a"),
                             error_of([&] { store().list(""); }), failing_get("a"),
                             error_of([&] { store().remove("a"); })}) {
    EXPECT_TRUE(error.message().ends_with(
        fmt::format("there is no bucket nobody at {}", fake_->endpoint())))
        << error.message();
  }
  location_.bucket = "bucket";
  store_.reset();
  EXPECT_EQ(failing_get("a").message(),
            "cannot get s3://bucket/raw/a: the storage answered 404 NoSuchKey: The key does not "
            "exist.");
  EXPECT_FALSE(store().exists("a"));
  const std::size_t gets = count("GET");
  EXPECT_FALSE(store().exists("b"));
  EXPECT_EQ(count("GET"), gets) << "the bucket has been seen";
}

TEST_F(S3AccessTest, IsRefusedWithAWrongSecret) {
  start();
  settings_.secret_key = "wrong";
  settings_.credentials_source = "the environment";
  const Error error = failing_put("a");
  EXPECT_NE(error.message().find("the storage answered 403 SignatureDoesNotMatch"),
            std::string::npos);
  EXPECT_EQ(error.hint(), "see the secret key from the environment");
}

TEST_F(S3AccessTest, IsToldBeforeItSendsALargeBody) {
  start();
  bytes_ = some_bytes(20'000'000);
  settings_.part_bytes = 30'000'000;
  fake_->script("PUT", {S3Reply::of(403, "AccessDenied", "Access Denied")});
  EXPECT_NE(failing_put("a").message().find("403 AccessDenied"), std::string::npos);
  EXPECT_TRUE(messages_.empty()) << "it is an answer, not a broken connection";
}

TEST_F(S3AccessTest, ShowsOnlyPrintableWords) {
  start();
  const Error error = refused(S3Reply::of(403), S3Reply::of(403, "Bad", "a\x1b[2Jb"));
  EXPECT_TRUE(error.message().ends_with("403 Bad: a [2Jb")) << error.message();
}

TEST_F(S3AccessTest, ChecksTheCertificate) {
  start({.tls = true});
  const Error error = error_of([&] { store().list("", events()); });
  EXPECT_NE(error.message().find("cannot be reached"), std::string::npos) << error.message();
  EXPECT_NE(error.hint().find("AWS_CA_BUNDLE"), std::string::npos);
  EXPECT_TRUE(messages_.empty()) << "a retry would fail as well";
  settings_.ca_bundle = folder_.file("ca.pem", fake_->certificate());
  store_.reset();
  bytes_ = some_bytes(250'000);
  EXPECT_EQ(put("a"), PutResult::stored);
  EXPECT_EQ(get("a"), bytes_);

  settings_.endpoint = fmt::format("http://127.0.0.1:{}", fake_->port());
  store_.reset();
  settings_.retry_limit = Millis(0);
  EXPECT_THROW(store().list(""), Error);
}

}  // namespace
}  // namespace gsa::lake
