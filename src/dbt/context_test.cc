// The expected results are those of dbt-core 1.11 with dbt-duckdb 1.11 for the same templates.

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

constexpr const char* kRows =
    "{{ config(materialized='table') }}\n"
    "select range::int as id, ['red', 'green'][1 + range % 2] as kind,\n"
    "  (range * 1.5)::decimal(10, 2) as amount, date '2024-01-01' + range::int as day,\n"
    "  timestamp '2024-01-01 10:00:00' + interval (range) hour as at_, range = 0 as first\n"
    "from range(3)";

// The only value of the only row of a model with this SQL, next to a table `rows`.
std::string value_of(const std::string& sql, Files files = {}) {
  files["models/rows.sql"] = kRows;
  files["models/m.sql"] = sql;
  const Project project = load(std::move(files));
  duck::Connection connection = memory();
  const RunResult result = run_all(project, connection);
  const NodeResult& node = find(result, "m");
  if (node.status == Status::error) return "error: " + node.message;
  return connection.query("select columns(*)::varchar from main.m").text(0, 0);
}

// The result of an expression between {{ and }}, as text.
std::string shown(const std::string& expression, Files files = {}) {
  return value_of("-- {{ ref('rows') }}\nselect $t${{ " + expression + " }}$t$", std::move(files));
}

TEST(Context, AsksTheDatabaseWhileAModelRuns) {
  EXPECT_EQ(value_of("{% set q %}select kind, sum(amount) as s from {{ ref('rows') }} group by 1 "
                     "order by 1{% endset %}{% set r = run_query(q) %}"
                     "select '{% for row in r.rows %}{{ row.kind }}={{ row['s'] }};{% endfor %}'"),
            "green=1.50;red=3.00;");
  EXPECT_EQ(
      value_of("{% call statement('x', fetch_result=True) %}select 8 as n, 'a' as b{% endcall "
               "%}{% set r = load_result('x') %}select '{{ r['data'][0][0] if execute }}"
               "{{ r.table.columns['b'].values()[0] if execute }}{{ load_result('y') }}'"),
      "8aNone");
  EXPECT_EQ(value_of("select '{{ get_columns_in_query('select 1 as a, 2 as b') | join('-') }}'"),
            "a-b");
}

TEST(Context, GivesRowsTheTypesOfPython) {
  const std::string asks =
      "{% set r = run_query('select id, amount, day, at_, first, null as n, "
      "[1, 2] as l, 0.1::double as d, 5::hugeint as h from ' ~ ref('rows') ~ "
      "' order by id').rows[0] %}";
  const auto of = [&](const std::string& expression) {
    return value_of(asks + "select $t${% if execute %}{{ " + expression + " }}{% endif %}$t$");
  };
  EXPECT_EQ(of("r.values() | join('|')"),
            "0|0.00|2024-01-01|2024-01-01 10:00:00|True|None|[1,2]|0.1|5");
  EXPECT_EQ(of("r.id + 1"), "1");
  EXPECT_EQ(of("r['day'].strftime('%d.%m.%y')"), "01.01.24");
  EXPECT_EQ(of("r.keys() | join(',')"), "id,amount,day,at_,first,n,l,d,h");
}

TEST(Context, RefusesStatementsThatChangeTheDatabase) {
  const std::string error = value_of("{% do run_query('create table x as select 1') %}select 1");
  EXPECT_NE(error.find("a template may only query the database"), std::string::npos) << error;
  EXPECT_NE(value_of("{% if execute %}{% do adapter.drop_relation(this) %}{% endif %}select 1")
                .find("adapter.drop_relation is not supported here"),
            std::string::npos);
}

TEST(Context, FindsRelationsAndTheirColumns) {
  const auto of = [](const std::string& text) {
    return value_of("{% set r = ref('rows') %}select $t${% if execute %}" + text +
                    "{% endif %}$t$ from {{ r }} limit 1");
  };
  EXPECT_EQ(of("{% for c in adapter.get_columns_in_relation(r) %}{{ c.name }} {{ c.data_type }} "
               "{{ c.is_number() }};{% endfor %}"),
            "id INTEGER True;kind character varying(256) False;amount DECIMAL(10,2) False;"
            "day DATE False;at_ TIMESTAMP False;first BOOLEAN False;");
  EXPECT_EQ(of("{{ adapter.get_relation('memory', 'main', 'nope') }}"), "None");
  EXPECT_EQ(of("{{ adapter.get_relation(none, 'main', 'rows').type }}"), "table");
  EXPECT_EQ(
      of("{{ this.include(database=false) }} {{ this.name }} {{ this.without_identifier() }}"),
      "\"main\".\"m\" m \"main\"");
}

