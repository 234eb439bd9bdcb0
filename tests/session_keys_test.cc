// The source's own keys of sessions, gaps, or both make the sessions, as the var session_by says.

#include <string>

#include <boost/json.hpp>

#include "raw_changes.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class SessionKeys : public Serve {
 protected:
  // Two of three generations have one of five keys of their user: its sessions overlap.
  void SetUp() override {
    Serve::SetUp();
    give_each_row_its_columns(warehouse_);
    set_generations(warehouse_, "session_key = 'chat ' || (generation_id % 5)",
                    "generation_id % 3 <> 0");
  }

  void build(const std::string& vars) {
    Arguments line = {"build", "--quiet", "--warehouse", warehouse_};
    if (!vars.empty()) line.insert(line.end(), {"--vars", vars});
    const Outcome built = gsa(folder_, line);
    ASSERT_EQ(built.exit_code, 0) << built.out << built.err;
  }

  std::string cell(const std::string& sql) { return read_cell(warehouse_, sql); }
  std::string generations_of_sessions() {
    return cell("select sum(hash(session_id, total_generations)::hugeint) from fct_sessions");
  }
};

// Of the keyed generations: their sessions by plain SQL.
constexpr const char* kByKey =
    "select user_id, session_key, arg_min(generation_id, (generated_at, generation_id)) as first, "
    "count(*) as n from raw_generations where session_key is not null group by 1, 2";

TEST_F(SessionKeys, ComeBeforeGaps) {
  build("");
  EXPECT_EQ(cell(std::string("select count(*) from (") + kByKey +
                 ") full join (select session_id, total_generations, session_key from fct_sessions "
                 "where session_key is not null) on session_id = first where total_generations is "
                 "distinct from n"),
            "0");
  // The others, by a gap of 30 minutes among themselves.
  EXPECT_EQ(cell("select count(*) from fct_sessions where session_key is null"),
            cell("select count(*) from (select generated_at - lag(generated_at) over (partition by "
                 "user_id order by generated_at, generation_id) as gap from raw_generations where "
                 "session_key is null) where gap is null or gap > interval 30 minutes"));
}

TEST_F(SessionKeys, AloneLeaveTheOthersAlone) {
  build("{session_by: key}");
  EXPECT_EQ(cell("select count(*) from fct_sessions where session_key is null and "
                 "total_generations > 1"),
            "0");
  EXPECT_EQ(cell("select count(*) from fct_sessions where session_key is null"),
            cell("select count(*) from raw_generations where session_key is null"));
  EXPECT_EQ(cell("select count(*) from fct_sessions where session_key is not null"),
            cell(std::string("select count(*) from (") + kByKey + ")"));
}

TEST_F(SessionKeys, AreLeftOutOfSessionsByGap) {
  const std::string before = generations_of_sessions();
  build("{session_by: gap}");
  EXPECT_EQ(generations_of_sessions(), before);
  EXPECT_EQ(cell("select count(session_key) from fct_sessions"), "0");
}

TEST_F(SessionKeys, OfAnotherKindAreRefused) {
  const Outcome built =
      gsa(folder_, {"build", "--warehouse", warehouse_, "--vars", "{session_by: day}"});
  EXPECT_EQ(built.exit_code, 1);
  EXPECT_TRUE(contains(built.err, "session_by is gap, key or both, not 'day'")) << built.err;
}

// Sessions of a user that overlap are whole on the dashboard.
TEST_F(SessionKeys, AreSessionsOfTheDashboard) {
  build("");
  start();
  const auto answer = boost::json::parse(
      post("/api/metrics",
           R"({"queries": [{"measures": ["sessions", "generations", "successes", "friction"]}]})")
          .body);
  const auto& values = answer.at("results").at(0).at("total").at("values").as_array();
  const auto rows = read_rows(warehouse_,
                              "select count(*), sum(total_generations), "
                              "sum(successful_generations), avg(friction_score) from fct_sessions");
  for (std::size_t c = 0; c < values.size(); ++c) {
    EXPECT_NEAR(values[c].to_number<double>(), std::stod(rows[0][c]), 1e-6) << c;
  }
  const std::string id = cell(
      "select arg_max(session_id, total_generations) from fct_sessions where session_key is "
      "not null");
  const auto detail = boost::json::parse(get("/api/sessions/" + id).body);
  EXPECT_EQ(std::to_string(detail.at("generations").as_array().size()),
            cell("select max(total_generations) from fct_sessions where session_key is not null"));
}

}  // namespace
}  // namespace gsa::tests
