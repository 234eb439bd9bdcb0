#pragma once

// All rows of a source's files with all their columns, whatever these are called, for whoever
// decides which column is which signal. A column is a path (event_path.h): a column of CSV, a leaf
// of Parquet's structs, a key of JSON, also of an object of JSON that stands as text in one of
// these. Parquet is read in place; text files are first read into temporary tables. Uses one
// connection; one thread. Needs register_functions().

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "prompts/event_part.h"
#include "prompts/source.h"
#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

struct EventColumn {
  std::string path;
  std::string type;  // of the values that select() gives: VARCHAR for text files, JSON and what
                     // files have in different types
  // Of JSON, what the values are besides null: "string", "number", "string or number", "array" …,
  // "null" if there are none. Else "".
  std::string seen;
};

class EventRows {
 public:
  // Reads text files completely, and of Parquet the metadata, and texts that are JSON. `rows_path`
  // is as in rows_path.h; if it is empty, it is found. Of text files reads only the first
  // `most_rows` rows. Throws Error with file and place. `files` must outlive this object.
  EventRows(duck::Connection& connection, const RunQuery& run, const std::vector<SourceFile>& files,
            const std::string& rows_path = "", std::int64_t most_rows = kAllRows);
  static constexpr std::int64_t kAllRows = std::numeric_limits<std::int64_t>::max();

  // Those that select() gives.
  std::int64_t rows() const { return rows_; }
  // Of each file, also those that are left out.
  std::vector<std::int64_t> rows_of_files() const;
  // From now on select() lacks the first rows of the files: of each, that many. The others keep
  // their numbers. Throws Error if a file has fewer.
  void leave_out(std::span<const std::int64_t> rows_of_files);
  // In the order met, those of the files before those of their folders. At most
  // EventTree::kMostColumns; notes() tell what has none.
  const std::vector<EventColumn>& columns() const { return columns_; }
  // The column of that path, however it is quoted; null if there is none. Throws Error{usage} if it
  // is no path.
  const EventColumn* find(std::string_view path) const;
  // Where the rows of JSON files were found; "" without such files.
  const std::string& rows_path() const { return rows_path_; }

  // SELECT of event_row (BIGINT, from 0 up), and for each path its value as c0, c1, …, in the
  // order of event_row. Besides columns, a path may name an object (as its text) and what is in a
  // list (tags[0]); one that names nothing gives nulls. Throws Error{usage} if it is no path, and
  // Error with the place if an object has its key twice, so that its value is in doubt.
  std::string select(std::span<const std::string> paths) const;

  // "a.csv, row 3"; of JSON "a.jsonl, line 3", if no other row begins in that line.
  std::string place_of(std::int64_t row) const;

  // How files were read, as full sentences for the user.
  const std::vector<std::string>& notes() const { return notes_; }

  // Call it after a query over select() failed: throws an Error that names the file that caused it,
  // or returns if no file did.
  void blame(const duck::SqlError& failure) const;

 private:
  void add_parts(const RunQuery& run, std::span<const SourceFile> files,
                 const std::string& rows_path, std::int64_t most_rows);
  void collect_columns();
  const TempTable& add_table();

  duck::Connection& connection_;
  std::vector<TempTable> tables_;
  std::vector<EventPart> parts_;
  std::vector<EventColumn> columns_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
  std::string rows_path_;
  std::vector<std::string> notes_;
  std::int64_t rows_ = 0;
};

}  // namespace gsa::prompts