TEST(Context, AsksWhereARunKeepsItsTables) {
  const Project project = load({
      {"models/a.sql", "{{ config(materialized='table') }}select 7 as x"},
      {"models/b.sql",
       "select {{ run_query('select x from ' ~ ref('a')).columns[0].values()[0] if "
       "execute else 0 }} as y from {{ ref('a') }}"},
  });
  duck::Connection connection = memory();
  connection.execute("create table main.a as select 1 as x");  // left by an earlier run
  NodeRunOptions options;
  options.relation = [](const Relation& relation) {
    return Relation{relation.database, relation.schema, "hidden_" + relation.name};
  };
  const RunResult result = run_all(project, connection, options);
  EXPECT_EQ(find(result, "b").message, "");
  EXPECT_EQ(connection.query_int64("select y from main.hidden_b"), 7);
  // Compiled for publication under other names, the SQL gives the same answer.
  CompileOptions published;
  published.asked = options.relation;
  Compiler compiler(project, published);
  EXPECT_EQ(compiler.compile(*project.find_model("b"), &connection).text(),
            "select 7 as y from main.a");
  EXPECT_THROW(compiler.compile(*project.find_model("b")), AsksDatabase);
}

TEST(Context, DispatchesToTheProjectsOwnMacroFirst) {
  const Files macros = {
      {"macros/m.sql",
       "{% macro f(x) %}{{ return(adapter.dispatch('f', 'shop')(x)) }}{% endmacro %}"
       "{% macro default__f(x) %}default{{ x }}{% endmacro %}"
       "{% macro g() %}{{ adapter.dispatch('g')() }}{% endmacro %}"
       "{% macro default__g() %}default{% endmacro %}{% macro duckdb__g() %}duckdb{% endmacro %}"
       "{% macro duckdb__right(a, b) %}mine{% endmacro %}"
       "{% macro h() %}{{ adapter.dispatch('h')() }}{% endmacro %}"}};
  EXPECT_EQ(shown("f(1)", macros), "default1");
  EXPECT_EQ(shown("g()", macros), "duckdb");
  EXPECT_EQ(shown("dbt.right(1, 2)", macros), "mine");
  const std::string error = shown("h() if execute", macros);
  EXPECT_NE(error.find("adapter.dispatch: there is no macro 'h'"), std::string::npos) << error;
}

