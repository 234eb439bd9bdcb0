#pragma once

// Turns the sources that the user named into sources that can be read here. Datasets of the hub
// become files of the cache, downloaded if missing; pipes become temporary files; `auto` becomes
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
  std::string name;                  // for people, "diffusiondb"; empty: derived from the files
  std::string reason;  // why `auto` chose it: "DiffusionDB is in the cache"; else empty
  std::vector<std::shared_ptr<const Spool>> spools = {};  // own the bytes behind `sources`
  std::string folder = {};  // relative paths start here; empty: the process's own

  bool is_synthetic() const { return sources == std::vector<std::string>{kSynthetic}; }
};

// Whether the source is a path or a glob, whose files may change at any time, or a pipe.
bool is_file_source(const std::string& source);

// `sources` are "synthetic", "auto", names of datasets.h, hf:// URLs, patterns and folders, pages
// of the hub's website, "-" (standard input), paths and globs. Reads pipes to their end. Only a
// source on the hub uses the hub's settings or the network. Throws Error if a source cannot be had;
// `auto` then falls back on the synthetic corpus, except after Ctrl-C. Without `with_token`, sends
// the hub no token.
ResolvedSources resolve(const std::vector<std::string>& sources, const Invocation& invocation,
                        const hub::FetchEvents& events, bool with_token = true);

}  // namespace gsa::prompts
