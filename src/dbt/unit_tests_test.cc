#include "dbt/unit_tests.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

// b → a, both built before the tests run. `tests` is the list below unit_tests:.
Files project_of(const std::string& tests, Files more = {}) {
  more.try_emplace("models/b.sql",
                   "select 1 as id, 'x' as name, date '2020-01-01' as day, 1.5::decimal(9, 2) as "
                   "price, [1] as list");
  more.try_emplace("models/a.sql", "select id, name, day, price, list from {{ ref('b') }}");
  more.emplace("models/tests.yml", "unit_tests:\n" + tests);
  return more;
}

// A test of model a with one input and its expected rows, both in YAML's flow style.
std::string test_of_a(const std::string& rows, const std::string& expect) {
  return "  - name: u\n    model: a\n    given: [{input: ref('b'), " + rows + "}]\n    expect: {" +
         expect + "}\n";
}

std::string dicts(const std::string& rows) { return "rows: [" + rows + "]"; }

NodeResult run_test(const Files& files, const std::string& name = "a::u") {
  const Project project = load(files);
  duck::Connection connection = memory();
  return find(run_all(project, connection), name);
}

std::string status_and_message(const NodeResult& result) {
  return to_string(result.status) + result.message;
}

std::string verdict(const std::string& given, const std::string& expect) {
  return status_and_message(run_test(project_of(test_of_a(dicts(given), dicts(expect)))));
}

TEST(UnitTests, PutRowsInThePlaceOfAnInput) {
  EXPECT_EQ(verdict("{id: 5, name: o'x}", "{id: 5, name: o'x}"), "pass");
  EXPECT_EQ(verdict("{id: 5}", "{id: 6}"), "fail");
}

TEST(UnitTests, AreNamedAfterTheirModelAsDbtShowsThem) {
  const Project project = load(project_of(test_of_a(dicts("{id: 5}"), dicts("{id: 5}"))));
  const Node& test = project.nodes().back();
  EXPECT_EQ(test.name, "a::u");
  EXPECT_EQ(test.unique_id, "unit_test.shop.a.u");
  EXPECT_EQ(join(test.fqn, "."), "shop.a.u");
}

TEST(UnitTests, CompareRowsAsOftenAsTheyAreInWhateverOrder) {
  EXPECT_EQ(verdict("{id: 1}, {id: 2}, {id: 1}", "{id: 2}, {id: 1}, {id: 1}"), "pass");
  EXPECT_EQ(verdict("{id: 1}, {id: 2}, {id: 1}", "{id: 2}, {id: 2}, {id: 1}"), "fail");
  EXPECT_EQ(verdict("{id: 1}, {id: 1}", "{id: 1}"), "fail");
}

TEST(UnitTests, CompareOnlyTheColumnsThatAreExpected) {
  EXPECT_EQ(verdict("{id: 1, name: a}", "{name: a}"), "pass");
  EXPECT_EQ(verdict("{id: 1, name: a}", "{NAME: a, Id: 1}"), "pass");
}

TEST(UnitTests, TakeAllColumnsWhereNoRowIsExpected) {
  EXPECT_EQ(verdict("", ""), "pass");
  EXPECT_EQ(verdict("{id: 1}", ""), "fail");
}

TEST(UnitTests, CastValuesToTheColumnsOfTheInput) {
  EXPECT_EQ(verdict("{id: '7', day: 2024-02-29, price: 3, list: [1, 2]}",
                    "{id: 7, day: '2024-02-29', price: 3.00, list: '[1, 2]'}"),
            "pass");
  EXPECT_EQ(verdict("{id: true, name: true}", "{id: 1, name: 'true'}"), "pass");
}

TEST(UnitTests, TellAnEmptyTextFromNull) {
  EXPECT_EQ(verdict("{id: 1, name: ''}", "{id: 1, name: null}"), "fail");
  EXPECT_EQ(verdict("{id: 1}", "{id: 1, name: null}"), "pass");
}

