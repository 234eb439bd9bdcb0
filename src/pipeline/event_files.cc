#include "pipeline/event_files.h"

#include <array>
#include <fstream>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace gsa::pipeline {
namespace {

using prompts::SourceFile;

constexpr std::array<const char*, 6> kRecordColumns = {"source", "file", "bytes",
                                                       "state",  "rows", "content"};

std::string key_of(const EventOptions& options) {
  std::string text;
  for (const auto& [option, value] : options.pairs()) text += option + "\n" + value + "\n";
  return fmt::format("{:016x}", stable_hash(text));
}

FileRecord record_of(const SourceFile& file) {
  return {file.bytes, file.content.empty() ? fmt::format("{}", file.modified) : file.content};
}

// The hash of what the file had when it had so many bytes; "" if it is a pipe's, or has fewer.
std::string content_of(const SourceFile& file, std::int64_t bytes) {
  if (!file.content.empty()) return "";
  const auto hash = stable_hash_of_file(file.absolute, bytes);
  return hash ? fmt::format("{:016x}", *hash) : "";
}

bool has_line_end_before(const SourceFile& file, std::int64_t bytes) {
  std::ifstream text(file.absolute, std::ios::binary);
  return bytes > 0 && text.seekg(bytes - 1) && text.get() == '\n';
}

}  // namespace

std::pair<std::string, std::string> record_key(const char* source, const SourceFile& file) {
  return {source, file.content.empty() ? file.absolute : file.path};
}

FileRecords records_of(const EventFiles& files) {
  FileRecords records;
  const auto add = [&](const char* source, const prompts::SourceFiles& of) {
    for (const SourceFile& file : of.files) {
      records.emplace(record_key(source, file), record_of(file));
    }
  };
  add("events", files.events);
  add("users", files.users);
  add("feedback", files.feedback);
  records[{"options", key_of(files.options)}] = {};
  return records;
}

void add_read(const char* source, const std::vector<SourceFile>& files,
              const std::vector<std::int64_t>& rows, FileRecords& records) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    FileRecord& record = records.at(record_key(source, files[i]));
    record.rows = rows[i];
    // Nobody adds rows to a file of Parquet.
    if (files[i].kind != prompts::FileKind::parquet) {
      record.content = content_of(files[i], record.bytes);
    }
  }
}

std::optional<std::int64_t> rows_on_record(const SourceFile& file, const FileRecord& record) {
  if (record_of(file).same_state(record)) return record.rows;
  if (record.content.empty() || file.bytes < record.bytes) return std::nullopt;
  if (content_of(file, record.bytes) != record.content) return std::nullopt;
  if (file.bytes == record.bytes) return record.rows;
  // An object of JSON ends with its bracket, but a line of CSV may have gone on.
  const bool is_whole =
      file.kind == prompts::FileKind::json ||
      (file.compression == prompts::Compression::none && has_line_end_before(file, record.bytes));
  return is_whole ? std::optional(record.rows) : std::nullopt;
}

std::vector<std::string> record_files_sql(const FileRecords& records) {
  std::vector<std::string> rows;
  for (const auto& [key, file] : records) {
    rows.push_back(fmt::format("({}, {}, {}, {}, {}, {})", sql_quote(key.first),
                               sql_quote(key.second), file.bytes, sql_quote(file.state), file.rows,
                               sql_quote(file.content)));
  }
  return {
      "create or replace table ops.event_files (source varchar, file varchar, bytes bigint, state "
      "varchar, rows bigint, content varchar)",
      fmt::format("insert into ops.event_files values {}", join(rows, ", "))};
}

FileRecords recorded_files(duck::Connection& connection) {
  FileRecords records;
  // Other versions have other columns.
  const duck::Result columns = connection.query(
      "select string_agg(column_name, ', ' order by column_index) from duckdb_columns() where "
      "database_name = current_database() and schema_name = 'ops' and table_name = 'event_files'");
  const std::string list =
      join(std::vector<std::string>(kRecordColumns.begin(), kRecordColumns.end()), ", ");
  if (columns.is_null(0, 0) || columns.text(0, 0) != list) return records;
  const duck::Result rows = connection.query(fmt::format("select {} from ops.event_files", list));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    records[{rows.text(r, 0), rows.text(r, 1)}] = {rows.int64(r, 2), rows.text(r, 3),
                                                   rows.int64(r, 4), rows.text(r, 5)};
  }
  return records;
}

bool starts_as_recorded(const EventFiles& files, const FileRecords& recorded) {
  const std::vector<SourceFile>& events = files.events.files;
  if (events.empty() || !recorded.contains({"options", key_of(files.options)})) return false;
  const auto first = recorded.find(record_key("events", events.front()));
  return first != recorded.end() && rows_on_record(events.front(), first->second).has_value();
}

}  // namespace gsa::pipeline
