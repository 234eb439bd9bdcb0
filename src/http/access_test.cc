#include "http/access.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/address.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

Router access_router() {
  Router router;
  const auto ok = [](const Request&) { return Response::text("in"); };
  const auto add = [&](const char* method, const char* path, RouteOptions options) {
    router.add(method, path, ok, std::move(options));
  };
  add("GET", "/", {.page = true});
  add("GET", "/page", {.page = true});
  add("GET", "/api/data", {});
  add("POST", "/api/data", {});
  add("POST", "/api/upload", {.body_type = "text/csv"});
  add("GET", "/healthz", {.immediate = true, .open = true});
  add("POST", "/api/work", {.owner_only = true});
  return router;
}

struct Case {
  const char* method;
  const char* path;
  std::string headers;
  int status;
  const char* code = "";
};

void expect(RunningServer& server, const Case& row, const std::string& host) {
  Client client = server.client();
  client.send(
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", row.method, row.path, host, row.headers));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, row.status)
      << row.method << ' ' << row.path << ' ' << row.headers << host;
  if (row.status < 400) return;
  EXPECT_NE(answer.body.find(fmt::format("\"code\":\"{}\"", row.code)), std::string::npos)
      << answer.body;
}

TEST(Access, IsForKnownHostsAlone) {
  RunningServer server(access_router());
  const std::string port = std::to_string(server.port());
  for (const std::string& good :
       {"127.0.0.1:" + port, "localhost:" + port, "LOCALHOST:" + port, "[::1]:" + port}) {
    expect(server, {"GET", "/api/data", "", 200}, good);
  }
  for (const std::string& bad :
       {std::string("evil.example"), "evil.example:" + port, std::string("localhost"),
        std::string("127.0.0.1:1"), "127.0.0.1.evil.example:" + port, "localhost:" + port + "1",
        std::string(), "user@localhost:" + port}) {
    expect(server, {"GET", "/healthz", "", 421, "forbidden_host"}, bad);
  }
  expect(server, {"GET", "http://evil.example/api/data", "", 421, "forbidden_host"},
         "localhost:" + port);
  const std::string absolute = "http://localhost:" + port + "/api/data";
  expect(server, {"GET", absolute.c_str(), "", 200}, "localhost:" + port);
}

TEST(Access, TakesTheHostsThatItIsGiven) {
  Options options;
  options.access.hosts = {"gsa.example", "[fd00::1]", "other:81"};
  RunningServer server(access_router(), options);
  for (const char* good :
       {"gsa.example", "GSA.example:8080", "[fd00::1]", "[fd00:0::1]:99", "other:81"}) {
    expect(server, {"GET", "/api/data", "", 200}, good);
  }
  for (const char* bad : {"gsa.example.evil", "xgsa.example", "other", "other:82", "localhost"}) {
    expect(server, {"GET", "/api/data", "", 421, "forbidden_host"}, bad);
  }
}

// No name can imitate the address itself, whichever it is.
TEST(Access, IsForTheAddressThatAConnectionCameTo) {
  Options options;
  options.host = "0.0.0.0";
  RunningServer server(access_router(), options);
  const std::string port = std::to_string(server.port());
  for (const std::string& address : local_addresses("0.0.0.0")) {
    Client client(server.port(), 0, address);
    EXPECT_EQ(client.get("/api/data").body, "in") << address;
    EXPECT_EQ(client.get("/api/data", "Origin: http://" + address + ":" + port + "\r\n").body,
              "in");
    EXPECT_EQ(client.get("/api/data", "Origin: http://" + address + ":1\r\n").status, 403);
  }
  Client second(server.port(), 0, "127.0.0.2");
  EXPECT_EQ(second.get("/api/data").body, "in");
  expect(server, {"GET", "/api/data", "", 200}, "0.0.0.0:" + port);
  expect(server, {"GET", "/api/data", "", 421, "forbidden_host"}, "127.0.0.2:" + port);
  expect(server, {"GET", "/api/data", "", 421, "forbidden_host"}, "evil.example:" + port);
}

TEST(Access, IsForAddressesOfIPv6) {
  Options options;
  options.host = "::";
  std::unique_ptr<RunningServer> server;
  try {
    server = std::make_unique<RunningServer>(access_router(), options);
  } catch (const Error&) {
    GTEST_SKIP() << "a machine without IPv6";
  }
  for (const std::string& address : local_addresses("::")) {
    Client client(server->port(), 0, address);
    EXPECT_EQ(client.get("/api/data").body, "in") << address;
  }
  const std::string port = std::to_string(server->port());
  expect(*server, {"GET", "/api/data", "", 200}, "[0:0:0::1]:" + port);
  expect(*server, {"GET", "/api/data", "", 200}, "[::]:" + port);
}

TEST(Access, IsForNamesOfProxiesAndTheirPages) {
  Options options;
  options.access.names = {"gsa.example"};
  RunningServer server(access_router(), options);
  const std::string local = fmt::format("127.0.0.1:{}", server.port());
  expect(server, {"GET", "/api/data", "", 200}, "gsa.example");
  expect(server, {"GET", "/api/data", "", 200}, "GSA.EXAMPLE:8443");
  expect(server, {"POST", "/api/data", "Origin: https://gsa.example\r\n", 200}, "gsa.example");
  // Some proxies send a Host of their own.
  expect(server, {"POST", "/api/data", "Origin: https://gsa.example\r\n", 200}, local);
  expect(server,
         {"POST", "/api/data", "Origin: https://x.gsa.example\r\n", 403, "forbidden_origin"},
         local);
  expect(server, {"POST", "/api/data", "Origin: ftp://gsa.example\r\n", 403, "forbidden_origin"},
         local);
  expect(server, {"GET", "/api/data", "", 421, "forbidden_host"}, "x.gsa.example");
  expect(server, {"GET", "/api/data", "", 200}, local);
}

TEST(Access, TellsPeopleInAPage) {
  Options options;
  options.access.token = "s3cret-token";
  RunningServer server(access_router(), options);
  const std::string html = "Accept: text/html,*/*;q=0.8\r\n";
  const Answer page = server.client().get("/page", html);
  EXPECT_EQ(page.status, 401);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<h1>this server requires a token</h1>"), std::string::npos)
      << page.body;
  const Answer data = server.client().get("/api/data", html);
  EXPECT_EQ(data.status, 401);
  EXPECT_EQ(data.header("Content-Type"), "application/json");
}

TEST(Access, HasACookieForEachPort) {
  Options options;
  options.access.token = "s3cret-token";
  RunningServer server(access_router(), options);
  const Answer answer = server.client().get("/?token=s3cret-token");
  EXPECT_EQ(
      answer.header("Set-Cookie"),
      fmt::format("gsa_token_{}=s3cret-token; Path=/; HttpOnly; SameSite=Strict", server.port()));
}

TEST(Access, IsNotForPagesOfOtherOrigins) {
  RunningServer server(access_router());
  const std::string host = fmt::format("localhost:{}", server.port());
  const std::string own = fmt::format("Origin: http://{}\r\n", host);
  const char* code = "forbidden_origin";
  const std::string json = "Content-Type: application/json\r\n";
  const std::vector<Case> cases = {
      {"GET", "/api/data", own, 200},
      {"POST", "/api/data", own + json, 200},
      {"POST", "/api/data", json, 200},  // not from a browser
      {"GET", "/api/data", "Origin: http://evil.example\r\n", 403, code},
      {"POST", "/api/data", "Origin: http://evil.example\r\n", 403, code},
      {"POST", "/api/data", "Origin: null\r\n", 403, code},
      {"POST", "/api/data", "Origin: http://localhost:1\r\n", 403, code},
      {"OPTIONS", "/api/data", "Origin: http://evil.example\r\n", 403, code},
      {"DELETE", "/api/data", "Origin: http://evil.example\r\n", 403, code},
      {"GET", "/api/none", "Origin: http://evil.example\r\n", 403, code},
      {"GET", "/api/data", "Sec-Fetch-Site: cross-site\r\n", 403, code},
      {"GET", "/api/data", "Sec-Fetch-Site: same-site\r\n", 403, code},
      {"GET", "/api/data", "Sec-Fetch-Site: same-origin\r\n", 200},
      {"GET", "/api/data", "Sec-Fetch-Site: none\r\n", 200},
      {"POST", "/api/data", "Sec-Fetch-Site: cross-site\r\n", 403, code},
      {"GET", "/page", "Sec-Fetch-Site: cross-site\r\n", 200},  // the user followed a link
      {"POST", "/page", "Sec-Fetch-Site: cross-site\r\n", 403, code},
      {"OPTIONS", "/api/data", own, 204},
  };
  for (const Case& row : cases) expect(server, row, host);
}

TEST(Access, WantsBodiesOfTheTypeThatTheRouteTakes) {
  RunningServer server(access_router());
  const auto post = [&](const char* path, const std::string& type) {
    Client client = server.client();
    client.request("POST", path, type, "{}");
    return client.read_answer().status;
  };
  EXPECT_EQ(post("/api/data", "Content-Type: application/json\r\n"), 200);
  EXPECT_EQ(post("/api/data", "Content-Type: Application/JSON; charset=utf-8\r\n"), 200);
  EXPECT_EQ(post("/api/data", "Content-Type: text/plain\r\n"), 415);
  EXPECT_EQ(post("/api/data", "Content-Type: application/x-www-form-urlencoded\r\n"), 415);
  EXPECT_EQ(post("/api/data", ""), 415);
  EXPECT_EQ(post("/api/upload", "Content-Type: text/csv\r\n"), 200);
  EXPECT_EQ(post("/api/upload", "Content-Type: application/json\r\n"), 415);
}

class Token : public ::testing::Test {
 protected:
  static Options options() {
    Options options;
    options.access.cookie = "gsa_token";
    options.access.token = "s3cret-token";
    options.access.owner_key = "owner-key";
    return options;
  }
  void run(const std::vector<Case>& cases) {
    for (const Case& row : cases) expect(server_, row, fmt::format("localhost:{}", server_.port()));
  }

  RunningServer server_{access_router(), options()};
};

TEST_F(Token, IsNeededWhereTheRouteIsNotOpen) {
  const char* code = "unauthorized";
  run({{"GET", "/api/data", "", 401, code},
       {"GET", "/page", "", 401, code},
       {"GET", "/none", "", 401, code},
       {"GET", "/healthz", "", 200},
       {"GET", "/api/data", "Authorization: Bearer s3cret-token\r\n", 200},
       {"GET", "/api/data", "authorization: bearer  s3cret-token\r\n", 200},
       {"GET", "/api/data", "Authorization: Bearer s3cret-tokem\r\n", 401, code},
       {"GET", "/api/data", "Authorization: Bearer s3cret-token1\r\n", 401, code},
       {"GET", "/api/data", "Authorization: Bearer\r\n", 401, code},
       {"GET", "/api/data", "Authorization: Basic s3cret-token\r\n", 401, code},
       {"GET", "/api/data", "Cookie: gsa_token=s3cret-token\r\n", 200},
       {"GET", "/api/data", "Cookie: a=b; gsa_token=s3cret-token; c=d\r\n", 200},
       {"GET", "/api/data", "Cookie: xgsa_token=s3cret-token\r\n", 401, code},
       {"GET", "/api/data", "Cookie: gsa_token=\r\n", 401, code},
       {"GET", "/api/data?token=s3cret-token", "", 401,
        code},  // a browser would not keep this token
       {"GET", "/page?token=wrong", "", 401, code}});
  const Answer answer = server_.client().get("/api/data");
  EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"gsa\"");
  EXPECT_EQ(answer.body.find("s3cret"), std::string::npos);
}

