// Which parts of a project are read, which are ignored, and which warnings they give. The expected
// results are those of dbt-core 1.11.

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/generic_test_id.h"
#include "dbt/project.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

std::string names_of(const Project& project) {
  std::vector<std::string> names;
  for (const Node& node : project.nodes()) names.push_back(node.name);
  return join(names, " ");
}

const Node& node(const Project& project, const std::string& name) {
  for (const Node& node : project.nodes()) {
    if (node.name == name) return node;
  }
  throw Error("there is no node " + name);
}

std::string relation(const Project& project, const std::string& model) {
  return to_sql(project.find_model(model)->relation);
}

TEST(ProjectReading, TestsOfOneNameAreToldApartByTheSumsOfDbt) {
  const Project project =
      load({{"models/base.sql", "select null as extension_id"},
            {"models/base_extension.sql", "select 1 as id"},
            {"models/s.yml",
             "models:\n  - name: base\n    columns: [{name: extension_id, tests: [not_null]}]\n"
             "  - name: base_extension\n    columns: [{name: id, tests: [not_null, unique]}]\n"}});
  EXPECT_EQ(names_of(project),
            "base base_extension not_null_base_extension_id.922d83a56c "
            "not_null_base_extension_id.c8d18fe069 unique_base_extension_id");
  const Node& unique = node(project, "unique_base_extension_id");
  EXPECT_TRUE(unique.unique_id.starts_with("test.shop.unique_base_extension_id."));
}

TEST(ProjectReading, ASumIsOfTheArgumentsToo) {
  const Project project =
      load({{"models/c.sql", "select 1 as id"},
            {"models/s.yml",
             "sources:\n  - name: s1\n    tables:\n      - name: raw_t\n        columns:\n"
             "          - {name: id, tests: [unique]}\n"
             "models:\n  - name: c\n    columns:\n      - name: id\n        tests:\n"
             "          - relationships: {to: ref('c'), field: id}\n"
             "          - accepted_values: {name: mine, arguments: {values: [1]}}\n"
             "          - accepted_values: {name: mine, arguments: {values: [2]}}\n"}});
  EXPECT_EQ(node(project, "source_unique_s1_raw_t_id").unique_id.substr(36), "d283615f6a");
  EXPECT_EQ(project.nodes().size(), 6u);  // both of them, of `mine`
}

TEST(ProjectReading, TheSameTestTwiceIsRefused) {
  const std::string error =
      load_error({{"models/a.sql", "select 1 as id"},
                  {"models/s.yml",
                   "models:\n  - name: a\n    columns: [{name: id, tests: [unique, unique]}]\n"}});
  EXPECT_NE(error.find("the test 'unique_a_id' is defined twice"), std::string::npos) << error;
}

TEST(ProjectReading, MacrosThatNameRelationsSeeTheNode) {
  const Project project = load(
      {{"dbt_project.yml", "name: shop\nmodels: {shop: {sub: {+tags: [t], +meta: {team: x}}}}\n"},
       {"macros/m.sql",
        "{% macro generate_schema_name(custom_schema_name, node) -%}\n"
        "{%- if node.config.materialized == 'table' %}tables\n"
        "{%- elif node.fqn | length > 2 %}{{ node.fqn[1] }}_{{ node.config.meta.team }}\n"
        "{%- else %}{{ node.resource_type }}{{ custom_schema_name or '' }}{% endif -%}\n"
        "{%- endmacro %}\n"
        "{% macro generate_alias_name(custom_alias_name=none, node=none) -%}\n"
        "{{ custom_alias_name or node.name ~ '_' ~ (node.tags | join('')) ~ node.path[:1] }}\n"
        "{%- endmacro %}"},
       {"models/b.sql", "{{ config(alias='own', schema='x') }}select 2 as id"},
       {"models/c.sql", "{{ config(materialized='table') }}select 2 as id"},
       {"models/sub/a.sql", "select 1 as id"}});
  EXPECT_EQ(relation(project, "a"), "sub_x.a_ts");
  EXPECT_EQ(relation(project, "b"), "modelx.own");
  EXPECT_EQ(relation(project, "c"), "tables.c_c");
}

