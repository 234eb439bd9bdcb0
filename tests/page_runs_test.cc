// Runs started from the page of gsa serve: what the page may request, and sources that cannot be
// had.

#include "base/file.h"
#include "hub/fake_hub.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class PageRuns : public Serve {
 protected:
  std::vector<std::string> online() const {
    return {"HF_HUB_OFFLINE=", "HF_HOME=" + folder_ / "huggingface", "HF_TOKEN=secret",
            "HF_ENDPOINT=" + hub_.endpoint()};
  }
  std::string cell(const std::string& sql) const { return read_cell(warehouse_, sql); }
  // The tokens that the hub received, by request.
  std::vector<std::string> tokens() const {
    std::vector<std::string> tokens;
    for (const hub::ReceivedRequest& request : hub_.requests(hub::Place::head)) {
      tokens.push_back(request.header("authorization"));
    }
    return tokens;
  }

  hub::FakeHub hub_;
};

TEST_F(PageRuns, AreBoundInMonthsAndPrompts) {
  start({"--max-run-prompts", "5000", "--max-run-months", "3"});
  const auto refused = [&](const std::string& request, const std::string& option) {
    const Answer answer = post("/api/runs", request);
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"too_large\"")) << answer.body;
    EXPECT_TRUE(contains(answer.body, option)) << answer.body;
  };
  refused(R"({"prompts": 5001})", "--max-run-prompts");
  refused(R"({"prompts": 2000, "month": "2025-10..2025-12"})", "--max-run-prompts");
  refused(R"({"month": "2025-09..2025-12", "prompts": 1})", "--max-run-months");
  refused(R"({"month": "1990-01..2025-12", "prompts": 1})", "--max-run-months");
  EXPECT_EQ(post("/api/runs", R"({"prompts": 1000, "month": "2025-10..2025-12"})").status, 202);
  EXPECT_TRUE(becomes_true([&] { return run_ended(2); }));
}

TEST_F(PageRuns, ReadTheSourcesOfThePublishedRun) {
  write_file(folder_.path() / "a, b.csv", "prompt\na\n");
  write_file(folder_.path() / "c.csv", "prompt\nc\n");
  ASSERT_EQ(gsa(folder_, {"run", "--warehouse", warehouse_, "--source", folder_ / "a, b.csv",
                          "--source", folder_ / "c.csv"})
                .exit_code,
            0);
  start();
  EXPECT_EQ(post("/api/runs", R"({"full_refresh": true})").status, 202);
  EXPECT_TRUE(becomes_true([&] { return run_ended(3); }));
  EXPECT_EQ(cell("select status from ops.runs where run_id = 3"), "success");
  EXPECT_EQ(cell("select count(*) from raw_prompts"), "2");
}

