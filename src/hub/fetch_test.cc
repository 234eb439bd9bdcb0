#include "hub/fetch.h"

#include <csignal>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/clock.h"
#include "hub/hub_fixture.h"

namespace gsa::hub {
namespace {
namespace fs = std::filesystem;

class Fetch : public HubTest {};

using Waits = std::vector<std::int64_t>;

TEST_F(Fetch, LeavesTheLayoutOfThePythonLibraries) {
  start();
  const CachedFile found = fetch_file();
  expect_the_file(found);
  const std::string commit = hub_->commit();
  const fs::path link = dataset_folder() / "snapshots" / commit / "part/file.bin";
  EXPECT_EQ(found.path, link);
  EXPECT_EQ(found.commit, commit);
  EXPECT_EQ(found.etag, sha256(bytes_));
  EXPECT_EQ(found.bytes, 300'000);
  EXPECT_EQ(fs::read_symlink(link), "../../../blobs/" + sha256(bytes_));
  EXPECT_EQ(read_file(dataset_folder() / "refs/main"), commit);
  EXPECT_TRUE(
      fs::exists(settings_.cache / ".locks/datasets--owner--name" / (sha256(bytes_) + ".lock")));
  EXPECT_EQ(done_, 300'000);
  EXPECT_EQ(total_, 300'000);
  EXPECT_EQ(all_messages(), "");
}

TEST_F(Fetch, DownloadsARealParquetFile) {
  const fs::path sample = GSA_SOURCE_DIR "/../shared/data/diffusiondb-sample.parquet";
  if (!fs::exists(sample)) GTEST_SKIP() << "no " << sample;
  bytes_ = read_file(sample);
  start();
  expect_the_file(fetch_file());
}

TEST_F(Fetch, NeverSendsTheTokenToTheOtherHost) {
  start();
  fetch_file();
  EXPECT_EQ(hub_->requests(Place::head).at(0).header("authorization"), "Bearer hf_secret");
  EXPECT_EQ(hub_->requests(Place::get).at(0).header("authorization"), "Bearer hf_secret");
  ASSERT_EQ(hub_->requests(Place::cdn).size(), 1u);
  EXPECT_EQ(hub_->requests(Place::cdn).at(0).header("authorization"), "");
  for (const ReceivedRequest& request : hub_->requests()) {
    EXPECT_EQ(request.header("accept-encoding"), "identity");
  }
}

TEST_F(Fetch, AsksTheHubButDownloadsNothingWhereTheBlobIsThere) {
  start();
  fetch_file();
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::head).size(), 2u);
  EXPECT_EQ(hub_->requests(Place::cdn).size(), 1u);
}

TEST_F(Fetch, TakesABlobOfAnotherSnapshot) {
  start();
  const std::string before = fetch_file().commit;
  hub_->set_file("owner/name", "other", "x");  // a new commit that leaves our file unchanged
  const CachedFile found = fetch_file();
  EXPECT_NE(found.commit, before);
  expect_the_file(found);
  EXPECT_EQ(hub_->requests(Place::cdn).size(), 1u);
}

TEST_F(Fetch, DoesNotAskForACommitThatIsCached) {
  start();
  file_.revision = fetch_file().commit;
  const std::size_t before = hub_->requests().size();
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests().size(), before);
}

TEST_F(Fetch, VerifiesASmallFileByGitsSum) {
  bytes_ = "small\n";
  start({.direct = true});
  const CachedFile found = fetch_file();
  EXPECT_EQ(read_file(found.path), bytes_);
  EXPECT_EQ(found.etag, "ac790413e2d7a26c3767e78c57bb28716686eebc");  // git hash-object
  hub_->set_file("owner/name", "part/file.bin", "other!");
  hub_->script(Place::get, {{.change_bytes = true}, {.change_bytes = true}});
  EXPECT_NE(failing_fetch().message().find("its sum is"), std::string::npos);
}

TEST_F(Fetch, FollowsARelativeRedirectWithItsQuery) {
  start();
  const std::string moved = "/moved?to=/datasets/owner/name/resolve/main/part/file.bin";
  // The hub may name a commit with the redirect; the one at the end of the chain counts.
  hub_->script(Place::head,
               {{.headers = {{"X-Repo-Commit", std::string(40, '0')}}, .redirect = moved}});
  hub_->script(Place::get, {{.redirect = moved}});
  const CachedFile found = fetch_file();
  expect_the_file(found);
  EXPECT_EQ(found.commit, hub_->commit());
  EXPECT_EQ(hub_->requests(Place::head).at(1).target, moved);
  EXPECT_EQ(hub_->requests(Place::head).at(1).header("authorization"), "Bearer hf_secret");
  EXPECT_EQ(hub_->requests(Place::get).at(1).target, moved);
}

TEST_F(Fetch, GivesUpOnALoopOfRedirects) {
  start();
  const std::string self = "/datasets/owner/name/resolve/main/part/file.bin";
  hub_->script(Place::head, std::vector<Reply>(20, {.redirect = self}));
  EXPECT_NE(failing_fetch().message().find("redirects more than 10 times"), std::string::npos);
  EXPECT_EQ(hub_->requests().size(), 11u);
}

TEST_F(Fetch, RefusesToLeaveHttps) {
  start({.tls = true});
  settings_.ca_bundle = folder_.path() / "ca.pem";
  write_file(settings_.ca_bundle, hub_->certificate());
  const Error error = failing_fetch();
  EXPECT_NE(error.message().find("from https to plain http"), std::string::npos) << error.message();
  EXPECT_EQ(hub_->requests(Place::cdn).size(), 0u);
}

TEST_F(Fetch, RefusesACertificateItDoesNotKnowAtOnce) {
  start({.tls = true});
  const Error error = failing_fetch();
  EXPECT_NE(error.message().find("certificate"), std::string::npos) << error.message();
  EXPECT_NE(error.hint().find("REQUESTS_CA_BUNDLE"), std::string::npos);
  EXPECT_EQ(waits_, Waits());
}

TEST_F(Fetch, BreaksOffAndGoesOnWhereItStopped) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000}, {.cut_off_at = 50'000}});
  expect_the_file(fetch_file());
  const auto requests = hub_->requests(Place::cdn);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].header("range"), "");
  EXPECT_EQ(requests[1].header("range"), "bytes=100000-");
  EXPECT_EQ(requests[2].header("range"), "bytes=150000-");
  EXPECT_EQ(requests[2].body_bytes, 150'000);
  EXPECT_EQ(waits_, (Waits{1000, 1000}));
  EXPECT_NE(messages_.at(0).find("broke off at 100.0 kB of 300.0 kB"), std::string::npos);
  EXPECT_NE(messages_.at(1).find("(1 of 5)"), std::string::npos) << "attempts count anew";
}

