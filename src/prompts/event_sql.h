#pragma once

// Builds the query behind EventPart::select(). Each text of JSON is parsed once, for all values
// that are in it; a text within a text is parsed in a query around that.

#include <string>
#include <string_view>
#include <vector>

#include "prompts/event_part.h"

namespace gsa::prompts {

class EventSql {
 public:
  // `event`: the column whose texts are known to be objects that DuckDB can read, or "".
  EventSql(std::string row, std::string from, std::string event)
      : row_(std::move(row)), from_(std::move(from)), event_(std::move(event)) {}

  // Adds a value; returns the SQL that names it in the rows of select().
  std::string add(const EventValue& value);
  // SELECT of event_row and what the values need. Call it after all add().
  std::string select() const;

 private:
  // A text of JSON from which values are taken.
  struct Text {
    std::string sql;
    std::string name;  // of the list of the values
    std::vector<std::string> pointers;
  };

  std::string add_column(const std::string& sql);
  std::string add_pointer(std::size_t level, const std::string& sql, const std::string& pointer);

  std::string row_, from_, event_;
  std::vector<std::string> columns_;       // as d0, d1, …
  std::vector<std::vector<Text>> levels_;  // the texts in columns, then those in these texts, …
};

// The SQL `value` of type `from` as type `to`, which is common_event_type() of it and others.
std::string cast_event_value(const std::string& value, std::string_view from, std::string_view to);

}  // namespace gsa::prompts
