#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include "base/text.h"
#include "trino/trino_fixture.h"

namespace gsa::trino {
namespace {

using ClientAccessTest = TrinoTest;

std::string settings_error(const ConnectionSettings& settings) {
  try {
    const Client client(settings);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST_F(ClientAccessTest, SendsThePasswordToThisMachine) {
  settings_.password = "p:w";
  script_end();
  run();
  EXPECT_EQ(last_post().header("authorization"), "Basic YW5uOnA6dw==");  // ann:p:w
  EXPECT_EQ(server_.requests("GET")[0].header("authorization"), "Basic YW5uOnA6dw==");
}

TEST_F(ClientAccessTest, SendsTheToken) {
  settings_.jwt_token = "a.b.c";
  settings_.user.clear();
  script_end();
  run();
  EXPECT_EQ(last_post().header("authorization"), "Bearer a.b.c");
  EXPECT_EQ(server_.requests("GET")[0].header("authorization"), "Bearer a.b.c");
  EXPECT_TRUE(last_post().all("x-trino-user").empty());
}

TEST_F(ClientAccessTest, RefusesToSendSecretsInTheOpen) {
  ConnectionSettings open{.host = "trino.example", .user = "ann", .password = "pw"};
  EXPECT_EQ(settings_error(open),
            "the Trino connection to trino.example has credentials but no TLS, so that anyone on "
            "the way could read them");
  open.https = true;
  EXPECT_EQ(settings_error(open), "");
  EXPECT_NE(settings_error({.host = "10.0.0.1", .user = "ann", .jwt_token = "t"}), "");
  EXPECT_NE(settings_error({.host = "localhost.evil", .user = "ann", .jwt_token = "t"}), "");
  EXPECT_NE(
      settings_error(
          {.host = "trino.example", .user = "ann", .http_headers = {{"authorization", "Basic x"}}}),
      "");
  EXPECT_EQ(settings_error({.host = "trino.example", .user = "ann"}), "");
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "::1", "[::1]"}) {
    EXPECT_EQ(settings_error({.host = host, .user = "ann", .password = "pw"}), "") << host;
  }
}

TEST_F(ClientAccessTest, RefusesInvalidSettings) {
  const auto with = [](const auto& change) {
    ConnectionSettings settings{.user = "ann"};
    change(settings);
    return settings_error(settings);
  };
  EXPECT_EQ(with([](auto& s) { s.port = 8443; }), "");
  EXPECT_EQ(with([](auto& s) { s.user.clear(); }), "the Trino connection has no user");
  EXPECT_EQ(with([](auto& s) { s.port = 0; }),
            "the Trino connection has no valid host and port: 'localhost', 0");
  for (const char* host : {"", "a b", "a/b", "user@host", "host:80", "a?b"}) {
    EXPECT_NE(with([&](auto& s) { s.host = host; }), "") << host;
  }
  EXPECT_EQ(with([](auto& s) { s.schema = "s"; }),
            "the Trino connection has a schema but no catalog");
  EXPECT_EQ(with([](auto& s) { s.source = "a\r\nX-Evil: 1"; }),
            "the source of the Trino connection has characters other than printable ASCII, which "
            "its headers cannot carry");
  EXPECT_NE(with([](auto& s) { s.user = "Zoë"; }), "");
  EXPECT_NE(with([](auto& s) { s.jwt_token = "t\n"; }), "");
  EXPECT_NE(with([](auto& s) { s.http_headers = {{"X-A: b", "c"}}; }), "");
  EXPECT_NE(with([](auto& s) { s.http_headers = {{"X-A", "b\nc"}}; }), "");
  EXPECT_EQ(with([](auto& s) {
              s.http_headers = {{"X-Trino-Session", "a=b"}};
            }),
            "the client sets the header X-Trino-Session itself, so http_headers of the Trino "
            "connection cannot");
  EXPECT_NE(with([](auto& s) { s.session_properties = {{"a=b", "c"}}; }), "");
  EXPECT_NE(with([](auto& s) { s.client_tags = {"a,b"}; }), "");
  EXPECT_NE(with([](auto& s) { s.ca_file = "/no/such/file"; }), "");
  EXPECT_NE(with([](auto& s) {
              s.password = "p";
              s.jwt_token = "t";
            }),
            "");
  EXPECT_NE(with([](auto& s) {
              s.password = "p";
              s.user = "a:b";
            }),
            "");
}

TEST_F(ClientAccessTest, NeverAsksAnotherHostPortOrScheme) {
  settings_.password = "pw";
  FakeTrino other;
  for (const std::string& foreign :
       {other.url("/1"), fmt::format("https://127.0.0.1:{}/1", server_.port()),
        fmt::format("http://localhost:{}/1", server_.port()),
        fmt::format("http://a:b@127.0.0.1:{}/1", server_.port()),
        fmt::format("http://127.0.0.1:{}@evil.example/1", server_.port()),
        std::string("file:///etc/passwd"), std::string("/1")}) {
    server_.script("POST", {{.body = R"({"id":"q","stats":{},"nextUri":")" + foreign + "\"}"}});
    const Error error = error_of([&] { run(); });
    EXPECT_TRUE(matches_wildcard(error.message(),
                                 "Trino at http://127.0.0.1:* sends the client on to another "
                                 "address, which may not see the credentials: *"))
        << error.message();
    EXPECT_EQ(error.message().find("a:b"), std::string::npos);
    EXPECT_NE(error.hint().find("http-server.process-forwarded"), std::string::npos);
  }
  EXPECT_TRUE(other.requests().empty());
  EXPECT_EQ(count("GET"), 0U);
}

// Not even if its caller does not look.
TEST_F(ClientAccessTest, HasACoordinatorThatAsksNoOtherHost) {
  settings_.password = "pw";
  FakeTrino other;
  Coordinator coordinator(settings_);
  EXPECT_THROW(coordinator.get(other.url("/1"), "q", {}), Error);
  coordinator.cancel(other.url("/1"));
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(ClientAccessTest, CancelsAQueryThatIsSentToAnotherHost) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {{.body = R"({"id":"q","stats":{},"nextUri":"http://other.example/2"})"}});
  EXPECT_THROW(run(), Error);
  EXPECT_EQ(server_.requests("DELETE").at(0).target, "/1");
}

TEST_F(ClientAccessTest, FollowsNoRedirect) {
  settings_.password = "pw";
  FakeTrino other;
  other.script("POST", {reply("")});
  FakeReply moved = FakeReply::of(307);
  moved.headers = {{"Location", other.url("/v1/statement?secret=1")}};
  server_.script("POST", {moved});
  EXPECT_EQ(error_of([&] { run(); }).message(),
            fmt::format("Trino at http://127.0.0.1:{} redirects (307), which is not followed: "
                        "http://127.0.0.1:{}",
                        server_.port(), other.port()));
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(ClientAccessTest, SaysWhatIsWrongWithALogin) {
  const std::string place = fmt::format("Trino at http://127.0.0.1:{}", server_.port());
  const auto ask = [&](int status) {
    server_.script("POST", {FakeReply::of(status, "Invalid credentials")});
    client_ = std::make_unique<Client>(settings_);
    return error_of([&] { run(); });
  };
  EXPECT_EQ(ask(401).message(), place + " refused the login: Invalid credentials");
  EXPECT_EQ(ask(401).hint(), "this Trino wants a login: give a password or a token, over https");
  EXPECT_EQ(ask(403).message(), place + " does not let ann in: Invalid credentials");
  settings_.password = "pw";
  EXPECT_EQ(ask(401).hint(), "check the user and the password");
  settings_.password.clear();
  settings_.jwt_token = "t";
  EXPECT_EQ(ask(401).hint(), "the token may have expired");
  EXPECT_EQ(count("POST"), 5U);  // none is repeated
}

// An expired token in the middle of a query: it is cancelled, as far as that is still possible.
TEST_F(ClientAccessTest, DoesNotRepeatAGetThatIsRefused) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {FakeReply::of(401), reply("")});
  EXPECT_THROW(run(), Error);
  EXPECT_EQ(count("GET"), 1U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(ClientAccessTest, SendsNothingForThisMachineThroughAProxy) {
  settings_.password = "pw";
  FakeTrino proxy;
  setenv("http_proxy", proxy.url("").c_str(), 1);
  script_end();
  EXPECT_NO_THROW(run());
  unsetenv("http_proxy");
  EXPECT_TRUE(proxy.requests().empty());
}

class ClientTlsTest : public testing::Test {
 protected:
  ClientTlsTest() {
    settings_.port = server_.port();
    settings_.retry_limit = Millis(5000);
    server_.script("POST", {{.body = R"({"id":"q","stats":{},"updateType":"SAFE"})"}});
  }
  ~ClientTlsTest() override { unlink(ca_file_.c_str()); }

  std::string ask() { return Client(settings_).run("select 1").update_type; }

  FakeTrino server_{true};
  std::string ca_file_ = fmt::format("{}/gsa_trino_{}.pem", testing::TempDir(), getpid());
  ConnectionSettings settings_{.host = "127.0.0.1", .https = true, .user = "ann", .password = "pw"};
};

TEST_F(ClientTlsTest, TrustsTheGivenCertificate) {
  std::ofstream(ca_file_) << server_.certificate();
  settings_.ca_file = ca_file_;
  EXPECT_EQ(ask(), "SAFE");
  EXPECT_EQ(server_.requests("POST").back().header("authorization"), "Basic YW5uOnB3");
}

TEST_F(ClientTlsTest, RefusesAnUnknownCertificateAtOnce) {
  const Stopwatch watch;
  const auto error = error_of<ConnectionError>([&] { ask(); });
  EXPECT_LT(watch.seconds(), 1);
  EXPECT_NE(error.message().find("certificate"), std::string::npos) << error.message();
  EXPECT_FALSE(error.may_be_running());
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ClientTlsTest, TakesAnyCertificateIfToldTo) {
  settings_.verify_tls = false;
  EXPECT_EQ(ask(), "SAFE");
}

TEST_F(ClientTlsTest, SaysAtOnceThatAPortSpeaksNoTls) {
  FakeTrino plain;
  settings_.port = plain.port();
  const Stopwatch watch;
  const auto error = error_of<ConnectionError>([&] { ask(); });
  EXPECT_LT(watch.seconds(), 1);
  EXPECT_EQ(error.hint(), "check that this port speaks https, and name the certificates to trust");
}

}  // namespace
}  // namespace gsa::trino
