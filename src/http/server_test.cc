#include "http/server.h"

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using std::chrono::milliseconds;

TEST(Server, AnswersOneRequestAfterAnotherOnAConnection) {
  RunningServer server;
  Client client = server.client();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.get("/ping").body, "pong");
    EXPECT_EQ(client.post("/echo", R"({"a":1})").body, R"({"a":1})");
    EXPECT_EQ(client.get("/none").status, 404);
  }
  EXPECT_EQ(client.post("/ping", "{}").status, 405);
  EXPECT_TRUE(client.is_closed_by_server());  // because nobody read the body
}

TEST(Server, AnswersInTheOrderOfTheRequestsOfAPipelineParallel) {
  Router router;
  router.add("GET", "/slow/{n}", [](const Request& request) {
    usleep(5'000);
    return Response::text(std::string(*request.path_parameters.find("n")));
  });
  router.add("GET", "/quick/{n}",
             [](const Request& request) {
               return Response::text(std::string(*request.path_parameters.find("n")));
             },
             {.immediate = true});
  RunningServer server(std::move(router));
  Client client = server.client();
  std::string requests;
  for (int i = 0; i < 60; ++i) {
    requests += fmt::format("GET /{}/{} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
                            i % 3 == 0 ? "slow" : "quick", i, server.port());
  }
  client.send(requests);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(client.read_answer().body, std::to_string(i));
}

TEST(Server, SpeaksHttp10) {
  RunningServer server;
  const std::string host = fmt::format("Host: localhost:{}\r\n", server.port());
  Client closes = server.client();
  closes.send("GET /ping HTTP/1.0\r\n" + host + "\r\n");
  const Answer answer = closes.read_answer();
  EXPECT_EQ(answer.body, "pong");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(closes.is_closed_by_server());
  Client stays = server.client();
  for (int i = 0; i < 2; ++i) {
    stays.send("GET /ping HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n");
    EXPECT_EQ(stays.read_answer().header("Connection"), "keep-alive");
  }
}

TEST(Server, ClosesWhereTheClientAsksForIt) {
  RunningServer server;
  Client client = server.client();
  EXPECT_EQ(client.get("/ping", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Server, AnswersHeadAndOptions) {
  RunningServer server;
  Client client = server.client();
  client.request("HEAD", "/ping");
  const Answer head = client.read_answer(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "4");
  client.request("OPTIONS", "/ping");
  EXPECT_EQ(client.read_answer().header("Allow"), "GET, HEAD, OPTIONS");
  const Answer refused = client.post("/ping", "");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(
      refused.body,
      R"({"error":"/ping does not accept POST","hint":"it accepts GET, HEAD, OPTIONS","code":"method_not_allowed"})");
  EXPECT_EQ(client.get("/a%22b").body,
            R"({"error":"there is no /a\"b","hint":"","code":"not_found"})");
}

TEST(Server, TellsWhatAHandlerThrows) {
  Router router;
  router.add("GET", "/usage", [](const Request&) -> Response {
    throw Error("no such column", "did you mean 'a'?", ErrorCode::usage);
  });
  router.add("GET", "/failed", [](const Request&) -> Response { throw Error("it broke"); });
  router.add("GET", "/gone", [](const Request&) -> Response {
    throw HttpError(404, "no_session", "there is no session 7");
  });
  router.add("GET", "/bug", [](const Request&) -> Response {
    check(false, "the secret of line 5");
    return {};
  });
  router.add("GET", "/int", [](const Request&) -> Response { throw 7; });
  router.add("GET", "/split", [](const Request&) {
    Response response = Response::text("x");
    response.headers.add("X-Evil", "a\r\nSet-Cookie: b");
    return response;
  });
  router.add("GET", "/stream",
             [](const Request&) { return Response::stream("text/plain", [](BodyWriter&) {}); },
             {.immediate = true});
  RunningServer server(std::move(router));
  Client client = server.client();
  const Answer usage = client.get("/usage");
  EXPECT_EQ(usage.status, 400);
  EXPECT_EQ(usage.body,
            R"({"error":"no such column","hint":"did you mean 'a'?","code":"bad_request"})");
  EXPECT_EQ(client.get("/failed").status, 422);
  EXPECT_EQ(client.get("/gone").body,
            R"({"error":"there is no session 7","hint":"","code":"no_session"})");
  for (const char* path : {"/bug", "/int", "/split", "/stream"}) {
    const Answer answer = client.get(path);
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_EQ(answer.body,
              R"({"error":"the server failed; its log says why","hint":"","code":"internal"})");
    EXPECT_FALSE(answer.headers.find("Set-Cookie"));
  }
}

TEST(Server, ReadsBodiesThatComeInChunksOrAreAnnounced) {
  RunningServer server;
  Client client = server.client();
  const std::string json = "Content-Type: application/json\r\n";
  client.request("POST", "/echo", json + "Transfer-Encoding: chunked\r\n");
  for (const char* part : {"3\r\n[1,", "\r\n", "2\r", "\n2]\r\n0\r\n\r\n"}) {
    client.send(part);
    usleep(2'000);
  }
  EXPECT_EQ(client.read_answer().body, "[1,2]");
  client.request("POST", "/echo", json + "Content-Length: 3\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(client.read_answer().status, 100);
  client.send("[3]");
  EXPECT_EQ(client.read_answer().body, "[3]");
}

TEST(Server, CancelsWhatNobodyWaitsForThread) {
  std::atomic<bool> begun = false, cancelled = false;
  Router router = ping_router();
  router.add("GET", "/query", [&](const Request& request) -> Response {
    const std::stop_callback interrupt(request.cancelled, [&] { cancelled = true; });
    begun = true;
    while (!cancelled) usleep(500);
    throw Error("interrupted", "", ErrorCode::interrupted);
  });
  std::mutex mutex;
  std::vector<int> statuses;
  Options options;
  options.on_finished = [&](const Finished& finished) {
    const std::lock_guard lock(mutex);
    if (finished.route == "/query") statuses.push_back(finished.status);
  };
  RunningServer server(std::move(router), options);
  Client client = server.client();
  client.request("GET", "/query");
  EXPECT_TRUE(eventually([&] { return begun.load(); }));
  usleep(50'000);
  EXPECT_FALSE(cancelled);
  const auto left = std::chrono::steady_clock::now();
  client.close();
  EXPECT_TRUE(eventually([&] { return cancelled.load(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - left, std::chrono::seconds(2));
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return statuses == std::vector<int>{499};
  }));
  EXPECT_TRUE(server.lives());
}

TEST(Server, NeverBeginsWhatNobodyWaitsForThread) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> begun = 0;
  Router router = ping_router();
  router.add("GET", "/wait", [&](const Request&) {
    ++begun;
    opened.wait();
    return Response::text("");
  });
  Options options;
  options.workers = 2;
  RunningServer server(std::move(router), options);
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(server.client());
    clients.back().request("GET", "/wait");
  }
  EXPECT_TRUE(eventually([&] { return begun == 2 && server->metrics().queue_length == 3; }));
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server->metrics().queue_length == 0; }));
  gate.set_value();
  EXPECT_TRUE(eventually([&] { return server->metrics().open_connections == 0; }));
  EXPECT_EQ(begun, 2);
}

