#pragma once

// One HTTP request at a time over libcurl; the caller follows redirects. Network failures are part
// of the answer, not exceptions. One thread.

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
  int status = 0;                                            // 0: no answer
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string failure;  // why the transfer broke off; "" if it ended well or the caller stopped it
  bool bad_certificate = false;  // the failure is the certificate, so a retry would fail as well

  std::string header(std::string_view lower_case_name) const;  // "" if there is none
  bool is_redirect() const;
};

struct Request {
  std::string url;
  bool head = false;                          // HEAD, else GET
  bool with_token = false;                    // send the settings' token, if there is one
  std::int64_t from_byte = 0;                 // above 0: requests the rest from there
  std::chrono::milliseconds idle_timeout{0};  // the longest wait for a byte
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  // Called after the headers, before the body. Returning false skips the body.
  std::function<bool(const Answer&)> on_headers = {};
  std::function<void(std::string_view bytes)> on_body = {};
};

class Http {
 public:
  Http(const Settings& settings, const Events& events);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Throws what the callbacks throw, and Error{interrupted} within a tenth of a second after
  // events.cancelled() has become true.
  Answer send(const Request& request);

 private:
  struct Handles;
  const Settings& settings_;
  const Events& events_;
  std::unique_ptr<Handles> handles_;  // keeps connections open between requests
};

}  // namespace gsa::hub
