#include "hub/metadata.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "hub/digest.h"
#include "hub/redirects.h"
#include "hub/url.h"

namespace gsa::hub {
namespace {

// Commits and ETags become file names in the cache.
bool is_safe_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 128 && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), allowed);
}

// Redirects and the last answer may each tell a part; the later one wins.
struct Learned {
  Metadata metadata;
  bool etag_is_linked = false;  // the ETag is the file's sum; a plain ETag may be anything

  void from(const Answer& answer) {
    if (auto commit = answer.header("x-repo-commit"); !commit.empty()) metadata.commit = commit;
    const std::string linked = normal_etag(answer.header("x-linked-etag"));
    const std::string plain = normal_etag(answer.header("etag"));
    if (!linked.empty()) metadata.etag = linked;
    etag_is_linked = etag_is_linked || !linked.empty();
    if (!etag_is_linked && !plain.empty()) metadata.etag = plain;
    if (const auto size = parse_bytes(answer.header("x-linked-size")); size >= 0) {
      metadata.bytes = size;
    } else if (metadata.bytes < 0 &&
               !answer.is_redirect()) {  // a redirect's length is that of its own text
      metadata.bytes = parse_bytes(answer.header("content-length"));
    }
  }
};

bool is_relative(const std::string& location) {
  return location.find("://") == std::string::npos && !location.starts_with("//");
}

}  // namespace

std::string normal_etag(std::string_view header) {
  header = trim(header);
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header = header.substr(1, header.size() - 2);
  }
  return std::string(header);
}

std::int64_t parse_bytes(std::string_view text) {
  std::int64_t bytes = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return failure == std::errc() && end == text.data() + text.size() && bytes >= 0 ? bytes : -1;
}

std::variant<Metadata, Refusal> ask_metadata(
    Http& http, const Settings& settings, const HubFile& file,
    std::optional<std::chrono::steady_clock::time_point> deadline) {
  Redirects redirects(settings, resolve_url(settings.endpoint, file, file.revision));
  Learned learned;
  while (true) {
    const Answer answer = http.send({.url = redirects.url(),
                                     .head = true,
                                     .with_token = redirects.at_hub(),
                                     .idle_timeout = settings.etag_timeout,
                                     .deadline = deadline});
    const bool success = answer.failure.empty() && answer.status == 200;
    if (!success && !answer.is_redirect()) {
      return refusal_of(answer, redirects.asked(), settings, file);
    }
    learned.from(answer);
    const bool known = !learned.metadata.commit.empty() && !is_relative(answer.header("location"));
    if (success || known) break;
    if (auto refusal = redirects.follow(answer)) return *refusal;
  }
  const Metadata& metadata = learned.metadata;
  if (!is_safe_name(metadata.commit) || !is_safe_name(metadata.etag)) {
    return Refusal{.message = fmt::format("{} does not answer like a Hugging Face Hub: no {}",
                                          settings.endpoint,
                                          is_safe_name(metadata.commit) ? "ETag" : "X-Repo-Commit"),
                   .hint = "a proxy or HF_ENDPOINT may lead elsewhere"};
  }
  if (metadata.bytes < 0 && sum_kind(metadata.etag) == SumKind::none) {
    return Refusal{.message = "the hub gives neither the size nor a sum of the file"};
  }
  return metadata;
}

}  // namespace gsa::hub
