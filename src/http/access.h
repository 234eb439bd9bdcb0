#pragma once

// Who may ask for what: the checks between reading a request's header and its body. They are what
// keeps the pages of other sites, in a browser on this machine, and other users out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/router.h"

namespace gsa::http {

struct Access {
  // What the Host header may be, "localhost:8080"; a name without a port is any port of it. A site
  // whose name is made to point to this machine (DNS rebinding) is none of them. The address that a
  // connection came to is always allowed: no name can be made to stand for it.
  std::vector<std::string> hosts;
  // Further ones, such as the name of a proxy before the server: pages from there may call it even
  // where the proxy sends another Host.
  std::vector<std::string> names = {};
  // Where not empty: needed as `Authorization: Bearer …` or as a cookie, which a browser gets by
  // opening any page with ?token=….
  std::string token = {};
  std::string cookie = {};  // its name; "": gsa_token_PORT, as cookies of all ports are shared
  // Where not empty: what other processes of the same user send as X-Gsa-Owner. It stands for the
  // token too.
  std::string owner_key = {};
};

inline constexpr std::string_view kOwnerHeader = "X-Gsa-Owner";

// The response to a request that is not to reach its handler; none where it may. `route` is null
// where there is none: then the strictest checks hold.
std::optional<Response> refuse(const Access& access, const Request& request, const Route* route);

// True if both are the same. Takes as long for any two texts of the same lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// A cookie of the request; "" if there is none.
std::string_view cookie_of(const Request& request, std::string_view name);

}  // namespace gsa::http
