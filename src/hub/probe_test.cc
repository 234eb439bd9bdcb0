#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/clock.h"
#include "hub/hub_fixture.h"

namespace gsa::hub {
namespace {
using std::chrono::milliseconds;

class ProbeTheHub : public HubTest {
 protected:
  Probe ask(milliseconds timeout = milliseconds(3000)) {
    return probe(settings_, file_, timeout, events());
  }
};

TEST_F(ProbeTheHub, TellsWhatTheHubSays) {
  start();
  const Probe found = ask();
  EXPECT_TRUE(found.answers);
  const Metadata metadata = found.metadata.value_or(Metadata{});
  EXPECT_EQ(metadata.etag, sha256(bytes_));
  EXPECT_EQ(metadata.bytes, 300'000);
  EXPECT_EQ(metadata.commit, hub_->commit());
  EXPECT_EQ(hub_->requests().size(), 1u) << "and no more is asked";
}

TEST_F(ProbeTheHub, TellsWhyNot) {
  start();
  hub_->script(Place::head, {Reply::of(503), Reply::of(404, "EntryNotFound")});
  EXPECT_EQ(ask().reason, "the hub answered 503");
  EXPECT_NE(ask().reason.find("no file \"part/file.bin\""), std::string::npos);
  EXPECT_TRUE(waits_.empty()) << "it asks once";
  settings_.endpoint = refusing_endpoint();
  EXPECT_NE(ask().reason.find("cannot be reached"), std::string::npos);
  settings_.offline = true;
  settings_.offline_variable = "HF_HUB_OFFLINE";
  EXPECT_EQ(ask().reason, "HF_HUB_OFFLINE is set");
}

TEST_F(ProbeTheHub, KeepsToItsTimeThroughRedirects) {
  start();
  const std::string moved = "/moved?to=/datasets/owner/name/resolve/main/part/file.bin";
  const auto slowly = [] { std::this_thread::sleep_for(milliseconds(150)); };
  hub_->script(Place::head, std::vector<Reply>(8, {.before = slowly, .redirect = moved}));
  const Stopwatch watch;
  EXPECT_EQ(ask(milliseconds(400)).reason, "no answer within 0.4 s");
  EXPECT_LT(watch.seconds(), 0.6);
}

TEST_F(ProbeTheHub, IsSentThroughTheProxyOfTheEnvironment) {
  start();
  const std::string endpoint = settings_.endpoint;
  settings_.endpoint = "http://hub.invalid";
  settings_.http_proxy = endpoint;  // the fake hub answers absolute addresses like its own
  ask();
  ASSERT_EQ(hub_->requests().size(), 1u);
  EXPECT_EQ(hub_->requests()[0].target,
            "http://hub.invalid/datasets/owner/name/resolve/main/part/file.bin");
  setenv("NO_PROXY", "hub.invalid", 1);
  EXPECT_FALSE(ask().answers);
  unsetenv("NO_PROXY");
  EXPECT_EQ(hub_->requests().size(), 1u);

  settings_.http_proxy.clear();
  setenv("ALL_PROXY", endpoint.c_str(), 1);
  ask();
  unsetenv("ALL_PROXY");
  EXPECT_EQ(hub_->requests().size(), 2u);
}

TEST_F(ProbeTheHub, DoesNotTakeAnotherServerForAHub) {
  start();
  hub_->script(Place::head, {{.status = 200, .headers = {{"X-Repo-Commit", "../.."}}}});
  EXPECT_NE(ask().reason.find("no X-Repo-Commit"), std::string::npos);
  hub_->script(Place::head, {{.headers = {{"X-Linked-Etag", "\"../../x\""}}}});
  EXPECT_NE(ask().reason.find("no ETag"), std::string::npos);
}

}  // namespace
}  // namespace gsa::hub
