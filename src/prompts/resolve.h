#pragma once

// From what the user named as sources to what can be read here: datasets of the hub become files of
// the cache, fetched where they are missing, pipes become temporary files, and `auto` becomes
// DiffusionDB or the synthetic corpus.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/invocation.h"
#include "hub/fetch.h"
#include "hub/settings.h"
#include "prompts/spool.h"

namespace gsa::prompts {

inline constexpr const char* kAuto = "auto";
inline constexpr const char* kSynthetic = "synthetic";
// How long `auto` waits for the hub to answer.
inline constexpr std::chrono::milliseconds kHubPatience{3000};

struct ResolvedSources {
  std::vector<std::string> sources;  // {"synthetic"}, or paths and globs
  std::string name;                  // for people, "diffusiondb"; empty: that of the files
  std::string reason;                // of `auto`: "DiffusionDB is in the cache", else empty
  std::vector<std::shared_ptr<const Spool>> spools = {};  // which hold the bytes of `sources`
  std::string folder = {};  // where relative paths begin; empty: the process's own

  bool is_synthetic() const { return sources == std::vector<std::string>{kSynthetic}; }
};

// Whether the source is a path or a glob, which anyone may change at any time, or a pipe.
bool is_file_source(const std::string& source);

// `sources` are "synthetic", "auto", a name of datasets.h, hf:// URLs, patterns and folders, pages
// of the hub's website, "-" (standard input), paths and globs. Pipes are read to their end. Only a
// source of the hub looks at `settings` or the network. Throws Error where one cannot be had;
// `auto` falls back on the synthetic corpus instead, but for Ctrl-C.
// Where not `with_token`, the hub is not told who asks.
ResolvedSources resolve(const std::vector<std::string>& sources, const Invocation& invocation,
                        const hub::FetchEvents& events, bool with_token = true);

}  // namespace gsa::prompts
