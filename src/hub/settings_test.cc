#include "hub/settings.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "hub/hub_fixture.h"

namespace gsa::hub {
namespace {
namespace fs = std::filesystem;

// Gives a test its own environment and restores the old one afterwards.
class HubSettings : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HF_TOKEN",
          "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
          "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_ETAG_TIMEOUT",
          "HF_HUB_DOWNLOAD_TIMEOUT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE",
          "HTTP_PROXY", "http_proxy", "REQUEST_METHOD", "HOME"}) {
      const char* value = std::getenv(name);
      before_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
      unsetenv(name);
    }
    set("HOME", folder_.path().string());
  }
  void TearDown() override {
    for (const auto& [name, value] : before_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }
  static void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }
  static std::string refusal() {
    try {
      settings_from_environment(Invocation());
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }

  EmptyFolder folder_;
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(HubSettings, AreThePythonLibrariesDefaults) {
  const Settings settings = settings_from_environment(Invocation());
  EXPECT_EQ(settings.endpoint, "https://huggingface.co");
  EXPECT_EQ(settings.cache, folder_.path() / ".cache/huggingface/hub");
  EXPECT_EQ(settings.token, "");
  EXPECT_FALSE(settings.offline);
  EXPECT_EQ(settings.etag_timeout, std::chrono::seconds(10));
  EXPECT_EQ(settings.download_timeout, std::chrono::seconds(10));
  EXPECT_TRUE(settings.ca_bundle.empty());
}

TEST_F(HubSettings, FindTheCacheByTheNearestVariable) {
  set("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(settings_from_environment(Invocation()).cache, "/xdg/huggingface/hub");
  set("HF_HOME", "~/hf");
  EXPECT_EQ(settings_from_environment(Invocation()).cache, folder_.path() / "hf/hub");
  set("HF_HUB_CACHE", "here/cache");
  EXPECT_EQ(settings_from_environment(Invocation()).cache, fs::current_path() / "here/cache");
}

TEST_F(HubSettings, TakeTheTokenInOrder) {
  fs::create_directories(folder_.path() / ".cache/huggingface");
  write_file(folder_.path() / ".cache/huggingface/token", "hf_file\n");
  EXPECT_EQ(settings_from_environment(Invocation()).token, "hf_file");
  write_file(folder_.path() / "mine", "hf_mine");
  set("HF_TOKEN_PATH", "~/mine");
  EXPECT_EQ(settings_from_environment(Invocation()).token, "hf_mine");
  set("HUGGING_FACE_HUB_TOKEN", "hf_old");
  EXPECT_EQ(settings_from_environment(Invocation()).token, "hf_old");
  set("HF_TOKEN", " hf_new\n");
  EXPECT_EQ(settings_from_environment(Invocation()).token, "hf_new");
  set("HF_HUB_DISABLE_IMPLICIT_TOKEN", "Yes");
  EXPECT_EQ(settings_from_environment(Invocation()).token, "");
}

TEST_F(HubSettings, AreOfflineByEitherVariable) {
  set("TRANSFORMERS_OFFLINE", "on");
  EXPECT_EQ(settings_from_environment(Invocation()).offline_variable, "TRANSFORMERS_OFFLINE");
  set("HF_HUB_OFFLINE", "1");
  const Settings settings = settings_from_environment(Invocation());
  EXPECT_TRUE(settings.offline);
  EXPECT_EQ(settings.offline_variable, "HF_HUB_OFFLINE");
  set("HF_HUB_OFFLINE", "0");
  set("TRANSFORMERS_OFFLINE", "");
  EXPECT_FALSE(settings_from_environment(Invocation()).offline);
}

TEST_F(HubSettings, ReadTimeoutsAndEndpoint) {
  set("HF_HUB_ETAG_TIMEOUT", "2.5");
  set("HF_HUB_DOWNLOAD_TIMEOUT", "60");
  set("HF_ENDPOINT", "http://localhost:8080/");
  const Settings settings = settings_from_environment(Invocation());
  EXPECT_EQ(settings.etag_timeout, std::chrono::milliseconds(2500));
  EXPECT_EQ(settings.download_timeout, std::chrono::seconds(60));
  EXPECT_EQ(settings.endpoint, "http://localhost:8080");
}

TEST_F(HubSettings, NameTheVariableThatCannotBeMeant) {
  for (const char* name : {"HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"}) {
    for (const char* value : {"abc", "-1", "0", "5s", "nan", "inf"}) {
      set(name, value);
      EXPECT_NE(refusal().find(name), std::string::npos) << value;
    }
    unsetenv(name);
  }
  for (const char* value : {"huggingface.co", "ftp://x", "https://", "https://x?y=z"}) {
    set("HF_ENDPOINT", value);
    EXPECT_NE(refusal().find("HF_ENDPOINT"), std::string::npos) << value;
  }
  unsetenv("HF_ENDPOINT");
  set("REQUESTS_CA_BUNDLE", "/no/such/file");
  EXPECT_NE(refusal().find("REQUESTS_CA_BUNDLE"), std::string::npos);
  unsetenv("REQUESTS_CA_BUNDLE");
  set("HF_TOKEN", "two\nlines");
  EXPECT_NE(refusal().find("token"), std::string::npos);
}

TEST_F(HubSettings, ReadTheProxyThatLibcurlLeavesUnread) {
  set("HTTP_PROXY", "http://proxy:1");
  EXPECT_EQ(settings_from_environment(Invocation()).http_proxy, "http://proxy:1");
  set("http_proxy", "http://other:1");
  EXPECT_EQ(settings_from_environment(Invocation()).http_proxy, "");
}

}  // namespace
}  // namespace gsa::hub
