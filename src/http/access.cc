#include "http/access.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "http/address.h"
#include "http/target.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

bool is_safe(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

bool is_page(const Route* route) { return route != nullptr && route->options.page; }

// True if a person's browser opens a page, even if it gets an error.
bool is_navigation(const Request& request, const Route* route) {
  return is_safe(request) && (route == nullptr || is_page(route)) && wants_page(request);
}

// An error as a page for people, or as JSON for programs.
Response refusal_of(const Request& request, const Route* route, int status, std::string_view code,
                    std::string_view error, std::string_view hint) {
  return is_navigation(request, route) ? error_page(status, error, hint)
                                       : error_response(status, code, error, hint);
}

bool is_named(const std::vector<std::string>& allowed, const HostPort& host) {
  return std::ranges::any_of(allowed, [&](const std::string& text) {
    const auto named = read_host(text);
    return named && named->host == host.host && (!named->has_port || named->port == host.port);
  });
}

bool allows_host(const Access& access, const Request& request, std::string_view text) {
  const auto host = read_host(text);
  if (!host) return false;
  if (host->is_address && with_port(host->host, host->port) == request.local) return true;
  return is_named(access.hosts, *host) || is_named(access.names, *host);
}

std::optional<Response> refuse_host(const Access& access, const Request& request,
                                    const Route* route) {
  const std::string_view host = request.headers.find("Host").value_or("");
  const bool fits = allows_host(access, request, host) &&
                    (request.authority.empty() || allows_host(access, request, request.authority));
  if (fits) return std::nullopt;
  return refusal_of(
      request, route, 421, "forbidden_host", "this server is not known by that name",
      fmt::format("open http://{}/, or start the server with --allowed-host and the name",
                  request.local));
}

// Whether a page of this origin belongs to the server. Another port is another program.
bool is_own_origin(const Access& access, const Request& request, std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view name = origin.substr(0, scheme);
  if (name != "http" && name != "https") return false;
  const std::string_view place = origin.substr(scheme + 3);
  if (equal_ignoring_case(place, request.headers.find("Host").value_or(""))) return true;
  return std::ranges::any_of(access.names, [&](const std::string& allowed) {
    return equal_ignoring_case(place, allowed);
  });
}

// Refuses requests that pages of other origins made, judged by the headers that browsers add.
std::optional<Response> refuse_origin(const Access& access, const Request& request,
                                      const Route* route) {
  if (is_safe(request) && is_page(route)) return std::nullopt;
  const auto origin = request.headers.find("Origin");
  const bool same_origin = !origin || is_own_origin(access, request, *origin);
  const std::string_view site = request.headers.find("Sec-Fetch-Site").value_or("none");
  // "same-site" means another port of this machine, hence another program.
  if (same_origin && (site == "none" || site == "same-origin")) return std::nullopt;
  return error_response(403, "forbidden_origin", "pages of other sites may not call this server");
}

bool has_token(const Access& access, const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.headers.find("Authorization").value_or("");
  if (authorization.size() > kBearer.size() &&
      equal_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) {
    return equal_in_constant_time(trim(authorization.substr(kBearer.size())), access.token);
  }
  return equal_in_constant_time(cookie_of(request, access.cookie), access.token);
}

bool is_owner(const Access& access, const Request& request) {
  const auto key = request.headers.find(kOwnerHeader);
  return key && !access.owner_key.empty() && equal_in_constant_time(*key, access.owner_key);
}

// The answer to a page opened with the token: sets the cookie, and reloads the page without the
// token.
Response take_token(const Access& access, const Request& request) {
  std::string query;
  for (const auto& [name, value] : request.query.all()) {
    if (name == "token") continue;
    query += fmt::format("{}{}={}", query.empty() ? '?' : '&', percent_encode(name),
                         percent_encode(value));
  }
  std::string path;
  for (const std::string& segment : request.segments) {
    path += "/" + replace_all(percent_encode(segment), "/", "%2F");
  }
  // Two slashes at the beginning would make the rest the name of a host.
  if (path.empty() || path.starts_with("//")) path = "/";
  const std::string place = path + query;
  Response response;
  response.headers.add("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict",
                                                 access.cookie, access.token));
  const std::string_view site = request.headers.find("Sec-Fetch-Site").value_or("none");
  if (site == "none" || site == "same-origin") {
    response.status = 303;
    response.headers.add("Location", place);
    return response;
  }
  // The user may have followed a link on another site. Browsers do not send a strict cookie after a
  // redirect from there, but they do after a refresh of our own page.
  response.headers.add("Refresh", "0; url=" + place);
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = "Opening the page.\n";
  return response;
}

std::optional<Response> refuse_token(const Access& access, const Request& request,
                                     const Route* route) {
  if (access.token.empty() || (route != nullptr && route->options.open)) return std::nullopt;
  const auto offered = request.query.find("token");
  if (offered && is_safe(request) && is_page(route) &&
      equal_in_constant_time(*offered, access.token)) {
    return take_token(access, request);
  }
  if (has_token(access, request) || is_owner(access, request)) return std::nullopt;
  Response response =
      refusal_of(request, route, 401, "unauthorized", "this server requires a token",
                 "open the address that `gsa serve` printed, with its ?token=");
  response.headers.add("WWW-Authenticate", "Bearer realm=\"gsa\"");
  return response;
}

std::optional<Response> refuse_body(const Request& request, const Route& route) {
  const bool has_body = request.headers.find("Transfer-Encoding") ||
                        request.headers.find("Content-Length").value_or("0") != "0";
  if (is_safe(request) || !has_body) return std::nullopt;
  const std::string_view type = request.headers.find("Content-Type").value_or("");
  const std::string_view media_type = trim(type.substr(0, type.find(';')));
  if (equal_ignoring_case(media_type, route.options.body_type)) return std::nullopt;
  return error_response(415, "unsupported_media_type",
                        fmt::format("the body must be {}", route.options.body_type),
                        fmt::format("send Content-Type: {}", route.options.body_type));
}

}  // namespace

std::optional<Response> refuse(const Access& access, const Request& request, const Route* route) {
  if (auto refusal = refuse_host(access, request, route)) return refusal;
  if (auto refusal = refuse_origin(access, request, route)) return refusal;
  if (auto refusal = refuse_token(access, request, route)) return refusal;
  if (route == nullptr) return std::nullopt;
  if (route->options.owner_only && !is_owner(access, request)) {
    return error_response(403, "owner_only", "only the user who runs the server may do this");
  }
  return refuse_body(request, *route);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return difference == 0;
}

std::string_view cookie_of(const Request& request, std::string_view name) {
  for (const auto& [header, value] : request.headers.fields()) {
    if (!equal_ignoring_case(header, "Cookie")) continue;
    std::string_view left = value;
    while (!left.empty()) {
      const std::string_view pair = trim(left.substr(0, left.find(';')));
      left.remove_prefix(std::min(left.find(';'), left.size() - 1) + 1);
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
    }
  }
  return "";
}

}  // namespace gsa::http
