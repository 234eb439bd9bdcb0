#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

class S3StoreTest : public S3Test {};

TEST_F(S3StoreTest, KeepsFilesByKey) {
  start();
  EXPECT_FALSE(store().exists("2026-11/a"));
  EXPECT_EQ(put("2026-11/a"), PutResult::stored);
  EXPECT_EQ(fake_->object("raw/2026-11/a").bytes, bytes_);
  EXPECT_EQ(fake_->object("raw/2026-11/a").sum, to_hex(byte_sum(bytes_)));
  EXPECT_EQ(store().size("2026-11/a"), 50'000);
  EXPECT_EQ(progress_.front(), std::pair(std::int64_t{0}, std::int64_t{50'000}));
  EXPECT_EQ(progress_.back(), std::pair(std::int64_t{50'000}, std::int64_t{50'000}));
  EXPECT_EQ(get("2026-11/a"), bytes_);
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"got", "source"}));

  bytes_.clear();
  EXPECT_EQ(put("empty"), PutResult::stored);
  EXPECT_EQ(store().size("empty"), 0);
  EXPECT_EQ(get("empty"), "");

  store().remove("2026-11/a");
  store().remove("2026-11/a");
  EXPECT_FALSE(store().exists("2026-11/a"));
  EXPECT_TRUE(messages_.empty());
}

TEST_F(S3StoreTest, NeedsNoPrefix) {
  start();
  location_.prefix.clear();
  put("a");
  EXPECT_TRUE(fake_->has("a"));
  EXPECT_EQ(shown(store().list("")), "a 50000");
  EXPECT_EQ(store().uri("a"), "s3://bucket/a");
}

TEST_F(S3StoreTest, NamesFilesAsAnEngineSeesThem) {
  start();
  EXPECT_EQ(store().uri("a b/c+"), "s3://bucket/raw/a b/c+");
  EXPECT_EQ(open_store(location_, settings_, "s3://alias/x/")->uri("a"), "s3://alias/x/a");
}

TEST_F(S3StoreTest, TakesAnyKeyThatIsAPath) {
  start();
  const std::vector<std::string> keys = {"a b",   "a+b",       "a=b/c=d", "ü/語/😀",
                                         "a%20b", "a&b?c#d;e", "a..b/.x", "'\"<>",
                                         "~_-.",  "a:b@c$d",   "a,b!(c)", "a\\b|c^`{}[]"};
  for (const std::string& key : keys) {
    bytes_ = "bytes of " + key;
    EXPECT_EQ(put(key), PutResult::stored) << key;
    EXPECT_EQ(fake_->object("raw/" + key).bytes, bytes_) << key;
    EXPECT_EQ(get(key), bytes_) << key;
    EXPECT_EQ(store().list(key).size(), 1U) << key;
  }
  std::vector<std::string> listed;
  for (const StoredFile& file : store().list("")) listed.push_back(file.key);
  std::vector<std::string> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(listed, sorted);
  for (const std::string& key : keys) {
    store().remove(key);
    EXPECT_FALSE(store().exists(key)) << key;
  }
  EXPECT_THROW(put("a//b"), Error);
  EXPECT_THROW(store().remove("../a"), Error);
}

TEST_F(S3StoreTest, ListsAllPages) {
  start({.bucket = {.page = 2}});
  fake_->with_bucket([](FakeBucket& bucket) {
    for (const char* key : {"raw/2026-1/x", "raw/2026-10/a", "raw/2026-10/b b", "raw/2026-11/c",
                            "raw/z", "raw/folder/", "raw/", "rawer/x", "other"}) {
      bucket.objects[key] = {.bytes = key};
    }
  });
  EXPECT_EQ(shown(store().list("")),
            "2026-1/x 12, 2026-10/a 13, 2026-10/b b 15, 2026-11/c 13, z 5");
  EXPECT_EQ(count("GET"), 4U);
  EXPECT_EQ(fake_->requests("GET").at(0).parameter("encoding-type"), "url")
      << "XML cannot hold every key";
  EXPECT_EQ(shown(store().list("2026-10/")), "2026-10/a 13, 2026-10/b b 15");
  EXPECT_EQ(shown(store().list("2026-1")),
            "2026-1/x 12, 2026-10/a 13, 2026-10/b b 15, 2026-11/c 13");
  EXPECT_EQ(shown(store().list("none")), "");
}

TEST_F(S3StoreTest, ReadsListingsOfOtherStorage) {
  start();
  // Without encoding, and with a prefix to names.
  fake_->script("GET", {{.answer = {.body = "<x:ListBucketResult xmlns:x='u'><x:Contents><x:Size>7"
                                            "</x:Size><x:Key>raw/a+b&amp;%20</x:Key></x:Contents>"
                                            "</x:ListBucketResult>"}}});
  EXPECT_EQ(shown(store().list("")), "a+b&%20 7");
}

TEST_F(S3StoreTest, RefusesAListingThatIsNone) {
  start();
  const auto listing = [](const std::string& inside) {
    return S3Reply{.answer = {.body = "<ListBucketResult>" + inside + "</ListBucketResult>"}};
  };
  const std::string contents = "<Contents><Key>raw/a</Key><Size>1</Size></Contents>";
  fake_->script("GET", {listing(contents + "<IsTruncated>true</IsTruncated>"),
                        listing("<Contents><Key>raw/a</Key></Contents>"),
                        listing("<Contents><Key>other/a</Key><Size>1</Size></Contents>"),
                        {.answer = {.body = "<html></html>"}},
                        {.answer = {.body = "<ListBucketResult><Contents>"}}});
  EXPECT_EQ(error_of([&] { store().list(""); }).message(),
            "cannot list s3://bucket/raw: the storage says that a listing goes on, but not where");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(error_of([&] { store().list(""); }).message(),
              "cannot list s3://bucket/raw: the answer is not that of S3 storage");
  }
  const std::string same =
      "<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>";
  fake_->script("GET", {listing(same), listing(same)});
  EXPECT_EQ(error_of([&] { store().list(""); }).message(),
            "cannot list s3://bucket/raw: the storage repeats the same page");
}

