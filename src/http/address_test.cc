#include "http/address.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::http {
namespace {

TEST(Address, IsReadInItsShortestForm) {
  EXPECT_EQ(read_address("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(read_address("FD00:0:0::2"), "fd00::2");
  EXPECT_EQ(read_address("[::1]"), "::1");
  EXPECT_EQ(read_address("fe80::1%eth0"), "fe80::1");
  EXPECT_EQ(read_address("::ffff:192.0.2.7"), "192.0.2.7");
  for (const char* bad : {"", "localhost", "127.1", "1.2.3.4.5", "[127.0.0.1]", "[", "::g", "[]"}) {
    EXPECT_FALSE(read_address(bad)) << bad;
  }
}

TEST(Address, OfAHostHeaderHasAPort) {
  const auto text = [](std::string_view host) -> std::string {
    const auto read = read_host(host);
    return read ? with_port(read->host, read->port) : "none";
  };
  EXPECT_EQ(text("GSA.example"), "gsa.example:80");
  EXPECT_EQ(text("gsa.example:8080"), "gsa.example:8080");
  EXPECT_EQ(text("[FD00::2]:81"), "[fd00::2]:81");
  EXPECT_EQ(text("[::1]"), "[::1]:80");
  EXPECT_EQ(text("127.0.0.2:8080"), "127.0.0.2:8080");
  for (const char* bad : {"", ":80", "a:b", "a:65536", "a:", "a:-1", "::1", "[::1", "u@a", "a/b",
                          "a b", "[::1]x:80", "a:80:80", "[a]:80"}) {
    EXPECT_EQ(text(bad), "none") << bad;
  }
}

TEST(Address, OfANameIsAskedOfTheSystem) {
  EXPECT_EQ(resolve_address("127.0.0.2"), "127.0.0.2");
  EXPECT_EQ(resolve_address("[::1]"), "::1");
  EXPECT_EQ(resolve_address("fe80::1%lo"), "fe80::1%lo");
  EXPECT_TRUE(is_loopback(resolve_address("localhost")));
  EXPECT_THROW(resolve_address("no-such-host.invalid"), Error);
}

TEST(Address, LoopbackIsNoNameThatLooksLikeIt) {
  EXPECT_TRUE(is_loopback("127.8.8.8") && is_loopback("::1"));
  EXPECT_FALSE(is_loopback("127.evil.example") || is_loopback("192.0.2.7") || is_loopback("::"));
}

TEST(Address, OfAllOfTheMachineBeginsWithLoopback) {
  EXPECT_EQ(local_addresses("192.0.2.7"), std::vector<std::string>{"192.0.2.7"});
  const std::vector<std::string> all = local_addresses("0.0.0.0");
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(is_loopback(all.front()));
  for (const std::string& address : all) EXPECT_EQ(address.find(':'), std::string::npos) << address;
}

}  // namespace
}  // namespace gsa::http
