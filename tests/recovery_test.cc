// An internal error of DuckDB in a model ends DuckDB's instance: the run fails, is recorded, and
// everything else continues after the file is reopened.

#include "duck/database.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class Recovery : public Serve {
 protected:
  void SetUp() override {
    Serve::SetUp();
    ASSERT_EQ(gsa(folder_, {"init", "project"}).exit_code, 0);
    folder_.write("project/models/broken.sql",
                  "{{ config(materialized='table') }}\n"
                  "select cume_dist(order by b) over (order by a rows between 3 following and 1 "
                  "following) as c from (values (1, 3), (2, 2), (3, 1)) t(a, b)\n");
  }
  Outcome build_broken() {
    return gsa(folder_,
               {"build", "--project", "project", "--select", "broken", "--warehouse", warehouse_});
  }
  static void expect_told(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "DuckDB failed with an internal error")) << outcome.err;
    for (const char* text : {"Stack Trace", "0x", "libduckdb", "github.com"}) {
      EXPECT_FALSE(contains(outcome.err, text)) << outcome.err;
    }
  }
  std::string status_of(int run) {
    return read_cell(warehouse_, fmt::format("select status from ops.runs where run_id = {}", run));
  }
  bool is_healthy() { return get("/healthz").status == 200; }
  void expect_answers() {
    const Answer metrics = post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})");
    EXPECT_EQ(metrics.status, 200) << metrics.body;
    EXPECT_TRUE(contains(metrics.body, "\"values\":[2000]")) << metrics.body;
    EXPECT_EQ(get("/api/runs").status, 200);
    EXPECT_EQ(get("/api/dictionary").status, 200);
  }
};

TEST_F(Recovery, OfARunAlone) {
  const auto before = read_publication(warehouse_);
  expect_told(build_broken());
  EXPECT_EQ(status_of(2), "failed");
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(
      gsa(folder_, {"run", "--prompts", "1000", "--source", "synthetic", "--warehouse", warehouse_})
          .exit_code,
      0);
}

TEST_F(Recovery, OfAServerWhoseCommandEndedIt) {
  start();
  expect_answers();
  for (int run = 2; run < 4; ++run) {
    expect_told(build_broken());
    EXPECT_TRUE(becomes_true([&] { return is_healthy(); }));
    expect_answers();
    EXPECT_EQ(status_of(run), "failed");
  }
  // The file lock still excludes others.
  EXPECT_THROW(duck::Database({warehouse_, false, 1, ""}), duck::SqlError);
  EXPECT_EQ(
      gsa(folder_, {"run", "--prompts", "1000", "--source", "synthetic", "--warehouse", warehouse_})
          .exit_code,
      0);
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from fct_generations"), "1000");
}

TEST_F(Recovery, OfAServerWhosePageBeganTheRun) {
  start({"--project", "project"});
  Client events(port_);
  ASSERT_TRUE(events.request("GET", "/api/events"));
  const Answer begun = post("/api/runs", R"({"select": ["broken"]})");
  EXPECT_EQ(begun.status, 202) << begun.body;
  Answer run;
  EXPECT_TRUE(becomes_true([&] {
    run = get("/api/runs/2");
    return contains(run.body, "\"status\":\"failed\"");
  })) << run.body;
  EXPECT_TRUE(is_healthy());
  EXPECT_FALSE(contains(run.body, "Stack Trace")) << run.body;
  expect_answers();
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->wait().exit_code, 0);
  EXPECT_TRUE(contains(events.read_to_end(), "event: run_finished\n"));
}

}  // namespace
}  // namespace gsa::tests
