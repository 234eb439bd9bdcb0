#include "dbt/selector.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

// a with a data test and a unit test
Project with_unit_test() {
  return load({{"models/a.sql", "select 1 as id"},
               {"models/b.sql", "select 1 as id from {{ ref('a') }}"},
               {"models/s.yml",
                "models: [{name: a, columns: [{name: id, tests: [unique]}]}]\n"
                "unit_tests:\n  - {name: one, model: a, config: {tags: quick}, given: [],\n"
                "     expect: {rows: [{id: 1}]}}\n"}});
}

// raw.users -> stg_users -> dim_users -> report
// raw.gens  -> stg_gens  -> fct_gens  -> report;  fct_gens -> dim_users by a relationship test
Project shop() {
  return load({
      {"dbt_project.yml", "name: shop\nmodels:\n  shop:\n    staging: {+tags: stage}\n"},
      {"models/staging/stg_users.sql", "select * from {{ source('raw', 'users') }}"},
      {"models/staging/stg_gens.sql", "select * from {{ source('raw', 'gens') }}"},
      {"models/marts/dim_users.sql",
       "{{ config(materialized='table') }}select * from {{ ref('stg_users') }}"},
      {"models/marts/fct_gens.sql",
       "{{ config(materialized='table', tags=['big']) }}select * from {{ ref('stg_gens') }}"},
      {"models/report.sql", "select * from {{ ref('dim_users') }}, {{ ref('fct_gens') }}"},
      {"models/staging/s.yml",
       "sources:\n  - name: raw\n    tables:\n      - name: users\n        columns:\n"
       "          - {name: id, tests: [unique]}\n      - name: gens\n"},
      {"models/marts/s.yml",
       "models:\n  - name: dim_users\n    columns: [{name: id, tests: [unique]}]\n"
       "  - name: fct_gens\n    columns:\n      - name: user_id\n        tests:\n"
       "          - relationships:\n              to: ref('dim_users')\n              field: id\n"
       "              config: {severity: warn, tags: slow}\n"},
      {"tests/no_orphans.sql", "select * from {{ ref('report') }} where false"},
  });
}

std::string names_of(const Project& project, const NodeSet& nodes) {
  std::vector<std::string> names;
  for (const std::size_t i : nodes) names.push_back(project.nodes()[i].name);
  return join(names, " ");
}

std::string selected(const std::string& select, const std::string& exclude = "") {
  static const Project project = shop();
  std::vector<std::string> ignored;
  return names_of(project, select_nodes(project, {select, exclude, ""}, {}, ignored));
}

// The warnings, one on each line.
std::string warned(const std::string& select, const std::string& exclude = "") {
  std::vector<std::string> warnings;
  select_nodes(shop(), {select, exclude, ""}, {}, warnings);
  return join(warnings, "\n");
}

const std::string kUnique = "unique_dim_users_id";
const std::string kRelation = "relationships_fct_gens_user_id__id__ref_dim_users_";
const std::string kSourceUnique = "source_unique_raw_users_id";

TEST(Selector, SelectsUnitTestsAsDbtDoes) {
  const Project project = with_unit_test();
  const auto names = [&](const std::string& select) {
    std::vector<std::string> ignored;
    return names_of(project, select_nodes(project, {select, "", ""}, {}, ignored));
  };
  for (const char* alone : {"test_type:unit", "resource_type:unit_test", "one", "shop.a.one",
                            "unit_test:o*", "unit_test:shop.one", "test_name:one", "tag:quick"}) {
    EXPECT_EQ(names(alone), "a::one") << alone;
  }
  EXPECT_EQ(names("a"), "a a::one unique_a_id");
  EXPECT_EQ(names("+one"), "a a::one unique_a_id");
  EXPECT_EQ(names("test_type:data"), "unique_a_id");
  EXPECT_EQ(names("resource_type:test"), "unique_a_id");
  EXPECT_EQ(names("config.tags:quick"), "");
}

