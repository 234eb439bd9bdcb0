// `gsa serve` as seen by a browser and by a user of the machine.

#include "serve_fixture.h"

namespace gsa::tests {
namespace {

TEST_F(Serve, ShowsEveryPageAndAnswersForEach) {
  start();
  EXPECT_EQ(get("/healthz").body, "ok\n");
  for (const char* page : {"/", "/friction", "/cost", "/engagement", "/sessions", "/sessions/7",
                           "/pipeline", "/sql", "/data", "/data/fct_sessions"}) {
    const Answer answer = get(page);
    EXPECT_EQ(answer.status, 200) << page;
    EXPECT_TRUE(contains(answer.body, "<div id=\"app\">")) << page;
    EXPECT_TRUE(contains(answer.header("Content-Security-Policy"), "default-src 'none'")) << page;
  }
  for (const char* path :
       {"/api/catalog", "/api/sessions?limit=3&sort=-friction_score", "/api/dictionary",
        "/api/dictionary/fct_sessions/profile", "/api/assets", "/api/assets/fct_sessions",
        "/api/runs", "/api/runs/1", "/api/sql/schema", "/metrics"}) {
    EXPECT_EQ(get(path).status, 200) << path << "\n" << get(path).body;
  }
  const Answer metrics = post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_TRUE(contains(metrics.body, "\"values\":[2000]")) << metrics.body;
  const Answer sql = post("/api/sql", R"({"sql": "select count(*) as n from fct_generations"})");
  EXPECT_TRUE(contains(sql.body, "2000")) << sql.body;
}

TEST_F(Serve, ShowsItsPageAtAnUnknownAddress) {
  start();
  const Answer page = get("/frictoin", "Accept: text/html\r\n");
  EXPECT_EQ(page.status, 404);
  EXPECT_TRUE(contains(page.body, "<div id=\"app\">")) << page.body;
}

TEST_F(Serve, TellsWhatIsWrongWithARequest) {
  start();
  EXPECT_EQ(get("/api/nothing").status, 404);
  EXPECT_EQ(get("/api/sessions/999999999").status, 404);
  EXPECT_EQ(get("/api/sessions?limit=x").status, 400);
  EXPECT_EQ(get("/api/sessions/x").status, 400);
  const Answer measure = post("/api/metrics", R"({"queries": [{"measures": ["frictoin"]}]})");
  EXPECT_TRUE(contains(measure.body, "did you mean 'friction'?")) << measure.body;
  const Answer write = post("/api/sql", R"({"sql": "drop table fct_sessions"})");
  EXPECT_EQ(write.status, 403) << write.body;
  const Answer file = post("/api/runs", R"({"source": "/etc/passwd"})");
  EXPECT_EQ(file.status, 400);
  EXPECT_TRUE(contains(file.body, "is a file")) << file.body;
  EXPECT_EQ(post("/api/runs", R"({"promts": 1})").status, 400);
  EXPECT_EQ(post("/api/runs", R"({"source": "nothing-known"})").status, 400);
}

TEST_F(Serve, FollowsARunThatIsBegunFromThePageToItsEnd) {
  start();
  Client events(port_);
  ASSERT_TRUE(events.request("GET", "/api/events"));
  const Answer begun = post("/api/runs", R"({"prompts": 3000, "seed": 9})");
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(begun.body, "{\"id\":2}");
  ASSERT_TRUE(becomes_true([&] { return run_ended(2); }));
  const Answer run = get("/api/runs/2");
  EXPECT_TRUE(contains(run.body, "\"status\":\"success\"")) << run.body;
  EXPECT_TRUE(contains(run.body, "\"options\":\"--prompts 3000 --seed 9\"")) << run.body;
  // The page now shows the new publication.
  EXPECT_TRUE(becomes_true([&] {
    return contains(post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})").body,
                    "\"values\":[3000]");
  }));
  const Answer nothing = post("/api/runs", "{}");
  EXPECT_EQ(nothing.status, 409);
  EXPECT_TRUE(contains(nothing.body, "nothing_stale")) << nothing.body;
  server_->signal(SIGTERM);
  const Outcome outcome = server_->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string stream = events.read_to_end();
  for (const char* event : {"run_started", "step", "published", "run_finished"}) {
    EXPECT_TRUE(contains(stream, fmt::format("event: {}\n", event))) << event;
  }
}

