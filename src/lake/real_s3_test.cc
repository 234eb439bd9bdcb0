// Talks to real S3 storage, if GSA_LAKE_S3 names a bucket and a prefix for tests ("s3://b/test").
// The AWS_… variables say where it is and who we are. GSA_LAKE_S3_CHECKS says what it checks that
// not all storage does: "conditions" (If-None-Match) and "sums" (Content-MD5). scripts/lake-test
// runs these tests.

#include <thread>

#include "lake/lake_fixture.h"
#include "lake/s3_client.h"
#include "lake/s3_upload.h"
#include "lake/source_file.h"
#include "lake/xml_tree.h"

namespace gsa::lake {
namespace {

class RealS3 : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = Environment().text("GSA_LAKE_S3");
    if (text.empty()) GTEST_SKIP() << "GSA_LAKE_S3 names no storage";
    location_ = parse_location(text, Invocation());
    settings_ = complete_settings({.part_bytes = 5 * kMiB}, Invocation());
    settings_.retry_limit = Millis(10'000);
    store_ = open_store(location_, settings_);
    for (const StoredFile& file : store_->list("")) store_->remove(file.key);
  }
  PutResult put(const std::string& key, const std::string& bytes, const StoreEvents& events = {}) {
    return store_->put(folder_.file("source", bytes), key, events);
  }
  std::string get(const std::string& key) {
    store_->get(key, folder_ / "got");
    return read_file(folder_ / "got");
  }
  static bool storage_checks(const std::string& what) {
    return Environment().text("GSA_LAKE_S3_CHECKS").find(what) != std::string::npos;
  }
  // Those that the storage knows of; -1 if it does not tell.
  int unfinished_uploads() {
    S3Client client(location_, settings_);
    const WireAnswer answer = client.ask(
        {.what = "cannot list", .query = {{"uploads", ""}}, .expected = {400, 404, 405, 501}}, {});
    const auto root = parse_xml(answer.body);
    if (!root || root->name != "ListMultipartUploadsResult") return -1;
    return static_cast<int>(std::count_if(root->children.begin(), root->children.end(),
                                          [](const auto& each) { return each.name == "Upload"; }));
  }

  LakeFolder folder_;
  Location location_;
  S3Settings settings_;
  std::unique_ptr<Store> store_;
};

TEST_F(RealS3, KeepsFilesByKey) {
  const std::vector<std::string> keys = {"plain", "a b",   "a+b",  "a=b/c=d", "ü/語/😀",
                                         "a%20b", "a&b;c", "~_-.", "a:b@c$d", "a,b!(c)'*"};
  for (const std::string& key : keys) {
    EXPECT_FALSE(store_->exists(key)) << key;
    EXPECT_EQ(put(key, "bytes of " + key), PutResult::stored) << key;
    EXPECT_EQ(store_->size(key), static_cast<std::int64_t>(key.size()) + 9) << key;
    EXPECT_EQ(get(key), "bytes of " + key) << key;
    ASSERT_GE(store_->list(key).size(), 1U) << key;
    EXPECT_EQ(store_->list(key)[0].key, key);
  }
  EXPECT_EQ(store_->list("").size(), keys.size());
  EXPECT_EQ(put("empty", ""), PutResult::stored);
  EXPECT_EQ(store_->size("empty"), 0);
  EXPECT_EQ(get("empty"), "");
  for (const std::string& key : keys) {
    store_->remove(key);
    store_->remove(key);
    EXPECT_FALSE(store_->exists(key)) << key;
  }
}

TEST_F(RealS3, SendsLargeFilesInParts) {
  const std::string bytes = some_bytes(12'000'000);
  EXPECT_EQ(put("large/a b+ü", bytes), PutResult::stored);
  EXPECT_EQ(store_->size("large/a b+ü"), 12'000'000);
  EXPECT_TRUE(get("large/a b+ü") == bytes);
  EXPECT_EQ(put("large/a b+ü", bytes), PutResult::was_there);
  EXPECT_LE(unfinished_uploads(), 0);
}

TEST_F(RealS3, NeverReplacesAFile) {
  put("a", "bytes");
  EXPECT_EQ(put("a", "bytes"), PutResult::was_there);
  EXPECT_THROW(put("a", "other"), Error);
  EXPECT_EQ(get("a"), "bytes");
}

// What happens to somebody who looked before the file came.
TEST_F(RealS3, TellsWhetherItTakesConditions) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{6'000'000}}) {
    const SourceFile source(folder_.file("source", some_bytes(size)));
    const FileSums sums = source.sums(settings_.part_bytes, {});
    S3Client client(location_, settings_);
    bool takes_conditions = true;
    const StoreEvents events;
    const std::string key = fmt::format("condition/{}", size), what = "cannot put";
    ASSERT_EQ(S3Upload(client, key, what, source, sums, events).run(takes_conditions),
              UploadEnd::stored);
    const UploadEnd again = S3Upload(client, key, what, source, sums, events).run(takes_conditions);
    fmt::print("a second upload of {} bytes replaces the first: {}\n", size,
               again == UploadEnd::taken ? "no" : "yes");
    if (storage_checks("conditions")) {
      EXPECT_EQ(again, UploadEnd::taken);
    }
  }
  EXPECT_LE(unfinished_uploads(), 0);
}