TEST(Selector, SelectsWhatDbtSelects) {
  const std::pair<std::string, std::string> cases[] = {
      {"dim_users", "dim_users " + kRelation + " " + kUnique},
      {"stg_gens", "stg_gens"},
      {"+dim_users",
       "raw.users dim_users stg_users " + kRelation + " " + kSourceUnique + " " + kUnique},
      {"1+dim_users", "dim_users stg_users " + kRelation + " " + kUnique},
      {"stg_gens+", "fct_gens report stg_gens no_orphans " + kRelation},
      {"stg_gens+1", "fct_gens stg_gens " + kRelation},
      {"1+report", "dim_users fct_gens report no_orphans " + kRelation + " " + kUnique},
      {"@stg_gens", "raw.gens raw.users dim_users fct_gens report stg_gens stg_users no_orphans " +
                        kRelation + " " + kSourceUnique + " " + kUnique},
      {"tag:big", "fct_gens " + kRelation},
      {"tag:st*", "stg_gens stg_users"},
      {"tag:slow", kRelation},
      {"path:models/staging", "raw.gens raw.users stg_gens stg_users " + kSourceUnique},
      {"models/staging/", "raw.gens raw.users stg_gens stg_users " + kSourceUnique},
      {"models/report.sql", "report no_orphans"},
      {"report.sql", "report no_orphans"},
      {"source:raw", "raw.gens raw.users " + kSourceUnique},
      {"source:raw.gens+1", "raw.gens stg_gens"},
      {"config.materialized:table", "dim_users fct_gens " + kRelation + " " + kUnique},
      {"config.severity:warn", kRelation},
      {"test_type:singular", "no_orphans"},
      {"test_type:generic", kRelation + " " + kSourceUnique + " " + kUnique},
      {"test_name:relationships", kRelation},
      {"resource_type:source", "raw.gens raw.users " + kSourceUnique},
      {"stg_*", "stg_gens stg_users"},
      {"staging.*", "stg_gens stg_users " + kSourceUnique},
      {"shop.staging.stg_users", "stg_users"},
      {"staging", "stg_gens stg_users " + kSourceUnique},
      {"stg_users stg_gens", "stg_gens stg_users"},
      {"stg_users+,tag:stage", "stg_users"},
      {"dim_users,test_type:generic", kRelation + " " + kUnique},
      {"  report   stg_gens ", "report stg_gens no_orphans"},
  };
  for (const auto& [select, expected] : cases) EXPECT_EQ(selected(select), expected) << select;
}

TEST(Selector, ExcludesAModelTogetherWithItsTests) {
  EXPECT_EQ(selected("config.materialized:table", "fct_gens"), "dim_users " + kUnique);
  EXPECT_EQ(selected("stg_*", "nothing_like_it"), "stg_gens stg_users");
  EXPECT_EQ(selected("", "shop.* source:*"), "");
}

// With these sets: "stale" has stg_gens and dim_users, "missing" is empty, one has a model's name.
std::string selected_with_sets(const std::string& select, const std::string& exclude = "",
                               std::vector<std::string>* warned_of = nullptr) {
  const Project project = shop();
  const auto index_of = [&](const std::string& model) {
    return static_cast<std::size_t>(project.find_model(model) - project.nodes().data());
  };
  const NamedSets named = {{"stale", {index_of("stg_gens"), index_of("dim_users")}},
                           {"missing", {}},
                           {"report", {index_of("stg_gens")}}};
  std::vector<std::string> warnings;
  const NodeSet nodes = select_nodes(project, {select, exclude, ""}, named, warnings);
  if (warned_of != nullptr) *warned_of = std::move(warnings);
  return names_of(project, nodes);
}

TEST(Selector, TakesSetsThatTheCallerNames) {
  const std::pair<std::string, std::string> cases[] = {
      {"stale", "dim_users stg_gens " + kRelation + " " + kUnique},
      {"stale+", "dim_users fct_gens report stg_gens no_orphans " + kRelation + " " + kUnique},
      {"1+stale", "raw.gens dim_users stg_gens stg_users " + kRelation + " " + kUnique},
      {"@stale", selected("@stg_gens")},
      {"stale,tag:stage", "stg_gens"},
      {"stale report", "dim_users report stg_gens no_orphans " + kRelation + " " + kUnique},
      {"report", "report no_orphans"},
  };
  for (const auto& [select, expected] : cases) {
    EXPECT_EQ(selected_with_sets(select), expected) << select;
  }
  EXPECT_EQ(selected_with_sets("config.materialized:table", "stale"), "fct_gens");
}

