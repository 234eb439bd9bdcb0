#pragma once

// Where the rows of a JSON file are. Each object at the top of the file (in its array or by itself)
// is searched on its own:
//
//   path = "."                           the object is the row
//        / step *( [ "." ] step )
//   step = key / "[]" / "*"              the value of a key; each element of a list; each value of
//                                        an object
//
// "results[]", "resourceSpans[].scopeSpans[].spans[]", "*" for {"id 1": {…}, "id 2": {…}}. Keys are
// written as in event_path.h.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct RowsStep {
  enum class Kind { key, elements, values };
  Kind kind = Kind::elements;
  std::string key = {};

  bool operator==(const RowsStep&) const = default;
};
using RowsPath = std::vector<RowsStep>;  // empty: "."

// Throws Error{usage} that quotes the path.
RowsPath parse_rows_path(std::string_view text);
std::string format_rows_path(const RowsPath& path);

// Guesses the path from the beginning of a file, which may be cut off anywhere. Null if there is
// nothing to see, as in an empty list.
std::optional<RowsPath> find_rows_path(std::string_view beginning);

}  // namespace gsa::prompts
