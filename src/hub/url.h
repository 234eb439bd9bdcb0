#pragma once

// Addresses on the web, through libcurl's parser: the one that will read them when they are sent.

#include <optional>
#include <string>
#include <string_view>

#include "hub/hub_file.h"

namespace gsa::hub {

// ENDPOINT/datasets/OWNER/NAME/resolve/REVISION/PATH, percent-encoded.
std::string resolve_url(const std::string& endpoint, const HubFile& file,
                        std::string_view revision);

// What the hub's API says of a revision, and of the files at a commit.
std::string revision_url(const std::string& endpoint, const HubFile& file);
std::string tree_url(const std::string& endpoint, const HubFile& file, std::string_view commit);

// True for an http or https address with a host.
bool is_web_url(const std::string& url);

// `location` as seen from `base`, its query kept; nullopt where that is no http or https address.
std::optional<std::string> join_url(const std::string& base, const std::string& location);

// Scheme, host and port are the same. False where either is no address.
bool same_origin(const std::string& a, const std::string& b);

std::string url_scheme(const std::string& url);  // "https"
std::string url_host(const std::string& url);    // for messages: never with a signed query

}  // namespace gsa::hub
