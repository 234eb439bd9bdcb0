#include "dbt/selector.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

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

std::string selected(const std::string& select, const std::string& exclude = "") {
  static const Project project = shop();
  std::vector<std::string> names;
  for (const std::size_t i : select_nodes(project, select, exclude)) {
    names.push_back(project.nodes()[i].name);
  }
  return join(names, " ");
}

const std::string kUnique = "unique_dim_users_id";
const std::string kRelation = "relationships_fct_gens_user_id__id__ref_dim_users_";
const std::string kSourceUnique = "source_unique_raw_users_id";

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
  EXPECT_EQ(error_of([] { selected("", "shop.* source:*"); }),
            "nothing is left to do after --exclude shop.* source:*");
}

// With the sets "stale" of stg_gens and dim_users, "missing" of nothing, and one named as a model.
std::string selected_with_sets(const std::string& select, const std::string& exclude = "") {
  const Project project = shop();
  const auto index_of = [&](const std::string& model) {
    return static_cast<std::size_t>(project.find_model(model) - project.nodes().data());
  };
  const NamedSets named = {{"stale", {index_of("stg_gens"), index_of("dim_users")}},
                           {"missing", {}},
                           {"report", {index_of("stg_gens")}}};
  std::vector<std::string> names;
  for (const std::size_t i : select_nodes(project, select, exclude, named)) {
    names.push_back(project.nodes()[i].name);
  }
  return join(names, " ");
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

TEST(Selector, ANamedSetMayBeEmptyAndAMistakeMayNot) {
  EXPECT_EQ(selected_with_sets("missing"), "");
  EXPECT_EQ(selected_with_sets("@missing"), "");
  EXPECT_EQ(selected_with_sets("missing+,dim_users"), "");
  EXPECT_EQ(selected_with_sets("stale,tag:big,resource_type:source"), "");
  EXPECT_EQ(selected_with_sets("missing stg_gens"), "stg_gens");
  EXPECT_EQ(selected_with_sets("stale", "shop.*"), "");
  EXPECT_EQ(selected_with_sets("stg_gens", "missing"), "stg_gens");
  const std::pair<std::string, std::string> mistakes[] = {
      {"stael", "'stael' selects nothing\nhint: did you mean 'stale'?"},
      {"missing dim_user", "'dim_user' selects nothing\nhint: did you mean 'dim_users'?"},
      {"missing,tag:bigg", "'tag:bigg' selects nothing\nhint: did you mean 'big'?"},
      {"stg_gens,tag:big", "'stg_gens,tag:big' selects nothing: no node fits all of its parts"},
  };
  for (const auto& [select, error] : mistakes) {
    EXPECT_EQ(error_of([&] { selected_with_sets(select); }), error);
  }
  // With its METHOD it is a model's name and nothing else.
  const std::string error = error_of([] { selected_with_sets("fqn:missing"); });
  EXPECT_TRUE(error.starts_with("'fqn:missing' selects nothing\n")) << error;
}

TEST(Selector, SaysWhatMayHaveBeenMeant) {
  std::string all;
  for (const char* select :
       {"dim_user", "tag:bigg", "source:rwa", "path:models/stagin", "confg.materialized:table",
        "config.materialized:tabel", "stg_users,tag:big", "+", "@report+", "dim_users fct_gen",
        "test_type:unit", "tga:big"}) {
    all += error_of([&] { selected(select); }) + "\n\n";
  }
  EXPECT_EQ(all.find("no error"), std::string::npos);
  expect_golden("selector_errors.txt", all);
}

}  // namespace
}  // namespace gsa::dbt