TEST(Selector, ANamedSetMayBeEmptyWithoutAWarning) {
  const std::pair<std::string, std::string> cases[] = {
      {"missing", ""},
      {"@missing", ""},
      {"missing+,dim_users", ""},
      {"stale,tag:big,resource_type:source", ""},
      {"stael", "'stael' selects nothing; did you mean 'stale'?"},
      {"missing dim_user", "'dim_user' selects nothing; did you mean 'dim_users'?"},
      {"stg_gens,tag:big", "'stg_gens,tag:big' selects nothing: no node fits all of its parts"},
  };
  for (const auto& [select, warning] : cases) {
    std::vector<std::string> warned_of;
    EXPECT_EQ(selected_with_sets(select, "", &warned_of), "") << select;
    EXPECT_EQ(join(warned_of, "\n"), warning) << select;
  }
  EXPECT_EQ(selected_with_sets("missing stg_gens"), "stg_gens");
  EXPECT_EQ(selected_with_sets("stale", "shop.*"), "");
  EXPECT_EQ(selected_with_sets("stg_gens", "missing"), "stg_gens");
  EXPECT_EQ(selected_with_sets("fqn:missing"), "");  // with METHOD it can only be a model's name
}

TEST(Selector, WarnsWithWhatMayHaveBeenMeant) {
  std::string all;
  for (const char* select :
       {"dim_user", "tag:bigg", "source:rwa", "path:models/stagin", "config.materialized:tabel",
        "stg_users,tag:big", "dim_users fct_gen", "test_type:unit", "group:x", "exposure:nope"}) {
    all += warned(select) + "\n\n";
  }
  all += warned("stg_gens", "nothing_like_it") + "\n\n";
  for (const char* select :
       {"confg.materialized:table", "+", "@report+", "tga:big", "config:x", "state:modified",
        "result:error", "metric:m", "test_type:unt", "resource_type:modl", "source:a.b.c.d"}) {
    all += error_of([&] { selected(select); }) + "\n\n";
  }
  EXPECT_EQ(all.find("no error"), std::string::npos);
  expect_golden("selector_errors.txt", all);
}

// a is in a group, public and has meta; b reads it; an exposure reads b.
Files grouped() {
  return {{"dbt_project.yml", "name: p\n"},
          {"models/a.sql",
           "{{ config(tags=['x'], meta={'k': 'v', 'n': {'m': ['i', true]}}, group='g', "
           "access='public', unique_key=['id', 'day']) }}select 1 as id"},
          {"models/b.sql", "select * from {{ ref('a') }}"},
          {"models/deep/er/c1.sql", "{{ config(materialized='table') }}select 1 as id"},
          {"models/deep/c2.sql", "select 1 as id"},
          {"models/s.yml",
           "groups: [{name: g, owner: {name: o}}]\n"
           "exposures:\n  - name: board\n    depends_on: [ref('b')]\n"
           "models:\n  - name: c1\n    columns:\n      - name: id\n        tests:\n"
           "          - relationships: {to: ref('a'), field: id, config: {limit: 3}}\n"}};
}

std::string grouped_selected(const std::string& select, const std::string& exclude = "") {
  static const Project project = load(grouped());
  std::vector<std::string> ignored;
  return names_of(project, select_nodes(project, {select, exclude, ""}, {}, ignored));
}

TEST(Selector, SelectsByAllThatDbtLooksAt) {
  const std::string test = "relationships_c1_id__id__ref_a_";
  const std::pair<std::string, std::string> cases[] = {
      {"group:g", "a " + test},
      {"group:[fg]", "a " + test},
      {"package:p,resource_type:model", "a b c1 c2 " + test},
      {"package:this,resource_type:model", "a b c1 c2 " + test},
      {"package:q", ""},
      {"access:protected", "b c1 c2 " + test},
      {"access:public", "a " + test},
      {"config.meta.k:v", "a " + test},
      {"config.meta.k:w", ""},
      {"config.meta.n.m:i", "a " + test},
      {"config.meta.n.m:TRUE", "a " + test},
      {"config.tags:x", "a " + test},
      {"config.unique_key:day", "a " + test},
      {"config.materialized:view", "a b c2 " + test},
      {"config.materialized:test", test},
      {"config.contract.enforced:false,b", "b"},
      {"config.severity:ERROR", test},
      {"config.limit:3", ""},  // a number does not equal a text
      {"config.enabled:true,c2", "c2"},
      {"+exposure:board", "a b " + test},
      {"1+exposure:board", "b"},
      {"exposure:board", ""},
      {"path:models/*.sql", "a b " + test},
      {"path:models/*/c2.sql", "c2"},
      {"path:models/deep/*", "c1 c2 " + test},
      {"models/**/c1.sql", "c1 " + test},
      {"path:models/s.yml", "c1 " + test},
      {"file:c?", "c1 c2 " + test},
      {"file:c1.sql", "c1 " + test},
      {"fqn:deep.er", "c1 " + test},
      {"deep.*", "c1 c2 " + test},
      {"c[1-9]", "c1 c2 " + test},
      {"er", ""},
      {"1+b", "a b " + test},
      {"0+b", "b"},
      {"resource_type:test", test},
      {"test_name:rel*", test},
  };
  for (const auto& [select, expected] : cases) {
    EXPECT_EQ(grouped_selected(select), expected) << select;
  }
  EXPECT_EQ(grouped_selected("1+b", "a"), "b");
}