TEST_F(Token, BecomesACookieWhenAPageIsOpenedWithIt) {
  const Answer answer = server_.client().get("/page?tier=free&token=s3cret-token&model=a%26b",
                                             "Sec-Fetch-Site: none\r\n");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.header("Location"), "/page?tier=free&model=a%26b");
  EXPECT_EQ(answer.header("Set-Cookie"),
            "gsa_token=s3cret-token; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(server_.client().get("/?token=s3cret-token").header("Location"), "/");
}

TEST_F(Token, SurvivesALinkFromAnotherSite) {
  const Answer answer =
      server_.client().get("/page?token=s3cret-token", "Sec-Fetch-Site: cross-site\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Refresh"), "0; url=/page");
  EXPECT_EQ(answer.header("Location"), "");
}

TEST_F(Token, OfTheOwnerOpensWhatIsTheirsAlone) {
  const std::string token = "Authorization: Bearer s3cret-token\r\n";
  run({{"POST", "/api/work", token, 403, "owner_only"},
       {"POST", "/api/work", token + "X-Gsa-Owner: wrong-key\r\n", 403, "owner_only"},
       {"POST", "/api/work", token + "X-Gsa-Owner: \r\n", 403, "owner_only"},
       {"POST", "/api/work", "X-Gsa-Owner: owner-key\r\n", 200},
       {"GET", "/api/data", "X-Gsa-Owner: owner-key\r\n", 200}});
}

TEST(Access, IsForNoOwnerWhereThereIsNoKey) {
  RunningServer server(access_router());
  expect(server, {"POST", "/api/work", "X-Gsa-Owner: \r\n", 403, "owner_only"},
         fmt::format("localhost:{}", server.port()));
}

TEST(Access, ComparesWholeTexts) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "xbc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Access, PutsSecurityHeadersOnEveryResponse) {
  RunningServer server(access_router());
  for (const char* path : {"/page", "/api/data", "/none", "/%zz"}) {
    const Answer answer = server.client().get(path);
    EXPECT_TRUE(answer.header("Content-Security-Policy").starts_with("default-src 'none'")) << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_FALSE(answer.headers.find("Access-Control-Allow-Origin"));
  }
}

}  // namespace
}  // namespace gsa::http
