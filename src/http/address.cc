#include "http/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <ifaddrs.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::http {
namespace {

std::string text_of_v4(const in_addr& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &address, text.data(), text.size());
  return text.data();
}

std::string text_of_v6(const in6_addr& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr v4{};
    std::copy_n(&address.s6_addr[12], 4, reinterpret_cast<std::uint8_t*>(&v4.s_addr));
    return text_of_v4(v4);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return text.data();
}

std::optional<std::string> text_of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    return text_of_v4(reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    return text_of_v6(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
  }
  return std::nullopt;
}

// True for letters, digits, '-', '.' and '_', the characters of machine names.
bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

bool is_link_local(std::string_view address) {
  return address.starts_with("fe80:") || address.starts_with("169.254.");
}

}  // namespace

std::optional<std::string> read_address(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  }
  const std::string plain(text.substr(0, text.find('%')));
  in_addr v4{};
  if (inet_pton(AF_INET, plain.c_str(), &v4) == 1) return text_of_v4(v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, plain.c_str(), &v6) == 1) return text_of_v6(v6);
  return std::nullopt;
}

std::string with_port(std::string_view address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string_view::npos;
  return is_v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

std::optional<HostPort> read_host(std::string_view text) {
  HostPort read;
  std::string_view host = text;
  const std::size_t colon = text.rfind(':');
  const bool is_bracketed = text.starts_with('[');
  if (colon != std::string_view::npos && (!is_bracketed || text[colon - 1] == ']')) {
    const std::string_view port = text.substr(colon + 1);
    const auto parsed = std::from_chars(port.begin(), port.end(), read.port);
    if (parsed.ec != std::errc() || parsed.ptr != port.end()) return std::nullopt;
    read.has_port = true;
    host = text.substr(0, colon);
  }
  // Here an IPv6 address needs brackets.
  if (!is_bracketed && host.find(':') != std::string_view::npos) return std::nullopt;
  if (const auto address = read_address(host)) {
    read.host = *address;
    read.is_address = true;
    return read;
  }
  read.host = to_lower(host);
  if (!is_name(read.host)) return std::nullopt;
  return read;
}

std::string resolve_address(const std::string& host) {
  if (const auto address = read_address(host)) {
    // The zone is for binding the address, and never part of a Host header.
    const std::string_view zone =
        std::string_view(host).substr(std::min(host.find('%'), host.size()));
    return *address + std::string(zone.ends_with(']') ? zone.substr(0, zone.size() - 1) : zone);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &first);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(failure == 0 ? first : nullptr,
                                                                 &freeaddrinfo);
  for (const int family : {AF_INET, AF_INET6}) {
    for (const addrinfo* one = found.get(); one != nullptr; one = one->ai_next) {
      if (one->ai_family != family) continue;
      if (const auto text = text_of(one->ai_addr)) return *text;
    }
  }
  throw Error(fmt::format("{} is not an address of this machine", host),
              "give --host an address, such as 127.0.0.1 or 0.0.0.0", ErrorCode::usage);
}

bool is_loopback(std::string_view address) {
  return address == "::1" || (address.starts_with("127.") && read_address(address));
}

bool is_any(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

std::vector<std::string> local_addresses(const std::string& bound) {
  if (!is_any(bound)) return {bound};
  std::vector<std::string> addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {bound == "::" ? "::1" : "127.0.0.1"};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all(first, &freeifaddrs);
  for (const ifaddrs* one = all.get(); one != nullptr; one = one->ifa_next) {
    const auto text = text_of(one->ifa_addr);
    if (!text || is_link_local(*text)) continue;
    if (bound == "0.0.0.0" && text->find(':') != std::string::npos) continue;
    if (std::ranges::find(addresses, *text) == addresses.end()) addresses.push_back(*text);
  }
  std::ranges::stable_partition(addresses, [](const auto& text) { return is_loopback(text); });
  return addresses;
}

}  // namespace gsa::http
