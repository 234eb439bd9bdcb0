#pragma once

// What the hub says of a file: a HEAD request, of which the first answer that names the commit
// counts, since the host it redirects to knows nothing of the hub's sums.

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "hub/fetch.h"
#include "hub/http.h"
#include "hub/refusal.h"

namespace gsa::hub {

// Asks once.
std::variant<Metadata, Refusal> ask_metadata(
    Http& http, const Settings& settings, const HubFile& file,
    std::optional<std::chrono::steady_clock::time_point> deadline = {});

// `W/"abc"` is abc.
std::string normal_etag(std::string_view header);

// A whole number of bytes; -1 where the text is none.
std::int64_t parse_bytes(std::string_view text);

}  // namespace gsa::hub
