#pragma once

// What the beginning of a JSON file looks like: the first object at its top, a few levels deep.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "prompts/json_scanner.h"

namespace gsa::prompts {

struct JsonShape {
  JsonScanner::Kind kind = JsonScanner::Kind::null;
  std::vector<std::pair<std::string, JsonShape>> members = {};  // of an object, the first ones
  std::vector<JsonShape> elements = {};                         // of a list, the first ones

  bool is_object() const { return kind == JsonScanner::Kind::object; }
  // Whether it is a list of objects and perhaps nulls; a list without objects is not.
  bool is_list_of_objects() const;
  const JsonShape* find(std::string_view key) const;
};

struct JsonBeginning {
  JsonShape first = {};     // the first object, as far as it goes
  bool in_array = false;    // the file is an array
  bool has_second = false;  // another object follows
  bool is_cut_off = false;  // the text ends within the first object
};

// Takes any text, also text that is no JSON.
JsonBeginning look_at_json(std::string_view beginning);

}  // namespace gsa::prompts
