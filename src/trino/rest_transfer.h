#pragma once

// One HTTP request at a time over libcurl, without retries and redirects. Network failures are part
// of the answer, not exceptions. One thread.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "trino/connection_settings.h"
#include "trino/session_state.h"

namespace gsa::trino {

// An answer is kept in memory as a whole. Trino's pages are a few megabytes, 128 at most.
inline constexpr std::size_t kLargestAnswer = std::size_t{1} << 30;

enum class RestMethod { post, get, del };

struct RestRequest {
  RestMethod method = RestMethod::get;
  std::string url = {};
  HttpHeaders headers = {};
  std::string_view body = {};  // of a POST
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

struct RestAnswer {
  int status = 0;            // 0: no answer
  HttpHeaders headers = {};  // names in lower case
  std::string body = {};     // uncompressed
  std::string failure = {};  // why the transfer broke off; "" if it ended well
  bool sent = false;         // some byte of the request may have reached the server
  bool bad_tls = false;    // the failure is a certificate or no TLS, so a retry would fail as well
  bool too_large = false;  // broken off at kLargestAnswer
  bool past_deadline = false;

  std::string header(std::string_view lower_case_name) const;  // "" if there is none
};

class RestTransfer {
 public:
  // The settings must outlive the object.
  explicit RestTransfer(const ConnectionSettings& settings);
  ~RestTransfer();
  RestTransfer(const RestTransfer&) = delete;
  RestTransfer& operator=(const RestTransfer&) = delete;

  // Sends a POST on a new connection, other requests on one that is open. libcurl repeats a request
  // by itself if a connection that was open breaks without an answer, which must not happen to a
  // statement. Throws Error{interrupted} as soon as `stop` is set.
  RestAnswer send(const RestRequest& request, const std::stop_token& stop);

 private:
  struct Handles;
  const ConnectionSettings& settings_;
  std::unique_ptr<Handles> handles_;  // keeps connections open between requests
};

}  // namespace gsa::trino
