// gsa fetch: its output, the contents of the cache, and interruptions.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <regex>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "fake_hub_fixture.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using hub::Place;
using hub::Reply;

constexpr const char* kUrl = "hf://datasets/owner/name/part/p.parquet";

Reply slow(std::int64_t bytes_per_second) {
  Reply reply;
  reply.bytes_per_second = bytes_per_second;
  return reply;
}

class Fetch : public FakeHubTest {
 protected:
  void serve(std::size_t size) {
    bytes_ = hub::made_up_bytes(size);
    hub_.set_file("owner/name", "part/p.parquet", bytes_);
  }

  Outcome fetch() const { return run({"fetch", kUrl}, online()); }

  fs::path blob() const { return dataset() / "blobs" / sum_of(bytes_); }
  fs::path part() const { return blob().string() + ".gsa-part"; }
  fs::path snapshot() const { return dataset() / "snapshots" / hub_.commit() / "part/p.parquet"; }

  std::int64_t part_size() const {
    std::error_code absent;
    const auto size = fs::file_size(part(), absent);
    return absent ? 0 : static_cast<std::int64_t>(size);
  }

  void wait_for_part_of(std::int64_t bytes) const {
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    while (part_size() < bytes && Clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ASSERT_GE(part_size(), bytes) << "the download did not come so far";
  }

  void expect_the_file(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, snapshot().string() + "\n");
    EXPECT_EQ(sum_of(read_file(snapshot())), sum_of(bytes_));
    EXPECT_FALSE(fs::exists(part()));
  }

  std::string bytes_;
};

