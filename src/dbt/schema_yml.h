#pragma once

// The YAML beside the models: descriptions of models, columns and sources, the tests that they must
// pass, and the groups.

#include <optional>
#include <string>
#include <vector>

#include "dbt/config.h"
#include "dbt/semantic_yml.h"
#include "dbt/unit_test_yml.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

// `- unique`, or `- accepted_values: {values: […], config: {severity: warn}}`.
struct TestSpec {
  std::string package;  // "dbt_utils", or empty
  std::string name;
  Dict arguments;  // as written; templates in it are not rendered yet
  Settings settings;
  std::string custom_name;
  std::string description;  // as written
  Place described_at;
  std::string column;  // empty: the test is on the whole model
  bool quotes_column = false;
  Place place;
  std::string file;
};

// A constraint in a contract: `{type: check, expression: id > 0}`.
struct ConstraintSpec {
  std::string type;  // not_null, unique, primary_key, check or custom
  std::string name;
  std::string expression;
  std::vector<std::string> columns;  // for a constraint of the whole model
  Place place;
};

struct ColumnSpec {
  std::string name;
  std::string description;  // as written
  Place described_at;
  std::string data_type;
  std::string granularity;  // of a time spine
  bool quote = false;       // write the name in double quotes
  std::vector<ConstraintSpec> constraints;
  std::vector<std::string> tags;
  Dict meta;
  std::vector<TestSpec> tests;
  Place place;
};

struct ModelSpec {
  std::string name;
  std::string description;  // as written
  Place described_at;
  std::vector<ColumnSpec> columns;
  std::vector<ConstraintSpec> constraints;
  std::vector<TestSpec> tests;
  Settings settings;
  Place place;
  std::string file;
  std::optional<Yaml> written;  // all of it
};

struct SourceSpec {
  std::string source;
  std::string database;  // empty: the warehouse
  std::string schema;
  std::string identifier;
  ModelSpec table;  // name, description, columns, tests, tags
  // Freshness settings, the source's before the table's; null switches earlier ones off.
  std::vector<Setting> freshness;
  std::vector<std::string> tags;  // that its tests have as well: those beside its config
  std::optional<Yaml> written;    // the source with all of its tables
};

struct GroupSpec {
  std::string name;
  std::string owner;  // the name, or else the e-mail address
  Place place;
  std::string file;
  std::optional<Yaml> written;
};

// Descriptions of macros are only for readers.
struct MacroSpec {
  std::string name;
  Place place;
  std::string file;
  std::optional<Yaml> written;
};

struct ExposureSpec {
  std::string name;
  std::vector<Setting> depends_on;  // "ref('fct')"
  Place place;
  std::string file;
  std::optional<Yaml> written;
};

struct Declarations {
  std::vector<ModelSpec> models;
  std::vector<ModelSpec> seeds;
  std::vector<SourceSpec> sources;
  std::vector<GroupSpec> groups;
  std::vector<ModelSpec> singular_tests;  // names, descriptions and settings
  std::vector<MacroSpec> macros;
  std::vector<ExposureSpec> exposures;
  std::vector<UnitTestSpec> unit_tests;
  SemanticSpecs semantic;
  SemanticSpecs disabled_semantic;  // those of `semantic` that are switched off
};

// Adds the declarations in `path`. Throws Error at the place of a mistake. Unknown keys only give
// warnings, because dbt accepts any.
void read_schema_yml(const ProjectFiles& files, const std::string& path, const RenderValue& render,
                     Declarations& into, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
