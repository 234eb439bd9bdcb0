#pragma once

// A unit test of dbt: a model's query on rows that the test gives in the place of its inputs, and
// the rows that it must return. The model's own table is neither read nor made.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"
#include "dbt/project_yml.h"
#include "dbt/unit_test_yml.h"

namespace gsa::dbt {

// Rows, or a query of them.
struct UnitRows {
  std::vector<Dict> rows;          // column, in small letters, to value; text from CSV
  std::optional<std::string> sql;  // instead of rows
  // Of a file that a model's input is read from, which may hold templates, as dbt has it.
  std::shared_ptr<const Template> sql_template;
  Place place;
};

struct UnitInput {
  std::string text;  // as written: "ref('a')"
  Dependency ref;    // of `this`, the model itself
  bool is_this = false;
  UnitRows rows;
  Place place;
};

struct UnitTest {
  std::string name;  // without the model's
  std::vector<UnitInput> given;
  UnitRows expect;
  Overrides overrides;

  // The last that stands for it; null if none does.
  const UnitInput* find(const Dependency& ref) const;
  const UnitInput* find_this() const;
};

// Renders what the YAML holds of templates and reads the files that it names. `tested` is one of
// `nodes`, among which the seeds are found. Throws Error at the place of what is wrong, as where
// dbt refuses a unit test of an incremental model that does not say whether it adds.
UnitTest make_unit_test(const UnitTestSpec& spec, const Node& tested,
                        const std::vector<Node>& nodes, Context& context, const ProjectYml& yml,
                        const ProjectFiles& files);

// The node of it, without settings: "b::name", where dbt shows it so.
Node unit_test_node(const UnitTestSpec& spec, const std::string& project);

// The folders below which the files lie that unit tests name.
std::vector<std::string> fixture_folders(const ProjectYml& yml);

}  // namespace gsa::dbt
