#pragma once

// Reads a warehouse by `gsa sql` in another process: opening the file a second time in this process
// would drop the lock of the first.

#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "gsa_process.h"

namespace gsa::tests {

using TextRows = std::vector<std::vector<std::string>>;

// Rows as text, null as ""; only for values without commas, quotes and newlines.
inline TextRows read_rows(const std::string& warehouse, const std::string& sql) {
  GsaProcess process({"sql", sql, "--format", "csv", "--warehouse", warehouse},
                     {std::filesystem::path(warehouse).parent_path(), {}, {}});
  const Outcome outcome = process.wait();
  if (outcome.exit_code != 0) throw std::runtime_error("gsa sql failed: " + outcome.err);
  TextRows rows;
  std::istringstream lines(outcome.out);
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    std::vector<std::string>& row = rows.emplace_back();
    std::size_t begin = 0;
    for (std::size_t comma; (comma = line.find(',', begin)) != std::string::npos; begin = comma + 1)
      row.push_back(line.substr(begin, comma - begin));
    row.push_back(line.substr(begin));
  }
  return rows;
}

inline std::string read_cell(const std::string& warehouse, const std::string& sql) {
  return read_rows(warehouse, sql).at(0).at(0);
}

// "table main.fct_sessions", … for every relation that readers see; partitions are hidden.
inline std::vector<std::string> visible_relations(const std::string& warehouse) {
  std::vector<std::string> names;
  for (const auto& row : read_rows(
           warehouse,
           "select 'table ' || schema_name || '.' || table_name as relation from duckdb_tables() "
           "where schema_name <> 'partitions' "
           "union all select 'view ' || schema_name || '.' || view_name from duckdb_views() "
           "where not internal order by relation")) {
    names.push_back(row[0]);
  }
  return names;
}

// Relation -> "rows:checksum" for all relations of the built-in project and its raw tables, and
// "seed" -> the publication's seed. The checksum does not depend on the order of rows. A single
// query, so that it sees one state of the file.
inline std::map<std::string, std::string> read_publication(const std::string& warehouse) {
  std::string sql = "select 'seed' as name, seed::varchar as value from ops.provenance";
  for (const char* name :
       {"raw_prompts", "raw_users", "raw_generations", "stg_prompts", "stg_users",
        "stg_generations", "dim_prompts", "dim_users", "fct_generations", "fct_sessions",
        "daily_metrics", "user_friction_summary", "time_spine"}) {
    const std::string relation = name;
    sql += " union all select '" + relation + "', count(*) || ':' || sum(hash(t)::hugeint) from " +
           relation + " t";
  }
  std::map<std::string, std::string> publication;
  for (const auto& row : read_rows(warehouse, sql)) publication[row.at(0)] = row.at(1);
  return publication;
}

}  // namespace gsa::tests
