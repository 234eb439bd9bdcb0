#include "assets/asset_graph.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

using Lines = std::vector<std::string>;

Asset asset(const std::string& name, Lines inputs, AssetKind kind = AssetKind::table) {
  Asset asset;
  asset.name = name;
  asset.kind = kind;
  asset.inputs = std::move(inputs);
  return asset;
}

Asset ephemeral(const std::string& name, Lines inputs) {
  return asset(name, std::move(inputs), AssetKind::ephemeral);
}

Lines names(const Graph& graph, const std::vector<std::size_t>& indices) {
  Lines names;
  for (const std::size_t index : indices) names.push_back(graph[index].name);
  return names;
}

Lines names(const Graph& graph, const AssetSet& set) {
  return names(graph, std::vector<std::size_t>(set.begin(), set.end()));
}

std::string refusal(std::vector<Asset> assets) {
  try {
    const Graph graph(std::move(assets));
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : "\n" + error.hint());
  }
  return "accepted";
}

TEST(Graph, PutsEveryAssetAfterItsInputsAndThoseThatAreReadyInTheOrderOfNames) {
  const Graph graph({asset("z", {}), asset("marts", {"users", "prompts"}), asset("users", {"z"}),
                     asset("prompts", {}), asset("b", {})});
  EXPECT_EQ(names(graph, graph.order()), (Lines{"b", "prompts", "z", "users", "marts"}));
}

TEST(Graph, HasInputsOnceHoweverOftenTheyAreNamed) {
  const Graph graph({asset("a", {}), asset("b", {"a", "a"})});
  EXPECT_EQ(names(graph, graph.inputs(1)), (Lines{"a"}));
  EXPECT_EQ(names(graph, graph.outputs(0)), (Lines{"b"}));
}

TEST(Graph, RefusesTwoAssetsOfOneName) {
  EXPECT_EQ(refusal({asset("a", {}), asset("b", {}), asset("a", {"b"})}),
            "two assets are named 'a'");
}

TEST(Graph, RefusesAnUnknownInputWithTheNearestName) {
  EXPECT_EQ(refusal({asset("fct_sessions", {}), asset("daily", {"fct_session"})}),
            "the asset 'daily' is made of 'fct_session', which there is not\n"
            "did you mean 'fct_sessions'?");
  EXPECT_EQ(refusal({asset("daily", {"xyz"})}),
            "the asset 'daily' is made of 'xyz', which there is not");
}

TEST(Graph, RefusesACircleAndNamesItFromItsFirstByName) {
  const std::string circle = "these assets depend on each other in a circle: a → c → b → a";
  EXPECT_EQ(refusal({asset("a", {"c"}), asset("b", {"a"}), asset("c", {"b"})}), circle);
  // Neither the inputs nor the dependents of the cycle are part of it.
  EXPECT_EQ(refusal({asset("0", {"b"}), asset("c", {"b", "root"}), asset("b", {"a"}),
                     asset("a", {"c"}), asset("root", {})}),
            circle);
  EXPECT_EQ(refusal({asset("a", {"a"})}), "these assets depend on each other in a circle: a → a");
}

TEST(Graph, FindsAnAssetOrHintsAtTheNearest) {
  const Graph graph({asset("dim_users", {})});
  EXPECT_EQ(graph.at("dim_users"), 0u);
  EXPECT_EQ(graph.find("dim_user"), std::nullopt);
  try {
    graph.at("dim_user");
    ADD_FAILURE() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "there is no asset 'dim_user'");
    EXPECT_EQ(error.hint(), "did you mean 'dim_users'?");
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

TEST(Graph, LooksThroughEphemeralAssetsToWhatTheyAreMadeOf) {
  const Graph graph({asset("raw", {}), asset("users", {}), ephemeral("sessions", {"raw"}),
                     ephemeral("both", {"sessions", "users"}), asset("mart", {"both", "raw"})});
  EXPECT_EQ(names(graph, graph.made_inputs(graph.at("mart"))), (Lines{"raw", "users"}));
  EXPECT_EQ(names(graph, graph.inputs(graph.at("mart"))), (Lines{"raw", "both"}));
}

TEST(Graph, KnowsWhatLeadsToAnAssetAndWhatHangsOnIt) {
  const Graph graph({asset("a", {}), ephemeral("b", {"a"}), asset("c", {"b"}), asset("d", {"c"}),
                     asset("alone", {})});
  EXPECT_EQ(names(graph, graph.ancestors({2})), (Lines{"a", "b"}));
  EXPECT_EQ(names(graph, graph.descendants({0})), (Lines{"b", "c", "d"}));
  EXPECT_EQ(names(graph, graph.descendants({3, 4})), Lines{});
}

TEST(Graph, OfTwoThousandAssetsIsMadeInWellUnderATenthOfASecond) {
  std::vector<Asset> assets;
  for (int i = 0; i < 2000; ++i) {
    Lines inputs;
    for (int back = 1; back <= std::min(i, 5); ++back) {
      inputs.push_back(fmt::format("asset_{}", i - back));
    }
    assets.push_back(asset(fmt::format("asset_{}", i), std::move(inputs)));
  }
  const Stopwatch watch;
  const Graph graph(std::move(assets));
  const double seconds = watch.seconds();
  RecordProperty("seconds", fmt::format("{:.4f}", seconds));
  EXPECT_EQ(graph.order().size(), 2000u);
  EXPECT_LT(seconds, 5);  // 0.005 s on an idle machine
}

}  // namespace
}  // namespace gsa::assets
