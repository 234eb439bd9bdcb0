#pragma once

// A unit test of dbt runs a model's query on rows that the test gives in place of the model's
// inputs, and compares the result with the expected rows. It neither reads nor builds the model's
// table.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"
#include "dbt/project_yml.h"
#include "dbt/unit_test_yml.h"

namespace gsa::dbt {

// Rows, or a query that returns them.
struct UnitRows {
  std::vector<Dict> rows;          // column in lower case to value; text if from CSV
  std::optional<std::string> sql;  // replaces rows
  // For a file that replaces an input of the model: it may contain templates, as in dbt.
  std::shared_ptr<const Template> sql_template;
  Place place;
};

struct UnitInput {
  std::string text;  // as written: "ref('a')"
  Dependency ref;    // for `this`: the model itself
  bool is_this = false;
  UnitRows rows;
  Place place;
};

struct UnitTest {
  std::string name;  // without the model's name
  std::vector<UnitInput> given;
  UnitRows expect;
  Overrides overrides;

  // The last input for that reference; null if there is none.
  const UnitInput* find(const Dependency& ref) const;
  const UnitInput* find_this() const;
};

// Renders the templates in the YAML and reads the files that it names. `tested` is one of `nodes`,
// which include the seeds. Throws Error at the place of a mistake. Like dbt, refuses a unit test of
// an incremental model that does not say whether the model is incremental.
UnitTest make_unit_test(const UnitTestSpec& spec, const Node& tested,
                        const std::vector<Node>& nodes, Context& context, const ProjectYml& yml,
                        const ProjectFiles& files);

// The test's node, without settings. It is named "b::name" where dbt shows it so.
Node unit_test_node(const UnitTestSpec& spec, const std::string& project);

// The folders with the fixture files of unit tests.
std::vector<std::string> fixture_folders(const ProjectYml& yml);

}  // namespace gsa::dbt
