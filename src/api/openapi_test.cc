#include <algorithm>
#include <set>

#include "api/api_error.h"
#include "api/json_schema.h"
#include "api/metrics_query.h"
#include "api/sandbox_fixture.h"
#include "api/served_contract.h"
#include "api/warehouse_fixture.h"
#include "base/text.h"

namespace gsa::api {
namespace {

using Names = std::vector<std::string>;

const OpenApi& contract() {
  static const OpenApi contract(contract_yaml(Warehouse::instance().layer()));
  return contract;
}

void expect_valid(const std::string& path, const std::string& method, const std::string& answer) {
  const Names problems = contract().problems(contract().answer_of(path, method), answer);
  for (std::size_t i = 0; i < std::min<std::size_t>(problems.size(), 5); ++i) {
    ADD_FAILURE() << method << " " << path << problems[i];
  }
  EXPECT_TRUE(problems.empty());
}

std::string json_of(const YAML::Node& node) {
  Names parts;
  if (node.IsSequence()) {
    for (const YAML::Node& item : node) parts.push_back(json_of(item));
    return "[" + join(parts, ",") + "]";
  }
  if (node.IsMap()) {
    for (const auto& entry : node) {
      parts.push_back(json_quote(entry.first.as<std::string>()) + ":" + json_of(entry.second));
    }
    return "{" + join(parts, ",") + "}";
  }
  const auto text = node.as<std::string>();
  const bool is_plain = text == "true" || text == "false" || std::isdigit(text.front()) != 0;
  return is_plain ? text : json_quote(text);
}

assets::Asset asset_named(const std::string& name, Names inputs) {
  assets::Asset asset;
  asset.name = name;
  asset.group = "marts";
  asset.inputs = std::move(inputs);
  asset.code = {{"sql", "select 1"}};
  return asset;
}

Api api() {
  Sources sources;
  sources.queries = shared_pool();
  sources.assets = [](duck::Connection&) {
    AssetsNow now;
    assets::Asset users = asset_named("raw_users", {});
    users.partitions = {"2025-12"};
    now.graph = assets::Graph({users, asset_named("fct_sessions", {"raw_users"})});
    now.states = {{assets::Validity::fresh, "", "2026-01-01 10:00:01", 120, 4096, 1.5, 1, 1, 0, 0},
                  {assets::Validity::stale, "its SQL changed", "", {}, {}, {}, 0, 0, 1, 1}};
    return now;
  };
  sources.lineage = [](duck::Connection&) {
    return ColumnLineage{{{"dim_users", "region"}, {{"stg_users", "region"}}}};
  };
  return Warehouse::instance().api(sources);
}

TEST(OpenApiContract, EnumeratesExactlyWhatTheCatalogueHas) {
  const auto listed_in = [](const boost::json::array& list, bool averages_alone = false) {
    Names names;
    for (const boost::json::value& one : list) {
      if (averages_alone && !one.at("splits").as_bool()) continue;
      names.emplace_back(one.at("name").as_string());
    }
    return names;
  };
  const boost::json::value catalog = boost::json::parse(api().get_catalog());
  const Names measure_names = listed_in(catalog.at("measures").as_array()),
              dimension_names = listed_in(catalog.at("dimensions").as_array()),
              range_names = listed_in(catalog.at("ranges").as_array());
  Names averages = listed_in(catalog.at("measures").as_array(), true);
  EXPECT_GT(averages.size(), 10U);
  EXPECT_EQ(contract().enumeration("Measure"), measure_names);
  EXPECT_EQ(contract().enumeration("Dimension"), dimension_names);
  EXPECT_EQ(contract().enumeration("Range"), range_names);
  Names listed = contract().enumeration("AverageMeasure");
  std::sort(listed.begin(), listed.end());
  std::sort(averages.begin(), averages.end());
  EXPECT_EQ(listed, averages);
}

TEST(OpenApiContract, ItsCheckFindsWhatDoesNotFit) {
  const YAML::Node error = contract().schema("Error");
  EXPECT_TRUE(contract().problems(error, R"({"error":"a","hint":"","code":"x"})").empty());
  EXPECT_EQ(contract().problems(error, R"({"error":"a","code":"x"})").size(), 1);
  EXPECT_EQ(contract().problems(error, R"({"error":1,"hint":"","code":"x"})").size(), 1);
  EXPECT_EQ(contract().problems(error, R"({"error":"a","hint":"","code":"X!"})").size(), 1);
  EXPECT_EQ(contract().problems(error, R"({"error":"a","hint":"","code":"x","y":1})").size(), 1);
  const YAML::Node measure = contract().schema("Measure");
  EXPECT_EQ(contract().problems(measure, R"("frictoin")").size(), 1);
  EXPECT_FALSE(contract().problems(contract().schema("Interval"), "[1]").empty());
  EXPECT_FALSE(
      contract()
          .problems(contract().schema("DayRange"), R"({"from":"2025-1-1","to":"2025-01-01"})")
          .empty());
}

TEST(OpenApiContract, AnswersOfMetricsFitTheirSchemas) {
  Api served = api();
  expect_valid("/api/catalog", "get", served.get_catalog());
  expect_valid("/api/metrics", "post", served.post_metrics(R"({"queries": [
      {"measures": ["generations", "friction", "latency_p95"], "compare": "previous", "sql": true,
       "time_range": {"from": "2025-12-11", "to": "2025-12-31"}},
      {"measures": ["friction", "success_rate"], "grain": "day", "intervals": true},
      {"measures": ["cost", "cost_per_success"], "dimensions": ["feedback", "month"],
       "compare": {"from": "2025-11-20", "to": "2025-11-30"}},
      {"measures": ["users"], "dimensions": ["tier"], "filters": {"region": {"in": []}}},
      {"measures": ["frictoin"]}]})"));
  expect_valid("/api/changes", "post", served.post_changes(R"({"limit": 100,
      "time_range": {"from": "2025-12-11", "to": "2025-12-31"}})"));
  expect_valid("/api/changes", "post", served.post_changes("{}"));
  expect_valid("/api/contribution", "post", served.post_contribution(R"({"dimension": "model"})"));
  expect_valid("/api/histogram", "post",
               served.post_histogram(R"({"range": "friction", "split_by": "tier"})"));
  expect_valid("/api/histogram", "post", served.post_histogram(R"({"range": "latency_ms",
      "filters": {"tier": {"in": ["gold"]}}})"));
  for (const char* brush : {"friction", "day"}) {
    expect_valid(
        "/api/cube", "post",
        served.post_cube(fmt::format(
            R"({{"brush": "{}", "others": ["duration_min", "cost", "tier", "day"]}})", brush)));
  }
  expect_valid("/api/funnel", "post", served.post_funnel(R"({"dimension": "tier"})"));
  expect_valid("/api/cohorts", "post", served.post_cohorts("{}"));
  expect_valid("/api/top-users", "post", served.post_top_users("{}"));
}

TEST(OpenApiContract, AnswersOfPagesFitTheirSchemas) {
  Api served = api();
  SessionPageRequest page;
  page.limit = 3;
  expect_valid("/api/sessions", "get", served.get_sessions(page));
  const auto id = Warehouse::instance().connect().query_int64(
      "select session_id from fct_sessions order by total_generations desc, session_id limit 1");
  expect_valid("/api/sessions/{id}", "get", served.get_session(id));
  expect_valid("/api/dictionary", "get", served.get_dictionary());
  for (const char* table : {"fct_sessions", "dim_users", "dim_prompts", "ops.materializations"}) {
    expect_valid("/api/dictionary/{table}/profile", "get", served.get_profile(table));
  }
  expect_valid("/api/assets", "get", served.get_assets());
  expect_valid("/api/assets/{name}", "get", served.get_asset("fct_sessions", 10));
  expect_valid("/api/runs", "get", served.get_runs(10, std::nullopt));
  expect_valid("/api/runs/{id}", "get", served.get_run(1));
  expect_valid("/api/sql", "post", served.post_sql(R"({"sql": "select 1 as x, null"})", {}));
  expect_valid("/api/sql/schema", "get", served.get_sql_schema());
}

// The front end copies the examples.
TEST(OpenApiContract, ExamplesOfRequestsAreAnswered) {
  Api served = api();
  const YAML::Node body = contract().root()["paths"]["/api/metrics"]["post"]["requestBody"];
  const YAML::Node example = body["content"]["application/json"]["examples"]["overview"]["value"];
  const std::string answer = served.post_metrics(json_of(example));
  expect_valid("/api/metrics", "post", answer);
  EXPECT_EQ(answer.find("\"error\""), std::string::npos) << answer;
}

TEST(OpenApiContract, ErrorsFitTheirSchema) {
  const YAML::Node schema = contract().schema("Error");
  EXPECT_TRUE(contract().problems(schema, error_json(bad_request("a", "b"))).empty());
  EXPECT_TRUE(contract().problems(schema, error_json(Error("a"))).empty());
  EXPECT_TRUE(contract().problems(schema, error_json(std::runtime_error("secret"))).empty());
  EXPECT_EQ(error_json(std::runtime_error("secret")).find("secret"), std::string::npos);
  EXPECT_EQ(status_of(not_found("a")), 404);
  EXPECT_EQ(status_of(Error("a")), 400);
  EXPECT_EQ(status_of(std::runtime_error("a")), 500);
}

}  // namespace
}  // namespace gsa::api
