#include "prompts/resolve.h"

#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/datasets.h"

namespace gsa::prompts {
namespace {

// "diffusiondb (poloclub/diffusiondb/metadata.parquet at fb620fb)"
std::string describe(const std::string& name, const hub::CachedFile& cached) {
  constexpr std::size_t kShortCommit = 7;
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

// The file as it is known here, else what the cache has at the pinned commit.
std::optional<hub::CachedFile> find_cached(const hub::Settings& settings, const Dataset& dataset) {
  auto cached = hub::find_cached(settings, dataset.file, dataset.expected);
  return cached ? cached : hub::find_cached(settings, dataset.file);
}

ResolvedSources diffusiondb_if_it_can_be_had(const hub::FetchEvents& events) {
  const hub::Settings settings = hub::settings_from_environment();
  const Dataset& dataset = datasets().front();
  if (const auto cached = find_cached(settings, dataset)) {
    return use(dataset.name, *cached, "DiffusionDB is in the cache");
  }
  const hub::Probe probe = hub::probe(settings, dataset.file, kHubPatience, events);
  if (!probe.answers) return synthetic_since(probe.reason);
  return use(dataset.name, hub::fetch(settings, dataset.file, events, dataset.expected),
             "the hub has DiffusionDB");
}

// Neither a hub that fails nor a machine that is not set up for it must keep anyone from a first
// report.
ResolvedSources resolve_auto(const hub::FetchEvents& events) {
  try {
    return diffusiondb_if_it_can_be_had(events);
  } catch (const Error& failure) {
    if (failure.code() == ErrorCode::interrupted) throw;
    return synthetic_since(failure.message());
  }
}

bool is_of_the_hub(const std::string& source) {
  return find_dataset(source) != nullptr || hub::is_hub_url(source);
}

ResolvedSources fetch_source(const std::string& source, const hub::Settings& settings,
                             const hub::FetchEvents& events) {
  if (const Dataset* dataset = find_dataset(source)) {
    const auto cached = find_cached(settings, *dataset);
    return use(dataset->name,
               cached ? *cached : hub::fetch(settings, dataset->file, events, dataset->expected),
               "");
  }
  return use("", hub::fetch(settings, hub::parse_hub_url(source), events), "");
}

}  // namespace

bool is_file_source(const std::string& source) {
  return source != kAuto && source != kSynthetic && !is_of_the_hub(source) &&
         source.find("://") == std::string::npos;
}

ResolvedSources resolve(const std::vector<std::string>& sources, const hub::FetchEvents& events,
                        bool with_token) {
  bool any_auto = false, any_of_the_hub = false;
  for (const std::string& source : sources) {
    any_auto |= source == kAuto;
    any_of_the_hub |= is_of_the_hub(source);
  }
  if (any_auto && sources.size() > 1) {
    throw Error("auto chooses the source and cannot stand beside others",
                "for a file of the name auto write ./auto", ErrorCode::usage);
  }
  if (any_auto) return resolve_auto(events);
  if (!any_of_the_hub) return {sources, "", ""};

  hub::Settings settings = hub::settings_from_environment();
  if (!with_token) settings.token.clear();
  ResolvedSources resolved;
  std::vector<std::string> names;
  for (const std::string& source : sources) {
    if (!is_of_the_hub(source)) {
      resolved.sources.push_back(source);
      names.push_back(source);
      continue;
    }
    const ResolvedSources one = fetch_source(source, settings, events);
    resolved.sources.push_back(one.sources.front());
    names.push_back(one.name);
  }
  resolved.name = join(names, ", ");
  return resolved;
}

}  // namespace gsa::prompts
