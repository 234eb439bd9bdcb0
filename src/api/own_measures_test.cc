// Measures that the built-in project does not have: the scan of the facts must agree with the shown
// SQL.

#include "api/answer_fixture.h"
#include "api/distribution.h"
#include "api/engagement.h"
#include "api/metrics_request.h"
#include "api/sessions.h"

namespace gsa::api {
namespace {

using semantic::Aggregation;
using Kind = semantic::FormulaStep::Kind;

class OwnMeasures : public testing::Test {
 protected:
  static const Snapshot& snapshot() {
    static const Snapshot snapshot([] {
      duck::Connection connection = Warehouse::instance().connect();
      return read_facts(connection, layer());
    }());
    return snapshot;
  }

  static Layer layer() {
    Layer layer = Warehouse::instance().layer();
    add(layer, "models", Level::generation, Aggregation::count_distinct, "model_version");
    add(layer, "regions", Level::session, Aggregation::count_distinct, "nullif(region, 'asia')");
    add(layer, "people", Level::generation, Aggregation::count_distinct, "user_id");
    add(layer, "rated_ones", Level::generation, Aggregation::count, "feedback");
    add(layer, "longest", Level::session, Aggregation::percentile, "total_generations", 1);
    add(layer, "cheapest", Level::generation, Aggregation::percentile, "nullif(cost, 0.0123)", 0);
    const auto base_of = [&](const char* name) { return layer.find_measure(name)->part; };
    Measure formula = *layer.find_measure("models");
    formula.name = "formula";
    formula.steps = {{Kind::base, 0, base_of("generations")},
                     {Kind::base, 0, base_of("longest")},
                     {Kind::multiply},
                     {Kind::number, 2.5},
                     {Kind::subtract},
                     {Kind::base, 0, base_of("timeouts")},
                     {Kind::divide},
                     {Kind::negate}};
    layer.measures.push_back(formula);
    add(layer, "remainder", Level::generation, "nullif(generation_id % 300, 7)");
    add(layer, "late", Level::session, "hour(session_start) > 12");
    Range range = *layer.find_range("generations");
    range.name = "maybe";
    range.index = layer.ranges.size();
    range.expr = "nullif(total_generations, 2)";
    layer.ranges.push_back(range);
    add_to_charts(layer);
    return layer;
  }

  static boost::json::object asked(const std::string& query) {
    const boost::json::value answer = parsed(metrics(snapshot(), "{\"queries\": [" + query + "]}"));
    boost::json::object result = answer.at("results").at(0).as_object();
    if (result.contains("error")) ADD_FAILURE() << boost::json::serialize(result);
    return result;
  }
  static void expect_as_sql(const std::string& dimension, const std::string& filters = "{}") {
    const auto answer = asked(fmt::format(
        R"({{"measures": ["models", "regions", "people", "rated_ones", "longest", "cheapest",
            "formula"], "dimensions": ["{}"], "filters": {}, "sql": true, "limit": 10000}})",
        dimension, filters));
    const std::string sql(answer.at("sql").as_string());
    SCOPED_TRACE(sql);
    expect_same(rows_of(answer), rows_of_sql(sql, 1));
  }

 private:
  static void add_to_charts(Layer& layer) {
    for (semantic::Chart& chart : layer.charts) {
      if (chart.name == "session_list") chart.dimensions = {"maybe", "late"};
      if (chart.name == "top_users") chart.measures.emplace_back("rated_ones");
      if (chart.name == "top_users_row") chart.measures = {"formula", "models"};
    }
  }
  static void add(Layer& layer, const char* name, Level level, Aggregation aggregation,
                  const char* expr, double share = 0) {
    Base base;
    base.name = name;
    base.level = level;
    base.aggregation = aggregation;
    base.expr = expr;
    base.share = share;
    layer.bases.push_back(base);
    Measure measure;
    measure.name = measure.label = name;
    measure.part = layer.bases.size() - 1;
    layer.measures.push_back(measure);
  }
  static void add(Layer& layer, const char* name, Level level, const char* expr) {
    Dimension dimension;
    dimension.name = dimension.label = name;
    dimension.level = level;
    dimension.expr = expr;
    dimension.index = layer.dimensions.size();
    layer.dimensions.push_back(dimension);
  }
};

