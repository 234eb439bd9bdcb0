// Measures and dimensions are data: YAML of a project alone adds one, and its mistakes are told
// with file and line.

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "duck/database.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class SemanticLayer : public Serve {
 protected:
  void SetUp() override {
    Serve::SetUp();
    ASSERT_EQ(gsa(folder_, {"init", "own"}).exit_code, 0);
  }

  void insert_before(const std::string& path, const std::string& mark, const std::string& text) {
    std::ostringstream read;
    read << std::ifstream(folder_ / ("own/" + path)).rdbuf();
    std::string contents = read.str();
    const std::size_t at = contents.find(mark);
    ASSERT_NE(at, std::string::npos) << mark << " is not in " << path;
    folder_.write("own/" + path, contents.insert(at, text));
  }
  void add_measure(const std::string& yaml) {
    insert_before("models/semantic/generations.yml", "      - {name: generation_count", yaml);
  }
  void add_dimension(const std::string& yaml) {
    insert_before("models/semantic/generations.yml", "      - name: status\n", yaml);
  }
  void append(const std::string& path, const std::string& text) {
    std::ofstream(folder_ / ("own/" + path), std::ios::app) << text;
  }

  Outcome build() {
    return gsa(folder_, {"build", "--project", "own", "--warehouse", warehouse_, "--quiet"});
  }
  // Its error: the first line, without "error: ".
  std::string refused() {
    const Outcome outcome = build();
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    const std::size_t at = outcome.err.find("error: ");
    return at == std::string::npos
               ? outcome.err
               : outcome.err.substr(at + 7, outcome.err.find('\n', at) - at - 7);
  }
  // As a user would with another tool.
  void execute(const std::string& sql) {
    duck::DatabaseOptions options;
    options.path = warehouse_;
    duck::Database(options).connect().execute(sql);
  }
  boost::json::value json(const Answer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return boost::json::parse(answer.body);
  }
  boost::json::object named(const boost::json::value& list, std::string_view name) {
    for (const boost::json::value& one : list.as_array()) {
      if (one.at("name").as_string() == name) return one.as_object();
    }
    ADD_FAILURE() << "there is no " << name;
    return {};
  }
};

constexpr const char* kTokens = R"(      - name: tokens
        agg: sum
        expr: token_count
        create_metric: true
        label: Words
        description: Words of all prompts.
        config: {meta: {better: neither}}
)";
constexpr const char* kWordy = R"(      - name: wordy
        type: categorical
        expr: "case when token_count > 20 then 'wordy' else 'brief' end"
        label: Wordiness
        config: {meta: {colors: {wordy: violet}}}
)";
constexpr const char* kEarly = R"(      - name: early
        type: categorical
        expr: hour(session_start) < 12
        label: Early
)";

