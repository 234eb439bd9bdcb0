#pragma once

// Requests to one bucket, repeated where that helps. One thread.

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "lake/location.h"
#include "lake/retry_schedule.h"
#include "lake/s3_failure.h"
#include "lake/s3_wire.h"
#include "lake/store.h"

namespace gsa::lake {

struct S3Request {
  std::string what = {};  // for messages: "cannot list"
  std::string method = "GET";
  std::string key = {};  // below the location's prefix; "": the bucket itself
  S3Query query = {};
  WireHeaders headers = {};
  const WireBody* body = nullptr;
  std::string range = {};
  // Statuses that are answers and no failures, besides 2xx. Such an answer has no body if it is one
  // to HEAD.
  std::vector<int> expected = {};
  bool may_fail_late = false;  // an answer of 200 may be an <Error>
};

class S3Client {
 public:
  // Throws Error if the settings are invalid or have no credentials.
  S3Client(const Location& location, const S3Settings& settings);

  const S3Settings& settings() const { return settings_; }
  std::string full_key(const std::string& key) const;  // within the bucket
  std::string place(const std::string& key) const;     // "s3://bucket/prefix/key"

  // Sends it until the answer is a success or an expected one. `before`, if any, is called before
  // each attempt. Throws Error with the place, S3's error code and its words.
  WireAnswer ask(const S3Request& request, const StoreEvents& events,
                 const std::function<void()>& before = {});

  // The parts of ask(), for what goes on where the last attempt broke off.
  WireRequest wire_request(const S3Request& request) const;
  WireAnswer send(const WireRequest& request, const std::stop_token& stop) {
    return wire_.send(request, stop);
  }
  S3Failure failure(const WireAnswer& answer) const;
  // Reports the failure and waits for the next attempt. Throws it as an Error if there is none.
  void retry(const S3Request& request, const S3Failure& failure, RetrySchedule& schedule,
             const StoreEvents& events) const;
  Error error(const S3Request& request, const S3Failure& failure) const;

 private:
  const Location location_;
  const S3Settings settings_;
  const S3Address address_;
  S3Wire wire_;
};

}  // namespace gsa::lake