TEST_F(OwnMeasures, OfEveryAggregationAreWhatTheShownSqlSays) {
  expect_as_sql("tier");
  expect_as_sql("model", R"({"status": {"not_in": ["success"]}})");
  expect_as_sql("friction_category", R"({"late": {"in": [true]}})");
}

TEST_F(OwnMeasures, ADimensionOfMoreThan255ValuesHasThemAll) {
  const Facts& facts = snapshot().facts();
  const CodeColumn& codes = facts.codes(*facts.layer->find_dimension("remainder"));
  EXPECT_EQ(codes.values.size(), 300U) << "299 numbers and unknown";
  EXPECT_TRUE(std::holds_alternative<std::vector<std::uint16_t>>(codes.codes));
  EXPECT_EQ(codes.values.front(), Value(std::int64_t{0}));
  EXPECT_EQ(codes.values.back(), Value(std::monostate{}));
  expect_as_sql("remainder");
  expect_as_sql("tier", R"({"remainder": {"in": [null, 256, 299]}})");
  expect_as_sql("tier", R"({"remainder": {"not_in": [null, 5]}})");
}

TEST_F(OwnMeasures, ANumberThatIsNotKnownIsInNoBinAndPassesNoFilter) {
  const auto answer = parsed(histogram(snapshot(), R"({"range": "maybe"})"));
  EXPECT_EQ(number(answer.at("n")),
            sql_row("select count(*) from fct_sessions where total_generations <> 2")[0]);
  EXPECT_EQ(number(answer.at("counts").at(1)), 0);
  expect_as_sql("tier", R"({"maybe": {"min": 1}})");
}

TEST_F(OwnMeasures, AreColumnsOfTheListOfSessions) {
  duck::Connection connection = Warehouse::instance().connect();
  SessionPageRequest request;
  request.sort = "-maybe";
  const auto page = parsed(session_page(snapshot(), connection, request));
  EXPECT_EQ(boost::json::serialize(page.at("columns")), R"(["maybe","late"])");
  EXPECT_EQ(number(page.at("values").at(0).at(0)),
            sql_row("select max(total_generations) from fct_sessions")[0]);
  EXPECT_TRUE(page.at("values").at(0).at(1).is_bool());
  request.sort = "maybe";
  EXPECT_TRUE(
      parsed(session_page(snapshot(), connection, request)).at("values").at(0).at(0).is_null())
      << "unknown comes before the smallest";
}

TEST_F(OwnMeasures, AreInTheRowsOfUsers) {
  const auto answer = parsed(top_users(snapshot(), R"({"by": "rated_ones", "limit": 1})"));
  EXPECT_EQ(boost::json::serialize(answer.at("measures")), R"(["formula","models"])");
  EXPECT_EQ(answer.at("users").at(0).at("values").as_array().size(), 2U);
  EXPECT_EQ(number(answer.at("users").at(0).at("value")),
            sql_row("select count(feedback) as n from fct_generations where session_id is not null "
                    "group by user_id order by n desc limit 1")[0]);
}

TEST_F(OwnMeasures, ThatFollowFromAnAttributeTakeNoMemory) {
  const Facts& facts = snapshot().facts();
  const Layer& layer = *facts.layer;
  for (const char* name : {"timeouts", "thumbs_up", "downloads", "high", "low"}) {
    const NumberColumn& column = facts.number(layer.find_measure(name)->part);
    EXPECT_TRUE(std::holds_alternative<NumbersByCode>(column.numbers)) << name;
    EXPECT_LT(column.bytes(), 200U) << name;
  }
}

TEST_F(OwnMeasures, OfUnknownNamesAreRefusedWithTheNearest) {
  const std::string answer = metrics(snapshot(), R"({"queries": [{"measures": ["modls"]}]})");
  EXPECT_NE(answer.find("did you mean 'models'?"), std::string::npos) << answer;
}

}  // namespace
}  // namespace gsa::api
