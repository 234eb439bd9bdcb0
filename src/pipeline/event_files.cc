#include "pipeline/event_files.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace gsa::pipeline {
namespace {

std::pair<std::string, std::string> record_of(const EventOptions& options) {
  std::string text;
  for (const auto& [option, value] : options.pairs()) text += option + "\n" + value + "\n";
  return {"options", fmt::format("{:016x}", stable_hash(text))};
}

}  // namespace

FileRecords records_of(const EventFiles& files) {
  FileRecords records;
  const auto add = [&](const char* source, const prompts::SourceFiles& of) {
    for (const std::string& line : split(prompts::fingerprint_of(of.files), '\n')) {
      if (!line.empty()) records.emplace(source, line);
    }
  };
  add("events", files.events);
  add("users", files.users);
  add("feedback", files.feedback);
  records.insert(record_of(files.options));
  return records;
}

std::vector<std::string> record_files_sql(const EventFiles& files) {
  std::vector<std::string> rows;
  for (const auto& [source, file] : records_of(files)) {
    rows.push_back(fmt::format("({}, {})", sql_quote(source), sql_quote(file)));
  }
  return {"create or replace table ops.event_files (source varchar, file varchar)",
          fmt::format("insert into ops.event_files values {}", join(rows, ", "))};
}

FileRecords recorded_files(duck::Connection& connection) {
  FileRecords records;
  if (!connection.has_table("ops", "event_files")) return records;
  const duck::Result rows = connection.query("select source, file from ops.event_files");
  for (std::size_t r = 0; r < rows.rows(); ++r) records.emplace(rows.text(r, 0), rows.text(r, 1));
  return records;
}

bool starts_as_recorded(const EventFiles& files, const FileRecords& recorded) {
  const std::vector<prompts::SourceFile>& events = files.events.files;
  return !events.empty() && recorded.contains(record_of(files.options)) &&
         recorded.contains(
             {"events", std::string(trim(prompts::fingerprint_of({events.front()})))});
}

}  // namespace gsa::pipeline
