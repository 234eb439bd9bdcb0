#include "dbt/labels.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

const std::string kGroups =
    "groups:\n  - name: finance\n    owner: {name: accounting, slack: '#money'}\n"
    "  - {name: growth, description: More of all, owner: {email: [a@b.example, c@d.example]}}\n";

const Node& node_of(const Project& project, const std::string& name) {
  for (const Node& node : project.nodes()) {
    if (node.name == name) return node;
  }
  throw Error(fmt::format("no node {}", name));
}

std::string meta_of(const Dict& meta) { return Value(meta).json(true); }

TEST(Labels, AModelIsOfTheNearestGroupThatIsNamed) {
  const Project project = load({
      {"dbt_project.yml", "name: shop\nmodels:\n  shop:\n    marts: {+group: finance}\n"},
      {"models/marts/a.sql", "select 1 as id"},
      {"models/marts/b.sql", "select 1 as id"},
      {"models/marts/c.sql", "select 1 as id"},
      {"models/marts/d.sql", "{{ config(group='growth') }}select 1 as id"},
      {"models/e.sql", "select 1 as id"},
      {"models/s.yml", kGroups + "models:\n  - {name: b, config: {group: growth}}\n"
                                 "  - name: c\n    group: growth\n    columns:\n"
                                 "      - {name: id, tests: [unique: {group: finance}]}\n"},
  });
  std::string all;
  for (const Node& node : project.nodes()) {
    all += fmt::format("{} [{}] {}\n", node.name, node.group, node.owner);
  }
  EXPECT_EQ(all,
            "a [finance] accounting\n"
            "b [growth] a@b.example, c@d.example\n"
            "c [growth] a@b.example, c@d.example\n"
            "d [growth] a@b.example, c@d.example\n"
            "e [] \n"
            "unique_c_id [finance] accounting\n");
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
}

TEST(Labels, TheOwnerInMetaIsTheOwnerWhereNoGroupHasOne) {
  const Project project = load({
      {"models/a.sql", "{{ config(meta={'owner': 'me'}) }}select 1 as id"},
      {"models/b.sql", "{{ config(meta={'owner': 'me'}, group='finance') }}select 1 as id"},
      {"models/s.yml", kGroups +
                           "sources:\n  - name: raw\n    meta: {owner: {email: x@y.example}}\n"
                           "    tables:\n      - {name: t, meta: {group: intake}}\n"
                           "      - {name: u, meta: {group: growth}}\n"
                           "      - {name: v, meta: {owner: {name: we, email: no@no}}}\n"
                           "      - {name: w, meta: {owner: [7, {a: b}]}}\n"},
  });
  const auto owner = [&](const std::string& name) { return node_of(project, name).owner; };
  EXPECT_EQ(owner("a"), "me");
  EXPECT_EQ(owner("b"), "accounting");
  EXPECT_EQ(owner("raw.t"), "x@y.example");
  EXPECT_EQ(node_of(project, "raw.t").group, "intake");
  EXPECT_EQ(owner("raw.u"), "a@b.example, c@d.example");
  EXPECT_EQ(owner("raw.v"), "we");
  EXPECT_EQ(owner("raw.w"), "");
}

