// gsa run with prompts from the hub: hf:// addresses, datasets by name, and auto.

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "duck/database.h"
#include "fake_hub_fixture.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using hub::Place;
using hub::Reply;

class HubSource : public FakeHubTest {
 protected:
  // Makes a table of prompts and serves it under that name.
  void serve(const std::string& repo, const std::string& path) {
    const std::string file = folder_ / "made.parquet";
    duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
    connection.execute(
        fmt::format("copy (select 'a castle number ' || range as prompt from range(300)) to {} "
                    "(format parquet)",
                    sql_quote(file)));
    hub_.set_file(repo, path, read_file(file));
    fs::remove(file);
  }
  void serve_diffusiondb() { serve("poloclub/diffusiondb", "metadata.parquet"); }

  static std::vector<std::string> run_of(const std::string& source) {
    return {"run", "--source", source, "--prompts", "200", "--users", "20"};
  }

  static void expect_real(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "poloclub/diffusiondb/metadata.parquet at ")) << outcome.out;
    EXPECT_FALSE(contains(outcome.out, "synthetic prompts")) << outcome.out;
  }
  static void expect_synthetic(const Outcome& outcome, const std::string& why) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "200 synthetic prompts")) << outcome.out;
    const std::string note =
        "note: the prompts are synthetic: DiffusionDB is not in the cache, and ";
    const std::size_t at = outcome.err.find(note);
    ASSERT_NE(at, std::string::npos) << outcome.err;
    const std::string line = outcome.err.substr(at, outcome.err.find('\n', at) - at);
    EXPECT_TRUE(contains(line, why)) << line;
    EXPECT_EQ(outcome.err.find("note: ", at + 1), std::string::npos) << outcome.err;
  }
};

TEST_F(HubSource, ByItsAddressIsNamedInTheReportWithItsRevision) {
  serve("owner/name", "sample.parquet");
  const auto line = run_of("hf://datasets/owner/name/sample.parquet");
  const Outcome first = run(line, online());
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const std::string named = "owner/name/sample.parquet at " + hub_.commit().substr(0, 7);
  EXPECT_TRUE(contains(first.out, named)) << first.out;
  const Outcome again = run(line, offline());
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(hub_.requests(Place::cdn).size(), 1u);
}

TEST_F(HubSource, MayBeAPatternAFolderOrAPageOfTheWebsite) {
  for (const char* shard : {"data/train-0.parquet", "data/train-1.parquet", "other/x.parquet"}) {
    serve("owner/name", shard);
  }
  hub_.set_file("owner/name", "README.md", "# A dataset");
  const std::string commit = hub_.commit().substr(0, 7);
  for (const auto& [source, named] : {
           std::pair("hf://datasets/owner/name/data/*.parquet", "owner/name/data/*.parquet"),
           std::pair("https://huggingface.co/datasets/owner/name/tree/main/data",
                     "owner/name/data"),
       }) {
    const Outcome outcome = run(run_of(source), online());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(contains(
        outcome.out, fmt::format("200 of the 600 prompts in {} at {} (2 files)", named, commit)))
        << outcome.out;
  }
  const Outcome none = run(run_of("hf://datasets/owner/name/*.csv"), online());
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_TRUE(contains(none.err, "hf://datasets/owner/name/*.csv: no file of the dataset matches"))
      << none.err;
}

TEST_F(HubSource, ThatCannotBeHadIsAnErrorAndMakesNothing) {
  for (const char* source : {"diffusiondb", "hf://datasets/owner/name/sample.parquet"}) {
    const Outcome outcome = run(run_of(source), offline());
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(contains(
        outcome.err,
        "it is not in the cache, and HF_HUB_OFFLINE prevents fetching it\nhint: the cache is "))
        << outcome.err;
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(HubSource, AutoTakesWhatTheHubHas) {
  serve_diffusiondb();
  const Outcome outcome = run(run_of("auto"), online());
  expect_real(outcome);
  EXPECT_TRUE(contains(outcome.err, "note: the prompts are real: the hub has DiffusionDB"))
      << outcome.err;
}

TEST_F(HubSource, AutoTakesWhatIsCachedWithoutTheHub) {
  serve_diffusiondb();
  ASSERT_EQ(run({"fetch", "diffusiondb"}, online()).exit_code, 0);
  const std::size_t asked = hub_.requests().size();
  for (const ProcessOptions& options : {offline(), online()}) {
    const Outcome outcome = run(run_of("auto"), options);
    expect_real(outcome);
    EXPECT_TRUE(contains(outcome.err, "note: the prompts are real: DiffusionDB is in the cache"))
        << outcome.err;
  }
  EXPECT_EQ(hub_.requests().size(), asked);
}

TEST_F(HubSource, AutoSaysWhyItMakesPromptsUp) {
  expect_synthetic(run(run_of("auto"), offline()), "HF_HUB_OFFLINE is set");
  expect_synthetic(run(run_of("auto"), online()), "no file \"metadata.parquet\"");
  expect_synthetic(run(run_of("auto"), online({"HF_ENDPOINT=" + hub::refusing_endpoint()})),
                   "the hub cannot be reached");
}

// A user who named no source must get a report on any machine.
TEST_F(HubSource, AutoMakesPromptsUpWhereTheMachineIsNotSetUpForDownloads) {
  serve_diffusiondb();
  expect_synthetic(run(run_of("auto"), online({"HF_HUB_ETAG_TIMEOUT=soon"})),
                   "HF_HUB_ETAG_TIMEOUT is 'soon'");
  folder_.write("in_the_way", "a file");
  expect_synthetic(run(run_of("auto"), online({"HF_HOME=" + folder_ / "in_the_way"})),
                   "cannot make the folder");
  // A user who named the source gets the error.
  const Outcome named = run(run_of("diffusiondb"), online({"HF_HUB_ETAG_TIMEOUT=soon"}));
  EXPECT_EQ(named.exit_code, 1);
  EXPECT_TRUE(contains(named.err, "HF_HUB_ETAG_TIMEOUT is 'soon'")) << named.err;
}

TEST_F(HubSource, AutoDoesNotWaitForAHubThatFallsSilent) {
  serve_diffusiondb();
  std::promise<void> over;
  Reply silent;
  silent.before = [end = over.get_future().share()] { end.wait(); };
  hub_.script(Place::head, {silent});
  const auto begun = Clock::now();
  const Outcome outcome = run(run_of("auto"), online());
  const auto took = Clock::now() - begun;
  over.set_value();
  expect_synthetic(outcome, "no answer within 3 s");
  EXPECT_GE(took, std::chrono::seconds(3));
  EXPECT_LT(took, std::chrono::seconds(6)) << "the rest of the run takes half a second";
}

TEST_F(HubSource, AutoIsTheDefault) {
  serve_diffusiondb();
  expect_real(run({"run", "--prompts", "200", "--users", "20"}, online()));
}

}  // namespace
}  // namespace gsa::tests