TEST_F(Fetch, GoesOnInALaterRun) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 200'000}});
  hub_->script(Place::get, {{}, Reply::of(400)});
  failing_fetch();
  EXPECT_EQ(fs::file_size(part_path()), 200'000u);
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(1).header("range"), "bytes=200000-");
  EXPECT_EQ(hub_->requests(Place::cdn).at(1).body_bytes, 100'000);
}

TEST_F(Fetch, DoesNotLetADamagedPartPass) {
  start();
  fs::create_directories(dataset_folder() / "blobs");
  write_file(part_path(), std::string(1000, 'x'));
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(0).header("range"), "bytes=1000-");
  EXPECT_EQ(hub_->requests(Place::cdn).at(1).header("range"), "");
  EXPECT_NE(all_messages().find("sum of the download is wrong"), std::string::npos);
}

TEST_F(Fetch, StartsOverWhereAPartIsLargerThanTheFile) {
  start();
  fs::create_directories(dataset_folder() / "blobs");
  write_file(part_path(), std::string(400'000, 'x'));
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).size(), 1u);
  EXPECT_EQ(all_messages(), "") << "it is seen before its sum is";
}

TEST_F(Fetch, StartsOverWhereAPartWasToBecomeAnotherSize) {
  start();
  fs::create_directories(dataset_folder() / "blobs");
  write_file(part_path(), bytes_.substr(0, 1000));
  write_file(part_path() + ".info", "url=hf://datasets/owner/name/part/file.bin\nbytes=5000\n");
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(0).header("range"), "");
}

TEST_F(Fetch, FetchesABlobOfTheWrongSizeAgain) {
  start();
  fs::create_directories(dataset_folder() / "blobs");
  write_file(blob_path(), "damaged");
  expect_the_file(fetch_file());
  EXPECT_NE(all_messages().find("is damaged: it has 7 bytes, not 300000"), std::string::npos);
}

