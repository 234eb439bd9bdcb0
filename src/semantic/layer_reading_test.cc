#include "semantic/layer_reading.h"

#include <gtest/gtest.h>

#include "semantic/layer_json.h"
#include "semantic/shop_fixture.h"

namespace gsa::semantic {
namespace {

TEST(Layer, HasTheMetricsInTheirOrderThenThoseOfMeasures) {
  EXPECT_EQ(shop_layer().measure_names(),
            (std::vector<std::string>{"failed", "failure_rate", "mean_price", "clicks", "people",
                                      "events"}));
  EXPECT_EQ(shop_layer().dimension_names(),
            (std::vector<std::string>{"tier", "user", "day", "status"}));
  EXPECT_EQ(shop_layer().range_names(), (std::vector<std::string>{"size"}));
}

TEST(Layer, TellsWhatAMeasureIsMadeOf) {
  const Layer layer = shop_layer();
  const Measure* rate = layer.find_measure("failure_rate");
  EXPECT_EQ(layer.kind_of(*rate), "ratio");
  EXPECT_EQ(rate->formula, "failed / events");
  EXPECT_EQ(rate->divides_by, "events");
  EXPECT_EQ(layer.bases[rate->part].expr, "case when ((status) = 'failed') then 1 end");
  EXPECT_EQ(layer.kind_of(*layer.find_measure("people")), "distinct");
  EXPECT_EQ(layer.kind_of(*layer.find_measure("mean_price")), "ratio")
      << "an average is one of sums";
}

TEST(Layer, ReadsEdgesOfBinsAsTheNumbersThatAreMeant) {
  EXPECT_EQ(shop_layer().find_range("size")->edges, (std::vector<double>{0, 1, 1.5, 2}));
}

TEST(Layer, ComputesADerivedMetricFromOthers) {
  const Layer layer = shop_layer(R"(metrics:
  - name: score
    label: Score
    type: derived
    type_params: {expr: "(done - 2) / clicks", metrics: [{name: events, alias: done}, clicks]}
)");
  const Measure* score = layer.find_measure("score");
  EXPECT_EQ(layer.kind_of(*score), "formula");
  EXPECT_EQ(score->steps.size(), 5U);
  EXPECT_EQ(layer.bases_of(*score).size(), 2U);
}

TEST(Layer, LeavesOutWhatTheProjectSwitchesOff) {
  EXPECT_EQ(shop_layer("", "metrics: {shop: {mean_price: {+enabled: false}}}\n").measure_names(),
            (std::vector<std::string>{"failed", "failure_rate", "clicks", "people", "events"}));
  const std::string query =
      "saved_queries:\n  - name: q\n    label: Q\n    query_params: {metrics: [events], group_by: "
      "[\"Dimension('user__tier')\"]}\n";
  EXPECT_EQ(shop_layer(query).charts.size(), 1U);
  EXPECT_TRUE(shop_layer(query, "saved-queries: {+enabled: false}\n").charts.empty());
}

TEST(Layer, TakesTheMetaOfTheProjectWhereAMetricHasNone) {
  const Layer layer = shop_layer(
      "metrics:\n"
      "  - {name: own, label: Own, type: simple, type_params: {measure: events}, meta: {unit: "
      "own}}\n",
      "metrics: {+meta: {unit: all}}\n");
  EXPECT_EQ(layer.find_measure("failed")->unit, "all");
  EXPECT_EQ(layer.find_measure("own")->unit, "own");
}

TEST(Layer, ReadsTemplatesRenderedAsTheManifestDoes) {
  const Layer layer = shop_layer(R"(metrics:
  - name: rendered
    label: "{{ var('x') }} of {{ 1 + 1 }}"
    description: "{{ var('x') }}"
    type: "{{ 'sim' ~ 'ple' }}"
    type_params: {measure: "{{ var('of') }}"}
    filter: "{{ Dimension('generation__status') }} = 'failed'"
    config: {meta: {unit: "{{ var('x') }}"}}
)",
                                 "vars: {x: Sales, of: events}\n");
  const Measure* measure = layer.find_measure("rendered");
  ASSERT_NE(measure, nullptr);
  EXPECT_EQ(measure->label, "Sales of 2");
  EXPECT_EQ(measure->description, "Sales");
  EXPECT_EQ(measure->unit, "Sales");
  EXPECT_EQ(layer.bases[measure->part].expr, "case when ((status) = 'failed') then 1 end");
}

TEST(Layer, IsTheSameOnceReadBackFromItsText) {
  const Layer layer = shop_layer();
  const std::string text = to_json(layer);
  EXPECT_EQ(to_json(from_json(text)), text);
  EXPECT_THROW(from_json("{\"format\": 99}"), Error);
  EXPECT_THROW(from_json("x"), Error);
}

TEST(Layer, SaysHowPagesShowValues) {
  const Layer layer = shop_layer();
  EXPECT_EQ(layer.find_dimension("tier")->colors.at("free"), "orange");
  EXPECT_EQ(layer.find_dimension("tier")->shapes.at("free"), "cross");
  EXPECT_EQ(layer.find_range("size")->end, 4);
  EXPECT_TRUE(layer.find_range("size")->has_scale);
}

TEST(Layer, IsNoneOfAProjectWithoutSessions) {
  EXPECT_FALSE(read_layer(dbt::Project::load(dbt::ProjectFiles(std::map<std::string, std::string>{
      {"dbt_project.yml", "name: shop\nversion: '1'\nprofile: shop\n"},
      {"models/a.sql", "select 1 as id"}}))));
}

std::string metric(const std::string& name, const std::string& more) {
  return "metrics:\n  - name: " + name + "\n    label: X\n" + more;
}

TEST(LayerMistakes, ANameTwiceNamesBothPlaces) {
  EXPECT_EQ(mistake_in(metric("failed", "    type: simple\n    type_params: {measure: events}\n")),
            "models/c.yml:2:5: the metric 'failed' is there twice|"
            "the other place is models/b.yml:3:5");
  EXPECT_TRUE(
      has(mistake_in(metric("clicks", "    type: simple\n    type_params: {measure: events}\n")),
          "the metric 'clicks' is there twice"));
}

TEST(LayerMistakes, AMeasureThatIsNotThereHasTheNearestAsTheHint) {
  EXPECT_EQ(
      mistake_in(metric("x", "    type: simple\n    type_params: {measure: evnts}\n")),
      "models/c.yml:5:28: the metric 'x' is of the measure 'evnts', and there is none of that "
      "name|did you mean 'events'?");
  EXPECT_TRUE(
      begins(mistake_in(metric("x",
                               "    type: ratio\n    type_params: {numerator: faild, denominator: "
                               "events}\n")),
             "models/c.yml:5:30: there is no metric 'faild'|did you mean 'failed'?"));
}

TEST(LayerMistakes, AMetricThatLoopsShowsItsWay) {
  EXPECT_TRUE(begins(mistake_in(R"(metrics:
  - {name: a, label: A, type: derived, type_params: {expr: b + 1, metrics: [b]}}
  - {name: b, label: B, type: ratio, type_params: {numerator: a, denominator: events}}
)"),
                     "models/c.yml:2:5: the metric 'a' is made of itself: a → b → a"));
}

TEST(LayerMistakes, NameFileAndLine) {
  EXPECT_TRUE(begins(mistake_in(metric("x", "    type: cumulative\n")),
                     "models/c.yml:2:5: the type of metric 'cumulative' is not known"));
  EXPECT_TRUE(begins(mistake_in(metric("x",
                                       "    type: derived\n    type_params: {expr: 1 +, metrics: "
                                       "[events]}\n")),
                     "models/c.yml:5:25: '1 +' is no formula: it ends too early"));
  EXPECT_TRUE(begins(mistake_in(metric("x",
                                       "    type: simple\n    type_params: {measure: events}\n"
                                       "    config: {meta: {format: percnt}}\n")),
                     "models/c.yml:2:5: the format 'percnt' is not known"));
  EXPECT_TRUE(has(mistake_in(metric("x",
                                    "    type: simple\n    type_params: {measure: events}\n"
                                    "    filter: \"{{ Dimension('user__tier') }} = 'x'\"\n")),
                  "the filter reads 'user__tier', which is no dimension of generations"));
  EXPECT_TRUE(
      begins(mistake_in("saved_queries:\n  - name: q\n    query_params: {metrics: [evnts]}\n"),
             "models/c.yml:2:5: the saved query 'q' asks for the metric 'evnts'"));
  EXPECT_TRUE(
      begins(mistake_in("saved_queries:\n  - name: q\n    query_params: {metrics: [events]}\n"
                        "    config: {meta: {columns: {events: {color: pink}}}}\n"),
             "models/c.yml:2:5: the color 'pink' is not known"));
  EXPECT_TRUE(begins(mistake_in(metric("x",
                                       "    type: simple\n    type_params: {measure: clicks}\n"
                                       "    config: {meta: {outside_sessions: true}}\n")),
                     "models/c.yml:2:5: 'x' is no sum over generations"));
  EXPECT_TRUE(has(mistake_in(metric("x", "    typ: simple\n")), "unknown key 'typ'"));
}

}  // namespace
}  // namespace gsa::semantic
