#include "dbt/manifest_json.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/manifest_fixture.h"
#include "dbt/run_results_json.h"

namespace gsa::dbt {
namespace {

const char* const kSchema =
    "models:\n"
    "  - name: base\n"
    "    columns:\n"
    "      - {name: extension_id, data_tests: [not_null, {relationships: {arguments: {to: "
    "ref('base_extension'), field: id}}}]}\n"
    "  - name: base_extension\n"
    "    columns: [{name: id, data_tests: [not_null, unique]}]\n";

Project two_models() {
  return load({{"models/base.sql", "select 1 as extension_id"},
               {"models/base_extension.sql", "select 1 as id"},
               {"models/schema.yml", kSchema}});
}

// The ids are those that dbt 1.11 gives.
TEST(ManifestJson, TellsTestsOfOneNameApartByDbtsSums) {
  const Dict written = manifest(two_models());
  std::vector<std::string> tests;
  for (const std::string& id : keys(written, {"nodes"})) {
    if (id.starts_with("test.")) tests.push_back(id);
  }
  std::sort(tests.begin(), tests.end());
  EXPECT_EQ(tests,
            (std::vector<std::string>{
                "test.shop.not_null_base_extension_id.922d83a56c",
                "test.shop.not_null_base_extension_id.c8d18fe069",
                "test.shop.relationships_base_extension_id__id__ref_base_extension_.721a719430",
                "test.shop.unique_base_extension_id.5ebcf5afcb"}));
  for (const std::string& id : tests) {
    const std::string name = at(written, {"nodes", id, "name"}).str();
    EXPECT_EQ(id.find(name + "."), std::string("test.shop.").size()) << name;
  }
}

TEST(ManifestJson, ShortensLongNamesOfTestsAsDbtDoes) {
  const Dict written = manifest(
      load({{"models/orders.sql", "select 1 as customer_id"},
            {"models/schema.yml",
             "models:\n  - name: orders\n    columns:\n      - name: customer_id\n"
             "        data_tests:\n          - accepted_values: {arguments: {quote: false, values: "
             "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]}}\n"}}));
  std::string id;
  for (const std::string& each : keys(written, {"nodes"})) {
    if (each.starts_with("test.")) id = each;
  }
  EXPECT_EQ(at(written, {"nodes", id, "alias"}).str(),
            "accepted_values_orders_bb89236ffba358b28cab7f64fb0767d5");
  EXPECT_EQ(at(written, {"nodes", id, "path"}).str(),
            "accepted_values_orders_bb89236ffba358b28cab7f64fb0767d5.sql");
  EXPECT_EQ(at(written, {"nodes", id, "name"}).str(),
            "accepted_values_orders_customer_id__False__1__2__3__4__5__6__7__8__9__10__11__12__13");
}

TEST(ManifestJson, MapsParentsAndChildrenBothWays) {
  const Dict written = manifest(load(
      {{"models/a.sql", "select * from {{ source('raw', 't') }}"},
       {"models/b.sql", "select * from {{ ref('a') }}"},
       {"tests/few.sql", "select * from {{ ref('b') }}"},
       {"models/s.yml",
        "sources: [{name: raw, tables: [{name: t}]}]\n"
        "exposures: [{name: page, type: dashboard, owner: {name: x}, depends_on: [ref('b')]}]\n"
        "unit_tests: [{name: u, model: b, given: [{input: ref('a'), rows: []}], expect: {rows: "
        "[]}}]\n"}}));
  EXPECT_EQ(at(written, {"parent_map", "model.shop.b"}).repr(), "['model.shop.a']");
  EXPECT_EQ(at(written, {"parent_map", "unit_test.shop.b.u"}).repr(), "['model.shop.b']");
  EXPECT_EQ(at(written, {"child_map", "source.shop.raw.t"}).repr(), "['model.shop.a']");
  EXPECT_EQ(at(written, {"child_map", "model.shop.b"}).repr(),
            "['exposure.shop.page', 'test.shop.few', 'unit_test.shop.b.u']");
  std::vector<std::string> parents = keys(written, {"parent_map"});
  EXPECT_EQ(parents, keys(written, {"child_map"}));
  EXPECT_EQ(parents.size(), 6U);
}

TEST(ManifestJson, MapsGroupsToTheirModelsAndTheTestsOnThese) {
  const Dict written = manifest(
      load({{"models/a.sql", "{{ config(group='g') }} select 1 as id"},
            {"models/b.sql", "select 1 as id"},
            {"models/s.yml",
             "groups: [{name: g, owner: {name: x, slack: '#g'}}, {name: h, owner: {email: y}}]\n"
             "models: [{name: a, columns: [{name: id, data_tests: [unique]}]}]\n"}}));
  const Value members = at(written, {"group_map", "g"});
  ASSERT_EQ(members.as_list().size(), 2U) << members.repr();
  EXPECT_EQ(members.as_list()[0].str(), "model.shop.a");
  EXPECT_TRUE(members.as_list()[1].str().starts_with("test.shop.unique_a_id."));
  EXPECT_EQ(at(written, {"group_map", "h"}).repr(), "[]");
  EXPECT_EQ(at(written, {"groups", "group.shop.g", "owner"}).repr(),
            "{'email': None, 'name': 'x', 'slack': '#g'}");
}

TEST(ManifestJson, KeepsEveryCharacterOfSqlAndDescriptions) {
  const std::string sql = "select 'tab\t\"quote\" \\ \x01 ü' as \"a b\"";
  const Project project =
      load({{"models/a.sql", sql + "\n"},
            {"models/b.sql", "select '🙂'"},
            {"models/s.yml",
             "models: [{name: a, description: \"line\\nand \\\"quote\\\" \\u00e9\"}]\n"}});
  const std::string json = manifest_json(project, run(), {});
  // YAML, which the other tests read it as, knows no pairs of surrogates.
  const std::string emoji = "\\ud83d\\ude42";
  const std::size_t place = json.find("select '" + emoji + "'");
  ASSERT_NE(place, std::string::npos) << json;
  const Dict written = read(replace_all(json, emoji, "smile"));
  EXPECT_EQ(at(written, {"nodes", "model.shop.a", "raw_code"}).str(), sql);
  EXPECT_EQ(at(written, {"nodes", "model.shop.a", "description"}).str(), "line\nand \"quote\" é");
}

TEST(ManifestJson, SaysWhatJsonCannotAsNullOrText) {
  const Dict written = manifest(
      load({{"models/a.sql", "select 1 as id"},
            {"models/s.yml", "models: [{name: a, meta: {none: .nan, day: 2025-01-02, 3: x}}]\n"}}));
  EXPECT_EQ(at(written, {"nodes", "model.shop.a", "meta", "none"}).repr(), "None");
  EXPECT_EQ(at(written, {"nodes", "model.shop.a", "meta", "3"}).str(), "x");
}

TEST(ManifestJson, ListsTheMacrosThatModelsAndMacrosCall) {
  const Dict written =
      manifest(load({{"models/a.sql", "select {{ outer() }} {% if is_incremental() %}{% endif %}"},
                     {"macros/m.sql",
                      "{% macro outer() %}{{ inner() }} {{ dbt.type_string() }}{% endmacro %}\n"
                      "{%- macro inner() -%}1{%- endmacro -%}\n\n"
                      "{% macro called_by_nobody() %}{{ inner() }}{% endmacro %}\n"}}));
  EXPECT_EQ(at(written, {"nodes", "model.shop.a", "depends_on", "macros"}).repr(),
            "['macro.shop.outer', 'macro.dbt.is_incremental']");
  EXPECT_EQ(at(written, {"macros", "macro.shop.outer", "depends_on", "macros"}).repr(),
            "['macro.shop.inner', 'macro.dbt.type_string']");
  EXPECT_EQ(at(written, {"macros", "macro.shop.inner", "macro_sql"}).str(),
            "\n{%- macro inner() -%}1{%- endmacro -%}\n\n");
  EXPECT_TRUE(at(written, {"macros", "macro.dbt.type_string"}).is_dict());
  EXPECT_TRUE(at(written, {"macros", "macro.shop.called_by_nobody"}).is_dict());
  EXPECT_FALSE(at(written, {"macros", "macro.dbt.type_bigint"}).is_dict());
}

TEST(ManifestJson, ListsWhatIsSwitchedOffApart) {
  const Dict written =
      manifest(load({{"models/a.sql", "{{ config(enabled=false) }} select 1 as id"},
                     {"models/b.sql", "select 1 as id"},
                     {"models/s.yml",
                      "models: [{name: b, columns: [{name: id, data_tests: [{unique: {config: "
                      "{enabled: false}}}]}]}]\n"}}));
  EXPECT_EQ(keys(written, {"nodes"}), std::vector<std::string>{"model.shop.b"});
  EXPECT_EQ(keys(written, {"disabled"}).size(), 2U);
  EXPECT_EQ(at(written, {"disabled", "model.shop.a"}).as_list().at(0).as_dict().find("name")->str(),
            "a");
  EXPECT_FALSE(at(written, {"parent_map", "model.shop.a"}).is_sequence());
}

TEST(ManifestJson, OfATinyProjectIsTheGolden) {
  const Project project =
      load({{"dbt_project.yml", "name: shop\nmodels: {shop: {+tags: [all]}}\n"},
            {"models/orders.sql", "select id from {{ source('raw', 'orders') }}"},
            {"models/schema.yml",
             "sources: [{name: raw, schema: main, tables: [{name: orders}]}]\n"
             "models:\n  - name: orders\n    description: \"{{ doc('orders') }}\"\n"
             "    columns: [{name: id, data_tests: [unique]}]\n"},
            {"models/docs.md", "{% docs orders %}What was ordered.{% enddocs %}"},
            {"macros/cents.sql", "{% macro cents(x) %}{{ x }} * 100{% endmacro %}"}});
  std::string json = manifest_json(
      project, run(), {{"model.shop.orders", "select id from \"db\".\"main\".\"orders\""}});
  // A line for each object and member, so that a change can be read.
  std::string lines;
  for (std::size_t i = 0; i < json.size(); ++i) {
    lines += json[i];
    if (json.compare(i, 3, ", \"") == 0) lines += '\n';
  }
  expect_golden("manifest.txt", lines + "\n");
}

TEST(RunResultsJson, SaysHowEachNodeEnded) {
  const Project project = two_models();
  const auto result = [&](const std::string& name, Status status) {
    for (const Node& node : project.nodes()) {
      if (node.name.starts_with(name)) return result_of(node, status);
    }
    return NodeResult{};
  };
  RunResultList results;
  NodeResult made = result("base", Status::pass);
  made.seconds = 0.5;
  made.compile_seconds = 0.1;
  made.rows = 3;
  results.add(made, run().began, 0);
  NodeResult failed = result("not_null_base", Status::fail);
  failed.failures = 2;
  failed.condition = "!= 0";
  results.add(failed, run().began, 1);
  results.add(result("base_extension", Status::skip), run().began, 0);
  const Dict written = read(results.json(project, run(), {{"model.shop.base", "select 1"}}, {}));
  const List& listed = at(written, {"results"}).as_list();
  ASSERT_EQ(listed.size(), 3U);
  const auto said = [&](std::size_t index, const char* key) {
    return listed[index].as_dict().find(key)->repr();
  };
  EXPECT_EQ(said(0, "status"), "'success'");
  EXPECT_EQ(said(0, "adapter_response"), "{'_message': 'OK', 'rows_affected': 3}");
  EXPECT_EQ(said(0, "compiled_code"), "'select 1'");
  EXPECT_EQ(said(0, "timing"),
            "[{'name': 'compile', 'started_at': '2026-01-01T00:00:00.250000Z', 'completed_at': "
            "'2026-01-01T00:00:00.350000Z'}, {'name': 'execute', 'started_at': "
            "'2026-01-01T00:00:00.350000Z', 'completed_at': '2026-01-01T00:00:00.750000Z'}]");
  EXPECT_EQ(said(1, "status"), "'fail'");
  EXPECT_EQ(said(1, "failures"), "2");
  EXPECT_EQ(said(1, "message"), "'Got 2 results, configured to fail if != 0'");
  EXPECT_EQ(said(1, "thread_id"), "'Thread-2 (worker)'");
  EXPECT_EQ(said(2, "status"), "'skipped'");
  EXPECT_EQ(said(2, "timing"), "[]");
  EXPECT_EQ(at(written, {"elapsed_time"}).repr(), "2.0");
}

TEST(RunResultsJson, TakesThePartsOfAModelTogether) {
  const Project project = two_models();
  RunResultList results;
  for (const Status status : {Status::fresh, Status::error, Status::pass}) {
    NodeResult part = result_of(*project.find_model("base"), status);
    part.seconds = 1;
    part.message = status == Status::error ? "no such column" : "";
    results.add(part, run().began, 0);
  }
  const Dict written = read(results.json(project, run(), {}, {}));
  const List& listed = at(written, {"results"}).as_list();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].as_dict().find("status")->str(), "error");
  EXPECT_EQ(listed[0].as_dict().find("message")->str(), "no such column");
}

}  // namespace
}  // namespace gsa::dbt
