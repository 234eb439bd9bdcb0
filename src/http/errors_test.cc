// Errors of the server itself have the same form as those of handlers.

#include <regex>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/client_fixture.h"
#include "http/event_stream.h"

namespace gsa::http {
namespace {

using std::chrono::milliseconds;

// The members of Error in openapi.yaml, all texts.
void expect_error(const Answer& answer, int status, const std::string& what) {
  EXPECT_EQ(answer.status, status) << what;
  EXPECT_EQ(answer.header("Content-Type"), "application/json") << what;
  static const std::regex form(R"(\{"error":"[^"\\]+","hint":"[^"\\]*","code":"[a-z_]+"\})");
  EXPECT_TRUE(std::regex_match(answer.body, form)) << what << '\n' << answer.body;
}

TEST(Errors, HaveOneFormWhateverIsWrong) {
  Router router = ping_router();
  router.add("GET", "/bug", [](const Request&) -> Response { throw std::runtime_error("inside"); });
  router.add("GET", "/failed", [](const Request&) -> Response { throw Error("it failed"); });
  router.add("POST", "/owner", [](const Request&) { return Response::text(""); },
             {.owner_only = true});
  Options options;
  options.limits.header_time = options.limits.body_time = milliseconds(200);
  RunningServer server(std::move(router), options);
  const std::string host = fmt::format("Host: localhost:{}\r\n", server.port());
  const std::string post = "POST /echo HTTP/1.1\r\n" + host;
  const std::string json = "Content-Type: application/json\r\n";
  const std::vector<std::pair<int, std::string>> cases = {
      {400, "GET /%zz HTTP/1.1\r\n" + host + "\r\n"},
      {400, "nonsense\r\n\r\n"},
      {403, "GET /now HTTP/1.1\r\n" + host + "Origin: http://evil.example\r\n\r\n"},
      {403, "POST /owner HTTP/1.1\r\n" + host + "\r\n"},
      {404, "GET /none HTTP/1.1\r\n" + host + "\r\n"},
      {405, "PUT /now HTTP/1.1\r\n" + host + "\r\n"},
      {408, "GET /now HTTP/1.1\r\n"},
      {408, post + json + "Content-Length: 9\r\n\r\n{"},
      {413, post + json + "Content-Length: 99999999\r\n\r\n{"},
      {414, "GET /" + std::string(100'000, 'a')},
      {415, post + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"},
      {417, post + json + "Expect: miracles\r\nContent-Length: 2\r\n\r\n{}"},
      {421, "GET /now HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
      {422, "GET /failed HTTP/1.1\r\n" + host + "\r\n"},
      {431, "GET /now HTTP/1.1\r\nX: " + std::string(100'000, 'a')},
      {500, "GET /bug HTTP/1.1\r\n" + host + "\r\n"},
      {501, post + json + "Transfer-Encoding: gzip\r\n\r\n"},
      {505, "GET /now HTTP/2.0\r\n" + host + "\r\n"},
  };
  for (const auto& [status, bytes] : cases) {
    Client client = server.client();
    client.send(bytes);
    expect_error(client.read_answer(), status, bytes.substr(0, 100));
  }
}

TEST(Errors, HaveOneFormWhereThereIsTooMuchToDo) {
  Options options;
  options.limits.event_streams = 0;
  Router router;
  router.add("GET", "/events", [topic = std::make_shared<Topic>()](const Request& request) {
    return event_stream(topic, request);
  });
  RunningServer server(std::move(router), options);
  expect_error(server.client().get("/events"), 503, "events");
}

TEST(Errors, HaveNoBodyForHead) {
  RunningServer server;
  for (const auto& [path, status] : {std::pair("/none", 404), std::pair("/echo", 405)}) {
    Client client = server.client();
    client.request("HEAD", path);
    const Answer answer = client.read_answer(false);
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(answer.header("Content-Length"), "");
    EXPECT_EQ(client.get("/ping").body, "pong");  // on the same connection, with nothing in between
  }
}

}  // namespace
}  // namespace gsa::http
