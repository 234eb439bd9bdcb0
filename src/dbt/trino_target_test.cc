// Projects as Trino gets them: a target of the profile, its macros, and queries in the place of
// names.

#include "dbt/compile.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

const Files kShop = {
    {"dbt_project.yml", "name: shop\nprofile: shop\n"},
    {"profiles.yml",
     "shop:\n  target: home\n  outputs:\n    home: {type: duckdb, path: x}\n"
     "    there: {type: trino, host: trino.example, port: 8080, user: \"{{ 'an' ~ 'n' }}\", "
     "database: lake, schema: shop, threads: 6}\n"
     "    lost: {type: trino, port: 8080, database: lake, schema: shop}\n"
     "    cold: {type: snowflake}\n"},
    {"macros/words.sql",
     "{% macro word() %}{{ return(adapter.dispatch('word')()) }}{% endmacro %}\n"
     "{% macro default__word() %}'any'{% endmacro %}\n"
     "{% macro duckdb__word() %}'duck'{% endmacro %}\n"
     "{% macro trino__word() %}'rabbit'{% endmacro %}\n"},
    {"models/a.sql",
     "select {{ word() }} as said, '{{ target.type }} {{ adapter.type() }}' as by_name"},
    {"models/b.sql",
     "select a.said, other.said as more from {{ ref('a') }} join {{ ref('a') }} as other on true "
     "where 'lake.shop.a' <> a.by_name"},
};

Project on(const std::string& engine, const std::string& target) {
  LoadOptions options;
  options.target.type = engine;
  options.target_name = target;
  return Project::load(ProjectFiles(kShop), options);
}

std::string sql_of(const Project& project, const std::string& model, CompileOptions options = {}) {
  return Compiler(project, std::move(options)).compile(*project.find_model(model)).text();
}

TEST(TrinoTarget, IsRenderedWithItsOwnMacrosAndNames) {
  const Project there = on("trino", "there");
  EXPECT_EQ(sql_of(there, "a"), "select 'rabbit' as said, 'trino trino' as by_name");
  CompileOptions as_shown;
  as_shown.names_as_shown = true;
  EXPECT_EQ(sql_of(there, "b", as_shown).substr(0, 79),
            "select a.said, other.said as more from \"lake\".\"shop\".\"a\" join "
            "\"lake\".\"shop\".\"a\"");
  EXPECT_EQ(there.target().output.find("user")->str(), "ann");
  EXPECT_EQ(there.target().threads, 6);
}

TEST(TrinoTarget, StaysDuckDbsProjectAtHome) {
  const Project home = on("duckdb", "there");
  EXPECT_EQ(sql_of(home, "a"), "select 'duck' as said, 'duckdb duckdb' as by_name");
  EXPECT_EQ(home.target().schema, "main");
  EXPECT_EQ(home.target().output.find("host")->str(), "trino.example");
  EXPECT_TRUE(on("duckdb", "home").target().output.entries().empty());
}

// In texts a name is no name, and columns are still qualified with it.
TEST(TrinoTarget, QueriesStandForNames) {
  CompileOptions options;
  options.query = [](const Node& node) { return "select * from store_of_" + node.name; };
  EXPECT_EQ(
      sql_of(on("trino", "there"), "b", options),
      "select a.said, other.said as more from (select * from store_of_a) as \"a\" join (select "
      "* from store_of_a) as other on true where 'lake.shop.a' <> a.by_name");
}

TEST(TrinoTarget, MistakesInTheProfileHaveTheirPlace) {
  const auto error = [](const std::string& target) {
    return error_of([&] { on("duckdb", target); });
  };
  EXPECT_TRUE(error("lost").starts_with("profiles.yml:6:11: the target 'lost' has no host"))
      << error("lost");
  EXPECT_NE(error("cold").find("of type 'snowflake', but gsa builds only in DuckDB and Trino"),
            std::string::npos)
      << error("cold");
}

}  // namespace
}  // namespace gsa::dbt
