#include "dbt/project.h"

#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "dbt/compile.h"
#include "dbt/node_graph.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

using Names = std::vector<std::string>;

Names names_of(const Project& project, const std::vector<std::size_t>& indices) {
  Names names;
  for (const std::size_t i : indices) names.push_back(project.nodes()[i].name);
  return names;
}

std::string compiled(const Project& project, const std::string& model) {
  return Compiler(project, {}).compile(*project.find_model(model)).text();
}

TEST(Project, NearerConfigurationWinsAndTagsAddUp) {
  const Project project = load({
      {"dbt_project.yml",
       "name: shop\nmodels:\n  +tags: all\n  shop:\n    +materialized: view\n    marts:\n"
       "      +materialized: table\n      +schema: marts\n      +tags: [mart]\n"},
      {"models/stg.sql", "select 1 as id"},
      {"models/marts/a.sql", "select 1 as id"},
      {"models/marts/b.sql", "select 1 as id"},
      {"models/marts/c.sql", "{{ config(materialized='ephemeral', tags='own') }} select 1 as id"},
      {"models/marts/s.yml",
       "models:\n  - name: b\n    config: {materialized: incremental, tags: [yml]}\n"
       "  - name: c\n    config: {materialized: incremental}\n"},
  });
  const auto materialized = [&](const char* name) {
    return project.find_model(name)->model.materialized;
  };
  EXPECT_EQ(materialized("stg"), Materialization::view);
  EXPECT_EQ(materialized("a"), Materialization::table);
  EXPECT_EQ(materialized("b"), Materialization::incremental);
  EXPECT_EQ(materialized("c"), Materialization::ephemeral);
  EXPECT_EQ(project.find_model("b")->tags, (Names{"all", "mart", "yml"}));
  EXPECT_EQ(project.find_model("c")->tags, (Names{"all", "mart", "own"}));
  EXPECT_EQ(to_sql(project.find_model("a")->relation), "main_marts.a");
  EXPECT_EQ(to_sql(project.find_model("stg")->relation), "main.stg");
  EXPECT_EQ(project.find_model("a")->fqn, (Names{"shop", "marts", "a"}));
}

TEST(Project, ResolvesRefsSourcesVarsAndAliases) {
  const Project project = load(
      {{"dbt_project.yml", "name: shop\nvars: {low: 1, shop: {low: 2, text: it}}\n"},
       {"models/s.yml",
        "sources:\n  - name: raw\n    schema: main\n    tables:\n      - name: users\n"
        "        identifier: raw_users\n"},
       {"models/a.sql", "{{ config(alias='order') }}select {{ var('low') }} as id"},
       {"models/b.sql",
        "select '{{ var('text') }}', {{ var('none', 7) }} from {{ ref('a') }}, "
        "{{ source('raw', 'users') }}, {{ ref('shop', 'a') }} -- {{ this }} {{ target.type }}"}},
      "low: 3");
  EXPECT_EQ(compiled(project, "a"), "select 3 as id");
  EXPECT_EQ(compiled(project, "b"),
            "select 'it', 7 from main.\"order\", main.raw_users, main.\"order\" -- \"main\".\"b\" "
            "duckdb");
}

TEST(Project, MacrosSeeTheModelThatCallsThem) {
  const Project project = load({
      {"macros/m.sql", "{% macro from_me(name) %}{{ this }} <- {{ ref(name) }}{% endmacro %}"},
      {"models/a.sql", "select 1"},
      {"models/b.sql", "{{ from_me('a') }} {{ shop.from_me('a') }}"},
  });
  EXPECT_EQ(compiled(project, "b"), "main.b <- main.a main.b <- main.a");
  EXPECT_EQ(project.find_model("b")->depends_on.size(), 1u);
}

TEST(Project, RunsInAnOrderThatNeverChanges) {
  const Project project = load({
      {"models/z.sql", "select 1 as id"},
      {"models/a.sql", "select * from {{ ref('z') }}"},
      {"models/m.sql", "select 1 as id"},
      {"models/b.sql", "select * from {{ ref('a') }}, {{ ref('m') }}"},
      {"models/s.yml",
       "models:\n  - name: z\n    columns: [{name: id, tests: [unique, not_null]}]\n"
       "  - name: b\n    columns:\n      - name: id\n        tests:\n"
       "          - relationships: {to: ref('m'), field: id}\n"},
  });
  NodeSet all;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) all.insert(i);
  EXPECT_EQ(names_of(project, run_order(project.nodes(), all)),
            (Names{"m", "z", "not_null_z_id", "unique_z_id", "a", "b",
                   "relationships_b_id__id__ref_m_"}));
}

