#pragma once

// `unit_tests:` of a schema file: the model, the rows that its inputs have in the test, and the
// rows that the model must return.

#include <string>
#include <string_view>
#include <vector>

#include "dbt/config.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

enum class RowFormat { dict, csv, sql };
std::string_view to_string(RowFormat format);

// Rows as written; templates in them are not rendered yet.
struct RowsSpec {
  RowFormat format = RowFormat::dict;
  Value rows;           // a list or text; none: elsewhere
  std::string fixture;  // the name of the file with the rows; empty: none
  Place place;
};

struct GivenSpec {
  std::string input;  // "ref('a')", "source('a', 'b')" or "this"
  RowsSpec rows;
  Place place;
};

struct UnitTestSpec {
  std::string name;
  std::string model;
  std::string description;
  std::vector<GivenSpec> given;
  RowsSpec expect;
  Dict macros, vars, env_vars;  // overrides by name
  Settings settings;
  Place place;
  std::string file;
};

// Throws Error at the place of a mistake. Unlike in the rest of a schema file, an unknown key is
// one: dbt refuses it as well.
UnitTestSpec read_unit_test(const Yaml& map, const std::string& file);

}  // namespace gsa::dbt
