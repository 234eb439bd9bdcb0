#include "lake/location.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "lake/pending_file.h"

namespace gsa::lake {
namespace fs = std::filesystem;
namespace {

// S3 counts the bytes of a key together with the store's prefix, and refuses longer ones itself.
constexpr std::size_t kLongestKey = 1024;
// S3 storage other than AWS's takes a few names that AWS's no longer does.
constexpr std::size_t kShortestBucket = 3, kLongestBucket = 63;

bool is_utf8(std::string_view text) {
  const auto all = characters(text);
  return std::all_of(all.begin(), all.end(), [](std::string_view character) {
    return character.size() > 1 || static_cast<unsigned char>(character[0]) < 0x80;
  });
}

// What is wrong with a key; "" if nothing is.
std::string fault_of(std::string_view key) {
  if (key.empty()) return "it is empty";
  if (key.size() > kLongestKey) return fmt::format("it is longer than {} bytes", kLongestKey);
  if (!is_utf8(key)) return "it is not UTF-8";
  if (std::any_of(key.begin(), key.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return "it has control characters";
  }
  for (const std::string& segment : split(key, '/')) {
    if (segment.empty()) return "it begins or ends with a slash, or has two in a row";
    if (segment == "." || segment == "..") return fmt::format("it has a segment \"{}\"", segment);
    if (is_pending_name(segment)) return "it has the name of an unfinished file";
  }
  return "";
}

Location s3_location(const std::string& text) {
  std::string_view rest = std::string_view(text).substr(5);
  Location location;
  location.bucket = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), location.bucket.size() + 1));
  if (rest.ends_with('/')) rest.remove_suffix(1);
  location.prefix = rest;
  const bool valid =
      location.bucket.size() >= kShortestBucket && location.bucket.size() <= kLongestBucket &&
      std::all_of(location.bucket.begin(), location.bucket.end(),
                  [](char c) { return is_word_character(c) || c == '.' || c == '-'; });
  if (!valid) {
    throw Error(fmt::format("'{}' names no bucket", text), "write it as s3://BUCKET/PREFIX");
  }
  if (const std::string fault = rest.empty() ? "" : fault_of(rest); !fault.empty()) {
    throw Error(fmt::format("the prefix of '{}' cannot be used: {}", text, fault));
  }
  return location;
}

}  // namespace

Location parse_location(const std::string& text, const Invocation& invocation) {
  if (text.starts_with("s3://")) return s3_location(text);
  std::string path = text;
  if (text.starts_with("file:")) {
    path = text.starts_with("file:///") ? text.substr(7) : "";
    if (path.empty()) {
      throw Error(fmt::format("'{}' names no folder of this machine", text),
                  "write it as file:///FOLDER");
    }
  } else if (const std::size_t end = text.find("://"); end != std::string::npos) {
    const std::string scheme = text.substr(0, end);
    const bool spelling = scheme == "s3a" || scheme == "s3n" || to_lower(scheme) == "s3";
    throw Error(fmt::format("files cannot be stored at '{}'", text),
                spelling ? "write it as s3://BUCKET/PREFIX"
                         : "a location is s3://BUCKET/PREFIX or a folder");
  }
  if (path.empty() || path.find('\0') != std::string::npos) {
    throw Error(fmt::format("'{}' is no location", text),
                "a location is s3://BUCKET/PREFIX or a folder");
  }
  Location location;
  location.folder = fs::absolute(invocation.path(path)).lexically_normal();
  if (!location.folder.has_filename()) location.folder = location.folder.parent_path();  // "a/"
  return location;
}

std::string to_text(const Location& location) {
  if (!location.is_s3()) return "file://" + location.folder.string();
  return fmt::format("s3://{}{}{}", location.bucket, location.prefix.empty() ? "" : "/",
                     location.prefix);
}

void check_key(std::string_view key) {
  if (const std::string fault = fault_of(key); !fault.empty()) {
    throw Error(fmt::format("the key '{}' cannot be used: {}", key, fault));
  }
}

void check_key_prefix(std::string_view prefix) {
  // A last letter makes a key of whatever may begin one.
  const std::string fault = fault_of(std::string(prefix) + "x");
  if (!fault.empty()) {
    throw Error(fmt::format("the prefix '{}' cannot be used: {}", prefix, fault));
  }
}

}  // namespace gsa::lake