TEST(UnitTests, ShowTheRowsThatDiffer) {
  const NodeResult result = run_test(project_of(test_of_a(
      dicts("{id: 1, name: a}, {id: 2}"), dicts("{id: 1, name: b}, {id: 2, name: null}"))));
  EXPECT_EQ(result.failures, 2);
  EXPECT_EQ(result.sample.columns, (std::vector<std::string>{"actual_or_expected", "id", "name"}));
  using Row = std::vector<std::optional<std::string>>;
  EXPECT_EQ(result.sample.rows, (std::vector<Row>{{"actual", "1", "a"}, {"expected", "1", "b"}}));
}

TEST(UnitTests, ReadCsvInWhichWhatIsEmptyIsNull) {
  const std::string rows = R"(format: csv, rows: "id,name\n1,\"a,b\"\n2,\n")";
  EXPECT_EQ(status_and_message(run_test(
                project_of(test_of_a(rows, dicts("{id: 2, name: null}, {id: 1, name: 'a,b'}"))))),
            "pass");
}

TEST(UnitTests, ReadFixturesWhichAreNoTests) {
  const Files files = {{"tests/fixtures/some.csv", "id,name\n1,a\n"},
                       {"tests/fixtures/more.sql",
                        "select {{ 1 + 1 }} as id, 'b' as name,\n"
                        "null as day, null as price, null as list"},
                       {"tests/fixtures/wanted.sql",
                        "select 2 as id, 'b' as name, null as day,\n"
                        "null as price, null as list"}};
  EXPECT_EQ(status_and_message(run_test(project_of(
                test_of_a("format: csv, fixture: some", "format: csv, fixture: some"), files))),
            "pass");
  EXPECT_EQ(status_and_message(run_test(project_of(
                test_of_a("format: sql, fixture: more", "format: sql, fixture: wanted"), files))),
            "pass");
  EXPECT_EQ(load_error(project_of(test_of_a("format: sql, fixture: some", dicts("")), files)),
            "models/tests.yml:4:13: there is no fixture some.sql below tests/fixtures\n    given: "
            "[{input: ref('b'), format: sql, fixture: some}]\n            ^\nhint: there is a "
            "fixture of the other format; say format:");
}

TEST(UnitTests, ReadTheRowsOfASeedFromItsFile) {
  const Files files = {{"seeds/s.csv", "id,name\n1,a\n"},
                       {"models/a.sql", "select id, name from {{ ref('s') }}"},
                       {"models/tests.yml",
                        "unit_tests:\n  - {name: u, model: a, given: [{input: ref('s')}],\n"
                        "     expect: {rows: [{id: 1, name: a}]}}\n"}};
  const Project project = load(files);
  const Node* test = &project.nodes().back();
  ASSERT_EQ(test->unit->given.size(), 1u);
  EXPECT_EQ(test->unit->given[0].rows.rows.size(), 1u);
}

TEST(UnitTests, ReplaceMacrosVarsAndVariablesForThatTestAlone) {
  const std::string tests =
      "  - name: u\n    model: a\n    given: [{input: ref('b'), rows: [{id: 1}]}]\n"
      "    overrides: {macros: {inner: o, shop.outer: p}, vars: {v: 7}, env_vars: {GSA_NO_SUCH: "
      "e}}\n"
      "    expect: {rows: [{m: o, n: p, v: 7, e: e}]}\n"
      "  - {name: w, model: a, given: [{input: ref('b'), rows: [{id: 1}]}],\n"
      "     expect: {rows: [{m: i, n: i, v: 1, e: d}]}}\n";
  const Files files = {{"macros/m.sql",
                        "{% macro inner() %}i{% endmacro %}{% macro outer() %}{{ inner() }}"
                        "{% endmacro %}"},
                       {"models/a.sql",
                        "select '{{ outer() }}' as m, '{{ shop.outer() }}' as n, {{ var('v', 1) }} "
                        "as v, '{{ env_var('GSA_NO_SUCH', 'd') }}' as e from {{ ref('b') }}"}};
  EXPECT_EQ(status_and_message(run_test(project_of(tests, files), "a::u")), "pass");
  EXPECT_EQ(status_and_message(run_test(project_of(tests, files), "a::w")), "pass");
}

