#pragma once

// Access control: the checks between a request's header and its body. They keep out the pages of
// other sites, open in a browser on this machine, and other users.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/router.h"

namespace gsa::http {

struct Access {
  // The allowed Host headers, as in "localhost:8080"; a name without a port allows all its ports. A
  // site whose name points to this machine (DNS rebinding) is not among them. The address that a
  // connection came to is always allowed, because no name can imitate an address.
  std::vector<std::string> hosts;
  // Further allowed names, such as that of a proxy in front of the server. Pages from there may
  // call the server even if the proxy sends another Host.
  std::vector<std::string> names = {};
  // If set, requests need it as `Authorization: Bearer …` or as a cookie. A browser gets the cookie
  // by opening any page with ?token=….
  std::string token = {};
  std::string cookie = {};  // its name; "": gsa_token_PORT, as all ports share cookies
  // If set, other processes of the same user send it as X-Gsa-Owner. It replaces the token as well.
  std::string owner_key = {};
};

inline constexpr std::string_view kOwnerHeader = "X-Gsa-Owner";

// The response to a request that must not reach its handler; null if it may. `route` is null if the
// request has none; then the strictest checks apply.
std::optional<Response> refuse(const Access& access, const Request& request, const Route* route);

// Compares two texts in a time that depends only on their lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// A cookie of the request; "" if there is none.
std::string_view cookie_of(const Request& request, std::string_view name);

}  // namespace gsa::http
