#include "http/target.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Decodes a part of the target into `part`. Returns "" on success, else the error.
std::string read_part(std::string_view text, bool plus_is_space, std::string& part) {
  const std::optional<std::string> decoded = percent_decode(text, plus_is_space);
  if (!decoded) return "a '%' in the address is not followed by two hexadecimal digits";
  if (decoded->find('\0') != std::string::npos) return "the address has a NUL";
  if (!is_utf8(*decoded)) return "the address is not valid UTF-8";
  part = *decoded;
  return "";
}

std::string read_path(std::string_view path, Request& request) {
  if (path == "/") {
    request.path = "/";
    return "";
  }
  for (const std::string& raw : split(path.substr(1), '/')) {
    std::string segment;
    if (std::string problem = read_part(raw, false, segment); !problem.empty()) return problem;
    if (segment == "." || segment == "..") return "the address has '.' or '..' as a segment";
    request.path += "/" + segment;
    request.segments.push_back(std::move(segment));
  }
  return "";
}

std::string read_query(std::string_view query, Request& request) {
  if (query.empty()) return "";
  for (const std::string& pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name, value;
    std::string problem = read_part(pair.substr(0, equals), true, name);
    if (problem.empty() && equals < pair.size()) {
      problem = read_part(pair.substr(equals + 1), true, value);
    }
    if (!problem.empty()) return problem;
    request.query.add(std::move(name), std::move(value));
  }
  return "";
}

}  // namespace

std::string read_target(std::string_view target, Request& request) {
  request.target = target;
  if (target == "*") {
    request.path = "*";
    return request.method == "OPTIONS" ? "" : "'*' is an address only for OPTIONS";
  }
  if (constexpr std::string_view kScheme = "http://";
      target.size() > kScheme.size() &&
      equal_ignoring_case(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(kScheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    request.authority = target.substr(0, end);
    target.remove_prefix(end);
    if (request.authority.empty()) return "the address names no host";
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  if (path.empty() && !request.authority.empty()) path = "/";
  if (!path.starts_with('/')) return "the address must begin with '/'";
  if (target.find('#') != std::string_view::npos) return "the address has a '#'";
  if (std::string problem = read_path(path, request); !problem.empty()) return problem;
  if (question == target.size()) return "";
  return read_query(target.substr(question + 1), request);
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain = "-._~/:@!$'()*,;";
  std::string encoded;
  for (const char c : text) {
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_alphanumeric || kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

bool is_utf8(std::string_view text) {
  // Indexed by the number of continuation bytes: the smallest code point that needs so many.
  constexpr std::array<std::uint32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) continue;
    const std::size_t more = lead >= 0xF0 ? 3U : lead >= 0xE0 ? 2U : 1U;
    if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return false;
    std::uint32_t code = lead & (0x3FU >> more);
    for (std::size_t n = 0; n < more; ++n) {
      const auto next = static_cast<unsigned char>(text[++i]);
      if ((next & 0xC0U) != 0x80U) return false;
      code = code << 6U | (next & 0x3FU);
    }
    if (code < kLeast.at(more) || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      return false;
    }
  }
  return true;
}

}  // namespace gsa::http