TEST_F(Fetch, PrintsThePathOfTheFileInTheLayoutOfThePythonLibraries) {
  serve(300'000);
  expect_the_file(fetch());
  EXPECT_EQ(fs::read_symlink(snapshot()).string(), "../../../blobs/" + sum_of(bytes_));
  EXPECT_EQ(read_file(dataset() / "refs/main"), hub_.commit());
}

TEST_F(Fetch, AnswersFromTheCacheTheSecondTime) {
  serve(300'000);
  const Outcome first = fetch();
  const Outcome second = fetch();
  const std::string shown =
      fmt::format("owner/name/part/p.parquet at {} (main), 300.0 kB", hub_.commit().substr(0, 7));
  EXPECT_EQ(normalised(first.err, folder_), "HH:MM:SS  Fetched " + shown + " [N.NNs]\n");
  EXPECT_EQ(normalised(second.err, folder_), "HH:MM:SS  Was cached already: " + shown + "\n");
  expect_the_file(second);
  EXPECT_EQ(hub_.requests(Place::cdn).size(), 1u);
  expect_the_file(run({"fetch", kUrl}, offline()));
}

TEST_F(Fetch, QuietLeavesOnlyThePath) {
  serve(1000);
  const Outcome quiet = run({"fetch", "-q", kUrl}, online());
  expect_the_file(quiet);
  EXPECT_EQ(quiet.err, "");
}

TEST_F(Fetch, TakesDiffusionDbWhereNothingIsNamed) {
  serve(1000);
  hub_.set_file("poloclub/diffusiondb", "metadata.parquet", bytes_);
  const Outcome fetched = run({"fetch"}, online());
  EXPECT_EQ(fetched.exit_code, 0) << fetched.err;
  EXPECT_TRUE(fetched.out.ends_with("/metadata.parquet\n")) << fetched.out;
  // It is not the file that the dataset's name stands for, and gsa says so.
  EXPECT_TRUE(contains(fetched.err, "has another size, 1000 bytes instead of 194548652"))
      << fetched.err;
  EXPECT_TRUE(contains(fetched.err, "Fetched diffusiondb: poloclub/diffusiondb/metadata.parquet"))
      << fetched.err;
}

TEST_F(Fetch, ListShowsWholeFilesAndParts) {
  const std::vector<std::string> list = {"fetch", "--list"};
  std::string all = seen(list, run(list, online()));
  serve(200'000);
  ASSERT_EQ(fetch().exit_code, 0);
  hub_.set_file("owner/name", "other.parquet", hub::made_up_bytes(400'000));
  Reply cut = slow(0);
  cut.cut_off_at = 100'000;
  cut.stall = true;
  hub_.script(Place::cdn, {cut});
  GsaProcess stalled({"fetch", "hf://datasets/owner/name/other.parquet"}, online());
  const fs::path other = dataset() / "blobs" / (sum_of(hub::made_up_bytes(400'000)) + ".gsa-part");
  for (std::error_code absent; fs::file_size(other, absent) != 100'000 && stalled.running();) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  stalled.signal(SIGKILL);
  stalled.wait();
  for (const char* format : {"table", "json", "csv"}) {
    const std::vector<std::string> line = {"fetch", "--list", "--format", format};
    all += seen(line, run(line, offline()));
  }
  // The rule below the paths has the length of the folder's name, which differs.
  expect_golden("fetch_list.txt", std::regex_replace(all, std::regex("(─)+\n"), "────\n"));
}

// Every error names its cause, and leaves the cache without the file.
TEST_F(Fetch, ErrorsNameTheirCause) {
  serve(300'000);
  Reply other_bytes;
  other_bytes.change_bytes = true;
  struct Case {
    std::vector<std::string> line;
    Place place = Place::head;
    std::vector<Reply> replies = {};
    std::vector<std::string> environment = {};
  };
  const std::vector<Case> cases = {
      {{"fetch", "hf://datasets/owner/name/absent.parquet"}},
      {{"fetch", "hf://datasets/owner/name@v9/part/p.parquet"},
       Place::head,
       {Reply::of(404, "RevisionNotFound")}},
      {{"fetch", kUrl}, Place::head, {Reply::of(401)}},
      {{"fetch", kUrl}, Place::head, {Reply::of(401)}, {"HF_TOKEN=hf_secret"}},
      {{"fetch", kUrl}, Place::head, {Reply::of(403, "GatedRepo")}},
      {{"fetch", kUrl}, Place::cdn, {other_bytes, other_bytes}},
      {{"fetch", kUrl}, Place::head, {}, {"HF_HUB_OFFLINE=1"}},
      {{"fetch", kUrl}, Place::head, {}, {"HF_ENDPOINT=huggingface"}},
      {{"fetch", kUrl}, Place::head, {}, {"HF_HUB_DOWNLOAD_TIMEOUT=soon"}},
  };
  std::string all;
  for (const Case& wrong : cases) {
    hub_.script(wrong.place, wrong.replies);
    const Outcome outcome = run(wrong.line, online(wrong.environment));
    all += seen(wrong.line, outcome);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(contains(outcome.err, "hf_secret"));
    EXPECT_FALSE(fs::exists(blob()));
  }
  expect_golden("fetch_errors.txt", all);
  expect_the_file(fetch());
}

TEST_F(Fetch, GivesUpAfterItsRetries) {
  serve(1000);
  hub_.script(Place::head, std::vector<Reply>(6, Reply::of(503)));
  GsaProcess refused({"fetch", kUrl}, online({"HF_ENDPOINT=" + hub::refusing_endpoint()}));
  const Outcome unavailable = fetch();
  const Outcome unreachable = refused.wait();
  EXPECT_EQ(unavailable.exit_code, 1);
  EXPECT_EQ(unreachable.exit_code, 1);
  EXPECT_TRUE(contains(unavailable.err, "note: the hub answered 503; trying again in 1 s (1 of 5)"))
      << unavailable.err;
  EXPECT_TRUE(contains(unavailable.err, fmt::format("error: {}: the hub answered 503, after 5 "
                                                    "retries\n",
                                                    kUrl)))
      << unavailable.err;
  EXPECT_TRUE(
      contains(unreachable.err, fmt::format("error: {}: the hub cannot be reached: ", kUrl)))
      << unreachable.err;
  EXPECT_TRUE(contains(unreachable.err, "connect to 127.0.0.1 port ")) << unreachable.err;
}

TEST_F(Fetch, RefusesWhatItCannotMeanBeforeItFetchesAnything) {
  serve(1000);
  const std::vector<std::vector<std::string>> lines = {
      {"fetch", "difusiondb"},
      {"fetch", "prompts.csv"},
      {"fetch", ""},
      {"fetch", kUrl, "diffusiondb-lage"},
      {"fetch", "hf://models/owner/name/p.parquet"},
      {"fetch", "hf://datasets/owner"},
      {"fetch", "hf://datasets/owner/name"},
      {"fetch", "hf://datasets/owner/name/../../p.parquet"},
      {"fetch", "--list", kUrl},
      {"fetch", "--format", "json"},
      {"fetch", "--list", "--format", "parquet"},
      {"fetch", "--warehouse", "w.duckdb"},
  };
  std::string all;
  for (const auto& line : lines) {
    const Outcome outcome = run(line, online());
    all += seen(line, outcome);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_TRUE(hub_.requests().empty());
  EXPECT_TRUE(fs::is_empty(folder_.path()));
  expect_golden("fetch_usage.txt", all);
}

TEST_F(Fetch, KilledTwentyTimesOnItsWayStillEndsWithTheRightSum) {
  constexpr std::int64_t kSize = 3'000'000, kRate = 800'000;
  constexpr int kKills = 20;
  serve(kSize);
  hub_.script(Place::cdn, std::vector<Reply>(kKills, slow(kRate)));
  std::mt19937 random(1);  // the moments differ anyway, with the machine's speed
  std::int64_t before = 0;
  int resumed = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    GsaProcess process({"fetch", kUrl}, online());
    // Every other time once new bytes came, however long a busy machine takes to start a process.
    if (kill % 2 == 0) wait_for_part_of(before + 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % (kill % 2 == 0 ? 50 : 150)));
    ASSERT_TRUE(process.running()) << "a slow download of seconds was over in 0.15 s";
    process.signal(SIGKILL);
    EXPECT_EQ(process.wait().exit_code, 128 + SIGKILL);
    EXPECT_GE(part_size(), before) << "what came before is kept";
    resumed += part_size() > before && before > 0 ? 1 : 0;
    before = part_size();
  }
  EXPECT_GT(resumed, 3) << "the kills came too early to test anything";
  expect_the_file(fetch());
  // A killed process loses the bytes on their way: some hundredths of a second at kRate.
  constexpr std::int64_t kLostEachTime = kRate / 20;
  EXPECT_LE(served_bytes(), kSize + kKills * kLostEachTime);
  EXPECT_GE(served_bytes(), kSize);
}

// The other test kills in the middle of the bytes; this one kills at any time.
TEST_F(Fetch, KilledAtAnyMomentLeavesNothingCorrupt) {
  serve(1'000'000);
  const auto begun = Clock::now();
  ASSERT_EQ(fetch().exit_code, 0);
  const double whole = std::chrono::duration<double>(Clock::now() - begun).count();
  constexpr int kKills = 20;
  for (int kill = 0; kill < kKills; ++kill) {
    fs::remove_all(cache());
    GsaProcess process({"fetch", kUrl}, online());
    std::this_thread::sleep_for(std::chrono::duration<double>(whole * 1.1 * kill / kKills));
    process.signal(SIGKILL);
    process.wait();
    if (fs::exists(snapshot())) {
      EXPECT_EQ(sum_of(read_file(snapshot())), sum_of(bytes_))
          << "killed the " << kill << "th time";
    }
    const Outcome next = fetch();
    expect_the_file(next);
  }
}

TEST_F(Fetch, InterruptedKeepsThePartAndGoesOnFromThereTheNextTime) {
  constexpr std::int64_t kSize = 2'000'000;
  serve(kSize);
  hub_.script(Place::cdn, {slow(500'000)});
  GsaProcess process({"fetch", kUrl}, online());
  wait_for_part_of(100'000);
  const auto signalled = Clock::now();
  process.signal(SIGINT);
  const Outcome outcome = process.wait();
  EXPECT_LT(Clock::now() - signalled, std::chrono::seconds(2));
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_EQ(outcome.out, "");
  const std::int64_t kept = part_size();
  ASSERT_GE(kept, 100'000);
  EXPECT_EQ(outcome.err, fmt::format("error: interrupted; the {} already downloaded are "
                                     "kept\nhint: fetch again to resume from there\n",
                                     format_bytes(static_cast<double>(kept))));
  expect_the_file(fetch());
  EXPECT_EQ(hub_.requests(Place::cdn).back().header("range"), fmt::format("bytes={}-", kept));
}

TEST_F(Fetch, InterruptedBeforeAnyByteSaysWhatIsKept) {
  serve(1000);
  hub_.script(Place::head, std::vector<Reply>(3, Reply::of(503)));
  GsaProcess process({"fetch", kUrl}, online());
  while (hub_.requests(Place::head).empty() && process.running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  process.signal(SIGINT);  // while it waits for the next try
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_TRUE(outcome.err.ends_with("error: interrupted\nhint: what was fetched so far is kept\n"))
      << outcome.err;
}

TEST_F(Fetch, TwoAtOnceDownloadOnce) {
  serve(500'000);
  hub_.script(Place::cdn, {slow(1'000'000)});
  GsaProcess first({"fetch", kUrl}, online());
  wait_for_part_of(1);
  GsaProcess second({"fetch", kUrl}, online());
  expect_the_file(first.wait());
  expect_the_file(second.wait());
  EXPECT_EQ(hub_.requests(Place::cdn).size(), 1u);
  EXPECT_EQ(served_bytes(), 500'000);
}

TEST_F(Fetch, StoppedByAFileSizeLimitKeepsThePart) {
  serve(500'000);
  ProcessOptions limited = online();
  constexpr rlim_t kLimit = 200'000;
  limited.in_child = [] {
    const rlimit limit{kLimit, kLimit};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  };
  const Outcome outcome = run({"fetch", kUrl}, limited);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(
      normalised(outcome.err, folder_),
      fmt::format(
          "error: {}: cannot write to FOLDER/huggingface/hub/datasets--owner--name/blobs: File too "
          "large\nhint: make room there, or set HF_HUB_CACHE to a folder on a larger disk; the "
          "200.0 kB already downloaded are kept, and the next fetch resumes from there\n",
          kUrl));
  EXPECT_EQ(part_size(), 200'000);
  expect_the_file(fetch());
  EXPECT_EQ(hub_.requests(Place::cdn).back().header("range"), "bytes=200000-");
}

TEST_F(Fetch, OnAFullDiskNamesTheFolder) {
  serve(5'000'000);
  const std::string disk = folder_ / "huggingface";
  fs::create_directory(disk);
  constexpr int kCannotMount = 99;
  ProcessOptions small = online();
  small.in_child =
      [&disk] {  // mounts a file system that only this process sees and that ends with it
        if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
            mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) {
          _exit(kCannotMount);
        }
      };
  const Outcome outcome = run({"fetch", kUrl}, small);
  if (outcome.exit_code == kCannotMount) GTEST_SKIP() << "this system lets tests mount nothing";
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(
      normalised(outcome.err, folder_),
      "note: 5.0 MB are still to be downloaded, but FOLDER/huggingface/hub has room for 1.0 MB"))
      << outcome.err;
  EXPECT_TRUE(contains(normalised(outcome.err, folder_),
                       "/blobs: No space left on device\nhint: make room there, or set "
                       "HF_HUB_CACHE to a folder on a larger disk"))
      << outcome.err;
}

TEST_F(Fetch, ShowsBytesRateAndTimeLeftOnATerminal) {
  serve(4'000'000);
  hub_.script(Place::cdn, {slow(1'000'000)});
  const std::string shown =
      on_a_terminal(folder_, {"fetch", kUrl}, online({"TERM=xterm", "NO_COLOR=1"}).environment,
                    [](const std::string& so_far) { return contains(so_far, " left"); });
  EXPECT_TRUE(contains(shown, "\r\033[Kp.parquet ━━")) << shown;
  EXPECT_TRUE(contains(shown, " of 4.0 MB  ")) << shown;
  EXPECT_TRUE(contains(shown, "kB/s  ") || contains(shown, "MB/s  ")) << shown;
  EXPECT_TRUE(contains(shown, "s left")) << shown;
  EXPECT_FALSE(contains(shown, "\n")) << "the bar stays on its line";
}

TEST_F(Fetch, WipesTheBarBeforeAMessage) {
  serve(2'000'000);
  Reply cut = slow(1'000'000);
  cut.cut_off_at = 1'200'000;
  hub_.script(Place::cdn, {cut});
  const std::string shown =
      on_a_terminal(folder_, {"fetch", kUrl}, online({"TERM=xterm", "NO_COLOR=1"}).environment);
  const std::size_t note = shown.find("note: the download broke off at 1.2 MB of 2.0 MB");
  ASSERT_NE(note, std::string::npos) << shown;
  constexpr std::size_t kTimeOfDay = 10;  // "14:03:59  "
  EXPECT_EQ(shown.substr(note - kTimeOfDay - 4, 4), "\r\033[K") << shown;
  EXPECT_TRUE(shown.ends_with(snapshot().string() + "\r\n")) << shown;
}

TEST_F(Fetch, ShowsNoBarUnderQuiet) {
  serve(1'500'000);
  hub_.script(Place::cdn, {slow(1'500'000)});
  EXPECT_EQ(on_a_terminal(folder_, {"fetch", "-q", kUrl}, online({"TERM=xterm"}).environment),
            snapshot().string() + "\r\n");
}

}  // namespace
}  // namespace gsa::tests
