#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lake/lake_fixture.h"
#include "lake/source_file.h"

namespace gsa::lake {
namespace {
namespace fs = std::filesystem;

class FolderStoreTest : public testing::Test {
 protected:
  PutResult put(const std::string& key, const std::string& bytes, const StoreEvents& events = {}) {
    return store_->put(folder_.file("source", bytes), key, events);
  }

  LakeFolder folder_;
  std::unique_ptr<Store> store_ = open_store({.folder = folder_ / "lake"}, {});
};

TEST_F(FolderStoreTest, KeepsFilesByKey) {
  EXPECT_FALSE(fs::exists(folder_ / "lake")) << "nothing is made before it is needed";
  EXPECT_EQ(shown(store_->list("")), "");
  EXPECT_FALSE(store_->exists("2026-11/a"));
  EXPECT_EQ(put("2026-11/a", "bytes"), PutResult::stored);
  EXPECT_EQ(read_file(folder_ / "lake/2026-11/a"), "bytes");
  EXPECT_EQ(folder_.names("lake/2026-11"), std::vector<std::string>{"a"});
  EXPECT_EQ(store_->size("2026-11/a"), 5);
  EXPECT_EQ(store_->size("2026-11"), std::nullopt) << "a folder is no file";
  EXPECT_EQ(put("empty", ""), PutResult::stored);
  EXPECT_EQ(store_->size("empty"), 0);

  store_->get("2026-11/a", folder_ / "new/got");
  EXPECT_EQ(read_file(folder_ / "new/got"), "bytes");
  write_file(folder_ / "new/got", "something else");
  store_->get("2026-11/a", folder_ / "new/got");
  EXPECT_EQ(read_file(folder_ / "new/got"), "bytes") << "get() replaces";

  store_->remove("2026-11/a");
  store_->remove("2026-11/a");
  EXPECT_FALSE(store_->exists("2026-11/a"));
  EXPECT_THROW(store_->get("2026-11/a", folder_ / "x"), Error);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
  EXPECT_THROW(put("../a", ""), Error);
}

TEST_F(FolderStoreTest, NeverReplacesAFile) {
  put("a", "bytes");
  EXPECT_EQ(put("a", "bytes"), PutResult::was_there);
  for (const char* other : {"other", "longer bytes"}) {
    const Error error = error_of([&] { put("a", other); });
    EXPECT_EQ(error.message(),
              fmt::format("{} is another file than {}, and is never replaced",
                          (folder_ / "lake/a").string(), (folder_ / "source").string()));
  }
  EXPECT_EQ(read_file(folder_ / "lake/a"), "bytes");
}

TEST_F(FolderStoreTest, NeverReplacesAFileThatComesMeanwhile) {
  make_folder(folder_ / "lake");
  const auto come = [&](const std::string& bytes) {
    return StoreEvents{.progress = [this, bytes](std::int64_t done, std::int64_t) {
      if (done > 0) write_file(folder_ / "lake/a", bytes);
    }};
  };
  EXPECT_THROW(put("a", "bytes", come("other")), Error);
  EXPECT_EQ(read_file(folder_ / "lake/a"), "other");
  store_->remove("a");
  EXPECT_EQ(put("a", "bytes", come("bytes")), PutResult::was_there);
  EXPECT_EQ(folder_.names("lake"), std::vector<std::string>{"a"});
}

TEST_F(FolderStoreTest, ListsByPrefixInOrder) {
  for (const char* key : {"2026-10/b", "2026-10/a", "2026-1/x", "2026-11/a=1/c", "y"})
    put(key, key);
  write_file(folder_ / "lake/2026-10/.gsa.part77", "unfinished");
  EXPECT_EQ(shown(store_->list("")), "2026-1/x 8, 2026-10/a 9, 2026-10/b 9, 2026-11/a=1/c 13, y 1");
  EXPECT_EQ(shown(store_->list("2026-10/")), "2026-10/a 9, 2026-10/b 9");
  EXPECT_EQ(shown(store_->list("2026-1")),
            "2026-1/x 8, 2026-10/a 9, 2026-10/b 9, 2026-11/a=1/c 13");
  EXPECT_EQ(shown(store_->list("2026-11/a=")), "2026-11/a=1/c 13");
  EXPECT_EQ(shown(store_->list("none/")), "");
}

TEST_F(FolderStoreTest, NamesFilesAsAnEngineSeesThem) {
  EXPECT_EQ(store_->uri("a b/c"), "file://" + (folder_ / "lake/a b/c").string());
  const Location location{.folder = "/lake"};
  EXPECT_EQ(open_store(location, {}, "local:///raw")->uri("a"), "local:///raw/a");
  EXPECT_EQ(open_store(location, {}, "local:///")->uri("a"), "local:///a");
  EXPECT_THROW(store_->uri("../a"), Error);
}

TEST_F(FolderStoreTest, LeavesNothingBehindIfTheDiskIsFull) {
  put("a", "x");
  // A limit to the size of files stands in for a full disk.
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const fs::path source = folder_.file("source", some_bytes(3'000'000));
  const rlimit small{.rlim_cur = 1'500'000, .rlim_max = limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Error error = error_of([&] { store_->put(source, "new/b"); });
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(error.message(),
            fmt::format("cannot write {}: File too large", (folder_ / "lake/new/b").string()));
  EXPECT_EQ(error.hint(), "make room there; what was written of the file is removed");
  EXPECT_TRUE(folder_.names("lake/new").empty());
}

TEST_F(FolderStoreTest, StopsAndLeavesNothingBehind) {
  std::stop_source stop;
  const std::string bytes = some_bytes(4'000'000);
  std::int64_t most = 0;
  const StoreEvents events{.progress =
                               [&](std::int64_t done, std::int64_t total) {
                                 EXPECT_EQ(total, 4'000'000);
                                 most = done;
                                 EXPECT_TRUE(store_->list("").empty());
                                 EXPECT_TRUE(folder_.names("lake").at(0).starts_with('.'));
                                 if (done >= 1'000'000) stop.request_stop();
                               },
                           .stop = stop.get_token()};
  EXPECT_EQ(error_of([&] { put("a", bytes, events); }).code(), ErrorCode::interrupted);
  EXPECT_GT(most, 0);
  EXPECT_LT(most, 3'000'000);
  EXPECT_TRUE(folder_.names("lake").empty());
}

TEST_F(FolderStoreTest, NoticesThatTheFileChangesMeanwhile) {
  const fs::path source = folder_.file("source", some_bytes(3'000'000));
  const StoreEvents events{.progress = [&](std::int64_t done, std::int64_t) {
    if (done > 0) fs::resize_file(source, 3'500'000);
  }};
  EXPECT_EQ(error_of([&] { store_->put(source, "a", events); }).message(),
            fmt::format("{} changed while it was read", source.string()));
  EXPECT_TRUE(folder_.names("lake").empty());
  EXPECT_EQ(error_of([&] { store_->put(folder_ / "lake", "a"); }).message(),
            fmt::format("{} is not a file", (folder_ / "lake").string()));
}

TEST_F(FolderStoreTest, GivesFilesTheRightsOfTheUser) {
  const mode_t before = umask(022);
  put("a", "x");
  umask(before);
  EXPECT_EQ(fs::status(folder_ / "lake/a").permissions(), static_cast<fs::perms>(0644))
      << "an engine that runs as another user reads it";
}

TEST(SourceFile, SumsTheWholeAndItsParts) {
  const LakeFolder folder;
  const std::string bytes = some_bytes(2'500'000);
  const SourceFile source(folder.file("x", bytes));
  const FileSums sums = source.sums(1'000'000, {});
  EXPECT_EQ(sums.sha256, byte_sum(bytes));
  ASSERT_EQ(sums.parts.size(), 3U);
  EXPECT_EQ(sums.parts[2].offset, 2'000'000);
  EXPECT_EQ(sums.parts[2].bytes, 500'000);
  EXPECT_EQ(sums.parts[1].sha256, byte_sum(bytes.substr(1'000'000, 1'000'000)));
  EXPECT_EQ(sums.parts[1].md5, byte_sum(bytes.substr(1'000'000, 1'000'000), SumOf::md5));
  EXPECT_EQ(source.sums(2'500'000, {}).parts.size(), 1U) << "no empty part at the end";
  const FileSums empty = SourceFile(folder.file("y", "")).sums(10, {});
  ASSERT_EQ(empty.parts.size(), 1U);
  EXPECT_EQ(empty.sha256, byte_sum(""));
}

}  // namespace
}  // namespace gsa::lake