TEST(Labels, MetaAddsUpKeyByKeyAsInDbt) {
  const Project project =
      load({{"dbt_project.yml",
             "name: shop\nmodels:\n  +meta: {a: 1, deep: {x: 1}}\n  shop:\n    marts:\n"
             "      +meta: {b: 1}\nsources:\n  shop: {+meta: {from: tree, a: 0}}\n"},
            {"models/marts/m.sql", "{{ config(meta={'c': 3, 'd': [1]}) }}select 1 as id"},
            {"models/n.sql", "select 1 as id"},
            {"models/s.yml",
             "models:\n  - name: m\n    config: {meta: {b: 2, c: 2, deep: {y: 2}, "
             "say: \"{{ var('word') }}\"}}\n    columns:\n"
             "      - {name: id, meta: {unit: ms, pii: false}, config: {meta: {pii: true}}}\n"
             "  - name: n\n    meta: {b: top}\n    columns: [{name: id, meta: }]\n"
             "sources:\n  - name: raw\n    meta: {a: 1, b: 1, c: 1, d: 1}\n"
             "    config: {meta: {b: 2, c: 2, d: 2}}\n    tables:\n      - name: t\n"
             "        meta: {c: 3, d: 3}\n        config: {meta: {d: 4}}\n"
             "        columns: [{name: id, meta: {key: yes}}]\n"}},
           "word: hello");
  const Node& m = node_of(project, "m");
  EXPECT_EQ(meta_of(m.meta),
            R"({"a": 1, "b": 2, "c": 3, "d": [1], "deep": {"y": 2}, "say": "hello"})");
  EXPECT_EQ(meta_of(m.columns[0].meta), R"({"pii": true, "unit": "ms"})");
  EXPECT_EQ(meta_of(node_of(project, "n").meta), R"({"a": 1, "b": "top", "deep": {"x": 1}})");
  EXPECT_EQ(meta_of(node_of(project, "raw.t").meta),
            R"({"a": 1, "b": 2, "c": 3, "d": 4, "from": "tree"})");
  EXPECT_EQ(meta_of(node_of(project, "raw.t").columns[0].meta), R"({"key": true})");
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
}

std::string text(const std::optional<AgeLimit>& limit) {
  return limit ? std::to_string(limit->seconds()) : "-";
}

// "warn error filter loaded_at", limits in seconds.
std::string text(const std::optional<Freshness>& freshness) {
  if (!freshness) return "none";
  return fmt::format("{} {} [{}] [{}]", text(freshness->warn_after), text(freshness->error_after),
                     freshness->filter, freshness->loaded_at_field);
}

// The freshness of a source's table; both arguments are YAML in flow style.
std::string freshness_of(const std::string& source, const std::string& table,
                         const std::string& project_yml = "") {
  const std::string common = source.empty() ? "" : ", " + source;
  const std::string own = table.empty() ? "" : ", " + table;
  const Project project = load({
      {"dbt_project.yml", "name: shop\n" + project_yml},
      {"models/s.yml", "sources: [{name: raw" + common + ", tables: [{name: t" + own + "}]}]\n"},
  });
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
  return text(node_of(project, "raw.t").freshness);
}

// The expected values come from dbt's manifest.json.
TEST(Labels, AnAgeLimitOfATableWinsOverThatOfItsSource) {
  const std::string both =
      "freshness: {warn_after: {count: 2, period: minute}, error_after: {count: 3, period: hour}}";
  const std::string by = "loaded_at_field: at";
  EXPECT_EQ(freshness_of("", ""), "none");
  EXPECT_EQ(freshness_of(by, ""), "none");
  EXPECT_EQ(freshness_of(both, ""), "120 10800 [] []");
  EXPECT_EQ(freshness_of(both + ", " + by, ""), "120 10800 [] [at]");
  EXPECT_EQ(freshness_of(by, both), "120 10800 [] [at]");
  EXPECT_EQ(freshness_of(by, both + ", loaded_at_field: \"cast(x as timestamp)\""),
            "120 10800 [] [cast(x as timestamp)]");
  EXPECT_EQ(freshness_of(by, both + ", loaded_at_field: null"), "120 10800 [] []");
  EXPECT_EQ(freshness_of("config: {" + both + ", " + by + "}", ""), "120 10800 [] [at]");
  EXPECT_EQ(freshness_of("", "config: {" + both + ", " + by + "}"), "120 10800 [] [at]");
  EXPECT_EQ(freshness_of(both, "freshness: null"), "none");
  EXPECT_EQ(freshness_of(both, "config: {freshness: null}"), "none");
  EXPECT_EQ(freshness_of("freshness: null", both), "120 10800 [] []");
  const std::string day = "freshness: {warn_after: {count: 1, period: day}, filter: x > 1}";
  EXPECT_EQ(freshness_of(both, day), "86400 10800 [x > 1] []");
  EXPECT_EQ(freshness_of(day, both), "120 10800 [x > 1] []");
  EXPECT_EQ(freshness_of(both, "freshness: {error_after: null}"), "120 - [] []");
  EXPECT_EQ(freshness_of(both, "freshness: {error_after: {}}"), "120 10800 [] []");
  EXPECT_EQ(freshness_of("", "freshness: {filter: x > 1}"), "none");
  EXPECT_EQ(
      freshness_of("",
                   "freshness: {warn_after: {count: \"{{ (2 * 3) | as_number }}\", period: hour}}"),
      "21600 - [] []");
  const std::string tree = "sources: {+freshness: {warn_after: {count: 9, period: minute}}}\n";
  EXPECT_EQ(freshness_of("", "", tree), "540 - [] []");
  EXPECT_EQ(freshness_of("freshness: {error_after: {count: 1, period: minute}}", "", tree),
            "- 60 [] []");
}

