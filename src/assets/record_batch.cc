#include "assets/record_batch.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <variant>

namespace gsa::assets {
namespace {

// Code is stored once per version.
std::vector<duck::Row> new_codes(duck::Connection& connection, const std::vector<duck::Row>& rows) {
  std::set<std::string> known;
  const duck::Result found = connection.query("select code_version from ops.code_versions");
  for (std::size_t r = 0; r < found.rows(); ++r) known.insert(found.text(r, 0));
  std::vector<duck::Row> fresh;
  for (const duck::Row& row : rows) {
    if (known.insert(std::get<std::string>(row.front())).second) fresh.push_back(row);
  }
  return fresh;
}

}  // namespace

void RecordBatch::add(RecordBatch later) {
  for (auto& [table, added] : later.rows) {
    std::move(added.begin(), added.end(), std::back_inserter(rows[table]));
  }
  std::move(later.statements.begin(), later.statements.end(), std::back_inserter(statements));
}

void RecordBatch::write(duck::Connection& connection) const {
  for (const auto& [table, added] : rows) {
    duck::append(connection, "ops", table,
                 table == "code_versions" ? new_codes(connection, added) : added);
  }
  for (const std::string& statement : statements) connection.execute(statement);
}

}  // namespace gsa::assets
