#include "lake/s3_address.h"

#include "lake/fake_signature.h"
#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {

S3Address address(const std::string& endpoint, const std::string& region = "",
                  const std::string& bucket = "bucket") {
  return {{.endpoint = endpoint, .region = region}, bucket};
}

TEST(S3Address, PutsTheBucketWhereTheStorageLooksForIt) {
  EXPECT_EQ(address("").url("a"), "https://bucket.s3.us-east-1.amazonaws.com/a");
  EXPECT_EQ(address("", "cn-north-1").url(""), "https://bucket.s3.cn-north-1.amazonaws.com.cn/");
  EXPECT_EQ(address("", "eu-west-1", "my.bucket").url("a"),
            "https://s3.eu-west-1.amazonaws.com/my.bucket/a");
  EXPECT_EQ(address("https://Host.example:9000/").url("a"), "https://host.example:9000/bucket/a");
  EXPECT_EQ(address("https://host/s3/").url("a"), "https://host/s3/bucket/a");
  const S3Settings in_host{.endpoint = "https://host:1", .path_style = false};
  EXPECT_EQ(S3Address(in_host, "bucket").url("a"), "https://bucket.host:1/a");
  const S3Settings in_path{.path_style = true};
  EXPECT_EQ(S3Address(in_path, "bucket").url("a"), "https://s3.us-east-1.amazonaws.com/bucket/a");
}

TEST(S3Address, NeedsTlsUnlessToldOtherwise) {
  EXPECT_EQ(address("host:9000").origin(), "https://host:9000");
  EXPECT_EQ(address("localhost:9000").origin(), "http://localhost:9000");
  EXPECT_EQ(address("127.0.0.1:9000").origin(), "http://127.0.0.1:9000");
  EXPECT_EQ(address("[::1]:9000").origin(), "http://[::1]:9000");
  EXPECT_EQ(address("http://host:9000").origin(), "http://host:9000");
  EXPECT_EQ(address("https://localhost:9000").origin(), "https://localhost:9000");
  EXPECT_EQ(address("localhost.evil.example").origin(), "https://localhost.evil.example");
}

TEST(S3Address, EncodesKeysAndParameters) {
  EXPECT_EQ(address("http://h").url("a b/c+d=e/ü%&?#'~_-.parquet"),
            "http://h/bucket/a%20b/c%2Bd%3De/%C3%BC%25%26%3F%23%27~_-.parquet");
  EXPECT_EQ(address("http://h").url("", {{"prefix", "a b+/"}, {"list-type", "2"}, {"x", ""}}),
            "http://h/bucket/?list-type=2&prefix=a%20b%2B%2F&x=")
      << "sorted";
  EXPECT_EQ(percent_decode("a+b%2Bc%2fd%C3%BC%"), "a b+c/dü%");
  EXPECT_EQ(percent_decode("%zz%2"), "%zz%2");
}

TEST(S3Address, RefusesWhatIsNoEndpoint) {
  for (const char* endpoint : {"ftp://host", "https://", "https://user@host", "https://host?a=b",
                               "https://user:secret@host", "https://host#x", "a b"}) {
    EXPECT_THROW(address(endpoint), Error) << endpoint;
  }
  EXPECT_THROW(address("", "eu:west"), Error);
  EXPECT_THROW(address("", "evil.example/"), Error);
}

// The fake storage's own check, by the examples of "Authenticating Requests: Using the
// Authorization Header" in the S3 API reference.
class SignatureExample : public testing::Test {
 protected:
  std::string fault() const {
    return signature_fault(request_, {.access_key = "AKIAIOSFODNN7EXAMPLE",
                                      .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                      .region = "us-east-1"});
  }
  void sign(const std::string& headers, const std::string& signature) {
    request_.headers["host"] = "examplebucket.s3.amazonaws.com";
    request_.headers["x-amz-date"] = "20130524T000000Z";
    request_.headers["authorization"] = fmt::format(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders={},Signature={}",
        headers, signature);
  }
  SignedRequest request_;
};

TEST_F(SignatureExample, OfAGet) {
  request_ = {.method = "GET", .target = "/test.txt"};
  request_.headers["range"] = "bytes=0-9";
  request_.headers["x-amz-content-sha256"] = to_hex(byte_sum(""));
  sign("host;range;x-amz-content-sha256;x-amz-date",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(fault(), "");
  request_.headers["range"] = "bytes=0-8";
  EXPECT_EQ(fault(), "signature");
  request_.headers["x-amz-meta-more"] = "1";
  EXPECT_EQ(fault(), "unsigned x-amz-meta-more");
}

TEST_F(SignatureExample, OfAListing) {
  request_ = {.method = "GET", .target = "/?max-keys=2&prefix=J"};
  request_.headers["x-amz-content-sha256"] = to_hex(byte_sum(""));
  sign("host;x-amz-content-sha256;x-amz-date",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  EXPECT_EQ(fault(), "");
  request_.target = "/?prefix=J&max-keys=2";
  EXPECT_EQ(fault(), "") << "the order is the server's business";
  request_.target = "/?max-keys=2&prefix=K";
  EXPECT_EQ(fault(), "signature");
}

}  // namespace
}  // namespace gsa::lake
