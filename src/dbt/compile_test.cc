#include "dbt/compile.h"

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

CompiledSql compiled(const Project& project, const std::string& model) {
  return Compiler(project, {}).compile(*project.find_model(model));
}

TEST(Compile, PutsEphemeralModelsInFrontOfALeadingWith) {
  const Project project = load({
      {"models/one.sql", "{{ config(materialized='ephemeral') }}select 1 as id"},
      {"models/two.sql",
       "{{ config(materialized='ephemeral') }}\nwith x as (select * from {{ ref('one') }})\n"
       "select id + 1 as id from x -- two"},
      {"models/plain.sql", "select * from {{ ref('two') }}"},
      {"models/with.sql",
       "-- with a comment\nWith a as (select * from {{ ref('two') }}),\n"
       "b as (select * from {{ ref('one') }})\nselect a.id + b.id as id from a, b"},
      {"models/recursive.sql",
       "with recursive t(n) as (select id from {{ ref('one') }} union all select n + 1 from t "
       "where n < 5) select max(n) as id from t"},
      {"models/within.sql", "select * from {{ ref('one') }} as without"},
  });
  duck::Connection connection = memory();
  std::string all;
  const std::pair<std::string, std::int64_t> cases[] = {
      {"plain", 2}, {"with", 3}, {"recursive", 5}, {"within", 1}};
  for (const auto& [model, id] : cases) {
    const std::string sql = compiled(project, model).text();
    EXPECT_EQ(connection.query_int64(sql), id) << sql;
    all += "-- " + model + "\n" + sql + "\n\n";
  }
  expect_golden("ephemeral.sql", all);
}

TEST(Compile, FindsALeadingWith) {
  EXPECT_EQ(after_leading_with("with a as"), 4u);
  EXPECT_EQ(after_leading_with(" /* x */ -- y\n WITH\tRecursive a"), 29u);
  EXPECT_EQ(after_leading_with("/* /* */ with */ with(select 1)"), 21u);
  EXPECT_EQ(after_leading_with("without"), std::nullopt);
  EXPECT_EQ(after_leading_with("select 'with'"), std::nullopt);
  EXPECT_EQ(after_leading_with("-- only a comment"), std::nullopt);
}

TEST(Compile, KnowsThePlaceOfEveryPart) {
  const Project project = load({
      {"models/one.sql", "{{ config(materialized='ephemeral') }}\nselect 1\n  as id"},
      {"models/m.sql", "with é as (select 1)\nselect\n  *\nfrom {{ ref('one') }}"},
  });
  const CompiledSql sql = compiled(project, "m");
  const auto place = [&](std::string_view part) {
    const std::size_t at = sql.text().find(part);
    int line = 1, column = 1;
    for (std::size_t i = 0; i < at; ++i) {
      const auto byte = static_cast<unsigned char>(sql.text()[i]);
      if (byte == '\n') {
        ++line, column = 1;
      } else if (byte < 0x80 || byte >= 0xC0) {
        ++column;
      }
    }
    const auto found = sql.place_of(line, column);
    return found ? format_place(*found) : "own text";
  };
  EXPECT_EQ(place("as id"), "models/one.sql:3:3");
  EXPECT_EQ(place("as (select 1)"), "models/m.sql:1:8");
  EXPECT_EQ(place("*"), "models/m.sql:3:3");
  EXPECT_EQ(place("__dbt__cte__one as"), "own text");
}

TEST(Compile, PutsRelationsWhereTheHookSays) {
  const Project project = load({{"models/a.sql", "select 1 as id"},
                                {"models/b.sql", "select * from {{ ref('a') }} -- {{ this }}"}});
  CompileOptions options;
  options.relation = [](const Relation& relation) {
    return Relation{"", "hidden", relation.schema + " " + relation.name};
  };
  EXPECT_EQ(Compiler(project, options).compile(*project.find_model("b")).text(),
            "select * from hidden.\"main a\" as \"a\" -- \"main\".\"b\"");
}

TEST(Compile, RefusesARefThatOnlyTheRunSees) {
  const Project project =
      load({{"models/a.sql", "select 1 as id"},
            {"models/b.sql", "{% if execute %}select * from {{ ref('a') }}{% endif %}"}});
  const std::string error = error_of([&] { compiled(project, "b"); });
  EXPECT_NE(error.find("models/b.sql:1:"), std::string::npos) << error;
  EXPECT_NE(error.find("'a' is referred to only while the model runs"), std::string::npos) << error;
}

TEST(Relation, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(to_sql({"", "main", "fct_1"}), "main.fct_1");
  EXPECT_EQ(to_sql({"my db", "Main", "Order"}), "\"my db\".Main.\"Order\"");
  EXPECT_EQ(to_sql({"", "", "1st"}), "\"1st\"");
  EXPECT_EQ(to_sql({"", "a\"b", "é"}), "\"a\"\"b\".\"é\"");
}

}  // namespace
}  // namespace gsa::dbt