TEST_F(S3StoreTest, NeverReplacesAFile) {
  start();
  put("a");
  const std::size_t puts = count("PUT");
  EXPECT_EQ(put("a"), PutResult::was_there);
  EXPECT_EQ(count("PUT"), puts) << "it sends nothing";
  bytes_.back() = static_cast<char>(bytes_.back() ^ 1);
  EXPECT_EQ(failing_put("a").message(),
            fmt::format("s3://bucket/raw/a is another file than {}, and is never replaced",
                        (folder_ / "source").string()));
  bytes_ = "shorter";
  EXPECT_THROW(put("a"), Error);
  EXPECT_EQ(store().size("a"), 50'000);

  bytes_ = "by another program";
  fake_->with_bucket([&](FakeBucket& bucket) { bucket.objects["raw/b"] = {.bytes = bytes_}; });
  EXPECT_NE(failing_put("b").message().find("has no sum to compare with"), std::string::npos);
  EXPECT_EQ(get("b"), bytes_) << "without a sum, by size alone";
}

TEST_F(S3StoreTest, NeverReplacesAFileThatComesMeanwhile) {
  start();
  std::string other = "other";
  const S3Reply come{.before = [&] {
    fake_->with_bucket([&](FakeBucket& bucket) {
      bucket.objects["raw/a"] = {.bytes = other, .sum = to_hex(byte_sum(other))};
    });
  }};
  fake_->script("PUT", {come, come});
  EXPECT_THROW(put("a"), Error);
  EXPECT_EQ(fake_->object("raw/a").bytes, "other");
  EXPECT_EQ(fake_->requests("PUT").at(0).header("if-none-match"), "*");
  store().remove("a");
  other = bytes_;
  EXPECT_EQ(put("a"), PutResult::was_there);
}

TEST_F(S3StoreTest, DoesWithoutConditionsWhereTheStorageKnowsNone) {
  start({.bucket = {.refuses_conditions = true}});
  EXPECT_EQ(put("a"), PutResult::stored);
  EXPECT_EQ(count("PUT"), 2U);
  EXPECT_EQ(put("b"), PutResult::stored);
  EXPECT_EQ(count("PUT"), 3U) << "it remembers";
  EXPECT_EQ(fake_->requests("PUT").at(2).header("if-none-match"), "");
  bytes_ = "other";
  EXPECT_THROW(put("a"), Error) << "it still looks first";
}

TEST_F(S3StoreTest, FindsTheBucketInTheHostsName) {
  start();
  settings_.path_style = false;
  settings_.endpoint = fmt::format("http://localhost:{}", fake_->port());
  EXPECT_EQ(put("a b"), PutResult::stored);
  EXPECT_EQ(get("a b"), bytes_);
  EXPECT_EQ(shown(store().list("")), "a b 50000");
  for (const FakeRequest& request : fake_->requests()) {
    EXPECT_EQ(request.header("host"), fmt::format("bucket.localhost:{}", fake_->port()));
    EXPECT_FALSE(request.target.starts_with("/bucket"));
  }
}

}  // namespace
}  // namespace gsa::lake
