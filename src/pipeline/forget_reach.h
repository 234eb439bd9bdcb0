#pragma once

// Where users are besides the tables that a run makes anew: exports on record, other tables of the
// file, and what gsa cannot reach.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/export.h"
#include "pipeline/forgotten_persons.h"
#include "pipeline/remaining_rows.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

// The rows of the users in each of these tables that has such rows.
std::map<std::string, std::int64_t> rows_by_table(duck::Connection& connection,
                                                  const std::vector<ExportedTable>& tables,
                                                  const RowsOfUsers& rows);

// Tables of the file that no model of the project makes: those of deleted models, stored failures
// of tests, and tables of other programs.
class OtherTables {
 public:
  OtherTables(duck::Connection& connection, const assets::State& state,
              const std::vector<Person>& persons);
  // Statements that delete the rows with a user's key, and how many there are in each table.
  const std::vector<std::string>& statements() const { return statements_; }
  const std::map<std::string, std::int64_t>& rows() const { return rows_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> statements_, names_;
  std::map<std::string, std::int64_t> rows_;
};

struct RenewedExports {
  std::vector<std::string> files;
  std::vector<std::string> out_of_reach;  // moved or changed since, or of tables that are gone
};
// Writes each export on record again that is as gsa left it.
RenewedExports renew_exports(duck::Connection& connection, const dbt::Project& project);

// What gsa cannot reach, as sentences. `state` is that before.
std::vector<std::string> beyond_reach(const assets::State& state, const dbt::Project& project,
                                      const ProjectOptions& options, const OtherTables& others,
                                      bool has_snapshot);

}  // namespace gsa::pipeline
