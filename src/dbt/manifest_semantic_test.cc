#include <gtest/gtest.h>

#include "dbt/manifest_fixture.h"

namespace gsa::dbt {
namespace {

const char* const kOrders =
    "semantic_models:\n"
    "  - name: orders\n"
    "    model: ref('orders')\n"
    "    config: {meta: {layer: top, kept_by: shop}}\n"
    "    entities: [{name: order, type: primary, expr: id}]\n"
    "    measures:\n"
    "      - {name: order_count, agg: sum, expr: 1, create_metric: true}\n"
    "      - {name: cents, agg: sum, config: {meta: {kept_by: ana}}}\n";

Dict with_metrics(const std::string& yaml, const std::string& more = "") {
  return manifest(load({{"models/orders.sql", "select 1 as id, 2 as cents"},
                        {"models/s.yml", std::string(kOrders) + more + yaml}}));
}

TEST(ManifestSemantic, AMetricIsOfTheMeasuresOfTheMetricsThatItIsMadeOf) {
  const Dict written = with_metrics(
      "metrics:\n"
      "  - {name: revenue, label: R, type: simple, type_params: {measure: cents}}\n"
      "  - {name: of_one, label: O, type: ratio, type_params: {numerator: revenue, denominator: "
      "order_count}}\n"
      "  - {name: twice, label: T, type: derived, type_params: {expr: a + b, metrics: [{name: "
      "of_one, alias: a}, {name: revenue, alias: b}]}}\n");
  const auto measures = [&](const std::string& id) {
    std::string names;
    for (const Value& measure :
         at(written, {"metrics", id, "type_params", "input_measures"}).as_list()) {
      names += at(measure.as_dict(), {"name"}).str() + " ";
    }
    return names;
  };
  EXPECT_EQ(measures("metric.shop.revenue"), "cents ");
  EXPECT_EQ(measures("metric.shop.of_one"), "cents order_count ");
  EXPECT_EQ(measures("metric.shop.twice"), "cents order_count ");
  EXPECT_EQ(at(written, {"metrics", "metric.shop.of_one", "depends_on", "nodes"}).repr(),
            "['metric.shop.revenue', 'metric.shop.order_count']");
  EXPECT_EQ(at(written, {"parent_map", "metric.shop.twice"}).repr(),
            "['metric.shop.of_one', 'metric.shop.revenue']");
  EXPECT_EQ(at(written, {"parent_map", "metric.shop.order_count"}).repr(),
            "['semantic_model.shop.orders']");
  EXPECT_EQ(at(written, {"child_map", "model.shop.orders"}).repr(),
            "['semantic_model.shop.orders']");
}

TEST(ManifestSemantic, MetricsThatAreMadeOfThemselvesEnd) {
  const Dict written = with_metrics(
      "metrics:\n"
      "  - {name: a, label: A, type: derived, type_params: {expr: b, metrics: [b]}}\n"
      "  - {name: b, label: B, type: derived, type_params: {expr: a, metrics: [a]}}\n");
  EXPECT_EQ(at(written, {"metrics", "metric.shop.a", "type_params", "input_measures"}).repr(),
            "[]");
}

// As dbt: of the model, not of the measure.
TEST(ManifestSemantic, AMeasureMakesAMetricWithTheMetaOfItsModel) {
  const Dict written = with_metrics("");
  const Dict metric = at(written, {"metrics", "metric.shop.order_count"}).as_dict();
  EXPECT_EQ(at(metric, {"description"}).str(), "Metric created from measure order_count");
  EXPECT_EQ(at(metric, {"type_params", "expr"}).repr(), "'1'");
  EXPECT_EQ(at(metric, {"meta"}).repr(), "{'layer': 'top', 'kept_by': 'shop'}");
  EXPECT_FALSE(at(written, {"metrics", "metric.shop.cents"}).is_dict());
  const Value measures = at(written, {"semantic_models", "semantic_model.shop.orders", "measures"});
  EXPECT_EQ(at(measures.as_list().at(1).as_dict(), {"config", "meta"}).repr(),
            "{'layer': 'top', 'kept_by': 'ana'}");
}

TEST(ManifestSemantic, FiltersKeepTheirTemplates) {
  const Dict written = with_metrics(
      "metrics:\n"
      "  - name: large\n"
      "    label: \"{{ 'L' ~ 1 }}\"\n"
      "    type: simple\n"
      "    type_params: {measure: {name: cents, filter: \"{{ Dimension('order__a') }} = 1\"}}\n"
      "    filter: [\"{{ Dimension('order__b') }}\", c]\n");
  const Dict metric = at(written, {"metrics", "metric.shop.large"}).as_dict();
  EXPECT_EQ(at(metric, {"label"}).str(), "L1");
  EXPECT_EQ(at(metric, {"filter", "where_filters"}).repr(),
            "[{'where_sql_template': \"{{ Dimension('order__b') }}\"}, {'where_sql_template': "
            "'c'}]");
  EXPECT_EQ(at(metric, {"type_params", "measure", "filter", "where_filters"}).repr(),
            "[{'where_sql_template': \"{{ Dimension('order__a') }} = 1\"}]");
}

TEST(ManifestSemantic, ASavedQueryDependsOnItsMetrics) {
  const Dict written = with_metrics(
      "saved_queries:\n"
      "  - name: q\n"
      "    query_params: {metrics: [order_count, order_count, none_of_it], where: a = 1}\n"
      "    exports: [{name: e, config: {export_as: table}}]\n");
  const Dict query = at(written, {"saved_queries", "saved_query.shop.q"}).as_dict();
  EXPECT_EQ(at(query, {"depends_on", "nodes"}).repr(), "['metric.shop.order_count']");
  EXPECT_EQ(at(query, {"query_params", "where", "where_filters"}).repr(),
            "[{'where_sql_template': 'a = 1'}]");
  EXPECT_EQ(at(query.find("exports")->as_list().at(0).as_dict(), {"config", "alias"}).str(), "e");
}

TEST(ManifestSemantic, WhatIsSwitchedOffStandsApart) {
  const Dict written = with_metrics(
      "metrics:\n"
      "  - {name: off, label: O, type: simple, type_params: {measure: cents}, config: {enabled: "
      "false}}\n",
      "  - name: off\n"
      "    model: ref('orders')\n"
      "    config: {enabled: false}\n"
      "    measures: [{name: made, agg: sum, create_metric: true}]\n");
  EXPECT_EQ(keys(written, {"metrics"}), std::vector<std::string>{"metric.shop.order_count"});
  EXPECT_EQ(keys(written, {"semantic_models"}),
            std::vector<std::string>{"semantic_model.shop.orders"});
  EXPECT_EQ(
      keys(written, {"disabled"}),
      (std::vector<std::string>{"semantic_model.shop.off", "metric.shop.made", "metric.shop.off"}));
  EXPECT_FALSE(at(written, {"parent_map", "metric.shop.off"}).is_sequence());
}

TEST(ManifestSemantic, AWindowOfTimeIsANumberAndAUnit) {
  const auto window = [](const std::string& text) {
    const auto read = parse_time_window(text);
    return read ? fmt::format("{} {}", read->count, read->granularity) : "none";
  };
  EXPECT_EQ(window("28 days"), "28 day");
  EXPECT_EQ(window("1 Week"), "1 week");
  EXPECT_EQ(window("2 seasons"), "2 seasons");
  EXPECT_EQ(window("days"), "none");
  EXPECT_EQ(window("-1 days"), "none");
  EXPECT_EQ(
      load_error({{"models/s.yml",
                   "metrics:\n  - name: m\n    label: M\n    type: cumulative\n"
                   "    type_params: {measure: c, cumulative_type_params: {window: long}}\n"}}),
      "models/s.yml:5:64: 'long' is no window of time\n"
      "    type_params: {measure: c, cumulative_type_params: {window: long}}\n"
      "                                                               ^\n"
      "hint: write a number and a unit: window: 28 days");
}

}  // namespace
}  // namespace gsa::dbt
