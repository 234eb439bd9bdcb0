#pragma once

// A node of the project: a source's table, a model, or a data test.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbt/config.h"
#include "dbt/freshness.h"
#include "dbt/incremental_by.h"
#include "dbt/jinja_names.h"
#include "dbt/partition_by.h"
#include "dbt/relation.h"
#include "dbt/schema_yml.h"

namespace gsa::dbt {

// A seed is a model whose rows come from a CSV file.
enum class NodeKind { source, model, test };

// A ref() or source() call, found while the project was parsed.
struct Dependency {
  bool is_source = false;
  std::string package;  // the package; for a source(), the source
  std::string name;     // of the model or table
  Place place;
};

// Indices are into Project::nodes().
struct UnitTest;  // unit_tests.h

struct Node {
  NodeKind kind = NodeKind::model;
  std::string name;              // "fct_sessions", "raw.users", "not_null_dim_users_user_id"
  std::string unique_id;         // "model.PROJECT.fct_sessions"
  std::vector<std::string> fqn;  // project, folders …, name
  std::string file;              // within the project
  Place place;                   // where it is declared
  std::string described_in;      // the .yml file that describes it; empty: none
  std::string description;
  Place described_at;
  std::vector<ColumnSpec> columns;
  std::vector<ConstraintSpec> constraints;  // of the whole table
  std::vector<std::string> tags;            // for a test, also those of its source and column
  std::string group;                        // empty: none
  std::string owner;                   // the group's owner, or else the one in meta; empty: none
  Dict meta;                           // as in the YAML
  std::optional<Freshness> freshness;  // for a source or model
  std::optional<PartitionBy> partition_by;      // for a table model
  std::optional<IncrementalBy> incremental_by;  // for a model
  Settings settings;
  Relation relation;  // of a model or source; for a test, the table for its failing rows
  // For a source: SQL that replaces its name, 'data/x.csv' or read_csv(…); empty: use the relation.
  std::string external;

  ModelConfig model;
  TestConfig test;
  TestSpec spec;           // for a generic test
  std::string short_name;  // for a generic test: the name of its file and table
  bool is_generic = false;
  // For a generic or unit test: the node that it tests.
  std::size_t tested = 0;
  std::shared_ptr<const UnitTest> unit;          // null unless it is a unit test
  bool asks_is_incremental = false;              // for a model: its SQL calls is_incremental()
  std::shared_ptr<const Template> sql_template;  // for a model or singular test

  std::vector<std::string> macros;  // that its template calls, by unique id
  std::vector<Dependency> refs;
  std::vector<std::size_t> depends_on;  // ascending, without duplicates
  std::vector<std::size_t> children;    // likewise

  bool is_unit_test() const { return unit != nullptr; }
  bool is_seed() const {
    return kind == NodeKind::model && model.materialized == Materialization::seed;
  }
};

}  // namespace gsa::dbt
