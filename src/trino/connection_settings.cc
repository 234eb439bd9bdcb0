#include "trino/connection_settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "trino/origin.h"

namespace gsa::trino {
namespace {

// The headers that the client sets itself.
constexpr std::array<std::string_view, 17> kOwnHeaders = {"accept-encoding",
                                                          "content-length",
                                                          "content-type",
                                                          "expect",
                                                          "host",
                                                          "transfer-encoding",
                                                          "x-trino-catalog",
                                                          "x-trino-client-capabilities",
                                                          "x-trino-client-tags",
                                                          "x-trino-prepared-statement",
                                                          "x-trino-query-data-encoding",
                                                          "x-trino-role",
                                                          "x-trino-schema",
                                                          "x-trino-session",
                                                          "x-trino-source",
                                                          "x-trino-time-zone",
                                                          "x-trino-transaction-id"};
constexpr std::array<std::string_view, 4> kCredentialHeaders = {
    "authorization", "cookie", "proxy-authorization", "x-trino-extra-credential"};

template <typename Names>
bool is_one_of(const std::string& name, const Names& names) {
  return std::find(names.begin(), names.end(), to_lower(name)) != names.end();
}

// What passes in a header's value as it is.
void check_value(std::string_view setting, std::string_view value) {
  if (std::any_of(value.begin(), value.end(), [](char c) { return c < 0x20 || c > 0x7e; })) {
    throw Error(
        fmt::format("the {} of the Trino connection has characters other than printable "
                    "ASCII, which its headers cannot carry",
                    setting));
  }
}

// A name of a header, a property or a catalog.
void check_name(std::string_view setting, const std::string& name) {
  const bool bad = std::any_of(name.begin(), name.end(), [](char c) {
    return c <= 0x20 || c > 0x7e || std::string_view(",=:;\"").find(c) != std::string_view::npos;
  });
  if (name.empty() || bad) {
    throw Error(
        fmt::format("the {} of the Trino connection have an invalid name: '{}'", setting, name));
  }
}

void check_headers(const ConnectionSettings& settings) {
  for (const auto& [name, value] : settings.http_headers) {
    check_name("http_headers", name);
    check_value("http_headers", value);
    const bool is_login = to_lower(name) == "authorization" &&
                          (!settings.password.empty() || !settings.jwt_token.empty());
    const bool is_user = to_lower(name) == "x-trino-user" && !settings.user.empty();
    if (is_one_of(name, kOwnHeaders) || is_login || is_user) {
      throw Error(
          fmt::format("the client sets the header {} itself, so http_headers of the Trino "
                      "connection cannot",
                      name));
    }
  }
}

void check_login(const ConnectionSettings& settings) {
  if (settings.user.empty() && settings.jwt_token.empty()) {
    throw Error("the Trino connection has no user");
  }
  if (!settings.password.empty() && !settings.jwt_token.empty()) {
    throw Error("the Trino connection has both a password and a token", "give one of them");
  }
  if (!settings.password.empty() && settings.user.find(':') != std::string::npos) {
    throw Error("basic authentication allows no colon in the user of the Trino connection");
  }
  const bool secret_header =
      std::any_of(settings.http_headers.begin(), settings.http_headers.end(),
                  [](const auto& header) { return is_one_of(header.first, kCredentialHeaders); });
  const bool secret = !settings.password.empty() || !settings.jwt_token.empty() || secret_header;
  if (secret && !settings.https && !is_this_machine(settings.host)) {
    throw Error(fmt::format("the Trino connection to {} has credentials but no TLS, so that anyone "
                            "on the way could read them",
                            settings.host),
                "use https");
  }
}

}  // namespace

bool is_this_machine(const std::string& host) {
  const std::string name = to_lower(host);
  return name == "localhost" || name == "127.0.0.1" || name == "::1" || name == "[::1]";
}

void check_settings(const ConnectionSettings& settings) {
  origin_of(settings);
  check_login(settings);
  check_value("user", settings.user);
  check_value("token", settings.jwt_token);
  check_value("catalog", settings.catalog);
  check_value("schema", settings.schema);
  check_value("timezone", settings.timezone);
  check_value("source", settings.source);
  check_headers(settings);
  if (settings.catalog.empty() && !settings.schema.empty()) {
    throw Error("the Trino connection has a schema but no catalog");
  }
  for (const std::string& tag : settings.client_tags) {
    check_value("client_tags", tag);
    if (tag.empty() || tag.find(',') != std::string::npos) {
      throw Error(fmt::format("the Trino connection has an invalid client tag: '{}'", tag));
    }
  }
  for (const auto& [name, value] : settings.session_properties) check_name("properties", name);
  for (const auto& [catalog, role] : settings.roles) check_name("roles", catalog);
  if (!settings.ca_file.empty() && access(settings.ca_file.c_str(), R_OK) != 0) {
    throw Error(fmt::format("the certificates of the Trino connection cannot be read: {}",
                            settings.ca_file.string()));
  }
}

}  // namespace gsa::trino
