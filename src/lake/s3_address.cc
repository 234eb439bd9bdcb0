#include "lake/s3_address.h"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <memory>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::lake {
namespace {

struct Endpoint {
  std::string scheme, host, port, path;  // the port with a ":", or ""; the path without last slash
};

bool is_loopback(const std::string& host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" ||
         host == "[::1]";
}

std::string part_of(CURLU* url, CURLUPart part) {  // "" if there is none
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  return text;
}

// libcurl also reads the address when it sends a request.
Endpoint parse_endpoint(const std::string& text) {
  const auto fail = [&] {
    return Error(fmt::format("'{}' is not the address of S3 storage", text),
                 "write it as https://HOST:PORT");
  };
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  check(url != nullptr, "libcurl has memory");
  const bool schemed = text.find("://") != std::string::npos;
  const std::string whole = schemed ? text : "https://" + text;
  if (curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), 0) != CURLUE_OK) throw fail();
  Endpoint endpoint{.scheme = part_of(url.get(), CURLUPART_SCHEME),
                    .host = to_lower(part_of(url.get(), CURLUPART_HOST)),
                    .port = part_of(url.get(), CURLUPART_PORT),
                    .path = part_of(url.get(), CURLUPART_PATH)};
  if (endpoint.scheme != "http" && endpoint.scheme != "https") throw fail();
  for (const CURLUPart extra :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part_of(url.get(), extra).empty()) throw fail();
  }
  if (!schemed && is_loopback(endpoint.host)) endpoint.scheme = "http";
  if (!endpoint.port.empty()) endpoint.port.insert(0, ":");
  while (endpoint.path.ends_with('/')) endpoint.path.pop_back();
  return endpoint;
}

// It becomes part of host names and of what libcurl is told to sign.
std::string checked_region(const std::string& region) {
  if (region.empty()) return "us-east-1";
  if (!std::all_of(region.begin(), region.end(),
                   [](char c) { return is_word_character(c) || c == '-'; })) {
    throw Error(fmt::format("'{}' is not a region of S3 storage", region));
  }
  return region;
}

}  // namespace

S3Address::S3Address(const S3Settings& settings, const std::string& bucket)
    : region_(checked_region(settings.region)) {
  const std::string aws = fmt::format("https://s3.{}.amazonaws.com{}", region_,
                                      region_.starts_with("cn-") ? ".cn" : "");
  const Endpoint endpoint = parse_endpoint(settings.endpoint.empty() ? aws : settings.endpoint);
  const bool in_path = settings.path_style.value_or(!settings.endpoint.empty() ||
                                                    bucket.find('.') != std::string::npos);
  is_this_machine_ = is_loopback(endpoint.host);
  origin_ = fmt::format("{}://{}{}", endpoint.scheme, endpoint.host, endpoint.port);
  base_ = in_path ? fmt::format("{}{}/{}", origin_, endpoint.path, bucket)
                  : fmt::format("{}://{}.{}{}{}", endpoint.scheme, bucket, endpoint.host,
                                endpoint.port, endpoint.path);
}

std::string S3Address::url(std::string_view key, S3Query query) const {
  // libcurl 7.88 signs the query as it stands, while the server sorts it first.
  std::sort(query.begin(), query.end());
  std::string url = base_ + "/" + percent_encode(key, "/");
  char separator = '?';
  for (const auto& [name, value] : query) {
    url += fmt::format("{}{}={}", separator, percent_encode(name), percent_encode(value));
    separator = '&';
  }
  return url;
}

std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool plain = is_word_character(c) || c == '-' || c == '.' || c == '~' ||
                       kept.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned int byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && text.size() - i > 2 &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace gsa::lake
