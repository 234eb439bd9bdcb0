#pragma once

// Web addresses, parsed by libcurl, which also reads them when it sends a request.

#include <optional>
#include <string>
#include <string_view>

#include "hub/hub_file.h"

namespace gsa::hub {

// ENDPOINT/datasets/OWNER/NAME/resolve/REVISION/PATH, percent-encoded.
std::string resolve_url(const std::string& endpoint, const HubFile& file,
                        std::string_view revision);

// The addresses of the hub's API for a revision, and for the files at a commit.
std::string revision_url(const std::string& endpoint, const HubFile& file);
std::string tree_url(const std::string& endpoint, const HubFile& file, std::string_view commit);

// True for an http or https address with a host.
bool is_web_url(const std::string& url);

// Resolves `location` against `base` and keeps its query; null unless the result is an http or
// https address.
std::optional<std::string> join_url(const std::string& base, const std::string& location);

// True if scheme, host and port are equal. False if either is no address.
bool same_origin(const std::string& a, const std::string& b);

std::string url_scheme(const std::string& url);  // "https"
std::string url_host(const std::string& url);    // for messages: never with a signed query

}  // namespace gsa::hub
