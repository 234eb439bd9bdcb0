#pragma once

// Neighbouring files of one kind as a table of events: which values there are, and the SQL of each.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/event_path.h"
#include "prompts/event_tree.h"
#include "prompts/source.h"
#include "prompts/source_values.h"

namespace gsa::prompts {

// A column of the part's table.
struct EventColumnSql {
  std::string sql;
  std::string type;  // DuckDB's
};

// Where a value is: in a column, or in the JSON that a column has.
struct EventValue {
  EventColumnSql column;
  // JSON pointers: the first leads from the column's text, each other from the text where the one
  // before it ends. Empty: the value is the column's.
  std::vector<std::string> pointers = {};
  std::string instead = {};  // SQL of the value where this one is null; or ""

  std::string type() const { return pointers.empty() ? column.type : "VARCHAR"; }
};

struct EventPart {
  std::span<const SourceFile> files;
  std::vector<std::int64_t> first_rows = {};  // for each file, the number of its first row
  std::int64_t rows = 0;
  std::string left_out = {};         // SQL: whether select() lacks the row `event_row`; or ""
  std::string from = {};             // the FROM clause
  std::string row_number = "rowid";  // SQL: of a row in it
  EventTree tree = {};
  std::map<EventTree::Id, EventColumnSql> columns = {};  // the nodes of the tree that are columns
  std::optional<EventColumnSql> event = {};           // of JSON files: what the other nodes are in
  std::map<EventTree::Id, std::string> instead = {};  // of some of these: see EventValue
  std::vector<NamedColumn> named = {};                // of Parquet in place: its columns
  std::vector<std::string> notes = {};

  // Adds a column that has the values at a key of the event, or those that the event lacks there.
  void add_column(std::string_view key, EventColumnSql column);
  // The value at the path; null if the part has none there.
  std::optional<EventValue> find(duck::Connection& connection,
                                 std::span<const EventStep> path) const;
  // Throws Error if an event has several values at the path.
  void require_single(duck::Connection& connection, std::span<const EventStep> path) const;
  std::int64_t rows_of(std::size_t file) const;
  // "a.csv, row 3", "b.jsonl, line 3"
  std::string place_of(duck::Connection& connection, std::int64_t row) const;

  // SELECT of `event_row`, first_row + the row's number, and c0, c1, … : the values of these types.
  // Null where there is no value.
  std::string select(std::int64_t first_row, std::span<const std::optional<EventValue>> values,
                     std::span<const std::string> types) const;
};

// The type for values of all these types: DuckDB's common one of numbers or of times, else VARCHAR.
std::string common_event_type(duck::Connection& connection, const std::vector<std::string>& types);

// Adds gsa_json_object(varchar) → varchar: the text, if it is an object of JSON that DuckDB's JSON
// functions can read; else null. Call it once per database.
void register_event_functions(duck::Connection& connection);

}  // namespace gsa::prompts
