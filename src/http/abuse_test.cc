// Attacks of hostile clients: each gets a clear status or a closed connection, and the server keeps
// running.

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/memory.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(Abuse, OfTheProtocolEndsInAStatusAndAClosedConnection) {
  RunningServer server;
  const std::string host = fmt::format("Host: localhost:{}\r\n", server.port());
  const std::string post = "POST /echo HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n";
  const std::vector<std::pair<std::string, int>> cases = {
      {"\x16\x03\x01\x02TLS\r\n\r\n", 400},
      {"G@T /now HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /now HTTP/1.1\r\n\r\n", 400},
      {"GET /now HTTP/1.1\r\n" + host + host + "\r\n", 400},
      {"GET /now HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", 400},
      {"GET /now HTTP/1.1\n" + host + "\n", 400},
      {"GET /now HTTP/3\r\n" + host + "\r\n", 505},
      {"GET /now%2 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /..%2f..%2fetc/passwd HTTP/1.1\r\n" + host + "\r\n", 404},
      {"GET /%2e%2e/etc/passwd HTTP/1.1\r\n" + host + "\r\n", 400},
      {std::string("GET /now\0 HTTP/1.1\r\n", 20) + host + "\r\n", 400},
      {"GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
      {"CONNECT evil.example:443 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"TRACE /now HTTP/1.1\r\n" + host + "\r\n", 405},
      {"BREW /now HTTP/1.1\r\n" + host + "\r\n", 405},
      {post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}1", 400},
      {post + "Content-Length: -2\r\n\r\n{}", 400},
      {post + "Content-Length: 18446744073709551616\r\n\r\n{}", 400},
      {post + "Content-Length: 9223372036854775807\r\n\r\n{}", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'), 400},
  };
  for (const auto& [bytes, status] : cases) {
    Client client = server.client();
    client.send(bytes);
    client.close_sending_side();
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 200);
    EXPECT_TRUE(answer.body.starts_with("{\"error\":")) << answer.body;
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_TRUE(server.lives());
}

// Bytes after a malformed request are never parsed as another request.
TEST(Abuse, CannotSmuggleARequest) {
  std::atomic<bool> reached = false;
  Router router = ping_router();
  router.add("GET", "/smuggled", [&](const Request&) {
    reached = true;
    return Response::text("");
  });
  RunningServer server(std::move(router));
  const std::string host = fmt::format("Host: localhost:{}\r\n", server.port());
  const std::string inner = "GET /smuggled HTTP/1.1\r\n" + host + "\r\n";
  for (const std::string& framing :
       {fmt::format("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", inner.size() + 5),
        std::string("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        std::string("Transfer-Encoding: xchunked\r\n"),
        std::string("Transfer-Encoding : chunked\r\n"),
        std::string("Content-Length: 5\r\nContent-Length: 0\r\n")}) {
    Client client = server.client();
    client.send("POST /echo HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n" + framing +
                "\r\n0\r\n\r\n" + inner);
    const int status = client.read_answer().status;
    EXPECT_TRUE(status == 400 || status == 501) << framing << status;
    EXPECT_TRUE(client.is_closed_by_server());
  }
  // Nor is a body that the route refuses.
  Client refused = server.client();
  refused.request("POST", "/echo", "Content-Type: text/plain\r\n", inner);
  EXPECT_EQ(refused.read_answer().status, 415);
  EXPECT_TRUE(refused.is_closed_by_server());
  EXPECT_FALSE(reached);
}

TEST(Abuse, WithRandomBytesKeepsNoConnection) {
  Options options;
  options.limits.header_time = options.limits.body_time = milliseconds(500);
  RunningServer server(ping_router(), options);
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = round % 2 == 0 ? "GET /now HTTP/1.1\r\nHost: " : "";
    for (std::size_t i = 0; i < random() % 400; ++i) bytes += static_cast<char>(random());
    Client client = server.client();
    client.send(bytes);
    client.close_sending_side();
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_TRUE(server.lives());
  EXPECT_TRUE(eventually([&] { return server->metrics().open_connections == 0; }));
}

TEST(Abuse, BySlowSendersKeepsNobodyWaitingThread) {
  RunningServer server;
  std::vector<Client> slow;
  for (int i = 0; i < 200; ++i) slow.push_back(server.client());
  std::atomic<bool> stop = false;
  std::thread dripping([&] {
    const std::string bytes = "GET /now HTTP/1.1\r\nX: " + std::string(10'000, 'x');
    for (std::size_t i = 0; !stop && i < bytes.size(); ++i) {
      for (Client& client : slow) client.send_some(std::string_view(bytes).substr(i, 1));
      usleep(2'000);
    }
  });
  std::vector<double> times;
  for (int i = 0; i < 51; ++i) {
    const auto begin = steady_clock::now();
    EXPECT_EQ(server.client().get("/ping").body, "pong");
    times.push_back(std::chrono::duration<double>(steady_clock::now() - begin).count());
    usleep(2'000);
  }
  stop = true;
  dripping.join();
  std::ranges::sort(times);
  EXPECT_LT(times[times.size() / 2],
            0.1);  // the median, because the machine may be busy with other work
}

// The client runs in a forked process, so that its descriptors do not count for the server. After
// fork() it may only make system calls.
int connect_many(std::uint16_t port, int wanted) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connected = 0;
  for (int i = 0; i < wanted; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (socket < 0) break;
    // Ends by a reset; otherwise ten thousand ports would stay reserved for a minute.
    const linger at_once{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) break;
    constexpr std::string_view kHalf = "GET /now HTTP/1.1\r\nHost: ";
    if (::send(socket, kHalf.data(), kHalf.size(), MSG_NOSIGNAL) < 0) break;
    ++connected;
  }
  return connected;
}

TEST(Abuse, ByTenThousandConnectionsLeavesTheServerAnswering) {
  constexpr int kWanted = 10'000;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit most{before.rlim_max, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &most), 0);
  std::array<int, 2> to_child{}, to_parent{};
  ASSERT_EQ(pipe(to_child.data()), 0);
  ASSERT_EQ(pipe(to_parent.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(to_child[1]);
    std::uint16_t port = 0;
    if (read(to_child[0], &port, sizeof port) != sizeof port) _exit(1);
    const int connected = connect_many(port, kWanted);
    if (write(to_parent[1], &connected, sizeof connected) != sizeof connected) _exit(1);
    char end = 0;
    if (read(to_child[0], &end, 1) < 0) _exit(1);  // waits until the parent closes the pipe
    _exit(0);
  }
  Options options;
  options.limits.connections = options.limits.peer_connections = 20'000;
  options.limits.header_time = std::chrono::minutes(5);
  {
    RunningServer server(ping_router(), options);
    const std::int64_t memory = resident_bytes();
    const std::uint16_t port = server.port();
    const Stopwatch time;
    ASSERT_EQ(write(to_child[1], &port, sizeof port), static_cast<ssize_t>(sizeof port));
    int connected = 0;
    ASSERT_EQ(read(to_parent[0], &connected, sizeof connected),
              static_cast<ssize_t>(sizeof connected));
    const auto expected = std::min(static_cast<rlim_t>(connected),
                                   before.rlim_max - std::min(before.rlim_max, rlim_t{100}));
    EXPECT_TRUE(eventually([&] { return server->metrics().open_connections >= expected; }));
    fmt::print("{} connections in {:.1f} s, {:.1f} KiB each\n", server->metrics().open_connections,
               time.seconds(), static_cast<double>(resident_bytes() - memory) / 1'024 / connected);
    EXPECT_GE(connected, static_cast<int>(std::min(rlim_t{kWanted}, before.rlim_max - 100)));
    if (static_cast<rlim_t>(connected) + 100 < before.rlim_max) {
      for (int i = 0; i < 10; ++i) EXPECT_EQ(server.client().get("/ping").body, "pong");
    }
    close(to_child[1]);
    EXPECT_TRUE(eventually([&] { return server->metrics().open_connections == 0; }));
    EXPECT_TRUE(server.lives());
  }
  waitpid(child, nullptr, 0);
  for (const int end : {to_child[0], to_parent[0], to_parent[1]}) close(end);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Abuse, BySilentConnectionsLocksNobodyOut) {
  Options options;
  options.limits.connections = 200;
  options.limits.header_time = std::chrono::minutes(5);
  RunningServer server(ping_router(), options);
  std::vector<Client> silent;
  for (int i = 0; i < 400; ++i) {
    silent.push_back(server.client());
    if (i % 3 == 1) silent.back().send("GET /now HTTP/1.1\r\nHost: ");
    if (i % 3 == 2) silent.back().send("POST /echo HTTP/1.1\r\n");
    if (i % 50 == 0) {
      EXPECT_EQ(server.client().get("/ping").body, "pong");
    }
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(server.client().get("/ping").body, "pong");
  EXPECT_EQ(server->metrics().connections_refused, 0U);
  EXPECT_LE(server->metrics().open_connections, 200U + 1);
}

// A body that never arrives completely keeps a connection as silent as an incomplete header.
TEST(Abuse, ByBodiesThatDoNotComeLocksNobodyOut) {
  Options options;
  options.limits.connections = 100;
  options.limits.body_time = std::chrono::minutes(5);
  RunningServer server(ping_router(), options);
  std::vector<Client> silent;
  for (int i = 0; i < 200; ++i) {
    silent.push_back(server.client());
    silent.back().request("POST", "/echo",
                          "Content-Type: application/json\r\nContent-Length: 1000\r\n");
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(server.client().get("/ping").body, "pong");
}

TEST(Abuse, ByMoreRequestsThanConnectionsEndsThemAndServesTheOthers) {
  Options options;
  options.limits.connections = 50;
  options.workers = 50;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> begun = 0;
  Router router = ping_router();
  router.add("GET", "/wait", [&](const Request&) {
    ++begun;
    opened.wait();
    return Response::text("pong");
  });
  RunningServer server(std::move(router), options);
  std::vector<Client> in;
  for (int i = 0; i < 50; ++i) {
    in.push_back(server.client());
    in.back().request("GET", "/wait");
  }
  EXPECT_TRUE(eventually([&] { return begun == 50; }));
  std::vector<Client> out;
  for (int i = 0; i < 500; ++i) out.push_back(server.client());
  int refused_politely = 0;
  for (Client& client : out) {
    const int status = client.read_answer().status;
    EXPECT_TRUE(status == 503 || status == 0);
    refused_politely += status == 503 ? 1 : 0;
  }
  EXPECT_GE(refused_politely, 64);
  gate.set_value();
  for (Client& client : in) EXPECT_EQ(client.read_answer().body, "pong");
}

}  // namespace
}  // namespace gsa::http