TEST(ProjectReading, AnotherDatabaseIsRefused) {
  const std::string error =
      load_error({{"models/a.sql", "{{ config(database='lake') }}select 1 as id"}});
  EXPECT_NE(error.find("'a' asks for the database 'lake'"), std::string::npos) << error;
  EXPECT_NE(error.find("dbt build of dbt-core"), std::string::npos) << error;
}

TEST(ProjectReading, TwoModelsOfOneRelationAreRefusedByName) {
  const std::string error = load_error({{"models/a.sql", "{{ config(alias='z') }}select 1 as id"},
                                        {"models/b.sql", "{{ config(alias='Z') }}select 1 as id"}});
  EXPECT_NE(error.find("the models 'a' (models/a.sql) and 'b' (models/b.sql) would both be main."),
            std::string::npos)
      << error;
}

TEST(ProjectReading, YamlConfiguresSingularTestsFromAnyFolder) {
  const Project project =
      load({{"dbt_project.yml", "name: shop\ndata_tests: {+severity: error, +tags: all}\n"},
            {"models/a.sql", "select 1 as id"},
            {"macros/m.sql", "{% macro mm(x) %}1{% endmacro %}"},
            {"macros/m.yml",
             "macros:\n  - {name: mm, description: d, arguments: [{name: x, type: int}]}\n"
             "  - {name: nope}\n"
             "models:\n  - {name: a, description: from macros}\n"},
            {"tests/s.yml",
             "data_tests:\n  - name: t\n    description: what t is\n    config: {severity: warn}\n"
             "  - name: u\n    config: {severity: warn, tags: [y]}\n  - name: gone\n"},
            {"tests/t.sql", "select * from {{ ref('a') }}"},
            {"tests/u.sql", "{{ config(severity='error') }}select * from {{ ref('a') }}"}});
  EXPECT_EQ(node(project, "t").test.severity, Severity::warn);
  EXPECT_EQ(node(project, "t").description, "what t is");
  EXPECT_EQ(node(project, "u").test.severity,
            Severity::error);  // the setting in the file itself is the nearest
  EXPECT_EQ(node(project, "u").tags, (std::vector<std::string>{"all", "y"}));
  EXPECT_EQ(node(project, "a").description, "from macros");
  EXPECT_EQ(
      project.warnings(),
      (std::vector<std::string>{"macros/m.yml:3:5: there is no macro 'nope', so this is ignored",
                                "tests/s.yml:7:5: there is no test 'gone', so this is ignored"}));
}

TEST(ProjectReading, NoneInATestSaysNothing) {
  const Project project = load(
      {{"dbt_project.yml", "name: shop\ndata_tests: {shop: {+severity: warn, +where: id > 0}}\n"},
       {"models/a.sql", "select 1 as id"},
       {"models/s.yml",
        "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n"
        "          - unique: {config: {severity: \"{{ var('s', none) }}\", where: null}}\n"}});
  EXPECT_EQ(node(project, "unique_a_id").test.severity, Severity::warn);
  EXPECT_EQ(node(project, "unique_a_id").test.where, "id > 0");
}

TEST(ProjectReading, OfTwoFilesOfOneNameOneMayBeOn) {
  const Files files = {{"models/x/b.sql", "{{ config(enabled=false) }}select 1 as id"},
                       {"models/y/b.sql", "select 2 as id"},
                       {"models/c.sql", "select * from {{ ref('b') }}"},
                       {"models/s.yml",
                        "models:\n  - name: b\n    config: {enabled: true}\n"
                        "    columns: [{name: id, tests: [not_null]}]\n"}};
  const Project project = load(files);
  EXPECT_EQ(names_of(project), "b c not_null_b_id");
  EXPECT_EQ(node(project, "b").file, "models/y/b.sql");
  Files both = files;
  both["models/x/b.sql"] = "select 1 as id";
  EXPECT_EQ(load_error(both),
            "two models are named 'b': models/x/b.sql and models/y/b.sql\n"
            "hint: rename one of the files; config(alias = …) can keep its table's name");
}