const Files kIncremental = {
    {"models/a.sql",
     "{{ config(materialized='incremental') }}\nselect id from {{ ref('b') }}\n"
     "{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}"}};

std::string incremental_test(const std::string& answer, const std::string& inputs) {
  return "  - {name: u, model: a, overrides: {macros: {" + answer +
         "}},\n     given: [{input: ref('b'), rows: [{id: 1}, {id: 5}]}" + inputs +
         "],\n     expect: {rows: [{id: 5}]}}\n";
}

TEST(UnitTests, GiveAnIncrementalModelItsOwnRows) {
  EXPECT_EQ(status_and_message(run_test(project_of(
                incremental_test("is_incremental: true", ", {input: this, rows: [{id: 3}]}"),
                kIncremental))),
            "pass");
  EXPECT_EQ(status_and_message(
                run_test(project_of(incremental_test("is_incremental: false", ""), kIncremental))),
            "fail");
}

TEST(UnitTests, MustSayWhetherAnIncrementalModelAdds) {
  EXPECT_EQ(load_error(project_of(incremental_test("", ""), kIncremental)),
            "models/tests.yml:2:5: 'a' calls is_incremental(), but the unit test 'u' does not "
            "override it\n  - {name: u, model: a, overrides: {macros: {}},\n    ^\nhint: add "
            "overrides: {macros: {is_incremental: true}}, or false");
  EXPECT_EQ(load_error(project_of(incremental_test("is_incremental: true", ""), kIncremental)),
            "models/tests.yml:2:5: the unit test 'u' gives no rows for 'a' itself\n  - {name: u, "
            "model: a, overrides: {macros: {is_incremental: true}},\n    ^\nhint: if "
            "is_incremental is true, one input must be: this");
}

TEST(UnitTests, NeedSqlForAnEphemeralInput) {
  Files files = {{"models/b.sql", "{{ config(materialized='ephemeral') }} select 1 as id"},
                 {"models/a.sql", "select id from {{ ref('b') }}"}};
  EXPECT_EQ(status_and_message(run_test(project_of(
                test_of_a("format: sql, rows: select 4 as id", dicts("{id: 4}")), files))),
            "pass");
  const NodeResult result =
      run_test(project_of(test_of_a(dicts("{id: 4}"), dicts("{id: 4}")), files));
  EXPECT_EQ(result.status, Status::error);
  EXPECT_EQ(result.hint, "an ephemeral model has no relation: give its rows as format: sql");
}

TEST(UnitTests, FailWhereAnInputIsNotGiven) {
  const NodeResult result =
      run_test(project_of("  - {name: u, model: a, given: [], expect: {rows: []}}\n"));
  EXPECT_EQ(result.status, Status::error);
  EXPECT_EQ(result.message,
            "models/a.sql:1:43: the unit test 'a::u' gives no rows for ref('b')\nselect id, name, "
            "day, price, list from {{ ref('b') }}\n                                          ^");
}

TEST(UnitTests, NameAColumnThatThereIsNot) {
  EXPECT_EQ(verdict("{idd: 4}", ""),
            "errormodels/tests.yml:4:37: ref('b') has no column 'idd'\n"
            "    given: [{input: ref('b'), rows: [{idd: 4}]}]\n"
            "                                    ^");
  EXPECT_EQ(verdict("{id: 4}", "{nam: 4}"),
            "errormodels/tests.yml:5:20: the model's result has no column 'nam'\n    expect: "
            "{rows: [{nam: 4}]}\n                   ^");
}

