#include "prompts/event_rows.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/event_parquet.h"
#include "prompts/event_path.h"
#include "prompts/event_texts.h"
#include "prompts/parquet_blame.h"

namespace gsa::prompts {

EventRows::EventRows(duck::Connection& connection, const RunQuery& run,
                     const std::vector<SourceFile>& files, const std::string& rows_path,
                     std::int64_t most_rows)
    : connection_(connection) {
  const bool has_json = std::any_of(files.begin(), files.end(), [](const SourceFile& file) {
    return file.kind == FileKind::json;
  });
  if (!rows_path.empty() && !has_json) {
    throw Error(
        fmt::format("the rows are not at {}: only JSON files have rows at a path", rows_path), "",
        ErrorCode::usage);
  }
  for (std::size_t begin = 0; begin < files.size();) {
    std::size_t end = begin + 1;
    while (end < files.size() && files[begin].kind == files[end].kind) ++end;
    add_parts(run, std::span(files).subspan(begin, end - begin), rows_path, most_rows);
    begin = end;
  }
  for (const EventPart& part : parts_) {
    rows_ += part.rows;
    notes_.insert(notes_.end(), part.notes.begin(), part.notes.end());
    const std::vector<std::string> more = part.tree.notes();
    notes_.insert(notes_.end(), more.begin(), more.end());
  }
  collect_columns();
}

void EventRows::add_parts(const RunQuery& run, std::span<const SourceFile> files,
                          const std::string& rows_path, std::int64_t most_rows) {
  switch (files.front().kind) {
    case FileKind::parquet: {
      std::vector<EventPart> parts = open_parquet_events(
          connection_, run, files, [this]() -> const TempTable& { return add_table(); });
      std::move(parts.begin(), parts.end(), std::back_inserter(parts_));
      break;
    }
    case FileKind::csv:
      parts_.push_back(read_csv_events(connection_, run, files, add_table(), most_rows));
      break;
    case FileKind::json: {
      if (rows_path_.empty()) {
        rows_path_ = format_rows_path(rows_path.empty() ? find_rows_path(files)
                                                        : parse_rows_path(rows_path));
      }
      parts_.push_back(read_json_events(connection_, run, files, parse_rows_path(rows_path_),
                                        add_table(), most_rows));
      break;
    }
  }
}

// Other rows may be open on the same connection, so each table has a name of its own.
const TempTable& EventRows::add_table() {
  static std::atomic<std::uint64_t> tables = 0;
  return tables_.emplace_back(connection_, fmt::format("gsa_event_rows_{}", tables++));
}

// Merges the columns of the parts by their paths.
void EventRows::collect_columns() {
  std::vector<std::vector<std::string>> types;
  std::vector<EventTree::Kinds> kinds;
  for (const EventPart& part : parts_) {
    for (const EventTree::Id id : part.tree.columns()) {
      const std::vector<EventStep> steps = part.tree.path(id);
      const std::optional<EventValue> value = part.find(connection_, steps);
      if (!value) continue;
      const std::string path = format_event_path(steps);
      if (!by_path_.contains(path) && columns_.size() == EventTree::kMostColumns) {
        notes_.push_back(fmt::format("more than {} columns: left out from {} on",
                                     with_thousands(EventTree::kMostColumns), path));
        break;
      }
      const auto [known, is_new] = by_path_.emplace(path, columns_.size());
      if (is_new) {
        columns_.push_back({path, "", ""});
        types.emplace_back();
        kinds.push_back(0);
      }
      types[known->second].push_back(value->type());
      if (!value->pointers.empty()) kinds[known->second] |= part.tree.kinds(id);
    }
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].type = common_event_type(connection_, types[i]);
    if (kinds[i] != 0) columns_[i].seen = EventTree::describe(kinds[i]);
  }
}

const EventColumn* EventRows::find(std::string_view path) const {
  const auto found = by_path_.find(format_event_path(parse_event_path(path)));
  return found == by_path_.end() ? nullptr : &columns_[found->second];
}

std::string EventRows::select(std::span<const std::string> paths) const {
  std::vector<std::vector<EventStep>> steps;
  for (const std::string& path : paths) steps.push_back(parse_event_path(path));
  std::vector<std::vector<std::optional<EventValue>>> values(parts_.size());
  std::vector<std::string> types;
  for (const std::vector<EventStep>& path : steps) {
    std::vector<std::string> own;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].require_single(connection_, path);
      std::optional<EventValue> value = parts_[i].find(connection_, path);
      if (value) own.push_back(value->type());
      values[i].push_back(std::move(value));
    }
    types.push_back(common_event_type(connection_, own));
  }
  std::string sql;
  std::int64_t before = 0;  // rows of the earlier parts
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!sql.empty()) sql += "\nunion all ";
    sql += parts_[i].select(before, values[i], types);
    before += parts_[i].rows;
  }
  return sql;
}

std::vector<std::int64_t> EventRows::rows_of_files() const {
  std::vector<std::int64_t> rows;
  for (const EventPart& part : parts_) {
    for (std::size_t file = 0; file < part.files.size(); ++file) rows.push_back(part.rows_of(file));
  }
  return rows;
}

void EventRows::leave_out(std::span<const std::int64_t> rows_of_files) {
  std::size_t next = 0;
  for (EventPart& part : parts_) {
    std::vector<std::string> ranges;
    for (std::size_t file = 0; file < part.files.size(); ++file, ++next) {
      const std::int64_t rows = rows_of_files[next], first = part.first_rows[file];
      if (rows == 0) continue;
      if (rows > part.rows_of(file)) {
        throw Error(fmt::format("{}: the file has fewer rows than before", part.files[file].path));
      }
      ranges.push_back(fmt::format("event_row between {} and {}", first, first + rows - 1));
      rows_ -= rows;
    }
    part.left_out = join(ranges, " or ");
  }
}

std::string EventRows::place_of(std::int64_t row) const {
  for (const EventPart& part : parts_) {
    if (row < part.rows) return part.place_of(connection_, row);
    row -= part.rows;
  }
  check(false, "the row is in the source");
  return "";
}

void EventRows::blame(const duck::SqlError& failure) const {
  if (is_of_the_machine(failure)) return;
  for (const EventPart& part : parts_) {
    for (const SourceFile& file : part.files) blame_column(connection_, part.named, file);
  }
}

}  // namespace gsa::prompts
