#pragma once

// The files of a product's events, and which of them the published raw tables were made of.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "duck/database.h"
#include "pipeline/event_options.h"
#include "prompts/source.h"

namespace gsa::pipeline {

// As of the time of planning; without users' or feedback's own files, these are empty.
struct EventFiles {
  const prompts::SourceFiles &events, &users, &feedback;
  const EventOptions& options;
};

// The source, "events", "users" or "feedback", and the line of a file in fingerprint_of(); and
// "options" with their fingerprint.
using FileRecords = std::set<std::pair<std::string, std::string>>;
FileRecords records_of(const EventFiles& files);

// The statements that record them in ops.event_files, as the files of the published raw tables.
std::vector<std::string> record_files_sql(const EventFiles& files);
// Empty if none are on record.
FileRecords recorded_files(duck::Connection& connection);
// Whether the first file was read as events with the same options.
bool starts_as_recorded(const EventFiles& files, const FileRecords& recorded);

}  // namespace gsa::pipeline