TEST(Labels, AModelsDataMayAgeToo) {
  const Project project = load({
      {"models/a.sql", "select 1 as id"},
      {"models/b.sql", "select 1 as id"},
      {"models/s.yml",
       "models:\n  - name: a\n    config:\n      meta:\n        freshness:\n"
       "          warn_after: {count: 26, period: hour}\n          loaded_at_field: made_at\n"
       "  - {name: b, config: {meta: {freshness: null}, freshness: {build_after: 1}}}\n"},
  });
  EXPECT_EQ(text(node_of(project, "a").freshness), "93600 - [] [made_at]");
  EXPECT_EQ(text(node_of(project, "b").freshness), "none");
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
}

TEST(Labels, ATableMayBeMadeMonthByMonth) {
  const Project project = load({
      {"models/a.sql",
       "{{ config(materialized='table', meta={'partition_by': {'field': 'day', 'granularity': "
       "'month'}}) }}select 1 as id, current_date as day"},
      {"models/b.sql", "{{ config(materialized='table') }}select 1 as id"},
  });
  EXPECT_EQ(node_of(project, "a").partition_by.value_or(PartitionBy{}).field, "day");
  EXPECT_FALSE(node_of(project, "b").partition_by);
}

TEST(Labels, ATableMayFollowChangesByAColumn) {
  const Project project = load({
      {"models/a.sql", "{{ config(meta={'incremental_by': 'id'}) }}select 1 as id"},
      {"models/b.sql", "select 1 as id"},
  });
  EXPECT_EQ(node_of(project, "a").incremental_by.value_or(IncrementalBy{}).field, "id");
  EXPECT_FALSE(node_of(project, "b").incremental_by);
  EXPECT_TRUE(
      load_error({{"models/a.sql", "{{ config(meta={'incremental_by': 3}) }}select 1 as id"}})
          .starts_with("models/a.sql:1:"));
}

TEST(Labels, RowsOfATableMayChangeInGroups) {
  const Project project = load(
      {{"dbt_project.yml", "name: p\nvars: {gap: 30}\n"},
       {"models/a.sql", "select 1 as id"},
       {"models/schema.yml",
        "models: [{name: a, config: {meta: {incremental_by: {field: id, groups: {field: visit, of: "
        "person, time: at, minutes: \"{{ var('gap') }}\"}}}}}]"}});
  const auto by = node_of(project, "a").incremental_by.value_or(IncrementalBy{});
  EXPECT_EQ(by.field, "id");
  ASSERT_TRUE(by.groups.has_value());
  const IncrementalBy::Groups groups = by.groups.value_or(IncrementalBy::Groups{});
  EXPECT_EQ(groups.field + " " + groups.of + " " + groups.time + " " + groups.key,
            "visit person at ");
  EXPECT_EQ(groups.minutes, 30);
  for (const char* wrong :
       {"''", "[id]", "{feild: id}", "{field: id, groups: visit}",
        "{field: id, groups: {field: visit, of: person, minutes: 30}}",
        "{field: id, groups: {field: visit, of: person, time: at, minutes: many}}"}) {
    EXPECT_TRUE(load_error({{"models/a.sql", "select 1 as id"},
                            {"models/schema.yml",
                             fmt::format("models: [{{name: a, config: {{meta: {{incremental_by: "
                                         "{}}}}}}}]",
                                         wrong)}})
                    .starts_with("models/schema.yml:1:"))
        << wrong;
  }
}

