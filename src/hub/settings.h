#pragma once

// How the hub is reached and where its files are kept. The variables of the environment are those
// of the Python libraries and mean the same, so that whoever set those up is set up here as well.
// Proxies (HTTPS_PROXY, ALL_PROXY, NO_PROXY) are read by libcurl itself.

#include <chrono>
#include <filesystem>
#include <string>

#include "base/invocation.h"

namespace gsa::hub {

struct Settings {
  std::string endpoint = "https://huggingface.co";     // without a "/" at its end
  std::filesystem::path cache = {};                    // absolute; need not exist yet
  std::string token = {};                              // empty: none is sent
  bool offline = false;                                // use only what is in the cache
  std::string offline_variable = {};                   // what said so, for messages
  std::chrono::milliseconds etag_timeout{10'000};      // for an answer about a file
  std::chrono::milliseconds download_timeout{10'000};  // without a byte
  std::filesystem::path ca_bundle = {};  // a file or a folder of certificates; empty: the system's
  std::string http_proxy = {};           // HTTP_PROXY in capitals, which libcurl leaves unread
};

// From HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, XDG_CACHE_HOME, HF_TOKEN, HUGGING_FACE_HUB_TOKEN,
// HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE,
// HF_HUB_ETAG_TIMEOUT, HF_HUB_DOWNLOAD_TIMEOUT, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and
// SSL_CERT_FILE. An empty variable counts as unset. Throws Error that names the variable where one
// has a value that cannot be meant.
// Relative folders are below that of the invocation.
Settings settings_from_environment(const Invocation& invocation);

}  // namespace gsa::hub
