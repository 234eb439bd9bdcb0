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
