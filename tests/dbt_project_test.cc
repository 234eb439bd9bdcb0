// Projects that use dbt-duckdb's additions to models and tests. The expected results are those of
// dbt-core 1.11 with dbt-duckdb 1.11 for the same project.

#include <gtest/gtest.h>

#include "project_folder.h"

namespace gsa::tests {
namespace {

// A project whose warehouse does not exist before the first build.
class DbtProject : public PublicationTest {
 protected:
  void SetUp() override { write("dbt_project.yml", "name: p\n"); }

  Outcome build(const Arguments& more = {}) const {
    Arguments arguments = {"--project", "project"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run("build", arguments);
  }

  // gsa's output; the build must succeed.
  std::string built(const Arguments& more = {}) const {
    const Outcome outcome = build(more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.err;
  }

  std::string cell(const std::string& sql) const { return read_cell(warehouse_, sql); }
  std::string list(const std::string& sql) const {
    return cell("select string_agg(x, ' ') from (" + sql + ") as t(x)");
  }
  std::string types_of(const std::string& table) const {
    return list(
        "select column_name || ':' || data_type from duckdb_columns() where table_name = '" +
        table + "' order by column_index");
  }
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(DbtProject, MakesTheWarehouseAndItsSeeds) {
  write("seeds/raw/countries.csv", "code,name,since\nde,\"Germany, \"\"D\"\"\",1949-05-23\nfr,,\n");
  write("seeds/zips.csv", "id;zip\n1;00501\n3000000000;02134\n");
  write("dbt_project.yml",
        "name: p\nseeds:\n  p:\n    raw: {+schema: raw}\n    zips:\n      +delimiter: ';'\n"
        "      +column_types: {id: bigint, zip: varchar}\n");
  write("seeds/seeds.yml",
        "seeds:\n  - name: zips\n    columns: [{name: id, data_tests: [unique, not_null]}]\n");
  write("models/m.sql", "select count(*) as n from {{ ref('countries') }}, {{ ref('zips') }}");
  const std::string said = built();
  EXPECT_TRUE(says(said, "OK loaded seed file main_raw.countries")) << said;
  EXPECT_TRUE(says(said, "[INSERT 2 in")) << said;
  EXPECT_TRUE(says(said, "PASS=5 ")) << said;
  EXPECT_EQ(types_of("countries"), "code:VARCHAR name:VARCHAR since:DATE");
  EXPECT_EQ(types_of("zips"), "id:BIGINT zip:VARCHAR");
  EXPECT_EQ(cell("select translate(name, ',\"', ';~') from main_raw.countries where code = 'de'"),
            "Germany; ~D~");
  EXPECT_EQ(cell("select zip from zips where id = 1"), "00501");
  EXPECT_EQ(cell("select n from m"), "4");
  EXPECT_TRUE(says(built(), "Nothing is stale"));
  write("seeds/zips.csv", "id;zip\n1;00501\n");
  EXPECT_TRUE(says(built(), "zips: its file changed"));
  EXPECT_EQ(cell("select count(*) from zips"), "1");
  EXPECT_TRUE(says(built({"--select", "resource_type:seed"}), "TOTAL=4"));
  write("seeds/zips.csv", "id;zip\nx;00501\n");
  const std::string wrong = build().err;
  EXPECT_TRUE(says(wrong, "project/seeds/zips.csv:2: Error when converting column \"id\""))
      << wrong;
}

TEST_F(DbtProject, SaysWhatIsWrongInASeed) {
  write("seeds/s.csv", "a,b\n1,2\n1,2,3\n");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(says(outcome.err, "project/seeds/s.csv: line 3 has 3 values")) << outcome.err;
}

TEST_F(DbtProject, UsesMacrosAndTestsOfInstalledPackages) {
  write("packages.yml",
        "packages: [{package: dbt-labs/tools, version: 1.0.0}, {git: 'https://x/far-away.git'}]\n");
  write("dbt_packages/tools/dbt_project.yml", "name: tools\n");
  write("dbt_packages/tools/macros/m.sql",
        "{% macro columns_of(of) %}{% if of is mapping and of.get('metadata', {}).get('type', "
        "'').endswith('Relation') %}{% for c in adapter.get_columns_in_relation(of) %}{{ c.name }} "
        "{% endfor %}{% endif %}{% endmacro %}"
        "{% macro series(n) %}{{ return(adapter.dispatch('generate_series', 'tools')(n)) }}"
        "{% endmacro %}{% macro default__generate_series(n) %}select {{ n }} as mine{% endmacro %}"
        "{% macro named() %}{{ adapter.dispatch('named', 'tools')() }}{% endmacro %}"
        "{% macro default__named() %}of the package{% endmacro %}");
  write("dbt_packages/tools/macros/broken.sql", "{% macro b() %}");
  write("dbt_packages/tools/tests/generic/g.sql",
        "{% test never(model, column_name) %}select * from {{ model }} where {{ column_name }} = "
        "{{ nobody_says }} 7{% endtest %}");
  write("macros/own.sql", "{% macro duckdb__named() %}of the project{% endmacro %}");
  write("models/a.sql", "select 7 as x, 8 as y");
  write("models/a.yml",
        "models: [{name: a, columns: [{name: x, data_tests: [tools.never: {config: {severity: "
        "warn}}]}]}]\n");
  write("models/b.sql",
        "select '{{ tools.columns_of(ref('a')) }}' as c, '{{ tools.named() }}' as n from "
        "{{ ref('a') }}");
  write("models/d.sql", "{{ tools.series(5) }}");
  const std::string said = built();
  EXPECT_TRUE(says(said, "WARN 1 tools_never_a_x")) << said;
  EXPECT_FALSE(says(said, "nobody_says")) << said;
  EXPECT_TRUE(says(said,
                   "dbt_packages/tools/macros/broken.sql:1:4: the block 'macro' is not "
                   "closed; the macros of this file cannot be used here"))
      << said;
  EXPECT_EQ(cell("select trim(c) from b"), "x y");
  EXPECT_EQ(cell("select n from b"), "of the project");
  EXPECT_EQ(cell("select mine from d"), "5");
  write("models/e.sql", "select {{ far_away.f() }} as x");
  const std::string missing = build().err;
  EXPECT_TRUE(says(missing, "the package 'far_away' is not installed")) << missing;
}

TEST_F(DbtProject, FindsProfilesWhereDbtLooks) {
  write("models/a.sql", "select 1 as id");
  const auto profile = [](const std::string& type, const std::string& schema) {
    return "default:\n  target: dev\n  outputs:\n    dev: {type: " + type + ", schema: " + schema +
           "}\n";
  };
  const auto build_with = [&](const std::string& variable, const std::string& value) {
    ProcessOptions options;
    options.folder = folder_.path();
    options.environment = {variable + "=" + value};
    return GsaProcess({"build", "--project", "project", "--warehouse", warehouse_}, options).wait();
  };
  folder_.write("home/.dbt/profiles.yml", profile("duckdb", "of_home"));
  folder_.write("named/profiles.yml", profile("duckdb", "named"));
  folder_.write("other/.dbt/profiles.yml", profile("postgres", "of_other"));
  EXPECT_TRUE(says(build_with("HOME", folder_ / "home").err, "view model of_home.a"));
  EXPECT_TRUE(says(build_with("DBT_PROFILES_DIR", folder_ / "named").err, "view model named.a"));
  const Outcome other = build_with("HOME", folder_ / "other");
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_TRUE(says(other.err, "the target 'dev' is of type 'postgres'")) << other.err;
  EXPECT_TRUE(says(other.err, "view model main.a")) << other.err;
  EXPECT_TRUE(says(build_with("DBT_PROFILES_DIR", folder_ / "nowhere").err, "does not exist"));
  write("profiles.yml", profile("duckdb", "own"));
  EXPECT_TRUE(says(build_with("HOME", folder_ / "home").err, "view model own.a"));
}

TEST_F(DbtProject, MakesInEveryRunWhatAsksTheDatabase) {
  write("models/a.sql", "{{ config(materialized='table') }} select 'red' as kind");
  write("models/b.sql",
        "{{ config(materialized='table') }} select {% for k in run_query('select kind from ' ~ "
        "ref('a')).columns[0].values() %}1 as {{ k }}{% endfor %}{% if not execute %}1{% endif %}");
  write("models/c.sql", "select * from {{ ref('b') }}");
  built();
  EXPECT_EQ(types_of("b"), "red:INTEGER");
  EXPECT_TRUE(says(built(), "b: its answers of the database changed"));
  write("models/a.sql", "{{ config(materialized='table') }} select 'blue' as kind");
  built();
  EXPECT_EQ(types_of("b"), "blue:INTEGER");
  EXPECT_EQ(cell("select blue from c"), "1");
}

TEST_F(DbtProject, NamesWhatItDoesNotBuild) {
  write("models/a.sql", "select 1 as id");
  write("models/py.py", "def model(dbt, session): ...\n");
  write("snapshots/s.sql", "\n{% snapshot snap %} select 1 as id {% endsnapshot %}");
  write("dbt_packages/pkg/dbt_project.yml", "name: pkg\n");
  write("dbt_packages/pkg/models/pm.sql", "select 7 as x");
  write("dbt_packages/macros_only/macros/m.sql", "{% macro m() %}{% endmacro %}");
  const std::string said = built();
  EXPECT_TRUE(says(said, "project/models/py.py: the Python model 'py' is not built here")) << said;
  EXPECT_TRUE(says(said, "project/snapshots/s.sql:2: the snapshot 'snap' is not built here"));
  EXPECT_TRUE(says(said, "project/dbt_packages/pkg: the package 'pkg' is not built here"));
  EXPECT_FALSE(says(said, "macros_only"));
  write("models/b.sql", "select * from {{ ref('py') }}");
  EXPECT_TRUE(
      says(build().err, "'py' is a Python model (project/models/py.py), which is not built"));
}

TEST_F(DbtProject, ReadsSourcesOfFilesAndSeesThemChange) {
  write("data/x.csv", "id,v\n1,a\n");
  write("data/y.csv", "id\n5\n");
  write("models/s.yml",
        "sources:\n  - name: raw\n    config: {meta: {external_location: 'data/{name}.csv'}}\n"
        "    tables:\n      - name: x\n        columns: [{name: id, data_tests: [unique]}]\n"
        "      - name: z\n        meta:\n"
        "          external_location: \"read_csv('data/%(identifier)s.csv', header = true)\"\n"
        "          formatter: oldstyle\n        identifier: y\n");
  write("models/b.sql",
        "{{ config(materialized='table') }} select * from {{ source('raw', 'x') }}");
  write("models/c.sql", "select * from {{ source('raw', 'z') }}");
  write("models/d.sql",
        "{{ config(materialized='table') }} select sum(id) as s from {{ ref('c') }}");
  built();
  EXPECT_EQ(cell("select v from b"), "a");
  EXPECT_EQ(cell("select s from d"), "5");
  EXPECT_TRUE(says(built(), "Nothing is stale"));
  write("data/x.csv", "id,v\n1,a\n1,b\n");
  const Outcome changed = build();
  EXPECT_EQ(changed.exit_code, 3) << changed.err;  // the test on the source
  EXPECT_TRUE(says(changed.err, "b: its file data/x.csv changed")) << changed.err;
  write("data/x.csv", "id,v\n1,a\n2,b\n");
  write("data/y.csv", "id\n5\n6\n");
  built();
  EXPECT_EQ(cell("select count(*) from b"), "2");
  EXPECT_EQ(cell("select s from d"), "11");
}

TEST_F(DbtProject, SeesUndeclaredTablesAndMomentsChange) {
  write("models/a.sql", "{{ config(materialized='table') }} select count(*) as n from raw_t");
  write("models/now.sql", "{{ config(materialized='table') }} select now() as at");
  execute("create table raw_t as select 1 as i");
  built();
  execute("insert into raw_t values (2)");
  const std::string said = built();
  EXPECT_TRUE(says(said, "a: its table main.raw_t changed")) << said;
  EXPECT_TRUE(says(said, "now: its value of now() changed")) << said;
  EXPECT_EQ(cell("select n from a"), "2");
}

TEST_F(DbtProject, HoldsModelsToTheirContracts) {
  write("models/s.yml",
        "models:\n  - name: b\n    config: {contract: {enforced: true}}\n    columns:\n"
        "      - {name: first, data_type: integer, constraints: [{type: not_null}]}\n"
        "      - {name: second, data_type: varchar}\n");
  write("models/b.sql", "{{ config(materialized='table') }} select 'x' as second, 1 as first");
  built();
  EXPECT_EQ(types_of("b"), "first:INTEGER second:VARCHAR");
  EXPECT_EQ(cell("select is_nullable from duckdb_columns() where column_name = 'first'"), "false");
  write("models/b.sql",
        "{{ config(materialized='table') }} select 'x' as second, 1::bigint as first");
  const Outcome typed = build();
  EXPECT_EQ(typed.exit_code, 1);
  EXPECT_TRUE(says(typed.err, "This model has an enforced contract that failed.")) << typed.err;
  EXPECT_TRUE(
      says(typed.err, "| first       | BIGINT          | INTEGER       | data type mismatch"))
      << typed.err;
  write("models/b.sql",
        "{{ config(materialized='table') }} select 'x' as second, null::int as first");
  EXPECT_TRUE(says(build().err, "NOT NULL constraint failed"));
  write("models/b.sql", "select 'x' as other, 1 as first");
  EXPECT_TRUE(says(build().err, "missing in definition"));
}

TEST_F(DbtProject, KeepsConstraintsOfIncrementalTables) {
  write("models/s.yml",
        "models:\n  - name: a\n    config: {contract: {enforced: true}}\n    columns:\n"
        "      - {name: id, data_type: integer, constraints: [{type: primary_key}]}\n"
        "      - {name: v, data_type: integer}\n");
  write("models/a.sql",
        "{{ config(materialized='incremental', unique_key='id') }} select 1 as id, "
        "{{ var('v') }} as v");
  for (const char* v : {"1", "2", "3"}) built({"--vars", "{v: " + std::string(v) + "}"});
  EXPECT_EQ(cell("select v from a"), "3");
  EXPECT_EQ(cell("select constraint_text from duckdb_constraints() where table_name = 'a' and "
                 "constraint_type = 'PRIMARY KEY'"),
            "PRIMARY KEY(id)");
}

TEST_F(DbtProject, ShowsModelsTheirOwnNames) {
  write("models/b.sql", "{{ config(materialized='table') }} select 7 as n");
  write("models/a.sql",
        "{{ config(materialized='incremental') }}\n"
        "select b.n, '{{ this.name }}' as made_by, '{{ this }}' as itself,\n"
        "  '{{ ref(\"b\").identifier }} {{ ref(\"b\") }}' as other\n"
        "from {{ ref('b') }}\n"
        "{% if is_incremental() %}where b.n > (select max(n) from {{ this }}){% endif %}");
  write("models/c.sql",
        "{{ config(materialized='table') }}\n"
        "select main.b.n from {{ ref('b').schema }}.{{ ref('b').identifier }}\n"
        "union all select x.n from {{ ref('b').name }} as x");
  built();
  EXPECT_EQ(cell("select made_by || ' ' || translate(itself, '\"', '~') from a"),
            "a ~w~.~main~.~a~");
  EXPECT_EQ(cell("select translate(other, '\"', '~') from a"), "b ~w~.~main~.~b~");
  write("models/b.sql", "{{ config(materialized='table') }} select unnest([6, 8]) as n");
  built();
  EXPECT_EQ(list("select n::varchar from a order by n"), "7 8");
  EXPECT_EQ(list("select n::varchar from c order by n"), "6 6 8 8");
}

TEST_F(DbtProject, KeepsFailingRowsAndComments) {
  write("models/a.sql",
        "{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}) }}\n"
        "select 1 as id union all select 1");
  write("models/v.sql",
        "{{ config(persist_docs={'relation': true, 'columns': true}) }} select 1 as id");
  write("models/s.yml",
        "models:\n  - name: a\n    description: \"two rows: it's said\"\n    columns:\n"
        "      - name: id\n        description: the key\n        data_tests:\n"
        "          - unique: {config: {store_failures: true, severity: warn}}\n"
        "      - {name: not_there, description: nothing}\n"
        "  - name: v\n    description: a view\n    columns: [{name: id, description: its key}]\n");
  built();
  EXPECT_EQ(cell("select unique_field || ' ' || n_records from main_dbt_test__audit.unique_a_id"),
            "1 2");
  EXPECT_EQ(cell("select comment from duckdb_tables() where table_name = 'a'"),
            "two rows: it's said");
  EXPECT_EQ(cell("select comment from duckdb_columns() where table_name = 'a'"), "the key");
  EXPECT_EQ(cell("select comment from duckdb_views() where view_name = 'v'"), "a view");
  EXPECT_EQ(cell("select comment from duckdb_columns() where table_name = 'v'"), "its key");
}

TEST_F(DbtProject, AddsToIncrementalTablesByEachStrategy) {
  const std::string rows = " select * from (values {{ var('rows') }}) as t(id, g, v)";
  write("models/expression.sql",
        "{{ config(materialized='incremental', unique_key=\"id || '-' || g\") }}" + rows);
  write("models/keys.sql",
        "{{ config(materialized='incremental', unique_key=['id', 'g']) }}" + rows);
  write("models/merged.sql",
        "{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id',\n"
        "merge_exclude_columns=['g']) }}" +
            rows);
  write("models/added.sql",
        "{{ config(materialized='incremental', incremental_strategy='append', unique_key='id') }}" +
            rows);
  write("models/synced.sql",
        "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }}\n"
        "select id, g{% if is_incremental() %}, v as w{% else %}, v{% endif %} from (" +
            rows + ")");
  built({"--vars", "{rows: \"(1, 1, 'a'), (2, 2, 'b')\"}"});
  built({"--vars", "{rows: \"(1, 1, 'c'), (2, 9, 'd')\"}"});
  const auto all = [&](const std::string& table) {
    return list("select concat(id, g, v) as x from " + table + " order by x");
  };
  EXPECT_EQ(all("expression"), "11c 22b 29d");
  EXPECT_EQ(all("keys"), "11c 22b 29d");
  EXPECT_EQ(all("merged"), "11c 22d");
  EXPECT_EQ(all("added"), "11a 11c 22b 29d");
  EXPECT_EQ(list("select concat(id, g, coalesce(w, '-')) as x from synced order by x"),
            "11- 11c 22- 29d");
}

TEST_F(DbtProject, RefusesByNameWhatItLacks) {
  write("models/a.sql",
        "\n{{ config(materialized='incremental', incremental_strategy='microbatch') }} select 1");
  const std::string said = build().err;
  EXPECT_TRUE(says(said, "project/models/a.sql:2:")) << said;
  EXPECT_TRUE(says(said, "microbatch is not supported")) << said;
  EXPECT_TRUE(says(said, "`dbt build` of dbt-core supports it")) << said;
}

}  // namespace
}  // namespace gsa::tests