TEST_F(Serve, SaysWhatARunWouldMakeAndDropBeforeItBegins) {
  start();
  const Answer fresh = post("/api/runs/plan", "{}");
  EXPECT_EQ(fresh.status, 200) << fresh.body;
  EXPECT_TRUE(contains(fresh.body, "\"is_empty\":true")) << fresh.body;
  EXPECT_TRUE(contains(fresh.body, "\"assets\":[],\"gone\":[],\"dropped_months\":[]"))
      << fresh.body;
  const Answer all = post("/api/runs/plan", R"({"full_refresh": true})");
  EXPECT_TRUE(contains(all.body, "\"is_empty\":false")) << all.body;
  EXPECT_TRUE(contains(all.body, "\"asset\":\"fct_sessions\"")) << all.body;
  EXPECT_TRUE(contains(all.body, "\"asset\":\"raw_prompts\",\"partition\":\"2025-12\""))
      << all.body;
  // Another month with the same options is added; with other options it replaces the others.
  const Answer more = post("/api/runs/plan", R"({"month": "2026-01"})");
  EXPECT_TRUE(contains(more.body, "\"months\":[\"2025-12\",\"2026-01\"]")) << more.body;
  EXPECT_TRUE(contains(more.body, "\"dropped_months\":[]")) << more.body;
  const Answer other = post("/api/runs/plan", R"({"month": "2026-01", "seed": 9})");
  EXPECT_TRUE(contains(other.body, "\"dropped_months\":[\"2025-12\"]")) << other.body;
  EXPECT_EQ(post("/api/runs/plan", R"({"source": "/etc/passwd"})").status, 400);
  // A plan changes nothing, and records no run.
  EXPECT_TRUE(contains(get("/api/runs").body, "\"total\":1")) << get("/api/runs").body;
}

TEST_F(Serve, StopsARunThatIsTold) {
  start();
  ASSERT_EQ(post("/api/runs", R"({"prompts": 300000, "users": 5000})").status, 202);
  const Answer second = post("/api/runs", "{}");
  EXPECT_EQ(second.status, 409);
  EXPECT_TRUE(contains(second.body, "\"busy\"")) << second.body;
  Client client(port_);
  client.request("DELETE", "/api/runs/2");
  EXPECT_EQ(client.read_answer().status, 202);
  ASSERT_TRUE(becomes_true([&] { return run_ended(2); }));
  EXPECT_TRUE(contains(get("/api/runs/2").body, "\"status\":\"interrupted\""));
  // The numbers are as before, and another run may start.
  EXPECT_TRUE(contains(post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})").body,
                       "\"values\":[2000]"));
  EXPECT_EQ(post("/api/runs", R"({"prompts": 1000})").status, 202);
}

TEST_F(Serve, StopsInTheMiddleOfARunAndLeavesWhatWasPublished) {
  const auto before = read_publication(warehouse_);
  start();
  ASSERT_EQ(post("/api/runs", R"({"prompts": 300000, "users": 5000})").status, 202);
  server_->signal(SIGTERM);
  const Outcome outcome = server_->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "stopped")) << outcome.err;
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(read_cell(warehouse_, "select status from ops.runs where run_id = 2"), "interrupted");
}

TEST_F(Serve, BeginsWithAWarehouseThatIsNotThereYet) {
  std::filesystem::remove(warehouse_);
  start();
  EXPECT_EQ(get("/").status, 200);
  const Answer assets = get("/api/assets");
  EXPECT_TRUE(contains(assets.body, "never made")) << assets.body;
  ASSERT_EQ(post("/api/runs", R"({"prompts": 500, "users": 50, "source": "synthetic"})").status,
            202);
  EXPECT_TRUE(becomes_true([&] {
    return contains(post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})").body,
                    "\"values\":[500]");
  }));
}

