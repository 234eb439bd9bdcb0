#include "hub/url.h"

#include <curl/curl.h>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::hub {
namespace {

class Url {
 public:
  Url() : url_(curl_url(), curl_url_cleanup) { check(url_ != nullptr, "curl_url() has memory"); }

  bool set(const std::string& text) {
    return curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }

  std::string get(CURLUPart part) const {  // "" if there is none
    char* text = nullptr;
    if (curl_url_get(url_.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
    return text;
  }

  std::string whole() const {
    char* text = nullptr;
    if (curl_url_get(url_.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return "";
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
    return text;
  }

  bool is_web() const {
    const std::string scheme = get(CURLUPART_SCHEME);
    return (scheme == "http" || scheme == "https") && !get(CURLUPART_HOST).empty();
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
};

std::string part_of(const std::string& url, CURLUPart part) {
  Url parsed;
  return parsed.set(url) ? to_lower(parsed.get(part)) : "";
}

std::string encode_percent(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       kept.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string resolve_url(const std::string& endpoint, const HubFile& file,
                        std::string_view revision) {
  return fmt::format("{}/datasets/{}/{}/resolve/{}/{}", endpoint, encode_percent(file.owner, ""),
                     encode_percent(file.name, ""), encode_percent(revision, ""),
                     encode_percent(file.path, "/"));
}

std::string revision_url(const std::string& endpoint, const HubFile& file) {
  return fmt::format("{}/api/datasets/{}/{}/revision/{}", endpoint, encode_percent(file.owner, ""),
                     encode_percent(file.name, ""), encode_percent(file.revision, ""));
}

std::string tree_url(const std::string& endpoint, const HubFile& file, std::string_view commit) {
  return fmt::format("{}/api/datasets/{}/{}/tree/{}?recursive=true", endpoint,
                     encode_percent(file.owner, ""), encode_percent(file.name, ""),
                     encode_percent(commit, ""));
}

bool is_web_url(const std::string& url) {
  Url parsed;
  return url.find("://") != std::string::npos && parsed.set(url) && parsed.is_web();
}

std::optional<std::string> join_url(const std::string& base, const std::string& location) {
  Url url;
  if (!url.set(base) || !url.set(location) || !url.is_web()) return std::nullopt;
  return url.whole();
}

bool same_origin(const std::string& a, const std::string& b) {
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    const std::string of_a = part_of(a, part);
    if (of_a.empty() || of_a != part_of(b, part)) return false;
  }
  return true;
}

std::string url_scheme(const std::string& url) { return part_of(url, CURLUPART_SCHEME); }
std::string url_host(const std::string& url) { return part_of(url, CURLUPART_HOST); }

}  // namespace gsa::hub
