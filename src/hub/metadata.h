#pragma once

// Asks the hub about a file by HEAD. The first answer that names the commit counts, because the
// host that it redirects to does not know the hub's sums.

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "hub/fetch.h"
#include "hub/http.h"
#include "hub/refusal.h"

namespace gsa::hub {

// Asks once, without retrying.
std::variant<Metadata, Refusal> ask_metadata(
    Http& http, const Settings& settings, const HubFile& file,
    std::optional<std::chrono::steady_clock::time_point> deadline = {});

// W/"abc" becomes abc.
std::string normal_etag(std::string_view header);

// A whole number of bytes; -1 if the text is not one.
std::int64_t parse_bytes(std::string_view text);

}  // namespace gsa::hub