TEST(Context, HasTheMacrosOfDbt) {
  const auto of = [](const std::string& expression) {
    return value_of("select {{ " + expression + " }}");
  };
  EXPECT_EQ(of("dbt.dateadd('month', 1, \"date '2020-01-31'\")"), "2020-02-29 00:00:00");
  EXPECT_EQ(of("dateadd('quarter', 2, \"timestamp '2020-01-31'\")"), "2020-07-31 00:00:00");
  EXPECT_EQ(of("dbt.datediff(\"date '2020-01-01'\", \"date '2020-03-05'\", 'week')"), "9");
  EXPECT_EQ(of("dbt.datediff(\"'2020-01-01'\", \"'2020-03-05'\", 'day')"), "64");
  EXPECT_EQ(of("dbt.last_day(\"date '2020-02-05'\", 'quarter')"), "2020-03-31");
  EXPECT_EQ(of("dbt.split_part(\"'a-b-c'\", \"'-'\", 2)"), "b");
  EXPECT_EQ(of("dbt.array_append(dbt.array_construct([1]), 2)"), "[1, 2]");
  EXPECT_EQ(of("dbt.hash(\"'x'\")"), "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_EQ(value_of("select {{ dbt.listagg('kind', \"'|'\", 'order by id', 2) }} from "
                     "{{ ref('rows') }}"),
            "red|green");
  EXPECT_EQ(value_of("select count(*) from ({{ dbt.date_spine('day', \"date '2024-01-01'\", "
                     "\"date '2024-01-05'\") }})"),
            "4");
  EXPECT_EQ(of("\"'\" ~ [dbt.type_string(), type_numeric(), dbt.type_timestamp(), "
               "dbt.type_boolean()] | join(' ') ~ \"'\""),
            "TEXT numeric(28,6) timestamp boolean");
}

TEST(Context, KnowsTheNodeTheProjectAndTheRun) {
  EXPECT_EQ(shown("[model.unique_id, model.resource_type, model.fqn | join('.'), model.path, "
                  "model.config.materialized, config.get('materialized')] | join(' ')"),
            "model.shop.m model shop.m m.sql view view");
  EXPECT_EQ(shown("[schema, target.type, adapter.type(), flags.FULL_REFRESH] | join(' ')"),
            "main duckdb duckdb False");
  EXPECT_EQ(shown("var.has_var('a')"), "False");
  EXPECT_EQ(shown("invocation_id | length"), "36");
  EXPECT_EQ(shown("run_started_at.tzinfo"), "UTC");
  EXPECT_EQ(shown("adapter.quote('My Col')"), "\"My Col\"");
}

TEST(Context, HasTheFunctionsOfDbt) {
  EXPECT_EQ(shown("fromjson('{\"a\": [1, 2]}').a[1]"), "2");
  EXPECT_EQ(shown("fromjson('nope', 'other')"), "other");
  EXPECT_EQ(shown("tojson({'b': 1, 'a': [true, none]}, sort_keys=true)"),
            "{\"a\": [true, null], \"b\": 1}");
  EXPECT_EQ(shown("fromyaml('a: {b: x}').a.b"), "x");
  EXPECT_EQ(shown("set([1, 1, 2]) | list"), "[1, 2]");
  EXPECT_EQ(shown("zip([1, 2], ['x', 'y']) | list"), "[(1, 'x'), (2, 'y')]");
  EXPECT_EQ(shown("local_md5('x')"), "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_NE(shown("exceptions.raise_compiler_error('too bad') if execute").find("too bad"),
            std::string::npos);
}

TEST(Context, TakesUndefinedNamesAsEmptyTextAndSaysSo) {
  const Files files = {{"models/m.sql",
                        "select '{{ nothing }}{{ nothing ~ 'a' }}"
                        "{{ nothing | upper }}' as x"}};
  const Project project = load(files);
  ASSERT_EQ(project.warnings().size(), 3U);
  EXPECT_EQ(project.warnings()[0],
            "models/m.sql:1:12: 'nothing' is undefined, and is taken as empty text");
  duck::Connection connection = memory();
  const RunResult result = run_all(project, connection);
  EXPECT_EQ(connection.query("select x from main.m").text(0, 0), "a");
  EXPECT_TRUE(find(result, "m").said.empty());  // the message was reported before
}

TEST(Context, ReadsAProjectBeforeThereIsADatabaseToAsk) {
  EXPECT_EQ(value_of("select {{ run_query('select 5 as x').columns[0].values()[0] }}"), "5");
  // But a name that nobody defines cannot be called when the model runs.
  const std::string error = value_of("select {{ nope() }}");
  EXPECT_NE(error.find("models/m.sql:1:11: 'nope' is undefined"), std::string::npos) << error;
}

TEST(Context, HandsOverWhatTemplatesSay) {
  const Project project = load({{"models/m.sql",
                                 "{{ log('quiet') }}{{ log('loud', info=True) }}"
                                 "{% do exceptions.warn('careful') %}{% if execute %}"
                                 "{% do exceptions.warn('late') %}{% endif %}select 1 as x"}});
  ASSERT_EQ(project.warnings().size(), 1U);
  EXPECT_EQ(project.warnings()[0], "models/m.sql:1:64: careful");
  duck::Connection connection = memory();
  const RunResult result = run_all(project, connection);
  const std::vector<TemplateMessage>& said = find(result, "m").said;
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0].text, "loud");
  EXPECT_FALSE(said[0].is_warning);
  EXPECT_EQ(said[1].text.substr(said[1].text.find(' ') + 1), "late");
  EXPECT_TRUE(said[1].is_warning);
}

}  // namespace
}  // namespace gsa::dbt
