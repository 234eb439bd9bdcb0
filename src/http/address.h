#pragma once

// Addresses of machines as text: what a Host header names, and what the server listens on. Takes
// no names of hosts apart from addresses but by resolve(), which asks the system.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::http {

// "192.0.2.7", "fd00::2", also within brackets and with a zone, in its shortest form; an IPv4
// address inside of IPv6 is the IPv4 address. None for what is no address, such as a name.
std::optional<std::string> read_address(std::string_view text);

// "192.0.2.7:8080", "[fd00::2]:8080" of an address in its shortest form.
std::string with_port(std::string_view address, std::uint16_t port);

// A Host header taken apart: a name or an address, and its port or 80. None where it is malformed.
struct HostPort {
  std::string host;  // an address in its shortest form, or a name in lower case
  std::uint16_t port = 80;
  bool is_address = false;
  bool has_port = false;
};
std::optional<HostPort> read_host(std::string_view text);

// The first address of a name or of an address, IPv4 before IPv6. Throws Error where there is none.
std::string resolve_address(const std::string& host);
bool is_loopback(std::string_view address);  // in its shortest form
bool is_any(std::string_view address);       // 0.0.0.0 or ::, which stand for all of the machine's

// The machine's addresses that `bound` stands for: itself, or all but link-local ones. Loopback
// first.
std::vector<std::string> local_addresses(const std::string& bound);

}  // namespace gsa::http
