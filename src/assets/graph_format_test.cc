#include "assets/graph_format.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/golden.h"
#include "base/text.h"
#include "duck/database.h"

namespace gsa::assets {
namespace {

using Words = std::vector<std::string>;

constexpr GraphFormat kFormats[] = {GraphFormat::text, GraphFormat::dot, GraphFormat::json,
                                    GraphFormat::mermaid};

Asset asset(const std::string& name, AssetKind kind, const std::string& group, Words inputs) {
  Asset made;
  made.name = name;
  made.kind = kind;
  made.group = group;
  made.inputs = std::move(inputs);
  made.schema = kind == AssetKind::file ? "" : "main";
  made.relation = kind == AssetKind::file ? "" : name;
  return made;
}

// The built-in project and an export.
std::vector<Asset> builtin() {
  using enum AssetKind;
  std::vector<Asset> assets = {
      asset("raw_prompts", table, "ingestion", {}),
      asset("raw_users", table, "simulation", {}),
      asset("raw_generations", table, "simulation", {"raw_prompts", "raw_users"}),
      asset("stg_prompts", view, "staging", {"raw_prompts"}),
      asset("stg_users", view, "staging", {"raw_users"}),
      asset("stg_generations", view, "staging", {"raw_generations"}),
      asset("int_sessions", ephemeral, "intermediate", {"stg_generations"}),
      asset("dim_prompts", view, "marts", {"stg_prompts"}),
      asset("fct_generations", incremental, "marts",
            {"stg_generations", "int_sessions", "stg_users"}),
      asset("fct_sessions", table, "marts", {"fct_generations", "stg_users"}),
      asset("dim_users", table, "marts", {"fct_sessions", "stg_users"}),
      asset("daily_metrics", table, "metrics", {"fct_sessions"}),
      asset("user_friction_summary", table, "metrics", {"dim_users", "fct_sessions"}),
      asset("export/star.parquet", file, "",
            {"dim_prompts", "dim_users", "fct_generations", "fct_sessions", "daily_metrics"})};
  assets[2].description = "A row a request: \"what\", when\nand how long.";
  assets[2].owner = "data@example.com";
  assets[2].tags = {"raw", "nightly"};
  assets[2].partitions = {"2025-11", "2025-12"};
  return assets;
}

// Awkward names, which nobody should choose and somebody will.
std::vector<Asset> odd() {
  using enum AssetKind;
  const std::string group = "a \"quoted\" [group]";
  return {asset("end", table, group, {}),
          asset("a.b/c-d", view, group, {"end"}),
          asset("a_b_c_d", view, "", {"end"}),
          asset("Übergrößen {x} | <b>#1;</b> `y`", table, "Größe", {"a.b/c-d", "a_b_c_d"}),
          asset("back\\slash\\", source, "x\\", {}),
          asset("two\nlines\tand \x01", file, "Größe", {"back\\slash\\", "end"})};
}

std::string shown(std::vector<Asset> assets, GraphFormat format) {
  const Graph graph(std::move(assets));
  return format_graph(graph, Words(graph.size()), format);
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(GraphFormat, ShowsTheBuiltInProject) {
  const Graph graph(builtin());
  Words states(graph.size(), "fresh");
  states[graph.at("raw_users")] = "stale";
  states[graph.at("int_sessions")] = "";
  expect_golden("graph.txt", format_graph(graph, states, GraphFormat::text));
  expect_golden("graph.dot", format_graph(graph, states, GraphFormat::dot));
  expect_golden("graph.json", format_graph(graph, states, GraphFormat::json));
  expect_golden("graph.mermaid", format_graph(graph, states, GraphFormat::mermaid));
}

TEST(GraphFormat, EscapesOddNames) {
  std::string all;
  for (const GraphFormat format : kFormats) all += shown(odd(), format) + "\n---\n\n";
  expect_golden("graph_odd_names.txt", all);
}

TEST(GraphFormat, WritesJsonThatReadsBack) {
  duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
  const auto read = [&](const std::vector<Asset>& assets, const std::string& expression) {
    return connection
        .query(fmt::format("select ({})::varchar from (select {}::json as j)", expression,
                           sql_quote(shown(assets, GraphFormat::json))))
        .text(0, 0);
  };
  const std::string names =
      "select list(a ->> 'name' order by a ->> 'name') from "
      "(select unnest(j -> '$.assets[*]') as a)";
  Words expected;
  for (const Asset& one : odd()) expected.push_back(sql_quote(one.name));
  EXPECT_EQ(connection.query_int64(fmt::format(
                "select count(*) from (select unnest([{}]) as n) where n in (select unnest(l) from "
                "(select ({}) as l from (select {}::json as j)))",
                join(expected, ", "), names, sql_quote(shown(odd(), GraphFormat::json)))),
            6);
  EXPECT_EQ(read(builtin(), "json_array_length(j, '$.assets')"), "14");
  EXPECT_EQ(read(builtin(), "json_array_length(j, '$.edges')"), "22");
  const std::string raw =
      "select a from (select unnest(j -> '$.assets[*]') as a) where a ->> 'name' = "
      "'raw_generations'";
  const auto of_raw = [&](const std::string& field) {
    return read(builtin(), "(" + raw + ") -> '" + field + "'");
  };
  EXPECT_EQ(of_raw("kind"), "\"table\"");
  EXPECT_EQ(of_raw("group"), "\"simulation\"");
  EXPECT_EQ(of_raw("owner"), "\"data@example.com\"");
  EXPECT_EQ(of_raw("description"), R"("A row a request: \"what\", when\nand how long.")");
  EXPECT_EQ(of_raw("tags"), R"(["raw","nightly"])");
  EXPECT_EQ(of_raw("relation"), "\"main.raw_generations\"");
  EXPECT_EQ(of_raw("inputs"), R"(["raw_prompts","raw_users"])");
  EXPECT_EQ(of_raw("partitions"), R"(["2025-11","2025-12"])");
  EXPECT_EQ(of_raw("state"), "null");
  EXPECT_EQ(read({}, "json(j)"), R"({"assets":[],"edges":[]})");
}

TEST(GraphFormat, LeavesOutTheStatesWhereThereAreNone) {
  EXPECT_EQ(shown(builtin(), GraphFormat::text).find("state"), std::string::npos);
  EXPECT_EQ(shown({}, GraphFormat::text).substr(0, 5), "level");
  EXPECT_NE(shown({}, GraphFormat::text).find("\n0 assets\n"), std::string::npos);
}

TEST(GraphFormat, StaysShortForManyAssetsAndInputs) {
  std::vector<Asset> assets;
  Words all;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = fmt::format("asset_{:04}", i);
    Words inputs;  // stacked diamonds, which would make a tree exponentially large
    inputs.assign(all.end() - std::min(i, 4), all.end());
    assets.push_back(asset(name, AssetKind::table, fmt::format("group {}", i % 7), inputs));
    all.push_back(name);
  }
  assets.push_back(asset("all", AssetKind::table, "", all));
  const std::string text = shown(assets, GraphFormat::text);
  EXPECT_EQ(lines_of(text), 2004u);
  EXPECT_NE(text.find("asset_0000, asset_0001, asset_0002 and 1,997 more\n"), std::string::npos);
  EXPECT_NE(text.find("\n2,001 assets\n"), std::string::npos);
  for (const GraphFormat format : kFormats) EXPECT_LT(lines_of(shown(assets, format)), 13'000u);
}

TEST(GraphFormat, GivesEveryAssetAnIdOfItsOwnInMermaid) {
  using enum AssetKind;
  const std::string text = shown({asset("a.b", table, "g", {}), asset("a-b", table, "g", {"a.b"}),
                                  asset("a_b", table, "g-", {}), asset("a/b", table, "g_", {})},
                                 GraphFormat::mermaid);
  for (const char* id :
       {"a_a_b[", "a_a_b_2[", "a_a_b_3[", "a_a_b_4[", "g_g[", "g_g_[", "g_g__2["}) {
    EXPECT_NE(text.find(std::string(" ") + id), std::string::npos) << id << "\n" << text;
  }
}

}  // namespace
}  // namespace gsa::assets
