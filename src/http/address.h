#pragma once

// Network addresses as text: those in a Host header, and those that the server listens on. Only
// resolve_address() looks names up, by asking the system.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::http {

// The shortest form of "192.0.2.7" or "fd00::2", also with brackets or a zone. An IPv4 address
// inside IPv6 becomes the IPv4 address. Null for anything else, such as a name.
std::optional<std::string> read_address(std::string_view text);

// "192.0.2.7:8080", "[fd00::2]:8080", for an address in its shortest form.
std::string with_port(std::string_view address, std::uint16_t port);

// A parsed Host header: a name or an address, and its port or 80. Null if it is malformed.
struct HostPort {
  std::string host;  // an address in its shortest form, or a name in lower case
  std::uint16_t port = 80;
  bool is_address = false;
  bool has_port = false;
};
std::optional<HostPort> read_host(std::string_view text);

// The first address of a name or an address, IPv4 before IPv6. Throws Error if there is none.
std::string resolve_address(const std::string& host);
bool is_loopback(std::string_view address);  // `address` in its shortest form
bool is_any(std::string_view address);  // 0.0.0.0 or ::, which mean all addresses of the machine

// The machine's addresses behind `bound`: itself, or all addresses except link-local ones. Loopback
// comes first.
std::vector<std::string> local_addresses(const std::string& bound);

}  // namespace gsa::http