TEST_F(RealS3, GivesTheRestOfAnObject) {
  put("a", "0123456789");
  S3Client client(location_, settings_);
  const std::string etag =
      client.ask({.what = "", .method = "HEAD", .key = "a"}, {}).header("etag");
  const WireAnswer rest =
      client.ask({.what = "", .key = "a", .headers = {{"If-Match", etag}}, .range = "4-"}, {});
  EXPECT_EQ(rest.status, 206);
  EXPECT_EQ(rest.body, "456789");
}

TEST_F(RealS3, ListsMoreThanAPage) {
  for (int i = 0; i < 1003; ++i) put(fmt::format("page/{:04} +", i), std::to_string(i));
  const auto found = store_->list("page/");
  ASSERT_EQ(found.size(), 1003U);
  EXPECT_EQ(found[0].key, "page/0000 +");
  EXPECT_EQ(found[1002].key, "page/1002 +");
  EXPECT_EQ(store_->list("page/000").size(), 10U);
}

TEST_F(RealS3, RemovesItsPartsWhenItIsStopped) {
  std::stop_source stop;
  Stopwatch stopped;
  const StoreEvents events{.progress =
                               [&](std::int64_t done, std::int64_t) {
                                 if (done < 7'000'000 || stop.stop_requested()) return;
                                 stopped = Stopwatch();
                                 stop.request_stop();
                               },
                           .message = [](const std::string& text) { ADD_FAILURE() << text; },
                           .stop = stop.get_token()};
  EXPECT_EQ(error_of([&] { put("stopped", some_bytes(12'000'000), events); }).code(),
            ErrorCode::interrupted);
  EXPECT_LT(stopped.seconds(), 0.3);
  EXPECT_FALSE(store_->exists("stopped"));
  EXPECT_LE(unfinished_uploads(), 0);
}

TEST_F(RealS3, RefusesDamage) {
  if (!storage_checks("sums")) GTEST_SKIP() << "the storage does not check Content-MD5";
  S3Client client(location_, settings_);
  const std::string sent = "damaged";
  const auto read = [&](char* buffer, std::size_t size, std::int64_t offset) {
    return sent.copy(buffer, size, static_cast<std::size_t>(offset));
  };
  const WireBody body{.bytes = 7, .sha256 = byte_sum(sent), .read = read};
  const auto answer = client.send(
      client.wire_request({.what = "",
                           .method = "PUT",
                           .key = "damaged",
                           .headers = {{"Content-MD5", to_base64(byte_sum("whole", SumOf::md5))}},
                           .body = &body}),
      {});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(client.failure(answer).code, "BadDigest");
  EXPECT_FALSE(store_->exists("damaged"));
}

TEST_F(RealS3, RefusesAWrongSecret) {
  settings_.secret_key += "x";
  const auto other = open_store(location_, settings_);
  const Error error = error_of([&] { other->size("a"); });
  EXPECT_NE(error.message().find("403 SignatureDoesNotMatch"), std::string::npos)
      << error.message();
}

TEST_F(RealS3, KnowsAMissingBucketFromAMissingKey) {
  location_.bucket += "-nobody";
  const auto other = open_store(location_, settings_);
  for (const Error& error :
       {error_of([&] { other->exists("a"); }), error_of([&] { other->list(""); })}) {
    EXPECT_NE(error.message().find("there is no bucket"), std::string::npos) << error.message();
  }
}

// For AWS's own library to read: scripts/lake-test has it compare the bytes with their sum.
TEST_F(RealS3, StoresWhatOtherClientsRead) {
  put("small.bin", some_bytes(1000));
  put("a b+ü=1/large.bin", some_bytes(11'000'000));
}

}  // namespace
}  // namespace gsa::lake
