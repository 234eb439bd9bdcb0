// Settings of the semantic layer in dbt_project.yml.

#include <gtest/gtest.h>

#include "dbt/manifest_fixture.h"

namespace gsa::dbt {
namespace {

const char* const kLayer =
    "groups: [{name: shop, owner: {name: ana}}, {name: lab, owner: {name: ana}}]\n"
    "semantic_models:\n"
    "  - name: orders\n"
    "    model: ref('orders')\n"
    "    config: {meta: {kept_by: ana}}\n"
    "    entities: [{name: order, type: primary, expr: id}]\n"
    "    measures:\n"
    "      - {name: order_count, agg: sum, expr: 1, create_metric: true}\n"
    "metrics:\n"
    "  - {name: a, label: A, type: simple, type_params: {measure: order_count}}\n"
    "  - {name: b, label: B, type: simple, type_params: {measure: order_count},\n"
    "     config: {enabled: true, group: lab, meta: {unit: own}}}\n"
    "saved_queries:\n"
    "  - {name: q, tags: own, query_params: {metrics: [b]}}\n";

Project with_settings(const std::string& settings) {
  return load({{"dbt_project.yml", "name: shop\n" + settings},
               {"models/orders.sql", "select 1 as id"},
               {"models/sales/s.yml", kLayer}});
}

Dict written_with(const std::string& settings) { return manifest(with_settings(settings)); }

TEST(SemanticSettings, TheNearestWinsAndTheKeysOfMetaAddUp) {
  const Dict written = written_with(
      "metrics:\n"
      "  +meta: {team: all, unit: none}\n"
      "  shop:\n"
      "    sales:\n"
      "      +group: shop\n"
      "      +meta: {team: sales}\n"
      "      a: {+meta: {unit: piece}}\n");
  const Dict a = at(written, {"metrics", "metric.shop.a"}).as_dict();
  EXPECT_EQ(at(a, {"group"}).str(), "shop");
  EXPECT_EQ(at(a, {"config", "group"}).str(), "shop");
  EXPECT_EQ(at(a, {"meta"}).repr(), "{'team': 'sales', 'unit': 'piece'}");
  EXPECT_EQ(at(a, {"unrendered_config", "meta"}).repr(), "{'unit': 'piece'}");
  const Dict b = at(written, {"metrics", "metric.shop.b"}).as_dict();
  EXPECT_EQ(at(b, {"group"}).str(), "lab");
  EXPECT_EQ(at(b, {"meta"}).repr(), "{'team': 'sales', 'unit': 'own'}");
}

TEST(SemanticSettings, WhatIsSwitchedOffIsOutOfTheLayerUnlessItSaysOtherwise) {
  const Project project = with_settings("metrics: {shop: {sales: {+enabled: false}}}\n");
  ASSERT_EQ(project.semantic().metrics.size(), 1U);
  EXPECT_EQ(project.semantic().metrics[0].name, "b");
  const Dict written = manifest(project);
  EXPECT_EQ(keys(written, {"disabled"}), std::vector<std::string>{"metric.shop.a"});
  EXPECT_EQ(keys(written, {"metrics"}),
            (std::vector<std::string>{"metric.shop.order_count", "metric.shop.b"}))
      << "as dbt: a measure's metric is on as long as its model is";
}

TEST(SemanticSettings, AMetricThatAMeasureMakesGoesWithItsModel) {
  const Project project = with_settings("semantic-models: {+enabled: false}\n");
  EXPECT_TRUE(project.semantic().models.empty());
  EXPECT_EQ(keys(manifest(project), {"disabled"}),
            (std::vector<std::string>{"semantic_model.shop.orders", "metric.shop.order_count"}));
}

TEST(SemanticSettings, ElementsHaveTheMetaOfTheirModel) {
  const Dict written = written_with("semantic-models: {+meta: {layer: top, kept_by: shop}}\n");
  const Dict model = at(written, {"semantic_models", "semantic_model.shop.orders"}).as_dict();
  const std::string meta = "{'layer': 'top', 'kept_by': 'ana'}";
  EXPECT_EQ(at(model, {"config", "meta"}).repr(), meta);
  EXPECT_EQ(at(model.find("entities")->as_list().at(0).as_dict(), {"config", "meta"}).repr(), meta);
  EXPECT_EQ(at(written, {"metrics", "metric.shop.order_count", "meta"}).repr(), meta);
}

TEST(SemanticSettings, ASavedQueryHasItsTagsAndThoseOfTheNearestSettings) {
  const Dict query = at(written_with("saved-queries:\n"
                                     "  +tags: [far]\n"
                                     "  shop: {+tags: near, +cache: {enabled: true}}\n"),
                        {"saved_queries", "saved_query.shop.q"})
                         .as_dict();
  EXPECT_EQ(at(query, {"tags"}).repr(), "['near', 'own']");
  EXPECT_EQ(at(query, {"config", "cache"}).repr(), "{'enabled': True}");
}

TEST(SemanticSettings, MistakesNameTheirPlace) {
  const auto error = [](const std::string& settings) {
    const std::string all = error_of([&] { with_settings(settings); });
    return all.substr(0, all.find('\n'));
  };
  EXPECT_EQ(error("metrics: {+group: shp}\n"), "dbt_project.yml:2:11: there is no group 'shp'");
  EXPECT_TRUE(error("saved-queries: {+enabled: maybe}\n").starts_with("dbt_project.yml:2:17: "));
  EXPECT_TRUE(error("semantic-models: {+meta: 1}\n").starts_with("dbt_project.yml:2:19: "));
  const Project project = with_settings("metrics: {shop: {slaes: {+enabled: false}}}\n");
  ASSERT_EQ(project.warnings().size(), 1U);
  EXPECT_EQ(project.warnings()[0],
            "dbt_project.yml:2:18: these settings apply to nothing: there is no shop/slaes");
}

TEST(SemanticLabels, TwoOfOneKindAreRefusedWithBothPlaces) {
  const auto error = [](const std::string& yml) {
    return load_error({{"models/orders.sql", "select 1 as id"}, {"models/s.yml", yml}});
  };
  const auto model = [](const std::string& name, const std::string& more) {
    return "  - name: " + name +
           "\n    model: ref('orders')\n    entities: [{name: order, type: primary, expr: id}]\n" +
           more;
  };
  const std::string begin = "semantic_models:\n";
  const std::string measures =
      "    measures:\n"
      "      - {name: m, agg: sum, expr: 1, label: Same, create_metric: true}\n";
  EXPECT_TRUE(
      error(begin + model("a", measures + "      - {name: n, agg: sum, expr: 1, label: Same}\n"))
          .starts_with(
              "models/s.yml:7:9: the measure 'n' has the label 'Same' of the measure 'm'"));
  EXPECT_TRUE(
      error(begin + model("a",
                          "    dimensions:\n"
                          "      - {name: d, type: categorical, label: Same}\n"
                          "      - {name: e, type: categorical, label: Same}\n"))
          .starts_with(
              "models/s.yml:7:9: the dimension 'e' has the label 'Same' of the dimension 'd'"));
  EXPECT_TRUE(error(begin + model("a", "    label: Same\n") + model("b", "    label: Same\n"))
                  .starts_with("models/s.yml:6:5: the semantic model 'b' has the label 'Same'"));
  EXPECT_TRUE(
      error(begin + model("a", measures) +
            "metrics:\n  - {name: x, label: Same, type: simple, type_params: {measure: m}}\n")
          .find("the label 'Same' of the metric 'x'") != std::string::npos);
  // Of two kinds, or of two semantic models.
  EXPECT_EQ(error(begin +
                  model("a",
                        "    label: Same\n    dimensions: [{name: d, type: categorical, "
                        "label: Same}]\n    measures: [{name: m, agg: sum, expr: 1, "
                        "label: Same}]\n") +
                  model("b", "    measures: [{name: n, agg: sum, expr: 1, label: Same}]\n")),
            "no error");
}

TEST(SemanticSettings, TemplatesAreReadRendered) {
  const Project project =
      load({{"dbt_project.yml", "name: shop\nvars: {x: Sales, on: false}\n"},
            {"models/orders.sql", "select 1 as id"},
            {"models/s.yml",
             std::string(kLayer) +
                 "  - name: r\n"
                 "    label: \"{{ var('x') }}\"\n"
                 "    description: \"of {{ var('x') }}\"\n"
                 "    config: {meta: {page: \"{{ var('x') | lower }}\"}}\n"
                 "    query_params: {metrics: [b], where: \"{{ Dimension('order__a') }} = 1\"}\n"
                 "  - {name: s, query_params: {metrics: [b]}, config: {enabled: \"{{ var('on') "
                 "}}\"}}\n"}});
  ASSERT_EQ(project.semantic().saved_queries.size(), 2U);
  const SavedQuerySpec& query = project.semantic().saved_queries[1];
  EXPECT_EQ(query.label, "Sales");
  EXPECT_EQ(query.description, "of Sales");
  EXPECT_EQ(query.meta.find("page")->str(), "sales");
  const Dict written = manifest(project);
  const auto said = [&](const std::vector<std::string>& path) {
    return at(at(written, {"saved_queries", "saved_query.shop.r"}).as_dict(), path);
  };
  EXPECT_EQ(said({"label"}).str(), "Sales");
  EXPECT_EQ(said({"config", "meta", "page"}).str(), "sales");
  EXPECT_EQ(said({"query_params", "where", "where_filters"}).repr(),
            "[{'where_sql_template': \"{{ Dimension('order__a') }} = 1\"}]");
}

TEST(SemanticSettings, ATemplateThatFailsNamesItsPlace) {
  const std::string error =
      load_error({{"models/s.yml",
                   "metrics:\n  - name: m\n    label: \"{{ var('none') }}\"\n    type: simple\n"}});
  EXPECT_TRUE(error.starts_with("models/s.yml:3:")) << error;
}

}  // namespace
}  // namespace gsa::dbt