TEST(Server, StreamsABodyThatIsMadeAsItIsReadThread) {
  std::atomic<std::size_t> written = 0;
  Router router = ping_router();
  router.add("GET", "/export", [&](const Request&) {
    return Response::stream("text/csv", [&](BodyWriter& writer) {
      for (int i = 0; i < 400; ++i) {
        if (!writer.write(std::string(100'000, static_cast<char>('a' + i % 26)))) return;
        written += 100'000;
      }
    });
  });
  RunningServer server(std::move(router));
  Client client = server.client(4'096);
  client.request("GET", "/export");
  EXPECT_TRUE(eventually([&] { return written > 0; }));
  usleep(200'000);
  // The window, plus what the system's buffers between the two sides hold.
  EXPECT_LT(written, 20'000'000U);
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(client.chunks_ended());
  ASSERT_EQ(answer.body.size(), 40'000'000U);
  for (std::size_t i = 0; i < 400; ++i) {
    ASSERT_EQ(answer.body[i * 100'000 + 99'999], static_cast<char>('a' + i % 26));
  }
  EXPECT_EQ(client.get("/ping").body, "pong");  // the connection stays open
  Client old = server.client();
  old.send(fmt::format("GET /export HTTP/1.0\r\nHost: localhost:{}\r\n\r\n", server.port()));
  EXPECT_EQ(old.read_answer().body.size(), 40'000'000U);
}

TEST(Server, CutsAStreamThatFailsButTellsWhereItFailsAtOnce) {
  Router router = ping_router();
  router.add("GET", "/late", [](const Request&) {
    return Response::stream("text/csv", [](BodyWriter& writer) {
      writer.write("a,b\n");
      throw Error("disk full");
    });
  });
  router.add("GET", "/at_once", [](const Request&) {
    return Response::stream("text/csv", [](BodyWriter&) { throw Error("no such table"); });
  });
  router.add("GET", "/empty",
             [](const Request&) { return Response::stream("text/csv", [](BodyWriter&) {}); });
  RunningServer server(std::move(router));
  Client late = server.client();
  EXPECT_EQ(late.get("/late").status, 200);
  EXPECT_FALSE(late.chunks_ended());
  EXPECT_TRUE(late.is_closed_by_server());
  Client client = server.client();
  EXPECT_EQ(client.get("/at_once").status, 422);
  EXPECT_EQ(client.get("/empty").body, "");
  EXPECT_TRUE(client.chunks_ended());
}

TEST(Server, EndsTheWriterOfAClientThatLeavesThread) {
  std::atomic<bool> ended = false;
  Router router = ping_router();
  router.add("GET", "/endless", [&](const Request&) {
    return Response::stream("text/plain", [&](BodyWriter& writer) {
      while (writer.write(std::string(10'000, 'x'))) {
      }
      ended = true;
    });
  });
  RunningServer server(std::move(router));
  {
    Client client = server.client();
    client.request("GET", "/endless");
    EXPECT_TRUE(client.receive());
  }
  EXPECT_TRUE(eventually([&] { return ended.load(); }));
  EXPECT_TRUE(server.lives());
}

TEST(Server, TellsWhoMayTakeThePort) {
  const Server first(Options{}, ping_router());
  Options options;
  options.port = first.port();
  try {
    const Server second(options, ping_router());
    ADD_FAILURE() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), fmt::format("port {} is in use", first.port()));
    EXPECT_EQ(error.hint(),
              fmt::format("choose another --port, or stop the program that listens on 127.0.0.1:{}",
                          first.port()));
  }
  options.host = "192.0.2.1";  // reserved for documentation, so no machine has it
  EXPECT_THROW(Server(options, ping_router()), Error);
  options.host = "no such host";
  EXPECT_THROW(Server(options, ping_router()), Error);
}

TEST(Server, ListensOnNamesAndBothProtocols) {
  Options options;
  options.host = "localhost";
  const Server by_name(options, ping_router());
  EXPECT_EQ(by_name.addresses().front(), fmt::format("http://127.0.0.1:{}", by_name.port()));
  options.host = "::1";
  try {
    const Server ipv6(options, ping_router());
    EXPECT_EQ(ipv6.addresses().front(), fmt::format("http://[::1]:{}", ipv6.port()));
  } catch (const Error&) {  // this machine has no IPv6
  }
}

TEST(Server, LetsConnectionsWaitUntilItStarts) {
  Server server(Options{}, ping_router());
  Client client(server.port());
  EXPECT_TRUE(client.request("GET", "/ping"));
  server.start();
  EXPECT_EQ(client.read_answer().body, "pong");
  EXPECT_THROW(server.start(), Bug);
}

TEST(Server, LetsRequestsFinishWhenItStopsThread) {
  std::atomic<bool> begun = false;
  Router router = ping_router();
  router.add("GET", "/work", [&](const Request& request) {
    begun = true;
    for (int i = 0; i < 200 && !request.cancelled.stop_requested(); ++i) usleep(1'000);
    return Response::text(request.cancelled.stop_requested() ? "cancelled" : "finished");
  });
  RunningServer server(std::move(router));
  Client idle = server.client();
  EXPECT_EQ(idle.get("/ping").body, "pong");
  Client client = server.client();
  client.request("GET", "/work");
  EXPECT_TRUE(eventually([&] { return begun.load(); }));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(std::chrono::seconds(20));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(idle.is_closed_by_server());
  EXPECT_FALSE(Client(server.port()).is_connected());
}

TEST(Server, CancelsRequestsThatTakeTooLongToStopThread) {
  std::atomic<bool> begun = false;
  Router router;
  router.add("GET", "/work", [&](const Request& request) {
    begun = true;
    while (!request.cancelled.stop_requested()) usleep(500);
    return Response::text("cancelled");
  });
  RunningServer server(std::move(router));
  Client client = server.client();
  client.request("GET", "/work");
  EXPECT_TRUE(eventually([&] { return begun.load(); }));
  server->stop(milliseconds(50));
  EXPECT_EQ(client.read_answer().body, "cancelled");
}

TEST(Server, StopsWhateverIsGoingOnThread) {
  for (int round = 0; round < 30; ++round) {
    Router router = ping_router();
    router.add("GET", "/endless", [](const Request&) {
      return Response::stream("text/plain", [](BodyWriter& writer) {
        while (writer.write("x")) {
        }
      });
    });
    RunningServer server(std::move(router));
    std::vector<Client> clients;
    for (int i = 0; i < 10; ++i) {
      clients.push_back(server.client());
      clients.back().request(i % 2 == 0 ? "GET" : "POST", i % 3 == 0 ? "/endless" : "/ping");
    }
    usleep(static_cast<useconds_t>(round * 300));
    server->stop(milliseconds(round % 3));
  }
}

TEST(Server, AnswersManyClientsAtOnceParallel) {
  RunningServer server;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Client client = server.client();
      for (int i = 0; i < 200; ++i) {
        const std::string body = fmt::format("[{},{}]", t, i);
        right += client.post("/echo", body).body == body ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 1'600);
  EXPECT_TRUE(eventually(
      [&] { return server->metrics().routes["POST /echo"].by_status_class.at(1) == 1'600U; }));
}

}  // namespace
}  // namespace gsa::http