TEST_F(SemanticLayer, AMeasureAndADimensionAreYamlAlone) {
  add_measure(kTokens);
  add_dimension(kWordy);
  insert_before("models/semantic/sessions.yml", "      - name: session_length\n", kEarly);
  insert_before("models/semantic/saved_queries.yml",
                "        - \"Dimension('session__friction_cause')\"\n",
                "        - \"Dimension('session__early')\"\n");
  append("models/semantic/saved_queries.yml", R"yml(  - name: tokens_by_wordy
    label: Words by wordiness
    query_params: {metrics: [tokens], group_by: ["Dimension('generation__wordy')"]
}
    config: {meta: {page: cost, place: spent}}
)yml");
  const Outcome built = build();
  ASSERT_EQ(built.exit_code, 0) << built.err;
  start();
  const boost::json::value catalog = json(get("/api/catalog"));
  EXPECT_EQ(named(catalog.at("measures"), "tokens").at("label").as_string(), "Words");
  EXPECT_EQ(boost::json::serialize(named(catalog.at("dimensions"), "wordy").at("values")),
            R"(["brief","wordy"])");
  EXPECT_EQ(boost::json::serialize(named(catalog.at("dimensions"), "wordy").at("colors")),
            R"({"wordy":"violet"})");
  const boost::json::value page = json(get("/api/sessions?limit=1&sort=-early"));
  EXPECT_EQ(page.at("columns").at(4).as_string(), "early");
  EXPECT_TRUE(page.at("values").at(0).at(4).as_bool());
  EXPECT_EQ(named(catalog.at("charts"), "tokens_by_wordy").at("page").as_string(), "cost");
  EXPECT_TRUE(contains(get("/api/openapi.yaml").body, "complexity, wordy, status"));

  const boost::json::value answer = json(post("/api/metrics", R"({"queries": [
      {"measures": ["tokens"], "dimensions": ["wordy"], "sql": true},
      {"measures": ["tokens"], "filters": {"wordy": {"in": ["wordy"]}}},
      {"measures": ["tokens"], "grain": "day"}]})"));
  const auto& result = answer.at("results").at(0);
  const std::string sql(result.at("sql").as_string());
  EXPECT_TRUE(contains(sql, "sum(g.token_count) as total_tokens")) << sql;
  EXPECT_TRUE(contains(sql, "case when g.token_count > 20 then")) << sql;
  const double wordy = result.at("rows").at(1).at("values").at(0).to_number<double>();
  EXPECT_GT(wordy, 0);
  EXPECT_EQ(answer.at("results").at(1).at("total").at("values").at(0).to_number<double>(), wordy);
  EXPECT_GT(answer.at("results").at(2).at("rows").as_array().size(), 27U);
  server_.reset();
  EXPECT_EQ(read_cell(warehouse_,
                      "select sum(token_count)::varchar from fct_generations "
                      "where session_id is not null and token_count > 20"),
            std::to_string(static_cast<std::int64_t>(wordy)));
}

// The two lines of YAML that docs/measures.md shows.
TEST_F(SemanticLayer, TheExampleOfTheDocumentationWorks) {
  std::ifstream page(GSA_SOURCE_DIR "/docs/measures.md");
  std::vector<std::string> shown;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("    - {name:")) shown.push_back("  " + line + "\n");
  }
  ASSERT_EQ(shown.size(), 2U);
  add_measure(shown[0]);
  add_dimension(shown[1]);
  const Outcome built = build();
  ASSERT_EQ(built.exit_code, 0) << built.err;
  start();
  const boost::json::value answer = json(
      post("/api/metrics", R"({"queries": [{"measures": ["tokens"], "dimensions": ["wordy"]}]})"));
  EXPECT_EQ(answer.at("results").at(0).at("rows").as_array().size(), 2U);
}

TEST_F(SemanticLayer, MistakesAreToldWithFileAndLineBeforeAnythingIsPublished) {
  add_measure("      - {name: gone, agg: sum, expr: gone_column, create_metric: true}\n");
  EXPECT_TRUE(refused().starts_with("own/models/semantic/generations.yml:"));
  EXPECT_TRUE(contains(refused(), "the expression of 'gone' does not hold"));
}

TEST_F(SemanticLayer, AMartThatBreaksItsContractNamesTheColumn) {
  insert_before("models/marts/fct_sessions.sql", "        total_latency_ms,\n        {{ rounded(",
                "        cast(total_latency_ms as varchar) as ");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "own/models/marts/schema.yml:")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err,
                       "the column 'total_latency_ms' is BIGINT by the contract, and "
                       "VARCHAR in the model"))
      << outcome.err;
}

TEST_F(SemanticLayer, AServerThatStartsOnABrokenMartNamesTheColumn) {
  execute("alter table fct_sessions alter friction_score type double");
  start();
  EXPECT_TRUE(contains(said_,
                       "the contract of fct_sessions says that its column 'friction_score' is "
                       "DECIMAL(9,4), and it is DOUBLE"))
      << said_;
  EXPECT_EQ(get("/api/catalog").status, 400);
}

TEST_F(SemanticLayer, AWarehouseWithoutOneOnRecordHasTheBuiltInMeasures) {
  execute("drop table ops.semantic_layer");
  start();
  EXPECT_TRUE(contains(get("/api/catalog").body, "\"friction\""));
}

}  // namespace
}  // namespace gsa::tests