TEST(ProjectReading, ATestOfWhatIsNotThereIsLeftOutWithAWarning) {
  const Project project =
      load({{"models/a.sql", "{{ config(enabled=false) }}select 1 as id"},
            {"models/b.sql", "select 1 as id"},
            {"models/s.yml",
             "models:\n  - name: a\n    columns: [{name: id, tests: [unique]}]\n"
             "  - name: b\n    columns:\n      - name: id\n        tests:\n"
             "          - relationships: {to: ref('a'), field: id}\n"},
            {"tests/t.sql", "select * from {{ ref('bb') }}"}});
  EXPECT_EQ(names_of(project), "b");
  EXPECT_EQ(project.warnings(),
            (std::vector<std::string>{
                "models/s.yml:8:23: the test 'relationships_b_id__id__ref_a_' is left out: the "
                "model 'a' is disabled; its configuration says enabled: false",
                "tests/t.sql:1:18: the test 't' is left out: there is no model 'bb'; did you mean "
                "'b'?"}));
}

TEST(ProjectReading, SourcesCanBeSwitchedOff) {
  const Files files = {
      {"dbt_project.yml", "name: shop\nsources: {shop: {s2: {+enabled: false}}}\n"},
      {"models/s.yml",
       "sources:\n  - name: s1\n    tables:\n"
       "      - name: t1\n        config: {enabled: false}\n"
       "        columns: [{name: id, tests: [unique]}]\n"
       "      - name: t2\n        config: {enabled: \"{{ var('on', true) }}\"}\n"
       "  - name: s2\n    tables: [{name: t, columns: [{name: id, tests: [unique]}]}]\n"},
      {"models/a.sql", "select 1 as id"},
      {"tests/t.sql", "select 1 from {{ source('s1', 't1') }}"}};
  const Project project = load(files);
  EXPECT_EQ(names_of(project), "s1.t2 a");
  EXPECT_EQ(project.warnings(),
            (std::vector<std::string>{
                "tests/t.sql:1:18: the test 't' is left out: the source 's1.t1' is disabled; its "
                "configuration says enabled: false"}));
  Files reader = files;
  reader["models/a.sql"] = "select 1 from {{ source('s2', 't') }}";
  EXPECT_NE(load_error(reader).find("the source 's2.t' is disabled"), std::string::npos);
}

TEST(ProjectReading, ColumnsCanBeQuoted) {
  const Project project =
      load({{"models/a.sql", "select 1 as \"my col\", 2 as \"order\", 3 as b"},
            {"models/s.yml",
             "sources:\n  - name: raw\n    quoting: {column: true}\n    tables:\n"
             "      - {name: t, columns: [{name: x y, tests: [unique]}]}\n"
             "models:\n  - name: a\n    quote_columns: true\n    columns:\n"
             "      - {name: my col, quote: true, tests: [not_null]}\n"
             "      - {name: order, tests: [not_null]}\n"
             "      - {name: b, quote: false, tests: [not_null]}\n"}});
  EXPECT_EQ(
      names_of(project),
      "raw.t a not_null_a__my_col_ not_null_a__order_ not_null_a_b source_unique_raw_t__x_y_");
  Compiler compiler(project, {});
  const std::string sql = compiler.compile(node(project, "not_null_a__my_col_")).text();
  EXPECT_NE(sql.find("where \"my col\" is null"), std::string::npos) << sql;
}

TEST(ProjectReading, KeysOfOthersAreToleratedAsDbtDoes) {
  const Project project =
      load({{"dbt_project.yml",
             "name: shop\ndbt-cloud: {project-id: 1}\nsemantic-models: {shop: {+enabled: true}}\n"
             "saved-queries: {}\nrestrict-access: false\nfunctions: {}\n"},
            {"models/a.sql", "select 1 as id"},
            {"models/s.yml",
             "version: 2\nanchors:\n  - &nn {name: id, tests: [not_null]}\nmy_own: 3\nmodel: []\n"
             "models:\n  - {name: a, columns: [*nn]}\n"}});
  EXPECT_EQ(names_of(project), "a not_null_a_id");
  EXPECT_EQ(project.warnings(),
            (std::vector<std::string>{
                "models/s.yml:4:1: the key 'my_own' of a .yml file is not "
                "known",
                "models/s.yml:5:1: the key 'model' of a .yml file is not known: did you mean "
                "'models'?",
                "dbt_project.yml:3:19: these settings apply to nothing: there is no shop"}));
}

