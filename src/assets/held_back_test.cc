#include "assets/held_back.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gsa::assets {
namespace {

Asset made_of(const std::string& name, const std::vector<std::string>& inputs) {
  Asset made;
  made.name = made.relation = name;
  made.schema = "main";
  made.inputs = inputs;
  return made;
}

// raw → mart → report, raw → other
class HeldBack : public testing::Test {
 protected:
  std::set<std::string> held(const RunOutcome& outcome,
                             const std::set<std::string>& changed) const {
    std::set<std::string> names;
    const auto is_changed = [&](std::size_t i) { return changed.contains(graph_[i].name); };
    for (const std::size_t i :
         held_back(graph_, outcome, is_changed, [](std::size_t) { return true; })) {
      names.insert(graph_[i].name);
    }
    return names;
  }
  AssetSet set(const std::vector<std::string>& names) const {
    AssetSet found;
    for (const std::string& name : names) found.insert(graph_.at(name));
    return found;
  }

  const Graph graph_{{made_of("raw", {}), made_of("mart", {"raw"}), made_of("report", {"mart"}),
                      made_of("other", {"raw"})}};
};

using Names = std::set<std::string>;

TEST_F(HeldBack, IsNothingWhereNothingFailed) {
  EXPECT_EQ(held({set({"raw", "mart", "report", "other"}), {}, {}}, {"raw", "mart"}), Names{});
}

TEST_F(HeldBack, IsWhatWasNotMadeAndTheChangedInputsOfIt) {
  EXPECT_EQ(held({set({"raw", "other"}), set({"mart", "report"}), {}}, {"raw", "other"}),
            (Names{"mart", "report", "raw", "other"}));
}

TEST_F(HeldBack, IsNotAnInputThatCameOutTheSame) {
  EXPECT_EQ(held({set({"raw", "other"}), set({"mart", "report"}), {}}, {"other"}),
            (Names{"mart", "report"}));
}

TEST_F(HeldBack, IsWhatAFailedCheckJudgesAndWhatWasMadeOfIt) {
  EXPECT_EQ(held({set({"mart", "report"}), {}, set({"mart"})}, {"mart", "report"}),
            (Names{"mart", "report"}));
}

TEST_F(HeldBack, IsNotWhatAFailedCheckJudgesButStandsAsItWas) {
  EXPECT_EQ(held({set({"report"}), {}, set({"mart"})}, {"report"}), Names{});
}

}  // namespace
}  // namespace gsa::assets
