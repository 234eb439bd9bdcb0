#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "pipeline/fetch_progress.h"
#include "prompts/ingest.h"
#include "prompts/resolve.h"
#include "prompts/source.h"
#include "telemetry/given_mapping.h"
#include "telemetry/inspection.h"
#include "telemetry/inspection_format.h"
#include "telemetry/signal_sql.h"

namespace gsa::app {
namespace {

enum class InspectFormat { text, json };

struct InspectOptions {
  pipeline::CommonOptions common;
  std::vector<std::string> sources;
  std::vector<std::string> maps;
  InspectFormat format = InspectFormat::text;
  std::string write;
};

void write_mapping_file(const InspectOptions& options, const telemetry::Mapping& mapping) {
  const std::string path = options.common.invocation().path(options.write);
  if (std::filesystem::exists(path)) {
    throw Error(fmt::format("{} exists already", options.write),
                "name another file, or remove this one");
  }
  write_file(path, telemetry::write_mapping(mapping));
  options.common.say(fmt::format("wrote {}: edit it, then gsa run --source … --map {}",
                                 options.write, options.write));
}

int inspect(const InspectOptions& options) {
  const telemetry::GivenMapping given =
      telemetry::read_given_mapping(options.maps, options.common.invocation());
  pipeline::FetchProgress progress("", options.common.invocation(), options.common.quiet);
  const prompts::ResolvedSources resolved =
      prompts::resolve(options.sources, options.common.invocation(), progress.events());
  progress.finish();
  if (resolved.is_synthetic()) {
    throw Error("the synthetic prompts have no telemetry to inspect", "name files of events",
                ErrorCode::usage);
  }
  const prompts::SourceFiles files = prompts::find_source_files(resolved.sources, resolved.folder);
  for (const std::string& note : files.notes) options.common.note(note);
  const duck::Database database{duck::DatabaseOptions{}};
  duck::Connection connection = database.connect();
  prompts::register_functions(connection);
  telemetry::register_telemetry_functions(connection);
  const telemetry::OpenedEvents events = telemetry::open_events(
      connection,
      [&](const std::string&, std::int64_t, const std::string& sql) { connection.execute(sql); },
      files.files, given.rows_path());
  for (const std::string& note : events.rows->notes()) options.common.note(note);
  const telemetry::Mapping mapping = given.applied_to(events.found.mapping);
  const telemetry::Inspection inspection = telemetry::inspect(connection, events, mapping);
  prompts::require_unchanged(files.files);
  const std::string name =
      resolved.name.empty() ? prompts::describe_files(files.files) : resolved.name;
  if (options.format == InspectFormat::json) {
    fmt::print(options.common.out(), "{}\n",
               telemetry::inspection_json(name, events, mapping, inspection));
  } else {
    fmt::print(options.common.out(), "{}",
               telemetry::inspection_text(name, events, mapping, inspection));
  }
  if (!options.write.empty()) write_mapping_file(options, mapping);
  return 0;
}

}  // namespace

void add_inspect(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<InspectOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_plain_command(
      gsa.app, "inspect", "Show which columns of a source gsa takes for which signals, and why",
      "  gsa inspect events.parquet\n"
      "  gsa inspect 'logs/*.jsonl.gz' --map latency=took:ms --map status=outcome\n"
      "  gsa inspect export.json --write events.yml\n"
      "  gsa inspect events.csv --format json | jq .signals",
      options->common.quiet);
  command
      ->add_option("source", options->sources,
                   "Parquet, CSV or JSON files, folders and globs, or - (standard input)")
      ->required()
      ->type_name("SOURCE");
  command
      ->add_option("--map", options->maps,
                   "Take a column for a signal: signal=path[:unit], or signal= for none; or a file "
                   "as --write makes it")
      ->check(not_empty())
      ->allow_extra_args(false)
      ->type_name("MAP");
  add_choice(*command, "--format", options->format,
             {{"text", InspectFormat::text}, {"json", InspectFormat::json}}, "How to show it")
      ->default_str("text")
      ->type_name("FORMAT");
  command->add_option("--write", options->write, "Write the mapping to this new file, to edit it")
      ->check(not_empty())
      ->type_name("FILE");
  command->callback([&action, options] { action = [options] { return inspect(*options); }; });
}

}  // namespace gsa::app
