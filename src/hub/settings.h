#pragma once

// How to reach the hub and where to keep its files. The environment variables are those of the
// Python libraries with the same meaning, so a user who has set those up needs nothing else.
// libcurl itself reads the proxies (HTTPS_PROXY, ALL_PROXY, NO_PROXY).

#include <chrono>
#include <filesystem>
#include <string>

#include "base/invocation.h"

namespace gsa::hub {

struct Settings {
  std::string endpoint = "https://huggingface.co";     // without a trailing "/"
  std::filesystem::path cache = {};                    // absolute; need not exist yet
  std::string token = {};                              // empty: send none
  bool offline = false;                                // use only what is in the cache
  std::string offline_variable = {};                   // the variable that set it, for messages
  std::chrono::milliseconds etag_timeout{10'000};      // for an answer about a file
  std::chrono::milliseconds download_timeout{10'000};  // the longest wait for a byte
  std::filesystem::path ca_bundle = {};  // a file or a folder of certificates; empty: the system's
  std::string http_proxy = {};           // HTTP_PROXY in capitals, which libcurl ignores
};

// Reads HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, XDG_CACHE_HOME, HF_TOKEN, HUGGING_FACE_HUB_TOKEN,
// HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE,
// HF_HUB_ETAG_TIMEOUT, HF_HUB_DOWNLOAD_TIMEOUT, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and
// SSL_CERT_FILE. An empty variable counts as unset. Throws Error that names a variable
// with an invalid value. Relative folders are below the invocation's.
Settings settings_from_environment(const Invocation& invocation);

}  // namespace gsa::hub