// A mapping of events is on record, so that the next run reads them the same way.
TEST_F(PageRuns, ReadEventsAsThePublishedRunDid) {
  write_file(folder_.path() / "events.csv",
             "who,at,took,plan\nu1,2026-03-01T10:00:00Z,90,a\nu1,2026-03-01T10:05:00Z,95,a\n");
  write_file(folder_.path() / "map.yml",
             "signals: {user: who, time: at, latency: {path: took, unit: s}}\n");
  write_file(folder_.path() / "users.csv", "user_id,tier\nu1,gold\nu2,lead\n");
  const Outcome made =
      gsa(folder_, {"run", "--quiet", "--warehouse", warehouse_, "--source", folder_ / "events.csv",
                    "--map", "map.yml", "--map", "tier=plan", "--users-from", folder_ / "users.csv",
                    "--missing", "status=simulated"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string kMade =
      "select string_agg(latency_ms || ' ' || user_tier || ' ' || status_origin, '; ' order by "
      "generation_id) from fct_generations";
  const std::string before = cell(kMade);
  EXPECT_EQ(before, "90000 a simulated; 95000 a simulated");
  start();
  const std::string dictionary = get("/api/dictionary").body;
  EXPECT_TRUE(contains(dictionary, R"({"source":"events","signal":"latency","column":"took",)"
                                   R"("unit":"s","known":2,"reason":)"))
      << dictionary;
  EXPECT_TRUE(contains(dictionary, R"({"source":"users","signal":"tier","column":"tier",)"));
  EXPECT_EQ(post("/api/runs", R"({"full_refresh": true})").status, 202);
  EXPECT_TRUE(becomes_true([&] { return run_ended(3); }));
  EXPECT_EQ(cell("select status from ops.runs where run_id = 3"), "success");
  EXPECT_EQ(cell(kMade), before);
  EXPECT_EQ(cell("select count(*) from dim_users"), "2");
}

TEST_F(PageRuns, AreRefusedWhereTheDiskHasNoRoom) {
  start({"--max-run-prompts", "2000000000"});
  const Answer answer = post("/api/runs", R"({"prompts": 2000000000})");
  EXPECT_EQ(answer.status, 409) << answer.body;
  EXPECT_TRUE(contains(answer.body, "\"disk_full\"")) << answer.body;
  EXPECT_TRUE(contains(answer.body, "600.0 GB")) << answer.body;
}

TEST_F(PageRuns, OfASourceThatCannotBeHadFailOnRecord) {
  start();  // offline
  Client events(port_);
  ASSERT_TRUE(events.request("GET", "/api/events"));
  const Answer begun = post("/api/runs", R"({"source": "hf://datasets/owner/name/x.parquet"})");
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(begun.body, "{\"id\":2}");
  EXPECT_TRUE(becomes_true([&] { return run_ended(2); }));
  const Answer run = get("/api/runs/2");
  EXPECT_TRUE(contains(run.body, "\"status\":\"failed\"")) << run.body;
  EXPECT_TRUE(contains(run.body, "x.parquet")) << run.body;
  EXPECT_EQ(cell("select status from ops.runs where run_id = 2"), "failed");
  EXPECT_EQ(post("/api/runs", R"({"prompts": 1000, "source": "synthetic"})").status, 202);
  EXPECT_TRUE(becomes_true([&] { return run_ended(3); }));
  server_->signal(SIGTERM);
  server_->wait();
  const std::string stream = events.read_to_end();
  EXPECT_TRUE(contains(stream, "event: run_started\n")) << stream;
  EXPECT_TRUE(contains(stream, "event: run_finished\n")) << stream;
}

// The hub is asked repeatedly, for half a minute.
TEST_F(PageRuns, BeginAtOnceWhileTheirSourceIsLookedFor) {
  start({}, {"HF_HUB_OFFLINE=", "HF_HOME=" + folder_ / "huggingface",
             "HF_ENDPOINT=" + hub::refusing_endpoint()});
  const auto begun = Clock::now();
  const Answer answer = post("/api/runs", R"({"source": "hf://datasets/owner/name/x.parquet"})");
  EXPECT_EQ(answer.status, 202) << answer.body;
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(10));  // 1 s on an idle machine
  EXPECT_TRUE(contains(get("/api/runs/2").body, "\"status\":\"running\""));
  EXPECT_EQ(post("/api/runs", "{}").status, 409);
  Client client(port_);
  client.request("DELETE", "/api/runs/2");
  EXPECT_EQ(client.read_answer().status, 202);
  EXPECT_TRUE(becomes_true([&] { return run_ended(2); }));
  EXPECT_TRUE(contains(get("/api/runs/2").body, "\"status\":\"interrupted\""));
  EXPECT_EQ(post("/api/runs", R"({"prompts": 1000})").status, 202);
}

TEST_F(PageRuns, UseTheTokenOnlyForSourcesThatWereAllowed) {
  start({"--allow-source", "hf://datasets/mine/private"}, online());
  int id = 2;
  for (const char* source :
       {"hf://datasets/mine/private/x.parquet", "hf://datasets/mine/private2/x.parquet"}) {
    const Answer answer = post("/api/runs", fmt::format(R"({{"source": "{}"}})", source));
    EXPECT_EQ(answer.status, 202) << answer.body;
    EXPECT_TRUE(becomes_true([&] { return run_ended(id); }));
    ++id;
  }
  ASSERT_GE(tokens().size(), 2u);
  EXPECT_EQ(tokens().front(), "Bearer secret");
  EXPECT_EQ(tokens().back(), "");
}

}  // namespace
}  // namespace gsa::tests