TEST(Labels, EveryTableOfTheBuiltInProjectHasAGroupAndAnOwner) {
  const Project project =
      Project::load(ProjectFiles::from_folder(std::filesystem::path(GSA_SOURCE_DIR) / "dbt"));
  for (const Node& node : project.nodes()) {
    if (node.kind == NodeKind::test) continue;
    EXPECT_FALSE(node.group.empty()) << node.name;
    EXPECT_FALSE(node.owner.empty()) << node.name;
  }
  EXPECT_EQ(node_of(project, "raw.raw_prompts").group, "ingestion");
  EXPECT_EQ(node_of(project, "fct_sessions").owner, "analytics engineering");
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
}

TEST(Labels, NamePlaceAndHintOfEveryMistake) {
  const std::string model = "models:\n  - name: a\n    ";
  const std::string source = "sources:\n  - name: raw\n    tables:\n      - name: t\n        ";
  const std::string limit = source + "freshness: {warn_after: ";
  const std::string mistakes[] = {
      kGroups + model + "group: finanse\n",
      kGroups + model + "config: {group: marketing}\n",
      model + "config: {group: finance}\n",
      kGroups + model + "group: finance\n    config: {group: finance}\n",
      model + "meta: {a: 1}\n    config: {meta: {b: 1}}\n",
      model + "meta: text\n",
      model + "columns: [{name: id, meta: [1]}]\n",
      model + "config: {group: [finance]}\n",
      source + "meta: 7\n",
      "groups:\n  - name: finance\n",
      "groups:\n  - owner: {name: me}\n",
      "groups:\n  - {name: finance, owner: me}\n",
      "groups:\n  - {name: finance, owner: {slack: me}}\n",
      "groups:\n  - {name: finance, owner: {name: [me]}}\n",
      kGroups + "  - {name: finance, owner: {name: me}}\n",
      source + "freshness: daily\n",
      source + "freshness: {warn_afer: {count: 1, period: day}}\n",
      source + "freshness: {loaded_at_field: x, warn_after: {count: 1, period: day}}\n",
      source + "freshness: {warn_after: 12, error_after: {count: 1, period: day}}\n",
      limit + "{count: 12}}\n",
      limit + "{count: a, period: hour}}\n",
      limit + "{count: -1, period: hour}}\n",
      limit + "{count: 1.5, period: hour}}\n",
      limit + "{count: 1, period: hours}}\n",
      limit + "{count: 1, period: week}}\n",
      limit + "{count: 1, period: 7}}\n",
      limit + "{count: 1, period: hour, of: x}}\n",
      source + "freshness: {filter: [x], warn_after: {count: 1, period: day}}\n",
      source + "loaded_at_field: [x]\n        freshness: {warn_after: {count: 1, period: day}}\n",
      model + "config: {meta: {freshness: {warn_after: {count: 1}}}}\n",
      model + "config: {materialized: table, meta: {partition_by: day}}\n",
      model + "config: {materialized: table, meta: {partition_by: {feild: day}}}\n",
      model + "config: {materialized: table, meta: {partition_by: {granularity: month}}}\n",
      model + "config: {materialized: table, meta: {partition_by: {field: d, granularity: day}}}\n",
      model + "config: {meta: {partition_by: {field: day, granularity: month}}}\n",
  };
  std::string all;
  for (const std::string& yml : mistakes) {
    all += load_error({{"models/a.sql", "select 1 as id"}, {"models/s.yml", yml}}) + "\n\n";
  }
  all += load_error({{"dbt_project.yml", "name: shop\nmodels: {shop: {+group: finance}}\n"},
                     {"models/a.sql", "select 1 as id"}}) +
         "\n\n";
  all += load_error({{"models/a.sql", "{{ config(group='financ') }}select 1 as id"},
                     {"models/s.yml", kGroups}}) +
         "\n";
  EXPECT_EQ(all.find("no error"), std::string::npos);
  expect_golden("label_errors.txt", all);
}

}  // namespace
}  // namespace gsa::dbt
