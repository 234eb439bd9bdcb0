#pragma once

// One HTTP request at a time over libcurl, redirects left to the caller. What the network does
// wrong is part of the answer, not an exception. One thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/events.h"
#include "hub/settings.h"

namespace gsa::hub {

struct Answer {
  int status = 0;                                            // 0: none came
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string failure;           // why it broke off; "" where it ended well or was stopped
  bool bad_certificate = false;  // why it failed: trying again would fail the same way

  std::string header(std::string_view lower_case_name) const;  // "" if there is none
  bool is_redirect() const;
};

struct Request {
  std::string url;
  bool head = false;                          // HEAD, else GET
  bool with_token = false;                    // the settings' token, if there is one
  std::int64_t from_byte = 0;                 // above 0: asks for the rest from there
  std::chrono::milliseconds idle_timeout{0};  // without a byte
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  // Called when the headers are there, before the body; false: the body is not wanted.
  std::function<bool(const Answer&)> on_headers = {};
  std::function<void(std::string_view bytes)> on_body = {};
};

class Http {
 public:
  Http(const Settings& settings, const Events& events);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Throws what the callbacks throw, and Error{interrupted} within a tenth of a second once
  // events.cancelled().
  Answer send(const Request& request);

 private:
  struct Handles;
  const Settings& settings_;
  const Events& events_;
  std::unique_ptr<Handles> handles_;  // keeps connections open from one request to the next
};

}  // namespace gsa::hub