TEST_F(Fetch, StartsOverWhereTheWholeFileComesInsteadOfTheRest) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000}, {.ignore_range = true}});
  expect_the_file(fetch_file());
  EXPECT_NE(all_messages().find("starting over"), std::string::npos);
}

TEST_F(Fetch, StartsOverAfter416) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000}, {.refuse_range = true}});
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(2).header("range"), "");
}

TEST_F(Fetch, TellsAWrongSize) {
  start();
  hub_->script(Place::cdn, std::vector<Reply>(10, {.claim = 1234}));
  EXPECT_NE(
      failing_fetch().message().find("the server offers 1234 bytes, but the hub announced 300000"),
      std::string::npos);
  EXPECT_EQ(waits_, (Waits{1000, 2000, 4000, 8000, 8000}));
}

TEST_F(Fetch, RecoversFromABodyThatIsTooLong) {
  start();
  hub_->script(Place::cdn, {{.headers = {{"Content-Length", ""}, {"Connection", "close"}},
                             .extra_bytes = 50,
                             .cut_off_at = 300'050}});
  expect_the_file(fetch_file());
  EXPECT_NE(all_messages().find("more than the 300000 bytes that"), std::string::npos);
}

TEST_F(Fetch, TriesAWrongSumOnceMore) {
  start();
  hub_->script(Place::cdn, {{.change_bytes = true}});
  expect_the_file(fetch_file());
}

TEST_F(Fetch, TellsASumThatStaysWrong) {
  start();
  hub_->script(Place::cdn, {{.change_bytes = true}, {.change_bytes = true}});
  const Error error = failing_fetch();
  EXPECT_NE(error.message().find("but should be " + sha256(bytes_)), std::string::npos);
  EXPECT_FALSE(fs::exists(blob_path()));
}

TEST_F(Fetch, WaitsLongerFromRetryToRetry) {
  start();
  hub_->script(Place::head,
               {Reply::of(500), Reply::of(502), Reply::of(503), Reply::of(504), Reply::of(408)});
  expect_the_file(fetch_file());
  EXPECT_EQ(waits_, (Waits{1000, 2000, 4000, 8000, 8000}));
  EXPECT_EQ(messages_.at(2), "the hub answered 503; trying again in 4 s (3 of 5)");
}

TEST_F(Fetch, GivesUpAfterFiveRetries) {
  start();
  hub_->script(Place::get, std::vector<Reply>(10, Reply::of(503)));
  EXPECT_EQ(failing_fetch().message(),
            "hf://datasets/owner/name/part/file.bin: the hub answered 503, after 5 retries");
  EXPECT_EQ(hub_->requests(Place::get).size(), 6u);
}

TEST_F(Fetch, WaitsAsLongAsARateLimitAsks) {
  start();
  Reply limit = Reply::of(429), after = Reply::of(429), far = Reply::of(429);
  limit.headers = {{"RateLimit", "\"resolvers\";r=0;t=55"}, {"Retry-After", "3"}};
  after.headers = {{"Retry-After", "7"}};
  far.headers = {{"Retry-After", "90000"}};
  hub_->script(Place::head, {limit, after, far, Reply::of(429)});
  expect_the_file(fetch_file());
  EXPECT_EQ(waits_, (Waits{56'000, 8000, 300'000, 8000}));
  EXPECT_NE(messages_.at(2).find("asks to wait"), std::string::npos) << messages_.at(2);
}

TEST_F(Fetch, AsksForANewLinkWhereTheLinkHasExpired) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000}, Reply::of(403), Reply::of(403)});
  expect_the_file(fetch_file());
  const auto requests = hub_->requests(Place::cdn);
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_NE(requests[3].target, requests[1].target) << "another signature";
  EXPECT_NE(all_messages().find("the link to the file has expired"), std::string::npos);
}

