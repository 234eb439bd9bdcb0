#include "lake/location.h"

#include "lake/lake_fixture.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

Location parsed(const std::string& text, const std::string& folder = "/work") {
  Invocation invocation;
  invocation.folder = folder;
  return parse_location(text, invocation);
}

std::string message(const std::string& text) {
  return error_of([&] { parsed(text); }).message();
}

TEST(Location, IsABucketAndAPrefix) {
  const Location location = parsed("s3://my-bucket/a b/ü+=%20");
  EXPECT_TRUE(location.is_s3());
  EXPECT_EQ(location.bucket, "my-bucket");
  EXPECT_EQ(location.prefix, "a b/ü+=%20") << "nothing is decoded";
  EXPECT_EQ(to_text(location), "s3://my-bucket/a b/ü+=%20");
  for (const char* text : {"s3://my-bucket", "s3://my-bucket/"}) {
    EXPECT_EQ(to_text(parsed(text)), "s3://my-bucket");
  }
  EXPECT_EQ(parsed("s3://my-bucket/a/").prefix, "a");
}

TEST(Location, IsAFolder) {
  EXPECT_EQ(parsed("file:///a/b/").folder, "/a/b");
  EXPECT_EQ(parsed("/a/../b").folder, "/b");
  EXPECT_EQ(parsed("lake/x").folder, "/work/lake/x");
  EXPECT_EQ(parsed(".").folder, "/work");
  EXPECT_FALSE(parsed("lake").is_s3());
  EXPECT_EQ(to_text(parsed("lake")), "file:///work/lake");
}

TEST(Location, SaysWhatIsWrongWithAnAddress) {
  EXPECT_EQ(message("s3:///a"), "'s3:///a' names no bucket");
  EXPECT_EQ(message("s3://b/x"), "'s3://b/x' names no bucket");
  EXPECT_EQ(message("s3://user@host/x"), "'s3://user@host/x' names no bucket");
  EXPECT_EQ(message("s3://bucket/a//b"),
            "the prefix of 's3://bucket/a//b' cannot be used: it begins or ends with a slash, or "
            "has two in a row");
  EXPECT_EQ(message("file://host/a"), "'file://host/a' names no folder of this machine");
  EXPECT_EQ(message("gs://bucket/a"), "files cannot be stored at 'gs://bucket/a'");
  EXPECT_EQ(message(""), "'' is no location");
  EXPECT_EQ(error_of([] { parsed("s3a://bucket"); }).hint(), "write it as s3://BUCKET/PREFIX");
}

TEST(Location, TakesKeysThatMeanTheSamePlaceEverywhere) {
  for (const char* key : {"a", "a/b=1/part 1+ü.parquet", ".hidden", "a..b", "_x/%2F"}) {
    EXPECT_NO_THROW(check_key(key)) << key;
  }
  for (const std::string key : {"", "/a", "a/", "a//b", ".", "a/../b", "a/./b", "a\nb", "a\x7f",
                                "a\xff", ".gsa.part1", "a/.gsa.part1/b"}) {
    EXPECT_THROW(check_key(key), Error) << key;
  }
  EXPECT_THROW(check_key(std::string(1025, 'a')), Error);
  EXPECT_EQ(error_of([] { check_key("a/../b"); }).message(),
            "the key 'a/../b' cannot be used: it has a segment \"..\"");
  for (const char* prefix : {"", "a", "a/", "a/."}) EXPECT_NO_THROW(check_key_prefix(prefix));
  for (const char* prefix : {"/", "a//", "../"}) EXPECT_THROW(check_key_prefix(prefix), Error);
}

}  // namespace
}  // namespace gsa::lake
