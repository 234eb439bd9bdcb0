#pragma once

// The data dictionary: the meaning of tables and columns, from the dbt project, and their state in
// the warehouse.

#include <map>
#include <string>
#include <vector>

#include "api/layer_names.h"
#include "duck/database.h"

namespace gsa::dbt {
class Project;
}

namespace gsa::api {

struct ColumnName {
  std::string table, column;
  auto operator<=>(const ColumnName&) const = default;
};

struct DictionaryTest {
  std::string name, kind, severity, description;
};

struct DictionaryColumn {
  std::string name, description;
  std::vector<DictionaryTest> tests;
};

struct DictionaryTable {
  std::string name;
  std::string kind;  // source, table, incremental, view, ephemeral, record
  std::string schema, group, owner, description, file;
  std::vector<std::string> tags;
  std::vector<DictionaryColumn> columns;
  std::vector<DictionaryTest> tests;  // of the whole table
  std::vector<std::string> depends_on, used_by;
};

// The columns that each column is computed from; supplied by the owner of the Api.
using ColumnLineage = std::map<ColumnName, std::vector<ColumnName>>;

// The project's descriptions of its sources and models. Plain values: the project need not outlive
// it, and any number of threads may read it.
class Dictionary {
 public:
  explicit Dictionary(const dbt::Project& project);

  const std::string& project() const { return project_; }
  const std::vector<DictionaryTable>& tables() const { return tables_; }  // sources, then models
  const DictionaryTable* find(std::string_view table) const;
  // "" if there is none. Empty column: the description of the table.
  std::string describe(std::string_view table, std::string_view column) const;

 private:
  std::string project_;
  std::vector<DictionaryTable> tables_;
};

// GET /api/dictionary, including the measures and dimensions of `layer`.
std::string dictionary_json(duck::Connection& connection, const Dictionary& dictionary,
                            const ColumnLineage& lineage, const Layer& layer);

}  // namespace gsa::api
