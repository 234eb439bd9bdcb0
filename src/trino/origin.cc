#include "trino/origin.h"

#include <curl/curl.h>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::trino {
namespace {

class Address {
 public:
  Address() : url_(curl_url(), curl_url_cleanup) { check(url_ != nullptr, "libcurl has memory"); }

  bool set(CURLUPart part, const std::string& text) {
    return curl_url_set(url_.get(), part, text.c_str(), 0) == CURLUE_OK;
  }
  std::string get(CURLUPart part) const {  // "" if there is none
    char* text = nullptr;
    if (curl_url_get(url_.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
    return text;
  }
  // "" unless scheme, host and port are known.
  std::string origin() const {
    const std::string scheme = get(CURLUPART_SCHEME), host = to_lower(get(CURLUPART_HOST));
    const std::string port = get(CURLUPART_PORT);
    if ((scheme != "http" && scheme != "https") || host.empty() || port.empty()) return "";
    return fmt::format("{}://{}:{}", scheme, host, port);
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
};

}  // namespace

std::string origin_of(const ConnectionSettings& settings) {
  std::string host = settings.host;
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = "[" + host + "]";
  Address address;
  const bool valid = settings.port >= 1 && settings.port <= 65'535 &&
                     address.set(CURLUPART_SCHEME, settings.https ? "https" : "http") &&
                     address.set(CURLUPART_HOST, host) &&
                     address.set(CURLUPART_PORT, std::to_string(settings.port));
  const std::string origin = valid ? address.origin() : "";
  if (origin.empty()) {
    throw Error(fmt::format("the Trino connection has no valid host and port: '{}', {}",
                            settings.host, settings.port));
  }
  return origin;
}

bool is_below(const std::string& origin, const std::string& address) {
  Address parsed;
  return parsed.set(CURLUPART_URL, address) && parsed.origin() == origin &&
         parsed.get(CURLUPART_USER).empty() && parsed.get(CURLUPART_PASSWORD).empty();
}

std::string origin_of(const std::string& address) {
  Address parsed;
  return parsed.set(CURLUPART_URL, address) ? parsed.origin() : "";
}

}  // namespace gsa::trino
