#include "hub/cache.h"

#include <array>
#include <cstdint>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "hub/hub_fixture.h"

namespace gsa::hub {
namespace {
namespace fs = std::filesystem;

class Cache : public HubTest {
 protected:
  const std::string first_ = std::string(40, '1');
  const std::string second_ = std::string(40, '2');

  // The file that is found; with an empty path if there is none.
  CachedFile find(const Expected& expected = {}) const {
    return find_cached(settings_, file_, expected).value_or(CachedFile{});
  }

  // A file as the Python libraries leave it.
  std::string put(const std::string& commit, const std::string& path, const std::string& bytes) {
    const fs::path link = dataset_folder() / "snapshots" / commit / path;
    const fs::path blob = dataset_folder() / "blobs" / sha256(bytes);
    fs::create_directories(link.parent_path());
    fs::create_directories(blob.parent_path());
    write_file(blob, bytes);
    fs::create_symlink(blob.lexically_relative(link.parent_path()), link);
    return link;
  }
  void put_ref(const std::string& revision, const std::string& commit) {
    fs::create_directories((dataset_folder() / "refs" / revision).parent_path());
    write_file(dataset_folder() / "refs" / revision, commit);
  }
};

TEST_F(Cache, FindsAFileByItsRefOrCommit) {
  const std::string path = put(first_, "part/file.bin", "one");
  EXPECT_FALSE(find_cached(settings_, file_)) << "nothing says what main is";
  put_ref("main", first_);
  const CachedFile found = find();
  EXPECT_EQ(found.path, path);
  EXPECT_EQ(found.commit, first_);
  EXPECT_EQ(found.etag, sha256("one"));
  EXPECT_EQ(found.bytes, 3);
  EXPECT_EQ(find({.bytes = 3}).path, path);
  EXPECT_FALSE(find_cached(settings_, file_, {.bytes = 4})) << "of another size than expected";
  file_.revision = first_;
  EXPECT_EQ(find().path, path);
  file_.revision = second_;
  EXPECT_FALSE(find_cached(settings_, file_));
}

TEST_F(Cache, DoesNotFindALinkWhoseBlobIsGone) {
  put(first_, "part/file.bin", "one");
  put_ref("main", first_);
  fs::remove(dataset_folder() / "blobs" / sha256("one"));
  EXPECT_FALSE(find_cached(settings_, file_));
  EXPECT_TRUE(list_cached(settings_).empty());
}

TEST_F(Cache, FindsABlobByItsSumWhereverItHangs) {
  const std::string old = put(first_, "part/file.bin", "one");
  put(second_, "part/file.bin", "two!");
  put_ref("main", second_);
  EXPECT_EQ(find({.sha256 = sha256("one")}).path, old);
  EXPECT_EQ(find({.sha256 = sha256("one"), .bytes = 3}).commit, first_);
  EXPECT_FALSE(find_cached(settings_, file_, {.sha256 = sha256("one"), .bytes = 4}));
  EXPECT_FALSE(find_cached(settings_, file_, {.sha256 = sha256("three")}));
  EXPECT_FALSE(find_cached(settings_, file_, {.sha256 = "../../etc/passwd"}));
  fs::remove_all(dataset_folder() / "snapshots");
  EXPECT_EQ(find({.sha256 = sha256("one")}).path, dataset_folder() / "blobs" / sha256("one"));
}

TEST_F(Cache, ListsFilesAndUnfinishedParts) {
  put(first_, "part/file.bin", "one");
  put(second_, "a", "two!");
  put_ref("main", first_);
  put_ref("a-branch", first_);
  const fs::path part = dataset_folder() / "blobs" / (sha256("three") + ".gsa-part");
  write_file(part, "thr");
  write_file(part.string() + ".info", "url=hf://datasets/owner/name@v1/z\ncommit=" + second_ +
                                          "\netag=" + sha256("three") + "\nbytes=5\n");
  fs::create_directories(settings_.cache / "models--owner--name/snapshots/x");

  const std::vector<CachedFile> files = list_cached(settings_);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(to_url(files[0].file), "hf://datasets/owner/name@" + second_ + "/a");
  EXPECT_EQ(to_url(files[1].file), "hf://datasets/owner/name/part/file.bin");
  EXPECT_EQ(files[1].bytes, 3);
  EXPECT_TRUE(files[1].whole());
  EXPECT_EQ(to_url(files[2].file), "hf://datasets/owner/name@v1/z");
  EXPECT_EQ(files[2].bytes, 3);
  EXPECT_EQ(files[2].total_bytes, 5);
  EXPECT_FALSE(files[2].whole());
}

TEST_F(Cache, IsEmptyWhereThereIsNone) {
  EXPECT_TRUE(list_cached(settings_).empty());
  EXPECT_FALSE(find_cached(settings_, file_));
}

TEST_F(Cache, ListsWhatWasFetched) {
  start();
  const CachedFile fetched = fetch_file();
  const std::vector<CachedFile> files = list_cached(settings_);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].file, file_);
  EXPECT_EQ(files[0].path, fetched.path);
  EXPECT_EQ(files[0].etag, sha256(bytes_));
}

TEST_F(Cache, IsSharedWithOtherUsersOfTheGroupByItsLocks) {
  const mode_t before = umask(077);
  start();
  fetch_file();
  umask(before);
  const fs::path lock =
      settings_.cache / ".locks/datasets--owner--name" / (sha256(bytes_) + ".lock");
  EXPECT_EQ(static_cast<unsigned>(fs::status(lock).permissions()), 0664u);
}

// The Python libraries take every file among the refs for a ref, and call a dataset damaged if one
// names no commit. A process may be killed at any moment.
TEST_F(Cache, WritesNothingAmongTheRefsButRefs) {
  const fs::path refs = dataset_folder() / "refs";
  fs::create_directories(refs);
  const Fd watch(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(inotify_add_watch(watch.get(), refs.c_str(), IN_CREATE | IN_MOVED_TO), 0);
  start();
  fetch_file();
  EXPECT_EQ(read_file(refs / "main"), hub_->commit());
  alignas(inotify_event) std::array<char, 4096> events{};
  const ssize_t size = read(watch.get(), events.data(), events.size());
  ASSERT_GT(size, 0);
  const auto* event = reinterpret_cast<const inotify_event*>(events.data());
  EXPECT_STREQ(event->name, "main");
  EXPECT_EQ(event->mask, static_cast<std::uint32_t>(IN_MOVED_TO));
  EXPECT_EQ(static_cast<std::size_t>(size), sizeof *event + event->len) << "more than one event";
}

// Without that folder, the Python libraries call a dataset damaged.
TEST_F(Cache, HasAFolderOfSnapshotsBeforeAnythingCame) {
  start();
  FetchEvents stopping = events();
  stopping.progress = [](std::int64_t, std::int64_t) { throw Error("stopped"); };
  EXPECT_THROW(fetch(settings_, file_, stopping), Error);
  EXPECT_TRUE(fs::exists(part_path()));
  EXPECT_TRUE(fs::is_directory(dataset_folder() / "snapshots"));
}

}  // namespace
}  // namespace gsa::hub
