#pragma once

// S3 storage for tests: a FakeBucket behind real HTTP on this machine, except for requests that a
// test scripted a reply for. Each connection has a thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lake/fake_bucket.h"

namespace gsa::lake {

// How to treat a request. Every member left at its default keeps that part correct.
struct S3Reply {
  FakeAnswer answer = {.status = 0};  // instead of the bucket's, whose work is then not done
  std::function<void()> before = {};  // called before the body of the request is read
  std::int64_t read_only = -1;        // stops reading the body after about so many bytes …
  bool stall = false;                 // … and waits there instead of closing the connection
  bool lose_answer = false;           // closes the connection after the bucket did its work
  std::int64_t cut_answer_at = -1;    // closes it after so many bytes of the answer's body
  bool damage_answer = false;         // changes the last byte of that body
  bool damage_request = false;        // changes the last byte of the request's body

  static S3Reply of(int status, const std::string& code = "", const std::string& message = "",
                    const std::string& more = "") {
    return {.answer = s3_error(status, code, message, more)};
  }
};

struct FakeS3Options {
  bool tls = false;
  FakeBucketOptions bucket = {};
};

class FakeS3 {
 public:
  explicit FakeS3(FakeS3Options options = {});
  ~FakeS3();  // closes every connection
  FakeS3(const FakeS3&) = delete;
  FakeS3& operator=(const FakeS3&) = delete;

  // Treats the next requests of that method like these, one each.
  void script(const std::string& method, std::vector<S3Reply> replies);
  // Looks at the bucket, or changes it.
  void with_bucket(const std::function<void(FakeBucket&)>& use);
  FakeBucket::Object object(const std::string& key);  // empty if there is none
  bool has(const std::string& key);
  std::size_t unfinished_uploads();

  int port() const;
  std::string endpoint() const;     // "http://127.0.0.1:PORT"
  std::string certificate() const;  // PEM
  // All requests so far, or those of a method.
  std::vector<FakeRequest> requests(const std::string& method = "") const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A port that refuses connections: it has just been released.
int closed_port();

}  // namespace gsa::lake
