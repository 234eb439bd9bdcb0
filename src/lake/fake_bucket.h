#pragma once

// What a bucket answers, without a network: objects, uploads in parts, listings. It checks
// signatures and sums as strictly as AWS does. One thread at a time.

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lake/fake_signature.h"

namespace gsa::lake {

struct FakeAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct FakeRequest : SignedRequest {
  std::string body = {};

  std::string header(const std::string& name) const;     // "" if there is none
  std::string parameter(const std::string& name) const;  // decoded; "-" if there is none
};

struct FakeBucketOptions {
  std::string name = "bucket";
  Signer signer = {
      .access_key = "AKIDEXAMPLE", .secret_key = "secret/+=key", .region = "eu-west-1"};
  bool refuses_conditions = false;  // answers 501 to If-None-Match
  bool ignores_conditions = false;  // replaces objects
  std::size_t page = 1000;          // keys of a listing
};

class FakeBucket {
 public:
  explicit FakeBucket(FakeBucketOptions options) : options_(std::move(options)) {}

  FakeAnswer answer(const FakeRequest& request);

  // For tests to look at and to change.
  struct Object {
    std::string bytes = {};
    std::string sum = {};  // x-amz-meta-gsa-sha256
  };
  struct Upload {
    std::string key = {}, sum = {};
    std::map<int, std::string> parts = {};
  };
  std::map<std::string, Object> objects = {};
  std::map<std::string, Upload> uploads = {};  // unfinished, by id
  std::string lose_part_of = {};  // an object made of parts lacks the last one under this key

 private:
  FakeAnswer put(const FakeRequest& request, const std::string& key);
  FakeAnswer get(const FakeRequest& request, const std::string& key) const;
  FakeAnswer post(const FakeRequest& request, const std::string& key);
  FakeAnswer complete(const FakeRequest& request, const std::string& key);
  FakeAnswer remove(const FakeRequest& request, const std::string& key);
  FakeAnswer list(const FakeRequest& request) const;
  FakeAnswer store(const FakeRequest& request, const std::string& key, Object object);

  const FakeBucketOptions options_;
  int ids_ = 0;
};

// S3's <Error>.
FakeAnswer s3_error(int status, const std::string& code, const std::string& message = "",
                    const std::string& more = "");

}  // namespace gsa::lake
