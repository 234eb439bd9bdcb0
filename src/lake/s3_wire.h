#pragma once

// One signed HTTP request at a time over libcurl, without retries and redirects. Network failures
// are part of the answer, not exceptions. One thread.
//
// libcurl signs (AWS Signature Version 4): the method, the path and the query as they stand in the
// URL, the host, every header that is given here, and the sum of the body in x-amz-content-sha256.
// So the URL must be encoded and sorted already (S3Address::url), and no header's name may be the
// beginning of another's, because libcurl 7.88 sorts whole lines. It also signs headers that are
// listed only to keep libcurl from sending them, so none is.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lake/s3_address.h"

namespace gsa::lake {

using WireHeaders = std::vector<std::pair<std::string, std::string>>;

struct WireAnswer {
  int status = 0;            // 0: no answer
  WireHeaders headers = {};  // names in lower case
  std::string body = {};     // unless on_body took it
  std::string failure = {};  // why the transfer broke off; "" if it ended well
  bool bad_tls = false;      // the failure is a certificate or no TLS: a retry would fail as well

  std::string header(std::string_view lower_case_name) const;  // "" if there is none
  bool is_good() const { return status >= 200 && status < 300 && failure.empty(); }
};

// What is sent with a PUT or a POST. `read` gives at most `size` bytes from an offset, at least
// one, and may be asked for the same again.
struct WireBody {
  std::int64_t bytes = 0;
  std::string sha256 = {};  // of all of them
  std::function<std::size_t(char* buffer, std::size_t size, std::int64_t offset)> read = {};
};

struct WireRequest {
  std::string method = "GET";  // GET, HEAD, PUT, POST or DELETE
  std::string url = {};
  WireHeaders headers = {};
  const WireBody* body = nullptr;  // null: none
  std::string range = {};          // "5-" or "0-0"; empty: everything
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  // Asked after the headers of an answer that is_good() so far. False: skips the body.
  std::function<bool(const WireAnswer&)> on_headers = {};
  std::function<void(std::string_view bytes)> on_body = {};  // of such an answer
};

class S3Wire {
 public:
  // Both must outlive the object.
  S3Wire(const S3Settings& settings, const S3Address& address);
  ~S3Wire();
  S3Wire(const S3Wire&) = delete;
  S3Wire& operator=(const S3Wire&) = delete;

  // Throws what the callbacks throw, and Error{interrupted} as soon as `stop` is set.
  WireAnswer send(const WireRequest& request, const std::stop_token& stop);

 private:
  struct Handles;
  const S3Settings& settings_;
  const S3Address& address_;
  std::unique_ptr<Handles> handles_;  // keeps connections open between requests
};

}  // namespace gsa::lake
