#include "prompts/resolve.h"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/glob.h"
#include "base/text.h"
#include "hub/listing.h"
#include "prompts/datasets.h"
#include "prompts/file_kind.h"
#include "prompts/source.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kShortCommit = 7;

// "diffusiondb (poloclub/diffusiondb/metadata.parquet at fb620fb)"
std::string describe(const std::string& name, const hub::CachedFile& cached) {
  const hub::HubFile& file = cached.file;
  const std::string where = fmt::format("{}/{}/{} at {}", file.owner, file.name, file.path,
                                        cached.commit.substr(0, kShortCommit));
  return name.empty() ? where : fmt::format("{} ({})", name, where);
}

ResolvedSources use(const std::string& name, const hub::CachedFile& cached, std::string reason) {
  return {{cached.path}, describe(name, cached), std::move(reason)};
}

ResolvedSources synthetic_since(const std::string& reason) {
  return {{kSynthetic}, "", fmt::format("DiffusionDB is not in the cache, and {}", reason)};
}

// The cached file that matches the dataset's size and sum, or else any at the pinned commit.
std::optional<hub::CachedFile> find_cached(const hub::Settings& settings, const Dataset& dataset) {
  auto cached = hub::find_cached(settings, dataset.file, dataset.expected);
  return cached ? cached : hub::find_cached(settings, dataset.file);
}

ResolvedSources diffusiondb_if_it_can_be_had(const Invocation& invocation,
                                             const hub::FetchEvents& events) {
  const hub::Settings settings = hub::settings_from_environment(invocation);
  const Dataset& dataset = datasets().front();
  if (const auto cached = find_cached(settings, dataset)) {
    return use(dataset.name, *cached, "DiffusionDB is in the cache");
  }
  const hub::Probe probe = hub::probe(settings, dataset.file, kHubPatience, events);
  if (!probe.answers) return synthetic_since(probe.reason);
  return use(dataset.name, hub::fetch(settings, dataset.file, events, dataset.expected),
             "the hub has DiffusionDB");
}

// A failing hub or a machine without the set-up for it must not keep anyone from a first report.
ResolvedSources resolve_auto(const Invocation& invocation, const hub::FetchEvents& events) {
  try {
    return diffusiondb_if_it_can_be_had(invocation, events);
  } catch (const Error& failure) {
    if (failure.code() == ErrorCode::interrupted) throw;
    return synthetic_since(failure.message());
  }
}

bool is_of_the_hub(const std::string& source) {
  return find_dataset(source) != nullptr || hub::is_hub_url(source);
}

// The files of a dataset that match a pattern or are below a folder; all of one kind.
std::vector<std::string> choose_files(const hub::HubFile& wanted, const hub::Listing& listing) {
  const std::string pattern = has_wildcard(wanted.path) ? wanted.path
                              : wanted.path.empty()     ? "**"
                                                        : wanted.path + "/**";
  std::vector<std::string> chosen;
  std::map<FileKind, std::string> kinds;
  for (const std::string& path : listing.paths) {
    if (!matches_path(pattern, path)) continue;
    const auto kind = kind_of_name(path);
    if (!kind && pattern != wanted.path) continue;
    if (kind) kinds.emplace(*kind, path);
    chosen.push_back(path);
  }
  const std::string where = hub::to_url(wanted);
  if (chosen.empty()) {
    throw Error(
        fmt::format("{}: no file of the dataset matches", where),
        fmt::format("it has {}",
                    listing.paths.empty() ? "no files" : join(listing.paths, ", ").substr(0, 300)));
  }
  if (pattern != wanted.path && kinds.size() > 1) {
    std::vector<std::string> examples;
    for (const auto& [kind, path] : kinds) examples.push_back(path);
    throw Error(fmt::format("{}: it has files of several kinds: {}", where, join(examples, ", ")),
                fmt::format("name those of one kind: '{}/*{}'", where,
                            std::filesystem::path(examples.front()).extension().string()));
  }
  return chosen;
}

ResolvedSources fetch_pattern(const hub::HubFile& wanted, const hub::Settings& settings,
                              const hub::FetchEvents& events) {
  const hub::Listing listing = hub::list_files(settings, wanted, events);
  ResolvedSources resolved;
  for (const std::string& path : choose_files(wanted, listing)) {
    const hub::HubFile file{wanted.owner, wanted.name, listing.commit, path};
    resolved.sources.push_back(hub::fetch(settings, file, events).path);
  }
  const std::size_t count = resolved.sources.size();
  resolved.name = fmt::format(
      "{}/{}{}{} at {} ({} {})", wanted.owner, wanted.name, wanted.path.empty() ? "" : "/",
      wanted.path, listing.commit.substr(0, kShortCommit), count, count == 1 ? "file" : "files");
  return resolved;
}

ResolvedSources fetch_source(const std::string& source, const hub::Settings& settings,
                             const hub::FetchEvents& events) {
  if (const Dataset* dataset = find_dataset(source)) {
    const auto cached = find_cached(settings, *dataset);
    return use(dataset->name,
               cached ? *cached : hub::fetch(settings, dataset->file, events, dataset->expected),
               "");
  }
  const hub::HubFile wanted = hub::parse_hub_source(source);
  if (has_wildcard(wanted.path) || !kind_of_name(wanted.path)) {
    return fetch_pattern(wanted, settings, events);
  }
  return use("", hub::fetch(settings, wanted, events), "");
}

// Obtains a source that is no path: downloads it or reads it from a pipe.
ResolvedSources obtain(const std::string& source, const Invocation& invocation,
                       const hub::FetchEvents& events, bool with_token) {
  if (is_of_the_hub(source)) {
    hub::Settings settings = hub::settings_from_environment(invocation);
    if (!with_token) settings.token.clear();
    return fetch_source(source, settings, events);
  }
  const std::shared_ptr<const Spool> spool = Spool::read(source, invocation);
  return {{spool->path()}, spool->name(), "", {spool}};
}

}  // namespace

bool is_file_source(const std::string& source) {
  return source != kAuto && source != kSynthetic && !is_of_the_hub(source) &&
         source.find("://") == std::string::npos;
}

ResolvedSources resolve(const std::vector<std::string>& sources, const Invocation& invocation,
                        const hub::FetchEvents& events, bool with_token) {
  bool any_auto = false, any_obtained = false;
  for (const std::string& source : sources) {
    any_auto |= source == kAuto;
    any_obtained |= is_of_the_hub(source) || is_pipe(source, invocation);
  }
  if (any_auto && sources.size() > 1) {
    throw Error("auto chooses the source and cannot be combined with others",
                "for a file named auto, write ./auto", ErrorCode::usage);
  }
  if (any_auto) return resolve_auto(invocation, events);
  ResolvedSources resolved;
  resolved.folder = invocation.folder;
  if (!any_obtained) {
    resolved.sources = sources;
    return resolved;
  }
  std::vector<std::string> names;
  for (const std::string& source : sources) {
    if (!is_of_the_hub(source) && !is_pipe(source, invocation)) {
      resolved.sources.push_back(source);
      names.push_back(shown_path(source));
      continue;
    }
    const ResolvedSources one = obtain(source, invocation, events, with_token);
    resolved.sources.insert(resolved.sources.end(), one.sources.begin(), one.sources.end());
    resolved.spools.insert(resolved.spools.end(), one.spools.begin(), one.spools.end());
    names.push_back(one.name);
  }
  resolved.name = join(names, ", ");
  return resolved;
}

}  // namespace gsa::prompts
