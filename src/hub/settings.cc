#include "hub/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <pwd.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "hub/url.h"

namespace gsa::hub {
namespace fs = std::filesystem;
namespace {

// The token goes into an HTTP header, so it must not contain one.
void check_token(const std::string& text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= 0x20 || c > 0x7e; })) {
    throw Error("the hub's token has blanks or other invalid characters",
                "see HF_TOKEN, HUGGING_FACE_HUB_TOKEN and the file of HF_TOKEN_PATH");
  }
}

// Reads the variables of one environment.
class SettingsReader {
 public:
  explicit SettingsReader(const Invocation& invocation) : invocation_(invocation) {}

  Settings read() const {
    Settings settings;
    settings.endpoint = endpoint();
    settings.cache = folder_from("HF_HUB_CACHE", {});
    if (settings.cache.empty()) settings.cache = hub_home() / "hub";
    for (const char* name : {"TRANSFORMERS_OFFLINE", "HF_HUB_OFFLINE"}) {
      if (is_set(name)) settings.offline_variable = name;
    }
    settings.offline = !settings.offline_variable.empty();
    settings.token = token();
    check_token(settings.token);
    settings.etag_timeout = seconds_from("HF_HUB_ETAG_TIMEOUT", settings.etag_timeout);
    settings.download_timeout = seconds_from("HF_HUB_DOWNLOAD_TIMEOUT", settings.download_timeout);
    settings.ca_bundle = ca_bundle();
    // libcurl reads http_proxy in small letters alone, since a web server hands a request's "Proxy"
    // header to a CGI program as HTTP_PROXY. The Python libraries read both, but for such a
    // program.
    if (variable("http_proxy").empty() && variable("REQUEST_METHOD").empty()) {
      settings.http_proxy = variable("HTTP_PROXY");
    }
    return settings;
  }

 private:
  // "" if unset.
  std::string variable(const char* name) const { return invocation_.environment.text(name); }

  bool is_set(const char* name) const {
    const std::string value = to_lower(variable(name));
    return value == "1" || value == "on" || value == "yes" || value == "true";
  }

  fs::path home() const {
    std::string folder = variable("HOME");
    if (folder.empty()) {
      const passwd* entry = getpwuid(getuid());
      if (entry != nullptr) folder = entry->pw_dir;
    }
    if (folder.empty()) throw Error("there is no home folder to keep downloads in", "set HF_HOME");
    return folder;
  }

  // "~" and "~/x" are below the home folder, "x" below the current one.
  fs::path absolute_folder(const std::string& text) const {
    fs::path path = text;
    if (text == "~") path = home();
    if (text.starts_with("~/")) path = home() / text.substr(2);
    return fs::absolute(invocation_.path(path.string())).lexically_normal();
  }

  fs::path folder_from(const char* name, const fs::path& otherwise) const {
    const std::string value = variable(name);
    return value.empty() ? otherwise : absolute_folder(value);
  }

  fs::path hub_home() const {
    const std::string cache = variable("XDG_CACHE_HOME");
    if (const std::string own = variable("HF_HOME"); !own.empty()) return absolute_folder(own);
    return (cache.empty() ? home() / ".cache" : absolute_folder(cache)) / "huggingface";
  }

  std::string endpoint() const {
    std::string url = variable("HF_ENDPOINT");
    if (url.empty()) return Settings{}.endpoint;
    while (url.ends_with('/')) url.pop_back();
    if (!is_web_url(url) || url.find_first_of("?#") != std::string::npos) {
      throw Error(fmt::format("HF_ENDPOINT is '{}', which is not the address of a hub", url),
                  "write it as https://huggingface.co");
    }
    return url;
  }

  std::string token_from_file() const {
    const fs::path path = folder_from("HF_TOKEN_PATH", hub_home() / "token");
    std::error_code ignored;  // what cannot be looked at is read below, or is not there
    if (!fs::exists(path, ignored)) return "";
    return std::string(trim(read_file(path)));
  }

  std::string token() const {
    if (is_set("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return "";
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
      if (const std::string value = variable(name); !trim(value).empty()) {
        return std::string(trim(value));
      }
    }
    return token_from_file();
  }

  std::chrono::milliseconds seconds_from(const char* name,
                                         std::chrono::milliseconds otherwise) const {
    const std::string value = variable(name);
    if (value.empty()) return otherwise;
    double seconds = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    constexpr double kDay = 86'400;  // anything longer is no timeout
    if (failure != std::errc() || end != value.data() + value.size() || !(seconds >= 0.001) ||
        seconds > kDay) {
      throw Error(fmt::format("{} is '{}', which is not a number of seconds above 0", name, value));
    }
    return std::chrono::milliseconds(std::llround(seconds * 1000));
  }

  fs::path ca_bundle() const {
    for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
      const std::string value = variable(name);
      if (value.empty()) continue;
      const fs::path path = absolute_folder(value);
      if (access(path.c_str(), R_OK) != 0) {
        throw Error(fmt::format("{} is '{}', which cannot be read", name, value));
      }
      return path;
    }
    return {};
  }

  const Invocation& invocation_;
};

}  // namespace

Settings settings_from_environment(const Invocation& invocation) {
  return SettingsReader(invocation).read();
}

}  // namespace gsa::hub
