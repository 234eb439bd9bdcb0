#include "telemetry/recognition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/database.h"
#include "prompts/ingest.h"
#include "telemetry/inspection.h"
#include "telemetry/signal_sql.h"

namespace gsa::telemetry {
namespace {

// Enough to tell what a column is, and read in milliseconds.
constexpr std::int64_t kRows = 2'000;

}  // namespace

Recognition recognise(const std::vector<prompts::SourceFile>& files, const GivenMapping& given) {
  // A database of its own, because functions are registered once per database.
  duck::Connection connection = duck::Database({}).connect();
  prompts::register_functions(connection);
  register_telemetry_functions(connection);
  const std::vector<prompts::SourceFile> first(files.begin(), files.begin() + 1);
  const OpenedEvents events = open_events(
      connection,
      [&](const std::string&, std::int64_t, const std::string& sql) { connection.execute(sql); },
      first, given.rows_path(), kRows);
  const Mapping mapping = given.applied_to(events.found.mapping);
  if (!events.found.not_events.empty() && !given.of_file) {
    throw Error(
        fmt::format("{} is {}: {}", files.front().path, mapping.name, events.found.not_events));
  }
  Recognition recognition;
  recognition.missing = missing_for_telemetry(mapping, events.found.is_export);
  recognition.is_telemetry = recognition.missing.empty();
  recognition.has_keys = mapping.find(Signal::generation) != nullptr &&
                         mapping.find(Signal::user) != nullptr &&
                         mapping.find(Signal::time) != nullptr;
  if (events.found.is_export) recognition.name = mapping.name;
  const bool has_prompts =
      std::any_of(events.columns.begin(), events.columns.end(),
                  [](const ColumnProfile& column) { return to_lower(column.path) == "prompt"; });
  const std::vector<Signal> lacking = lacking_for_telemetry(mapping, events.found.is_export);
  if (lacking.size() == 1 && !has_prompts) recognition.only_lack = lacking.front();
  return recognition;
}

}  // namespace gsa::telemetry
