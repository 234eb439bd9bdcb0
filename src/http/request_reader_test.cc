#include "http/request_reader.h"

#include <random>

#include <gtest/gtest.h>

namespace gsa::http {
namespace {

constexpr ReadLimits kLimits{.header_bytes = 1'000, .body_bytes = 100};

// The result of `bytes` that arrive `step` at a time: "200 METHOD PATH BODY", the status of the
// refusal, or "more".
std::string outcome(std::string_view bytes, std::size_t step) {
  RequestReader reader(kLimits);
  std::string received;
  while (true) {
    const RequestReader::State before = reader.state();
    const std::size_t used = reader.feed(received);
    received.erase(0, used);
    if (reader.state() == RequestReader::State::done) {
      const Request request = reader.take();
      return "200 " + request.method + ' ' + request.path + ' ' + request.body;
    }
    if (reader.state() == RequestReader::State::failed) {
      return std::to_string(reader.refusal().status);
    }
    if (used > 0 || reader.state() != before) continue;
    if (bytes.empty()) return "more";
    received += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
}

void expect(std::string_view bytes, const std::string& expected) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    EXPECT_EQ(outcome(bytes, step), expected) << bytes.substr(0, 200) << "\nby " << step;
  }
}

TEST(RequestReader, ReadsWholeRequestsHoweverTheyAreCut) {
  expect("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "200 GET /a ");
  expect("GET /a HTTP/1.0\r\n\r\n", "200 GET /a ");
  expect("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", "200 POST /a hello");
  expect("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "200 POST /a ");
  expect(
      "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n",
      "200 POST /a hello");
  expect("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell", "more");
  // The last chunk, not followed by the end of the request.
  expect("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX", "more");
}

TEST(RequestReader, LeavesWhatComesBehindTheRequest) {
  RequestReader reader(kLimits);
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhiGET /next HTTP/1.1\r\n";
  std::size_t used = reader.feed(bytes);
  EXPECT_EQ(reader.state(), RequestReader::State::body);
  used += reader.feed(std::string_view(bytes).substr(used));
  EXPECT_EQ(reader.state(), RequestReader::State::done);
  EXPECT_EQ(bytes.substr(used), "GET /next HTTP/1.1\r\n");
}

TEST(RequestReader, TakesNoHeadersFromBehindTheBody) {
  RequestReader reader(kLimits);
  std::string bytes =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\n";
  while (reader.state() != RequestReader::State::done) {
    ASSERT_NE(reader.state(), RequestReader::State::failed);
    bytes.erase(0, reader.feed(bytes));
  }
  const Request request = reader.take();
  EXPECT_FALSE(request.headers.find("Authorization"));
  EXPECT_EQ(request.headers.count("Host"), 1U);
}

TEST(RequestReader, RefusesMalformedRequests) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x16\x03\x01 TLS hello", "400"},
      {"GET\r\n\r\n", "400"},
      {"G@T / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET / / HTTP/1.1\r\nHost: h\r\n\r\n", "505"},
      {"GET /\r\nHost: h\r\n\r\n", "400"},
      {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", "505"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", "505"},
      {"GET / HTTP/1.1\nHost: h\n\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},                        // no host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},  // two hosts
      {begin + "X: a\r\n b\r\n\r\n", "400"},                    // folded
      {begin + "X: a\r\n\tb\r\n\r\n", "400"},
      {begin + " X: a\r\n\r\n", "400"},
      {begin + "X : a\r\n\r\n", "400"},
      {begin + "X\r\n\r\n", "400"},
      {begin + ": a\r\n\r\n", "400"},
      {begin + "X: a\nY: b\r\n\r\n", "400"},  // a bare line feed
      {begin + "X: a\rY: b\r\n\r\n", "400"},
      {begin + std::string("X: a\0b\r\n\r\n", 10), "400"},
      {std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28), "400"},
      {begin + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
      {begin + "Content-Length: 1, 2\r\n\r\n", "400"},
      {begin + "Content-Length: -1\r\n\r\n", "400"},
      {begin + "Content-Length: +1\r\n\r\n", "400"},
      {begin + "Content-Length: 0x1\r\n\r\n", "400"},
      {begin + "Content-Length: 1 1\r\n\r\n", "400"},
      {begin + "Content-Length: \r\n\r\n", "400"},
      {begin + "Content-Length: 99999999999999999999\r\n\r\n", "400"},
      {begin + "Content-Length: 101\r\n\r\n", "413"},
      {begin + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400"},
      {begin + "Transfer-Encoding: gzip\r\n\r\n", "501"},
      {begin + "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"},
      {begin + "Transfer-Encoding: xchunked\r\n\r\n", "501"},
      {begin + "Transfer-Encoding: identity\r\n\r\n", "501"},
      {begin + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", "400"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", "400"},
      {begin + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a'), "413"},
      {begin + "Expect: something\r\n\r\n", "417"},
      {"GET /a% HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /../a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET " + std::string(2'000, '/') + " HTTP/1.1\r\n", "414"},
      {begin + "X: " + std::string(2'000, 'a') + "\r\n\r\n", "431"},
      {begin + std::string(2'000, 'a'), "431"},
  };
  for (const auto& [bytes, status] : cases) expect(bytes, status);
}

// A request with a few bytes changed ends in some state. The result does not depend on how the
// bytes are split, except for refusals before everything has arrived.
TEST(RequestReader, LivesThroughAnyBytes) {
  std::mt19937 random(11);
  const std::string good =
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
      "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  int done = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int change = 0; change < round % 4; ++change) {
      const std::size_t place = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[place] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(place, 1 + random() % 3);
          break;
        default:
          bytes.insert(place, 1, "\r\n :%\0;"[random() % 7]);
      }
    }
    const std::string whole = outcome(bytes, bytes.size());
    EXPECT_EQ(outcome(bytes, 1).starts_with("200"), whole.starts_with("200")) << bytes;
    done += whole.starts_with("200") ? 1 : 0;
  }
  EXPECT_GT(done, 5'000);
  EXPECT_LT(done, 15'000);
}

}  // namespace
}  // namespace gsa::http