TEST(ProjectReading, EmptyFilesMakeNothing) {
  const Project project = load({{"models/a.sql", "select 1 as id"},
                                {"models/e.sql", " \n"},
                                {"models/s.yml", ""},
                                {"models/t.yml", "# nothing\n"},
                                {"models/u.yml", "models:\n"},
                                {"tests/t.sql", ""}});
  EXPECT_EQ(names_of(project), "a");
  EXPECT_EQ(project.warnings(),
            (std::vector<std::string>{"models/e.sql: the file is empty, so there is no model 'e'",
                                      "tests/t.sql: the file is empty, so there is no test 't'"}));
}

TEST(ProjectReading, AMaterializationOfItsOwnIsRefusedWhereItIsUsed) {
  Files files = {
      {"macros/m.sql",
       "\n{% materialization mine, default %}{% call statement('main') %}{{ sql }}{% endcall %}"
       "{{ return({'relations': [this]}) }}{% endmaterialization %}\n"
       "{% macro one() %}1{% endmacro %}"},
      {"models/a.sql", "select {{ one() }} as id"}};
  EXPECT_EQ(names_of(load(files)), "a");
  files["models/b.sql"] = "{{ config(materialized='mine') }}select 1 as id";
  const std::string error = load_error(files);
  EXPECT_TRUE(
      error.starts_with("models/b.sql:1:4: 'b' uses the materialization 'mine' of "
                        "macros/m.sql:2:4, but a project's own materializations are not supported"))
      << error;
  // A materialization with one of dbt's names applies to every model of that kind.
  files.erase("models/b.sql");
  files["macros/m.sql"] = "{% materialization view, adapter='duckdb' %}{% endmaterialization %}";
  files["models/a.sql"] = "select 1 as id";
  EXPECT_NE(load_error(files).find("'a' uses the materialization 'view'"), std::string::npos);
}

TEST(ProjectReading, AMacroInThePlaceOfDbtsOwnIsRefusedByName) {
  Files files = {{"macros/m.sql",
                  "{% macro create_table_as_mine() %}{% endmacro %}\n"
                  "{% macro snowflake__create_table_as(t, r, sql) %}{% endmacro %}\n"
                  "{% macro default__generate_schema_name(custom, node) %}{{ node.name }}_s"
                  "{% endmacro %}\n"},
                 {"models/a.sql", "select 1 as id"}};
  EXPECT_EQ(relation(load(files), "a"), "a_s.a");
  files["macros/m.sql"] += "{% macro duckdb__create_table_as(t, r, sql) %}{% endmacro %}\n";
  EXPECT_EQ(load_error(files),
            "macros/m.sql:4: the macro 'duckdb__create_table_as' overrides dbt's own, which is not "
            "supported\n{% macro duckdb__create_table_as(t, r, sql) %}{% endmacro %}\nhint: dbt "
            "build of dbt-core supports it");
  files["macros/m.sql"] = "{% macro default__test_unique(model, column_name) %}{% endmacro %}";
  EXPECT_NE(load_error(files).find("'default__test_unique' overrides dbt's own"),
            std::string::npos);
}

TEST(ProjectReading, ASourceMayLieInADatabaseThatIsNamed) {
  const Project project =
      load({{"models/s.yml",
             "sources:\n  - {name: raw, database: lake, tables: [{name: t}]}\n"
             "  - {name: own, database: \"{{ target.database }}\", tables: [{name: t}]}\n"}});
  EXPECT_EQ(to_sql(node(project, "raw.t").relation), "lake.raw.t");
  EXPECT_EQ(to_sql(node(project, "own.t").relation), "own.t");
}

TEST(ProjectReading, ModelsMayLieAtTheTop) {
  const Project project = load({{"dbt_project.yml", "name: shop\nmodel-paths: ['.']\n"},
                                {"models/b.sql", "select 1 as id"}});
  EXPECT_EQ(node(project, "b").fqn, (std::vector<std::string>{"shop", "models", "b"}));
}

}  // namespace
}  // namespace gsa::dbt