std::string by_selector(const std::string& yml, const std::string& name = "",
                        const std::string& select = "") {
  Files files = grouped();
  files["selectors.yml"] = yml;
  const Project project = load(files);
  std::vector<std::string> ignored;
  return names_of(project, select_nodes(project, {select, "", name}, {}, ignored));
}

TEST(Selector, TakesADefinitionFromSelectorsYml) {
  const std::string test = "relationships_c1_id__id__ref_a_";
  const std::pair<std::string, std::string> cases[] = {
      {"+b", "a b " + test},
      {"{tag: x}", "a " + test},
      {"{method: fqn, value: a, children: true}", "a b " + test},
      {"{method: fqn, value: b, parents: true, parents_depth: 1}", "a b " + test},
      {"{method: fqn, value: a, childrens_parents: true}", "a b c1 " + test},
      {"{method: fqn, value: c1, indirect_selection: cautious}", "c1"},
      {"{method: fqn, value: c1, indirect_selection: empty}", "c1"},
      {"{method: config.meta.k, value: v, exclude: [{method: test_name, value: '*'}]}", "a"},
      {"{union: [c2, {method: fqn, value: b}]}", "b c2"},
      {"{intersection: [{method: path, value: models/deep}, {tag: '*'}, file:c2]}", ""},
      {"{intersection: [{method: path, value: models/deep}, file:c2]}", "c2"},
      {"{union: ['*', {exclude: [{method: fqn, value: deep}, a]}]}", "b"},
      {"{union: [{intersection: [deep, c2]}, b]}", "b c2"},
      {"{method: selector, value: first}", "c2"},
  };
  for (const auto& [definition, expected] : cases) {
    EXPECT_EQ(by_selector("selectors:\n  - {name: first, definition: c2}\n"
                          "  - name: s\n    description: d\n    definition: " +
                              definition + "\n",
                          "s"),
              expected)
        << definition;
  }
}

TEST(Selector, ADefaultHoldsWhereNothingElseIsAsked) {
  const std::string yml =
      "selectors:\n  - {name: other, definition: c2}\n"
      "  - {name: s, default: true, definition: {method: fqn, value: b}}\n";
  EXPECT_EQ(by_selector(yml), "b");
  EXPECT_EQ(by_selector(yml, "other"), "c2");
  EXPECT_EQ(by_selector(yml, "", "c2"), "c2");
}

TEST(Selector, SaysWhatIsWrongInSelectorsYml) {
  std::string all;
  constexpr const char* kTwoDefaults =
      "selectors: [{name: s, definition: a, default: true}, "
      "{name: t, definition: b, default: true}]";
  for (const char* yml :
       {"selectors: [{definition: a}]", "selectors: [{name: s}]", "selector: []",
        "selectors: [{name: s, definition: {method: tga, value: a}}]",
        "selectors: [{name: s, definition: {method: state, value: new}}]",
        "selectors: [{name: s, definition: {method: tag}}]",
        "selectors: [{name: s, definition: {method: selector, value: later}}]",
        "selectors: [{name: s, definition: {union: [a], intersection: [b]}}]",
        "selectors: [{name: s, definition: {union: [{exclude: [a]}, {exclude: [b]}]}}]",
        kTwoDefaults, "selectors: [{name: t, definition: b}]"}) {
    all += error_of([&] { by_selector(yml, "s"); }) + "\n\n";
  }
  EXPECT_EQ(all.find("no error"), std::string::npos) << all;
  expect_golden("selectors_yml_errors.txt", all);
}

}  // namespace
}  // namespace gsa::dbt
