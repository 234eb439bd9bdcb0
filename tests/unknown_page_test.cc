// What the dashboard's API answers about signals that are unknown, wholly or in part.

#include <cmath>
#include <string>

#include <boost/json.hpp>

#include "raw_changes.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class UnknownPage : public Serve {
 protected:
  // Latency is unknown everywhere, status of every second generation.
  void SetUp() override {
    Serve::SetUp();
    give_each_row_its_columns(warehouse_);
    set_generations(warehouse_, kNoLatency);
    set_generations(warehouse_, kNoStatus, "generation_id % 2 = 0");
    const Outcome built = gsa(folder_, {"build", "--quiet", "--warehouse", warehouse_});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    rate_ = std::stod(read_cell(warehouse_,
                                "select count(*) filter (status = 'success') / count(status) from "
                                "raw_generations"));
    start();
  }

  boost::json::value json(const Answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return boost::json::parse(answer.body);
  }
  boost::json::value query(const std::string& text) {
    return json(post("/api/metrics", "{\"queries\": [" + text + "]}")).at("results").at(0);
  }

  double rate_ = 0;
};

boost::json::object named(const boost::json::value& list, const char* key, std::string_view name) {
  for (const boost::json::value& one : list.as_array()) {
    if (one.at(key).as_string() == name) return one.as_object();
  }
  ADD_FAILURE() << "there is no " << name;
  return {};
}

TEST_F(UnknownPage, TellsWhatIsKnownOfEachMeasure) {
  const auto catalog = json(get("/api/catalog"));
  const auto coverage = [&](const char* measure) {
    return named(catalog.at("measures"), "name", measure).at("coverage");
  };
  EXPECT_EQ(coverage("latency_mean").to_number<double>(), 0);
  EXPECT_EQ(coverage("latency_p95").to_number<double>(), 0);
  EXPECT_EQ(coverage("success_rate").to_number<double>(), 0.5);
  EXPECT_EQ(coverage("cost").to_number<double>(), 1);
  EXPECT_TRUE(coverage("generations").is_null());
  EXPECT_EQ(
      named(catalog.at("ranges"), "name", "avg_latency_ms").at("coverage").to_number<double>(), 0);
  EXPECT_EQ(named(catalog.at("signals"), "signal", "latency").at("origin").as_string(), "unknown");
  EXPECT_EQ(boost::json::serialize(named(catalog.at("signals"), "signal", "status")),
            R"({"signal":"status","origin":"mixed","shares":{"simulated":5E-1,"unknown":5E-1}})");
}

TEST_F(UnknownPage, AnswersNullForWhatNobodyKnows) {
  const auto answer = query(
      R"({"measures": ["latency_mean", "latency_p95", "success_rate", "generations"], "dimensions": ["tier"]})");
  const auto& total = answer.at("total");
  EXPECT_TRUE(total.at("values").at(0).is_null());
  EXPECT_TRUE(total.at("values").at(1).is_null());
  EXPECT_NEAR(total.at("values").at(2).to_number<double>(), rate_, 1e-12);
  EXPECT_EQ(boost::json::serialize(total.at("coverage")), "[0,0,5E-1,null]");
  for (const auto& row : answer.at("rows").as_array()) {
    EXPECT_TRUE(row.at("values").at(0).is_null());
    EXPECT_LT(row.at("coverage").at(2).to_number<double>(), 1);
  }
}

// The SQL that is shown has the same nulls.
TEST_F(UnknownPage, ShowsSqlWithTheSameNumbers) {
  const auto answer = query(
      R"({"measures": ["latency_mean", "failures", "success_rate", "friction", "wasted_cost", "timeouts"], "dimensions": ["tier"], "sql": true})");
  const auto rows = read_rows(warehouse_, std::string(answer.at("sql").as_string()));
  ASSERT_EQ(rows.size(), answer.at("rows").as_array().size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& values = answer.at("rows").at(r).at("values").as_array();
    for (std::size_t c = 0; c < values.size(); ++c) {
      const std::string& text = rows[r][c + 1];
      EXPECT_EQ(text.empty(), values[c].is_null()) << r << " " << c;
      if (text.empty()) continue;
      EXPECT_NEAR(std::stod(text), values[c].to_number<double>(), 1e-6) << c;
    }
  }
}

TEST_F(UnknownPage, CountsOnlyWhatItKnowsOfTheCourse) {
  const auto funnel = json(post("/api/funnel", "{}"));
  EXPECT_EQ(funnel.at("total").at(0).at("count").as_int64(), 1000);
  EXPECT_EQ(
      std::to_string(funnel.at("total").at(1).at("count").as_int64()),
      read_cell(warehouse_, "select count(*) filter (status = 'success') from raw_generations"));
}

TEST_F(UnknownPage, ExplainsTheScoreOfASessionByItsKnownParts) {
  const std::string id =
      read_cell(warehouse_, "select max(session_id) from fct_sessions where total_generations > 1");
  const auto detail = json(get("/api/sessions/" + id));
  const auto& score = detail.at("score");
  EXPECT_TRUE(score.at("matches_published").as_bool());
  EXPECT_TRUE(score.at("parts").at(1).at("points").is_null());
  EXPECT_TRUE(contains(std::string(score.at("sentence").as_string()), "the latency is unknown"));
  EXPECT_TRUE(detail.at("session").at("avg_latency_ms").is_null());
  EXPECT_EQ(detail.at("origins").at("latency").as_string(), "unknown");
}

// A page of sessions goes on after rows whose sorted value is unknown.
TEST_F(UnknownPage, ListsSessionsByWhatIsUnknown) {
  std::size_t seen = 0;
  std::string after;
  for (int page = 0; page < 30; ++page) {
    const auto answer = json(get("/api/sessions?limit=200&sort=-avg_latency_ms" +
                                 (after.empty() ? "" : "&after=" + after)));
    seen += answer.at("rows").as_array().size();
    if (answer.at("next").is_null()) break;
    after = std::string(answer.at("next").as_string());
  }
  EXPECT_EQ(std::to_string(seen), read_cell(warehouse_, "select count(*) from fct_sessions"));
}

}  // namespace
}  // namespace gsa::tests