TEST(UnitTests, RefuseExpectedRowsOfOtherColumns) {
  const std::string complaint =
      "errormodels/tests.yml:5:20: one expected row has the columns id, name, and another ";
  EXPECT_TRUE(verdict("{id: 4}", "{id: 4, name: a}, {id: 5}").starts_with(complaint + "id\n"));
  // dbt matches these by position, whatever their names.
  EXPECT_TRUE(verdict("{id: 4}", "{id: 4, name: a}, {name: b, id: 5}")
                  .starts_with(complaint + "name, id\n"));
}

TEST(UnitTests, TellOfMistakesWithTheirPlace) {
  const auto message = [](const std::string& test) {
    const std::string error = load_error(project_of(test));
    return error.substr(0, error.find('\n'));
  };
  EXPECT_EQ(message("  - {name: u, model: c, given: [], expect: {rows: []}}\n"),
            "models/tests.yml:2:5: the unit test 'u' is for a model that does not exist: 'c'");
  EXPECT_EQ(
      message(
          "  - {name: u, model: a, given: [{input: ref('c'), rows: []}], expect: {rows: []}}\n"),
      "models/tests.yml:2:33: there is no model 'c'");
  EXPECT_EQ(message("  - {name: u, model: a, given: [{input: b, rows: []}], expect: {rows: []}}\n"),
            "models/tests.yml:2:33: 'b' is not an input of a model");
  EXPECT_EQ(message("  - {name: u, model: a, givn: [], expect: {rows: []}}\n"),
            "models/tests.yml:2:25: unknown key 'givn' in a unit test");
  EXPECT_EQ(message("  - {name: u, model: a, given: [], expect: {format: csv, rows: []}}\n"),
            "models/tests.yml:2:64: rows of format csv are text");
  EXPECT_EQ(
      message("  - {name: u, model: a, given: [], expect: {rows: []}, versions: {include: [1]}}\n"),
      "models/tests.yml:2:66: versions of a model are not supported");
  EXPECT_EQ(message("  - {name: u, model: a, given: [], expect: {}}\n"),
            "models/tests.yml:2:44: rows of format dict are a list below rows:");
}

TEST(UnitTests, WarnOfWhatIsOfNoUse) {
  const Project project = load(
      project_of("  - {name: u, model: a, config: {severity: warn}, overrides: {macros: {m: 1}},\n"
                 "     given: [{input: ref('b'), rows: []}, {input: ref('z'), rows: []}],\n"
                 "     expect: {rows: []}}\n",
                 {{"models/z.sql", "select 1 as id"}}));
  EXPECT_EQ(
      project.warnings(),
      (std::vector<std::string>{
          "models/tests.yml:2:34: a unit test has no severity: it fails or not",
          "models/tests.yml:2:5: the unit test 'u' overrides the macro 'm', which does not exist",
          "models/tests.yml:3:43: the unit test 'a::u' gives rows for ref('z'), which 'a' does not "
          "read"}));
}

TEST(UnitTests, GoWithADisabledModel) {
  const Project project = load(project_of(
      test_of_a(dicts(""), dicts("")), {{"models/a.sql", "{{ config(enabled=false) }} select 1"}}));
  EXPECT_EQ(project.nodes().size(), 1u);
}

TEST(UnitTests, TakeTagsFromTheProject) {
  const Project project =
      load(project_of(test_of_a(dicts(""), dicts("")), {{"dbt_project.yml",
                                                         "name: shop\nunit_tests:\n"
                                                         "  shop: {+tags: nightly}\n"}}));
  EXPECT_EQ(project.nodes().back().tags, (std::vector<std::string>{"nightly"}));
}

TEST(UnitTests, AreRefusedWhereTheProjectReplacesTheMacrosBehindThem) {
  const Files macro = {{"macros/m.sql", "{% macro safe_cast(a, b) %}{% endmacro %}"}};
  EXPECT_TRUE(load_error(project_of(test_of_a(dicts(""), dicts("")), macro))
                  .starts_with("macros/m.sql:1: the macro 'safe_cast' overrides dbt's own"));
}

}  // namespace
}  // namespace gsa::dbt
