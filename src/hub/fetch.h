#pragma once

// Downloads a file from the hub into the cache, or finds it there. Whatever happens (a broken line,
// a full disk, Ctrl-C, kill -9), the cache never holds an incomplete file as complete, and the next
// fetch resumes where the last one stopped.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hub/cache.h"
#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

// Callbacks during a fetch; each may be empty. They run on the thread that called fetch(), and an
// exception from one ends the fetch.
struct FetchEvents {
  // Bytes of the part so far and of the whole file (-1: unknown). Called often, so draw seldom.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
  // One line for the user about retries, waits and oddities. Without a full stop.
  std::function<void(const std::string& text)> message;
  // True ends the fetch within 0.2 s, by Error{interrupted}. Empty: never.
  std::function<bool()> cancelled;
  // Waits; tests replace it. Empty: sleeps, and polls `cancelled`.
  std::function<void(std::chrono::milliseconds)> sleep;
};

// What the hub tells about a file.
struct Metadata {
  std::string commit;
  std::string etag;         // sha256 of a large file, git's sha1 of a small one
  std::int64_t bytes = -1;  // -1: unknown
};

// Asks the hub for the revision's current file, and downloads it if the cache lacks it. Does not
// ask about a commit that is cached. If the hub is unreachable, or offline is set, uses what was
// last fetched. Reports by a message if the hub's metadata differ from `expected`. Blocks. Several
// threads and processes may fetch the same file: one downloads, the others wait for it. Throws
// Error.
CachedFile fetch(const Settings& settings, const HubFile& file, const FetchEvents& events = {},
                 const Expected& expected = {});

struct Probe {
  bool answers = false;                   // the hub would send this file
  std::string reason = {};                // why not, without a full stop: "no answer within 3 s"
  std::optional<Metadata> metadata = {};  // if the hub answers
};

// Asks once, without retrying, whether the hub answers within `timeout`, including name look-up and
// all redirects. Offline counts as no. Throws only Error{interrupted}.
Probe probe(const Settings& settings, const HubFile& file, std::chrono::milliseconds timeout,
            const FetchEvents& events = {});

}  // namespace gsa::hub