TEST(Project, NamesTestsAsDbtDoes) {
  const Project project = load(
      {{"models/fct.sql", "select 1 as id"},
       {"models/s.yml",
        "sources:\n  - name: raw\n    tables:\n      - name: users\n        columns:\n"
        "          - {name: id, tests: [unique]}\n"
        "models:\n  - name: fct\n    tests:\n"
        "      - dbt_utils.unique_combination_of_columns:\n"
        "          arguments: {combination_of_columns: [id, day]}\n"
        "    columns:\n      - name: status\n        data_tests:\n"
        "          - accepted_values: {values: [ok, 'not ok']}\n"
        "          - dbt_utils.accepted_range: {min_value: 0, max_value: 100.5, inclusive: true}\n"
        "          - not_null: {name: my_own}\n"}});
  Names names;
  for (const Node& node : project.nodes()) {
    if (node.kind == NodeKind::test) names.push_back(node.name);
  }
  EXPECT_EQ(names, (Names{"accepted_values_fct_status__ok__not_ok",
                          "dbt_utils_accepted_range_fct_status__True__100_5__0",
                          "dbt_utils_unique_combination_of_columns_fct_id__day", "my_own",
                          "source_unique_raw_users_id"}));
}

TEST(Project, KnowsTheUniqueKeyOfARelation) {
  const Project project =
      load({{"models/a.sql", "select 1 as id"},
            {"models/b.sql", "select 1 as id"},
            {"models/c.sql", "select 1 as id"},
            {"models/s.yml",
             "models:\n  - name: a\n    tests:\n"
             "      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [x, y]}\n"
             "    columns: [{name: id, tests: [unique]}]\n"
             "  - name: b\n    tests:\n"
             "      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [x, y]}\n"
             "  - name: c\n    columns:\n"
             "      - {name: id, tests: [{unique: {config: {where: id > 1}}}]}\n"}});
  EXPECT_EQ(project.unique_key_of("a"), (Names{"id"}));
  EXPECT_EQ(project.unique_key_of("b"), (Names{"x", "y"}));
  EXPECT_EQ(project.unique_key_of("c"), Names{});
}

TEST(Project, LeavesOutWhatIsDisabled) {
  const Project project =
      load({{"models/a.sql", "{{ config(enabled=false) }} select * from {{ ref('nowhere') }}"},
            {"models/b.sql", "select 1 as id"},
            {"models/s.yml",
             "models:\n  - name: a\n    columns: [{name: id, tests: [unique]}]\n"
             "  - name: b\n    columns:\n"
             "      - {name: id, tests: [{unique: {config: {enabled: false}}}]}\n"}});
  EXPECT_EQ(project.nodes().size(), 1u);
}

TEST(Project, WarnsOfWhatDoesNothing) {
  const Project project = load(
      {{"dbt_project.yml", "name: shop\nmodels:\n  shop:\n    mart:\n      +materialized: table\n"},
       {"models/marts/orders.sql", "{{ config(materialised='table') }}select 1"},
       {"models/s.yml", "models:\n  - name: ordres\n    descripton: x\n"}});
  std::string all;
  for (const std::string& warning : project.warnings()) all += warning + "\n";
  expect_golden("warnings.txt", all);
}