TEST_F(Fetch, GoesOnWhereTheOtherSideClosesOrStalls) {
  start();
  settings_.download_timeout = std::chrono::milliseconds(200);
  hub_->script(Place::cdn, {{.close_at_once = true}, {.cut_off_at = 100'000, .stall = true}});
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(2).header("range"), "bytes=100000-");
  EXPECT_NE(all_messages().find("no data came for 0.2 s"), std::string::npos) << all_messages();
}

TEST_F(Fetch, BearsASlowLineThatIsNeverSilent) {
  bytes_ = made_up_bytes(30'000);
  start();
  settings_.download_timeout = std::chrono::milliseconds(250);
  hub_->script(Place::cdn, {{.bytes_per_second = 60'000}});
  expect_the_file(fetch_file());
  EXPECT_EQ(messages_.size(), 0u) << all_messages();
}

TEST_F(Fetch, TellsThatTheHubCannotBeReached) {
  start();
  settings_.endpoint = refusing_endpoint();
  EXPECT_NE(failing_fetch().message().find("the hub cannot be reached: Failed to connect"),
            std::string::npos);
  EXPECT_EQ(waits_.size(), 5u);
}

// ".invalid" is no domain (RFC 2606).
TEST_F(Fetch, TellsThatTheHubsNameIsUnknownAfterTryingAgain) {
  start();
  settings_.endpoint = "http://hub.invalid";
  EXPECT_NE(failing_fetch().message().find("Could not resolve host: hub.invalid"),
            std::string::npos);
  EXPECT_EQ(waits_.size(), 5u);
}

TEST_F(Fetch, NamesTheCauseOfARefusal) {
  struct Case {
    Reply reply;
    std::string message, hint;
  };
  const std::vector<Case> cases = {
      {Reply::of(401), "no dataset owner/name", "the token sent is valid"},
      {Reply::of(404, "RepoNotFound"), "no dataset owner/name", "check its name"},
      {Reply::of(404, "RevisionNotFound"), "no revision \"main\"", "a commit"},
      {Reply::of(404, "EntryNotFound"), "no file \"part/file.bin\"", "/datasets/owner/name/tree"},
      {Reply::of(403, "GatedRepo"), "owner/name is gated", "accept its terms"},
      {Reply::of(418), "the hub answered 418", ""},
  };
  start();
  for (const Case& one : cases) {
    hub_->script(Place::head, {one.reply});
    const Error error = failing_fetch();
    EXPECT_NE(error.message().find(one.message), std::string::npos) << error.message();
    EXPECT_NE(error.hint().find(one.hint), std::string::npos) << error.hint();
  }
  EXPECT_EQ(waits_, Waits()) << "asking again is no use";
  settings_.token.clear();
  hub_->script(Place::head, {Reply::of(401, "RepoNotFound")});
  EXPECT_NE(failing_fetch().hint().find("set HF_TOKEN"), std::string::npos);
}

TEST_F(Fetch, TakesTheNewVersionWhereTheFileChangesMeanwhile) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000}});
  const std::string before = part_path();
  bytes_ = made_up_bytes(200'001);
  hub_->script(Place::get,
               {{}, {.before = [this] { hub_->set_file("owner/name", "part/file.bin", bytes_); }}});
  expect_the_file(fetch_file());
  EXPECT_FALSE(fs::exists(before)) << "the part of the old version is of no use";
  EXPECT_NE(all_messages().find("has changed on the hub"), std::string::npos);
}

TEST_F(Fetch, TellsAFileThatKeepsChanging) {
  start();
  int version = 0;
  const Reply changing{
      .before = [&] { hub_->set_file("owner/name", "part/file.bin", std::to_string(++version)); }};
  hub_->script(Place::get, std::vector<Reply>(10, changing));
  EXPECT_NE(failing_fetch().message().find("keeps changing"), std::string::npos);
}

TEST_F(Fetch, SaysWhereTheFileIsNotTheExpectedOne) {
  start();
  const Expected other{.sha256 = std::string(64, 'a'), .bytes = 300'000};
  expect_the_file(fetch(settings_, file_, events(), other));
  EXPECT_NE(all_messages().find("another sha256"), std::string::npos);
  messages_.clear();
  fetch(settings_, file_, events(), {.sha256 = sha256(bytes_), .bytes = 300'000});
  EXPECT_EQ(all_messages(), "");
}

TEST_F(Fetch, UsesTheCopyWhereTheHubDoesNotAnswer) {
  start();
  fetch_file();
  settings_.endpoint = refusing_endpoint();
  expect_the_file(fetch_file());
  EXPECT_NE(all_messages().find("using the copy in the cache"), std::string::npos);
  EXPECT_EQ(waits_, Waits());
}

TEST_F(Fetch, OfflineTakesWhatIsThereAndAsksNobody) {
  start();
  settings_.offline = true;
  settings_.offline_variable = "HF_HUB_OFFLINE";
  EXPECT_NE(failing_fetch().message().find("HF_HUB_OFFLINE prevents fetching"), std::string::npos);
  EXPECT_EQ(hub_->requests().size(), 0u);
  settings_.offline = false;
  fetch_file();
  settings_.offline = true;
  const std::size_t before = hub_->requests().size();
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests().size(), before);
}

TEST_F(Fetch, StopsSoonAfterCtrlCAndKeepsThePart) {
  start();
  hub_->script(Place::cdn, {{.cut_off_at = 100'000, .stall = true}});
  FetchEvents stopping = events();
  std::unique_ptr<Stopwatch> since;
  stopping.progress = [&](std::int64_t done, std::int64_t) {
    done_ = done;
    if (done == 100'000) since = std::make_unique<Stopwatch>();
  };
  stopping.cancelled = [&] { return done_ == 100'000; };
  try {
    fetch(settings_, file_, stopping);
    FAIL() << "was not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
    EXPECT_EQ(error.message(), "interrupted; the 100.0 kB already downloaded are kept");
  }
  EXPECT_LT(since->seconds(), 0.2);
  EXPECT_EQ(fs::file_size(part_path()), 100'000u);
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).at(1).header("range"), "bytes=100000-");
}

TEST_F(Fetch, KilledTwentyTimesStillEndsWithTheRightSum) {
  bytes_ = made_up_bytes(2'000'000);
  start();
  hub_->script(Place::cdn, std::vector<Reply>(20, {.bytes_per_second = 1'000'000}));
  for (int kills = 0; kills < 20; ++kills) {
    const pid_t child = fork();
    if (child == 0) {
      fetch(settings_, file_);
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + kills));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it came to its end before it was killed";
  }
  const auto kept = static_cast<std::int64_t>(fs::file_size(part_path()));
  EXPECT_GT(kept, 20'000) << "nothing came before the kills, so they tested nothing";
  expect_the_file(fetch_file());
  EXPECT_EQ(hub_->requests(Place::cdn).back().header("range"), fmt::format("bytes={}-", kept));
  EXPECT_EQ(messages_.size(), 0u) << all_messages();
}

TEST_F(Fetch, NamesTheFolderOfADiskThatIsFull) {
  start();
  fs::create_directories(dataset_folder() / "blobs");
  // The device /dev/full: every write to it finds no room. Not a link to it, because a part must
  // not be a link.
  constexpr unsigned kMajor = 1, kMinor = 7;
  if (::mknod(part_path().c_str(), S_IFCHR | 0600, makedev(kMajor, kMinor)) != 0) {
    GTEST_SKIP() << "only root makes devices";
  }
  const Error error = failing_fetch();
  EXPECT_NE(error.message().find((dataset_folder() / "blobs").string()), std::string::npos);
  EXPECT_NE(error.message().find("No space left"), std::string::npos) << error.message();
  EXPECT_NE(error.hint().find("HF_HUB_CACHE"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file(part_path())) << "the part is kept";
}

TEST_F(Fetch, InParallelDownloadsOnce) {
  start();
  hub_->script(Place::cdn, {{.bytes_per_second = 1'000'000}});
  std::vector<std::string> texts;
  FetchEvents waiting;  // with real waits
  waiting.message = [&](const std::string& text) { texts.push_back(text); };
  std::string path;
  std::thread other([&] {
    while (hub_->requests(Place::cdn).empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    path = fetch(settings_, file_, waiting).path;
  });
  expect_the_file(fetch_file());
  other.join();
  EXPECT_EQ(read_file(path), bytes_);
  EXPECT_EQ(hub_->requests(Place::cdn).size(), 1u);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(texts[0], "another download of this file is under way; waiting for it");
}

TEST_F(Fetch, WhatAnEventThrowsEndsIt) {
  start();
  FetchEvents throwing = events();
  throwing.progress = [](std::int64_t done, std::int64_t) {
    if (done > 0) throw std::runtime_error("the bar broke");
  };
  EXPECT_THROW(fetch(settings_, file_, throwing), std::runtime_error);
  expect_the_file(fetch_file());
}

}  // namespace
}  // namespace gsa::hub
