#pragma once

// The files of a product's events, and what the run that made the published raw tables read of
// them.

#include <cstdint>
#include <map>
#include <optional>
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

// One file as it was read.
struct FileRecord {
  std::int64_t bytes = 0;
  std::string state;         // when it was written to; of a pipe, the hash of its bytes
  std::int64_t rows = 0;     // of events and feedback
  std::string content = {};  // of these, if they are text: the hash of its bytes

  bool same_state(const FileRecord& other) const {
    return bytes == other.bytes && state == other.state;
  }
};

// By source, "events", "users" or "feedback", and path; and one of "options", whose path is their
// fingerprint.
using FileRecords = std::map<std::pair<std::string, std::string>, FileRecord>;
// Without rows and contents.
FileRecords records_of(const EventFiles& files);
std::pair<std::string, std::string> record_key(const char* source, const prompts::SourceFile& file);

// Adds rows and content of files that were read just now: they are `rows` of each of `files`.
void add_read(const char* source, const std::vector<prompts::SourceFile>& files,
              const std::vector<std::int64_t>& rows, FileRecords& records);

// How many rows of the file are on record, if it still begins with them: it is as it was, or was
// only written to behind its end. Null: it may have other rows. Reads what is on record of it.
std::optional<std::int64_t> rows_on_record(const prompts::SourceFile& file,
                                           const FileRecord& record);

// The statements that record them in ops.event_files, as the files of the published raw tables.
std::vector<std::string> record_files_sql(const FileRecords& records);
// Empty if none are on record.
FileRecords recorded_files(duck::Connection& connection);
// Whether the first file was read as events with the same options.
bool starts_as_recorded(const EventFiles& files, const FileRecords& recorded);

}  // namespace gsa::pipeline