TEST(Project, NamesPlaceAndHintOfEveryMistake) {
  const std::string one = "select 1 as id";
  const Files mistakes[] = {
      {{"models/a.sql", "select *\nfrom {{ ref('b') }}"},
       {"models/b.sql", "select * from {{ ref('c') }}"},
       {"models/c.sql", "select * from {{ ref('a') }}"},
       {"models/d.sql", "select * from {{ ref('c') }}"}},
      {{"models/a.sql", "select * from {{ ref('a') }}"}},
      {{"models/fct_sessions.sql", one},
       {"models/b.sql", "select *\nfrom {{ ref('fct_sesions') }}"}},
      {{"models/b.sql", "select * from {{ source('raw', 'user') }}"},
       {"models/s.yml", "sources:\n  - {name: raw, tables: [{name: users}]}\n"}},
      {{"models/x/a.sql", one}, {"models/y/a.sql", one}},
      {{"models/a.sql", "{{ config(enabled=false) }}"},
       {"models/b.sql", "select * from {{ ref('a') }}"}},
      {{"models/a.sql", "select {{ var('treshold') }}"},
       {"dbt_project.yml", "name: shop\nvars: {threshold: 1}\n"}},
      {{"models/a.sql", "{{ config(\n  materialized='tabel') }}"}},
      {{"models/a.sql", "{{ config(pre_hook='drop table x') }}"}},
      {{"models/a.sql", "select {{ env_var('GSA_NO_SUCH_VARIABLE') }}"}},
      {{"models/a.sql", one}, {"models/s.yml", "models:\n  - name: a\n   columns: []\n"}},
      {{"models/a.sql", one}, {"models/s.yml", "models:\n  - description: no name\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - {name: id, tests: [uniqe]}\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - {name: id, tests: [accepted_range: {min: "
        "0}]}\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - {name: id, tests: [accepted_values: {vals: "
        "[1]}]}\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n"
        "          - unique:\n            config: {severity: warn}\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n"
        "          - unique: {severity: wran}\n"}},
      {{"models/a.sql", one},
       {"models/s.yml",
        "models:\n  - name: a\n    columns: [{name: id, tests: [unique, unique]}]\n"}},
      {{"models/a.sql", one},
       {"models/s.yml", "models: [{name: a}]\n"},
       {"models/t.yml", "models: [{name: a}]\n"}},
      {{"macros/a.sql", "{% macro m() %}{% endmacro %}"},
       {"macros/b.sql", "{% macro m() %}{% endmacro %}"}},
      {{"models/a.sql", "select 1\nfrom {{ ref('b') "}},
      {{"dbt_project.yml", "nam: shop\n"}},
      {{"dbt_project.yml", "version: '1'\n"}},
      {{"dbt_project.yml", "name: shop\non-run-start: [\"create schema x\"]\n"}},
  };
  std::string all;
  for (const Files& files : mistakes) all += load_error(files) + "\n\n";
  all += error_of([] { load({}, "[1]"); }) + "\n";
  EXPECT_EQ(all.find("no error"), std::string::npos);
  expect_golden("load_errors.txt", all);
}

TEST(Project, ReadsAFolderAndNamesItInErrors) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "gsa_dbt_folder";
  std::filesystem::remove_all(folder);
  make_folder(folder / "models/marts");
  make_folder(folder / "target");
  write_file(folder / "dbt_project.yml", "name: shop\n");
  write_file(folder / "models/marts/a.sql", "select * from {{ ref('b') }}");
  write_file(folder / "target/bad.sql", "{{");
  const std::string error = error_of([&] { Project::load(ProjectFiles::from_folder(folder)); });
  EXPECT_NE(error.find("gsa_dbt_folder/models/marts/a.sql:1:"), std::string::npos) << error;
  const std::string no_project = error_of([&] { ProjectFiles::from_folder(folder / "models"); });
  EXPECT_NE(no_project.find("not a dbt project"), std::string::npos) << no_project;
  std::filesystem::remove_all(folder);
  EXPECT_NE(error_of([&] { ProjectFiles::from_folder(folder); }).find("no such folder"),
            std::string::npos);
}

// The limit suits an optimised build on a slow machine; it must catch quadratic work.
TEST(Project, LoadsAndOrdersTwoThousandModelsAtOnce) {
  Files files;
  constexpr int kModels = 2000;
  for (int i = 0; i < kModels; ++i) {
    const std::string parent =
        i == 0 ? "select 1 as id"
               : fmt::format("select id, {{{{ twice('id') }}}} as two\nfrom {{{{ ref('m{}') }}}}",
                             (i - 1) / 2);
    files[fmt::format("models/f{}/m{}.sql", i % 20, i)] =
        "{{ config(materialized='table') }}\n" + parent;
  }
  files["macros/twice.sql"] = "{% macro twice(x) %}2 * {{ x }}{% endmacro %}";
  const Stopwatch watch;
  const Project project = load(files);
  NodeSet all;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) all.insert(i);
  const auto order = run_order(project.nodes(), all);
  Compiler compiler(project, {});
  std::size_t size = 0;
  for (const std::size_t i : order) size += compiler.compile(project.nodes()[i]).text().size();
  RecordProperty("seconds", fmt::format("{:.3f}", watch.seconds()));
  std::printf("2,000 models loaded, ordered and compiled in %.3f s\n", watch.seconds());
  EXPECT_EQ(order.size(), std::size_t{kModels});
  EXPECT_GT(size, std::size_t{kModels} * 20);
#ifdef NDEBUG
  EXPECT_LT(watch.seconds(), 2.0);
#endif
}

}  // namespace
}  // namespace gsa::dbt
