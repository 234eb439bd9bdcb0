#include "trino/session_state.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::trino {
namespace {

// "analyst" is "ROLE{analyst}" in the protocol.
std::string role_text(const std::string& role) {
  const bool done = role == "ALL" || role == "NONE" || role.starts_with("ROLE{");
  return done ? role : fmt::format("ROLE{{{}}}", role);
}

// Null unless it has the form "name=value".
std::optional<std::pair<std::string, std::string>> named_value(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos || sign == 0) return std::nullopt;
  return std::pair(std::string(trim(text.substr(0, sign))),
                   decode_value(trim(text.substr(sign + 1))));
}

}  // namespace

std::string encode_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._*").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string decode_value(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i] + 1, &text[i] + 3, byte, 16).ptr == &text[i] + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

SessionState::SessionState(const ConnectionSettings& settings)
    : catalog(settings.catalog), schema(settings.schema), properties(settings.session_properties) {
  for (const auto& [of, role] : settings.roles) roles[of] = role_text(role);
}

HttpHeaders SessionState::headers() const {
  HttpHeaders headers;
  if (!catalog.empty()) headers.emplace_back("X-Trino-Catalog", catalog);
  if (!schema.empty()) headers.emplace_back("X-Trino-Schema", schema);
  for (const auto& [name, value] : properties) {
    headers.emplace_back("X-Trino-Session", name + "=" + encode_value(value));
  }
  for (const auto& [of, role] : roles) {
    headers.emplace_back("X-Trino-Role", of + "=" + encode_value(role));
  }
  for (const auto& [name, sql] : prepared_statements) {
    headers.emplace_back("X-Trino-Prepared-Statement",
                         encode_value(name) + "=" + encode_value(sql));
  }
  // Without this header, Trino refuses START TRANSACTION.
  headers.emplace_back("X-Trino-Transaction-Id", transaction_id.empty() ? "NONE" : transaction_id);
  return headers;
}

void SessionState::update(const HttpHeaders& answer) {
  for (const auto& [name, value] : answer) {
    if (name == "x-trino-set-catalog") catalog = value;
    if (name == "x-trino-set-schema") schema = value;
    if (name == "x-trino-started-transaction-id") transaction_id = value;
    if (name == "x-trino-clear-transaction-id") transaction_id.clear();
    const bool is_list = name == "x-trino-set-session" || name == "x-trino-clear-session" ||
                         name == "x-trino-set-role" || name == "x-trino-added-prepare" ||
                         name == "x-trino-deallocated-prepare";
    if (!is_list) continue;
    // A proxy may have joined headers. Encoded values have no comma.
    for (const std::string& part : split(value, ',')) {
      const auto named = named_value(part);
      if (name == "x-trino-clear-session") properties.erase(std::string(trim(part)));
      if (name == "x-trino-deallocated-prepare") {
        prepared_statements.erase(decode_value(trim(part)));
      }
      if (!named) continue;
      if (name == "x-trino-set-session") properties[named->first] = named->second;
      if (name == "x-trino-set-role") roles[named->first] = named->second;
      if (name == "x-trino-added-prepare") {
        prepared_statements[decode_value(named->first)] = named->second;
      }
    }
  }
}

}  // namespace gsa::trino
