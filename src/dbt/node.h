#pragma once

// A part of the project: a source's table, a model, or a data test.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbt/config.h"
#include "dbt/freshness.h"
#include "dbt/jinja_names.h"
#include "dbt/partition_by.h"
#include "dbt/relation.h"
#include "dbt/schema_yml.h"

namespace gsa::dbt {

// A seed is a model whose rows are those of a CSV file.
enum class NodeKind { source, model, test };

// A ref() or source() call, as found while the project was read.
struct Dependency {
  bool is_source = false;
  std::string package;  // or the source
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
  std::string described_in;      // the .yml file that says something of it; empty: none
  std::string description;
  Place described_at;
  std::vector<ColumnSpec> columns;
  std::vector<ConstraintSpec> constraints;  // of the whole table
  std::vector<std::string> tags;            // of a test also those of its source and column
  std::string group;                        // empty: none
  std::string owner;                        // the group's, else the one in meta; empty: nobody
  Dict meta;                                // as YAML has it
  std::optional<Freshness> freshness;       // of a source or model
  std::optional<PartitionBy> partition_by;  // of a table model
  Settings settings;
  Relation relation;  // of a model or source; of a test: where it stores failing rows
  // Of a source: the SQL that stands for it, 'data/x.csv' or read_csv(…); empty: the relation.
  std::string external;

  ModelConfig model;
  TestConfig test;
  TestSpec spec;           // of a generic test
  std::string short_name;  // of a generic test: of its file and table
  bool is_generic = false;
  // Of a generic or unit test: the node that it is a test of.
  std::size_t tested = 0;
  std::shared_ptr<const UnitTest> unit;          // of a unit test, else null
  bool asks_is_incremental = false;              // of a model: its SQL calls is_incremental()
  std::shared_ptr<const Template> sql_template;  // of a model or singular test

  std::vector<std::string> macros;  // that its template calls, by unique id
  std::vector<Dependency> refs;
  std::vector<std::size_t> depends_on;  // ascending, each once
  std::vector<std::size_t> children;    // likewise

  bool is_unit_test() const { return unit != nullptr; }
  bool is_seed() const {
    return kind == NodeKind::model && model.materialized == Materialization::seed;
  }
};

}  // namespace gsa::dbt
