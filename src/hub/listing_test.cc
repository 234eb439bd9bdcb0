#include "hub/listing.h"

#include "hub/hub_fixture.h"

namespace gsa::hub {
namespace {

class ListingTest : public HubTest {
 protected:
  void SetUp() override {
    start();
    for (const char* path :
         {"data/train-0.parquet", "data/train-1.parquet", "README.md", "z/a b"}) {
      hub_->set_file("owner/name", path, "bytes");
    }
    hub_->set_file("owner/other", "elsewhere.parquet", "bytes");
  }
};

TEST_F(ListingTest, NamesTheFilesOfAllPages) {
  const Listing listing = list_files(settings_, file_, events());
  EXPECT_EQ(listing.commit, hub_->commit());
  EXPECT_EQ(listing.paths,
            (std::vector<std::string>{"README.md", "data/train-0.parquet", "data/train-1.parquet",
                                      "part/file.bin", "z/a b"}));
  EXPECT_EQ(hub_->requests(Place::get).size(), 4u);  // one for the revision and three pages
}

TEST_F(ListingTest, SaysThatThereIsNoSuchDataset) {
  try {
    list_files(settings_, {"owner", "missing", "main", "x"}, events());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "hf://datasets/owner/missing/x: the hub has no dataset owner/missing, or it is private");
  }
}

TEST_F(ListingTest, ListsTheCacheOffline) {
  fetch_file();
  settings_.offline = true;
  const Listing listing = list_files(settings_, file_, events());
  EXPECT_EQ(listing.paths, std::vector<std::string>{"part/file.bin"});
  EXPECT_EQ(all_messages(), "offline: the cache has 1 files of owner/name; there may be more");
}

TEST_F(ListingTest, AsksAgainWhereTheHubIsBusy) {
  hub_->script(Place::get, {Reply::of(503)});
  EXPECT_EQ(list_files(settings_, file_, events()).paths.size(), 5u);
  EXPECT_EQ(waits_.size(), 1u);
}

TEST(HubFile, TakesTheAddressesOfTheWebsite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"https://huggingface.co/datasets/o/n", "hf://datasets/o/n"},
      {"https://huggingface.co/datasets/o/n/", "hf://datasets/o/n"},
      {"http://hf.co/datasets/o/n/viewer/default/train?p=3", "hf://datasets/o/n"},
      {"https://huggingface.co/datasets/o/n/blob/main/x.parquet", "hf://datasets/o/n/x.parquet"},
      {"https://huggingface.co/datasets/o/n/resolve/v1/a%20b/x.csv?download=true#top",
       "hf://datasets/o/n@v1/a b/x.csv"},
      {"https://huggingface.co/datasets/o/n/raw/refs%2Fpr%2F3/x.csv",
       "hf://datasets/o/n@refs%2Fpr%2F3/x.csv"},
      {"https://www.huggingface.co/datasets/o/n/tree/main/data", "hf://datasets/o/n/data"},
      {"hf://datasets/o/n/**/*.parquet", "hf://datasets/o/n/**/*.parquet"},
      {"hf://datasets/o/n@v1/", "hf://datasets/o/n@v1"},
  };
  for (const auto& [address, meant] : cases) {
    EXPECT_TRUE(is_hub_url(address)) << address;
    EXPECT_EQ(to_url(parse_hub_source(address)), meant) << address;
  }
  EXPECT_FALSE(is_hub_url("https://huggingface.community/datasets/o/n"));
  EXPECT_THROW(parse_hub_source("https://huggingface.co/o/a-model"), Error);
  EXPECT_THROW(parse_hub_source("https://huggingface.co/datasets/o/n/blob/main/../../x"), Error);
}

}  // namespace
}  // namespace gsa::hub
