#pragma once

// Downloads a file of the hub into the cache, or finds it there. Whatever happens (a cut line, a
// full disk, Ctrl-C, kill -9), the cache never holds a file that is not whole, and the next fetch
// goes on where the last one stopped.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hub/cache.h"
#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

// What happens meanwhile; each may be empty. All are called on the thread that called fetch(), and
// what they throw ends it.
struct FetchEvents {
  // Bytes in the part so far, and of the whole (-1: not known). Called often: draw seldom.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
  // One line for the user: retries, waits, what is odd. Without a full stop.
  std::function<void(const std::string& text)> message;
  // True ends the fetch within 0.2 s, by Error{interrupted}. Empty: never.
  std::function<bool()> cancelled;
  // Waits; the seam of the tests. Empty: sleeps, looking at `cancelled`.
  std::function<void(std::chrono::milliseconds)> sleep;
};

// What the hub says of a file.
struct Metadata {
  std::string commit;
  std::string etag;         // sha256 of a large file, git's sha1 of a small one
  std::int64_t bytes = -1;  // -1: not told
};

// Asks the hub what the file's revision is now, and downloads it if the cache lacks it. A commit
// that is cached is not asked for. Where the hub cannot be reached, or offline is set, what was
// last fetched will do. Blocks; several threads and processes may fetch the same file: one
// downloads, the others wait for it. Where the hub's metadata differ from `expected`, a message
// says so.
CachedFile fetch(const Settings& settings, const HubFile& file, const FetchEvents& events = {},
                 const Expected& expected = {});

struct Probe {
  bool answers = false;                   // the hub would give this file
  std::string reason = {};                // why not, without a full stop: "no answer within 3 s"
  std::optional<Metadata> metadata = {};  // where it answers
};

// Asks once, without retrying: does the hub answer within `timeout`, names looked up and all
// redirects included? Offline counts as no. Throws only Error{interrupted}.
Probe probe(const Settings& settings, const HubFile& file, std::chrono::milliseconds timeout,
            const FetchEvents& events = {});

}  // namespace gsa::hub
