#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cache_list.h"
#include "app/option_values.h"
#include "app/options.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "hub/cache.h"
#include "hub/fetch.h"
#include "hub/hub_file.h"
#include "hub/settings.h"
#include "pipeline/fetch_progress.h"
#include "prompts/datasets.h"

namespace gsa::app {
namespace {

struct FetchOptions {
  std::vector<std::string> sources = {prompts::datasets().front().name};
  bool list = false;
  RowFormat format = RowFormat::table;
  pipeline::CommonOptions common;
};

// A source as named by the user, and its file.
struct Wanted {
  std::string source;
  hub::HubFile file;
  hub::Expected expected = {};
};

Error unknown_source(const std::string& source) {
  std::vector<std::string> names;
  for (const prompts::Dataset& dataset : prompts::datasets()) names.push_back(dataset.name);
  return Error(fmt::format("gsa fetch knows no source '{}': it takes {} or "
                           "hf://datasets/OWNER/NAME[@REVISION]/PATH",
                           source, join(names, ", ")),
               did_you_mean(source, names), ErrorCode::usage);
}

Wanted understand(const std::string& source) {
  if (const prompts::Dataset* dataset = prompts::find_dataset(source)) {
    return {source, dataset->file, dataset->expected};
  }
  if (!hub::is_hub_url(source)) throw unknown_source(source);
  try {
    return {source, hub::parse_hub_url(source)};
  } catch (const Error& error) {
    throw Error(error.message(), error.hint(), ErrorCode::usage);
  }
}

// "14:03:59  Fetched diffusiondb: poloclub/diffusiondb/metadata.parquet at fb620fb, 194.5 MB
// [41.20s]"
void say(const FetchOptions& options, const Wanted& wanted, const hub::CachedFile& cached,
         bool downloaded, double seconds) {
  const bool has_name = !hub::is_hub_url(wanted.source);
  const std::string what =
      fmt::format("{}{}, {}", has_name ? wanted.source + ": " : "", dataset_file_at(cached),
                  format_bytes(static_cast<double>(cached.bytes)));
  options.common.say(downloaded ? fmt::format("Fetched {} [{:.2f}s]", what, seconds)
                                : fmt::format("Was cached already: {}", what));
}

// A file known by its hash is taken from the cache without asking the hub.
hub::CachedFile fetch_one(const hub::Settings& settings, const Wanted& wanted,
                          pipeline::FetchProgress& progress) {
  if (!wanted.expected.sha256.empty()) {
    if (auto cached = hub::find_cached(settings, wanted.file, wanted.expected)) return *cached;
  }
  hub::CachedFile fetched = hub::fetch(settings, wanted.file, progress.events(), wanted.expected);
  progress.finish();
  return fetched;
}

int fetch_all(const FetchOptions& options) {
  std::vector<Wanted> all;
  for (const std::string& source : options.sources) all.push_back(understand(source));
  const hub::Settings settings = hub::settings_from_environment(options.common.invocation());
  for (const Wanted& wanted : all) {
    const Stopwatch watch;
    const std::string& path = wanted.file.path;
    pipeline::FetchProgress progress(path.substr(path.rfind('/') + 1), options.common.invocation(),
                                     options.common.quiet);
    const hub::CachedFile cached = fetch_one(settings, wanted, progress);
    say(options, wanted, cached, progress.downloaded(), watch.seconds());
    fmt::print(options.common.out(), "{}\n", cached.path);
    // A script may process the first file while the next one downloads.
    std::fflush(options.common.out());
  }
  return 0;
}

int fetch(const FetchOptions& options) {
  if (options.list) {
    const hub::Settings settings = hub::settings_from_environment(options.common.invocation());
    write_cache_list(settings, options.format, options.common.out());
    return 0;
  }
  try {
    return fetch_all(options);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted || !error.hint().empty()) throw;
    throw Error(error.message(), "what was fetched so far is kept", ErrorCode::interrupted);
  }
}

void refuse_together(const CLI::App& command, const FetchOptions& options) {
  if (options.list && command.count("source") > 0) {
    throw Error("gsa fetch takes sources or --list, not both", "gsa fetch --list shows all of them",
                ErrorCode::usage);
  }
  if (!options.list && command.count("--format") > 0) {
    throw Error("--format is for gsa fetch --list", "what is fetched is named a path a line",
                ErrorCode::usage);
  }
}

}  // namespace

void add_fetch(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<FetchOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_plain_command(
      gsa.app, "fetch", "Download prompts of the Hugging Face Hub ahead, or list what is there",
      "  gsa fetch\n"
      "  gsa fetch diffusiondb-large\n"
      "  gsa sql \"select count(*) from '$(gsa fetch hf://datasets/OWNER/NAME/data.parquet)'\"\n"
      "  gsa fetch --list --format json",
      options->common.quiet);
  command
      ->add_option("source", options->sources,
                   "diffusiondb (the default), diffusiondb-large, or "
                   "hf://datasets/OWNER/NAME[@REVISION]/PATH")
      ->type_name("SOURCE");
  command->add_flag("--list", options->list, "List what is in the cache instead");
  add_choice(*command, "--format", options->format,
             {{"table", RowFormat::table},
              {"csv", RowFormat::csv},
              {"json", RowFormat::json},
              {"jsonl", RowFormat::jsonl},
              {"markdown", RowFormat::markdown}},
             "Of the list: table, csv, json, jsonl or markdown (default: table)")
      ->type_name("FORMAT");
  command->callback([command, options, &action] {
    refuse_together(*command, *options);
    action = [options] { return fetch(*options); };
  });
}

}  // namespace gsa::app
