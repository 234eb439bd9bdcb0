#include <algorithm>
#include <atomic>
#include <future>
#include <sys/resource.h>
#include <thread>

#include <gtest/gtest.h>

#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The status, with the code of the error if there is one.
std::string status_and_code(const Answer& answer) {
  const std::size_t code = answer.body.find("\"code\":\"");
  if (code == std::string::npos) return std::to_string(answer.status);
  const std::size_t begin = code + 8;
  return fmt::format("{} {}", answer.status,
                     answer.body.substr(begin, answer.body.find('"', begin) - begin));
}

TEST(Limits, HoldForHeadersAndAddresses) {
  RunningServer server;
  const auto get = [&](const std::string& path, const std::string& headers) {
    Client client = server.client();
    const Answer answer = client.get(path, headers);
    EXPECT_TRUE(answer.status == 200 || client.is_closed_by_server());
    return status_and_code(answer);
  };
  EXPECT_EQ(get("/now", "X: " + std::string(15'000, 'x') + "\r\n"), "200");
  EXPECT_EQ(get("/now", "X: " + std::string(17'000, 'x') + "\r\n"), "431 header_too_large");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "X: y\r\n";
  EXPECT_EQ(get("/now", many), "431 header_too_large");
  EXPECT_EQ(get("/now?x=" + std::string(15'000, 'x'), ""), "200");
  EXPECT_EQ(get("/" + std::string(100'000, 'x'), ""), "414 uri_too_long");
  EXPECT_TRUE(server.lives());
}

TEST(Limits, HoldForBodies) {
  Options options;
  options.limits.body_bytes = 10'000;
  RunningServer server(ping_router(), options);
  const std::string json = "Content-Type: application/json\r\n";
  EXPECT_EQ(server.client().post("/echo", std::string(10'000, '1')).body.size(), 10'000U);
  EXPECT_EQ(status_and_code(server.client().post("/echo", std::string(10'001, '1'))),
            "413 payload_too_large");
  // A client that sends its body whatever the server says can still read the answer.
  Client stubborn = server.client();
  stubborn.request("POST", "/echo", json + "Content-Length: 100000000\r\n");
  std::thread sender([&] {
    for (int i = 0; i < 20 && stubborn.send(std::string(10'000, '1')); ++i) {
    }
  });
  sender.join();
  EXPECT_EQ(status_and_code(stubborn.read_answer()), "413 payload_too_large");
  Client chunks = server.client();
  chunks.request("POST", "/echo", json + "Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 11; ++i) chunks.send("3e8\r\n" + std::string(1'000, '1') + "\r\n");
  EXPECT_EQ(status_and_code(chunks.read_answer()), "413 payload_too_large");
  EXPECT_TRUE(server.lives());
}

TEST(Limits, HoldForTheTimeOfAHeader) {
  Options options;
  options.limits.header_time = milliseconds(300);
  RunningServer server(ping_router(), options);
  Client silent = server.client(), slow = server.client();
  slow.send("GET /now HTTP/1.1\r\n");
  const auto begin = steady_clock::now();
  EXPECT_EQ(status_and_code(slow.read_answer()), "408 timeout");
  EXPECT_TRUE(slow.is_closed_by_server());
  EXPECT_TRUE(silent.is_closed_by_server());
  EXPECT_GE(steady_clock::now() - begin, milliseconds(290));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Limits, HoldForTheTimeOfABody) {
  Options options;
  options.limits.body_time = milliseconds(300);
  RunningServer server(ping_router(), options);
  Client client = server.client();
  client.request("POST", "/echo", "Content-Type: application/json\r\nContent-Length: 5\r\n");
  client.send("[1");
  EXPECT_EQ(status_and_code(client.read_answer()), "408 timeout");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Limits, HoldForTheTimeBetweenRequests) {
  Options options;
  options.limits.idle_time = milliseconds(300);
  RunningServer server(ping_router(), options);
  Client client = server.client();
  EXPECT_EQ(client.get("/now").body, "pong");
  usleep(50'000);
  EXPECT_EQ(client.get("/now").body, "pong");
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_TRUE(eventually([&] { return server->metrics().timeouts == 1; }));
}

TEST(Limits, DoNotCountTheTimeOfAHandler) {
  Options options;
  options.limits.header_time = options.limits.idle_time = options.limits.body_time =
      options.limits.write_time = milliseconds(100);
  Router router;
  router.add("GET", "/slow", [](const Request&) {
    usleep(500'000);
    return Response::text("done");
  });
  RunningServer server(std::move(router), options);
  EXPECT_EQ(server.client().get("/slow").body, "done");
}

TEST(Limits, HoldForClientsThatDoNotReadThread) {
  Options options;
  options.limits.write_time = milliseconds(300);
  Router router = ping_router();
  std::atomic<bool> ended = false;
  router.add("GET", "/large",
             [](const Request&) { return Response::text(std::string(50'000'000, 'x')); });
  router.add("GET", "/endless", [&](const Request&) {
    return Response::stream("text/plain", [&](BodyWriter& writer) {
      while (writer.write(std::string(10'000, 'x'))) {
      }
      ended = true;
    });
  });
  RunningServer server(std::move(router), options);
  Client large = server.client(4'096), endless = server.client(4'096);
  large.request("GET", "/large");
  endless.request("GET", "/endless");
  EXPECT_TRUE(eventually([&] { return server->metrics().timeouts == 2 && ended; }));
  EXPECT_TRUE(eventually([&] { return server->metrics().open_connections == 0; }));
  EXPECT_LT(large.read_to_end().size(), 50'000'000U);
  EXPECT_TRUE(server.lives());
}

// A client may be slow as long as it keeps reading.
TEST(Limits, LetSlowReadersFinish) {
  Options options;
  options.limits.write_time = milliseconds(300);
  Router router;
  router.add("GET", "/large",
             [](const Request&) { return Response::text(std::string(8'000'000, 'x')); });
  RunningServer server(std::move(router), options);
  Client client = server.client(65'536);
  client.request("GET", "/large");
  const auto begin = steady_clock::now();
  for (int i = 0; i < 40; ++i) {
    usleep(20'000);
    client.receive();
  }
  EXPECT_GT(steady_clock::now() - begin, milliseconds(600));
  EXPECT_EQ(client.read_answer().body.size(), 8'000'000U);
}

TEST(Limits, HoldForConnections) {
  Options options;
  options.limits.connections = 3;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  Router router = ping_router();
  std::atomic<int> begun = 0;
  router.add("GET", "/wait", [&](const Request&) {
    ++begun;
    opened.wait();
    return Response::text("pong");
  });
  RunningServer server(std::move(router), options);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.client());
    clients.back().request("GET", "/wait");
  }
  EXPECT_TRUE(eventually([&] { return begun == 3; }));
  Client refused = server.client();
  const Answer answer = refused.read_answer();
  EXPECT_EQ(status_and_code(answer), "503 busy");
  EXPECT_EQ(answer.header("Retry-After"), "1");
  refused.close_sending_side();
  EXPECT_TRUE(refused.is_closed_by_server());
  gate.set_value();
  for (Client& client : clients) EXPECT_EQ(client.read_answer().body, "pong");
  EXPECT_EQ(server.client().get("/now").body, "pong");
  EXPECT_EQ(server->metrics().connections_refused, 1U);
}

TEST(Limits, MakeRoomByTheLongestIdleConnection) {
  Options options;
  options.limits.connections = 3;
  RunningServer server(ping_router(), options);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.client());
    EXPECT_EQ(clients.back().get("/now").body, "pong");
  }
  EXPECT_EQ(clients.front().get("/now").body,
            "pong");  // makes the second client the one that was idle longest
  EXPECT_EQ(server.client().get("/now").body, "pong");
  EXPECT_TRUE(clients[1].is_closed_by_server());
  EXPECT_EQ(clients[0].get("/now").body, "pong");
  EXPECT_EQ(clients[2].get("/now").body, "pong");
  EXPECT_EQ(server->metrics().connections_evicted, 1U);
}

TEST(Limits, HoldForTheConnectionsOfAnAddress) {
  Options options;
  options.limits.connections = 6;
  options.limits.peer_connections = 2;
  options.host = "0.0.0.0";
  RunningServer server(ping_router(), options);
  Client other(server.port(), Client::Later());
  other.bind_to("127.0.0.3");
  other.connect();
  EXPECT_EQ(other.get("/now").body, "pong");
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(server.client());
    EXPECT_EQ(clients.back().get("/now").body, "pong");
  }
  EXPECT_EQ(server->metrics().connections_evicted, 3U);
  EXPECT_EQ(other.get("/now").body, "pong");  // the oldest, but it has another address
}

TEST(Limits, HoldForRequestsThatWaitForAWorkerThread) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  Options options;
  options.workers = 2;
  options.limits.queued_requests = 3;
  Router router = ping_router();
  std::atomic<std::size_t> handled = 0;
  router.add("GET", "/wait", [&](const Request&) {
    ++handled;
    opened.wait();
    return Response::text("waited");
  });
  RunningServer server(std::move(router), options);
  std::vector<Client> clients;
  for (std::size_t i = 0; i < 5; ++i) {
    clients.push_back(server.client());
    clients.back().request("GET", "/wait");
    EXPECT_TRUE(eventually([&] {
      return handled == std::min<std::size_t>(i + 1, 2) &&
             server->metrics().queue_length == i + 1 - handled;
    }));
  }
  Client refused = server.client();
  const Answer answer = refused.get("/wait");
  EXPECT_EQ(status_and_code(answer), "503 busy");
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_TRUE(server.lives());  // requests that need no worker still work
  EXPECT_EQ(server->metrics().busy, 1U);
  gate.set_value();
  for (Client& client : clients) EXPECT_EQ(client.read_answer().body, "waited");
  EXPECT_EQ(refused.get("/wait").body, "waited");
}

TEST(Limits, KeepSlowReadersOfStreamsFromTakingAllWorkersThread) {
  Options options;
  options.stream_workers = 2;
  Router router = ping_router();
  router.add("GET", "/endless", [](const Request&) {
    return Response::stream("text/plain", [](BodyWriter& writer) {
      while (writer.write(std::string(10'000, 'x'))) {
      }
    });
  });
  RunningServer server(std::move(router), options);
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(server.client(4'096));
    clients.back().request("GET", "/endless");
  }
  EXPECT_TRUE(eventually([&] { return server->metrics().queue_length == 8; }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(server.client().get("/ping").body, "pong");
}

// A streaming body of any length.
Router router_with_a_stream() {
  Router router = ping_router();
  router.add("GET", "/rows", [](const Request& request) {
    const std::size_t size = std::stoul(std::string(request.query.find("size").value_or("0")));
    return Response::stream("text/plain", [size](BodyWriter& writer) {
      const std::string piece(65'536, 'x');
      for (std::size_t left = size; left > 0;) {
        const std::size_t taken = std::min(left, piece.size());
        if (!writer.write(std::string_view(piece).substr(0, taken))) return;
        left -= taken;
      }
    });
  });
  return router;
}

// Reads one byte at a time until `stop`.
void drip(std::vector<Client>& clients, const std::atomic<bool>& stop) {
  while (!stop) {
    for (Client& client : clients) client.read_byte();
    usleep(20'000);
  }
}

TEST(Limits, EndDownloadsThatDripThread) {
  Options options;
  options.stream_workers = 2;
  options.limits.write_time = milliseconds(300);
  options.limits.stream_patience = std::chrono::minutes(5);
  RunningServer server(router_with_a_stream(), options);
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(server.client(4'096));
    clients.back().request("GET", "/rows?size=1000000000");
  }
  std::atomic<bool> stop = false;
  std::thread dripping([&] { drip(clients, stop); });
  EXPECT_EQ(server.client().get("/rows?size=1000000").body.size(), 1'000'000U);
  EXPECT_TRUE(eventually([&] { return server->metrics().timeouts == 4; }));
  stop = true;
  dripping.join();
}

TEST(Limits, GiveTheWorkersOfSlowDownloadsToThoseThatWaitThread) {
  Options options;
  options.stream_workers = 2;
  options.limits.stream_patience = milliseconds(200);
  RunningServer server(router_with_a_stream(), options);
  std::vector<Client> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(server.client(4'096));
    clients.back().request("GET", "/rows?size=1000000000");
  }
  std::atomic<bool> stop = false;
  std::thread dripping([&] { drip(clients, stop); });
  usleep(600'000);
  EXPECT_EQ(server->metrics().timeouts, 0U);  // no other stream waits
  const auto begin = steady_clock::now();
  EXPECT_EQ(server.client().get("/rows?size=1000000").body.size(), 1'000'000U);
  EXPECT_LT(steady_clock::now() - begin,
            std::chrono::seconds(10));  // far less than the 30 s of write_time
  EXPECT_EQ(server->metrics().timeouts, 1U);
  stop = true;
  dripping.join();
}

TEST(Limits, KeepNoQuickRequestWaitingForOthersThread) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> begun = 0;
  const auto wait = [&](const Request&) {
    ++begun;
    opened.wait();
    return Response::text("waited");
  };
  Router router = ping_router();
  router.add("GET", "/query", wait, {.work = Work::lengthy});
  router.add("GET", "/answer", wait);
  router.add("DELETE", "/query", [](const Request&) { return Response::no_content(); },
             {.work = Work::cancel});
  Options options;
  options.lengthy_workers = 3;
  RunningServer server(std::move(router), options);
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.client());
    clients.back().request("GET", i % 2 == 0 ? "/query" : "/answer");
  }
  EXPECT_TRUE(eventually([&] { return begun == 7; }));  // 3 queries and 4 answers
  Client cancel = server.client();
  cancel.request("DELETE", "/query");
  EXPECT_EQ(cancel.read_answer().status, 204);
  gate.set_value();
  for (Client& client : clients) EXPECT_EQ(client.read_answer().body, "waited");
}

// Reading ahead in a pipeline is bounded; the rest waits in the system's buffers.
TEST(Limits, HoldForPipelinesThread) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  Options options;
  options.limits.pipelined_bytes = 10'000;
  Router router = ping_router();
  router.add("GET", "/wait", [&](const Request&) {
    opened.wait();
    return Response::text("waited");
  });
  RunningServer server(std::move(router), options);
  Client client = server.client();
  client.request("GET", "/wait");
  const std::string next = fmt::format("GET /now HTTP/1.1\r\nHost: localhost:{}\r\nX: {}\r\n\r\n",
                                       server.port(), std::string(10'000, 'x'));
  // Send until nothing was accepted for 300 ms, or far more than the system's buffers hold.
  constexpr std::size_t kFar = 50'000'000;
  std::size_t sent = 0, count = 0;
  std::string left;
  for (auto last = steady_clock::now();
       sent < kFar && steady_clock::now() - last < milliseconds(300);) {
    if (left.empty()) {
      left = next;
      ++count;
    }
    const ssize_t size = client.send_some(left);
    if (size > 0) {
      left.erase(0, static_cast<std::size_t>(size));
      sent += static_cast<std::size_t>(size);
      last = steady_clock::now();
    } else {
      usleep(1'000);
    }
  }
  EXPECT_LT(sent, kFar);
  gate.set_value();
  EXPECT_EQ(client.read_answer().body, "waited");
  std::thread finisher([&] { client.send(left); });
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(client.read_answer().body, "pong");
  finisher.join();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(Limits, LetAcceptingRestWhenThereAreNoFileDescriptors) {
  RunningServer server;
  EXPECT_TRUE(server.lives());
  Client client(server.port(), Client::Later());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest_free = dup(0);
  ASSERT_GE(lowest_free, 0);
  close(lowest_free);
  const rlimit none_left{static_cast<rlim_t>(lowest_free), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none_left), 0);
  client.connect();
  client.request("GET", "/now");
  const bool paused = eventually([&] { return server->metrics().accept_pauses >= 1; });
  const double cpu = cpu_seconds();
  usleep(500'000);
  const double spent = cpu_seconds() - cpu;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(paused);
  EXPECT_LT(spent, 0.2);  // busy waiting would take 0.5 s
  EXPECT_EQ(client.read_answer().body, "pong");
}

}  // namespace
}  // namespace gsa::http