TEST_F(Serve, KeepsOtherSitesAndOtherNamesOut) {
  start();
  const std::string foreign = "Origin: http://evil.example\r\n";
  EXPECT_EQ(post("/api/runs", "{}", foreign).status, 403);
  Client client(port_);
  client.send("GET /api/catalog HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  const int status = client.read_answer().status;
  EXPECT_TRUE(status == 403 || status == 421) << status;
}

TEST_F(Serve, IsAtEveryAddressOfTheMachineAndAtNamesOfProxies) {
  start({"--host", "0.0.0.0", "--allowed-host", "gsa.example", "--allowed-host", "b.example:81"});
  for (const std::string& address : http::local_addresses("0.0.0.0")) {
    EXPECT_TRUE(contains(said_, fmt::format("http://{}:{}\n", address, port_))) << said_;
    EXPECT_EQ(Client(port_, 0, address).get("/healthz").status, 200) << address;
  }
  const auto status = [&](const std::string& host) {
    Client client(port_);
    client.send(fmt::format("GET /api/catalog HTTP/1.1\r\nHost: {}\r\n\r\n", host));
    return client.read_answer().status;
  };
  EXPECT_EQ(status("gsa.example"), 200);
  EXPECT_EQ(status("b.example:81"), 200);
  EXPECT_EQ(status("evil.example"), 421);
  const Outcome wrong = gsa(folder_, {"serve", "--allowed-host", "http://gsa.example/"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(contains(wrong.err, "is no name of a host")) << wrong.err;
}

TEST_F(Serve, AsksForATokenWhereTheFolderIsPrivate) {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0700));
  asks_for_token_ = true;
  start();
  EXPECT_TRUE(contains(said_, fmt::format("http://127.0.0.1:{}/?token=", port_))) << said_;
  EXPECT_EQ(get("/api/catalog").status, 401);
  EXPECT_EQ(post("/api/runs", "{}").status, 401);
  EXPECT_EQ(get("/metrics").status, 401);
  EXPECT_EQ(get("/").status, 401);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Serve, TakesTheTokenOfAFile) {
  asks_for_token_ = true;
  folder_.write("token", "of-the-file-0123456789\n");
  std::filesystem::permissions(folder_ / "token", std::filesystem::perms(0600));
  start({"--token-file", folder_ / "token"});
  EXPECT_TRUE(contains(said_, "/?token=of-the-file-0123456789\n")) << said_;
  const Answer opened = get("/?token=of-the-file-0123456789");
  EXPECT_EQ(opened.status, 303);
  const std::string cookie = opened.header("Set-Cookie");
  EXPECT_EQ(get("/", "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n").status, 200);
}

TEST_F(Serve, AsksForATokenBeyondThisMachine) {
  asks_for_token_ = true;
  start({"--host", "0.0.0.0"});
  const std::size_t at = said_.find("?token=");
  ASSERT_NE(at, std::string::npos) << said_;
  const std::string token = said_.substr(at + 7, said_.find('\n', at) - at - 7);
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(get("/api/catalog").status, 401);
  EXPECT_EQ(get("/api/catalog", "Authorization: Bearer " + token + "\r\n").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Serve, SaysWhoHasThePortAndTheWarehouse) {
  start();
  const Outcome second = gsa(folder_, {"serve", "--warehouse", warehouse_, "--port", "0"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_TRUE(contains(second.err, fmt::format("{}", server_->pid()))) << second.err;
  const Outcome other = gsa(folder_, {"serve", "--warehouse", folder_ / "other.duckdb", "--port",
                                      fmt::format("{}", port_)});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(contains(other.err, fmt::format("{}", port_))) << other.err;
  EXPECT_TRUE(contains(other.err, "--port")) << other.err;
}

}  // namespace
}  // namespace gsa::tests
