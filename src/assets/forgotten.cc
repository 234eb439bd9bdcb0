#include "assets/forgotten.h"

#include <fmt/format.h>

#include "assets/record_rows.h"
#include "assets/records_schema.h"
#include "base/text.h"

namespace gsa::assets {

std::vector<ForgottenRecord> forgotten_records(duck::Connection& connection) {
  if (!connection.has_table("ops", "forgotten")) return {};
  return read_records<ForgottenRecord>(
      connection,
      "select key_hash, strftime(forgotten_at, '%Y-%m-%d %H:%M:%S'), run_id, "
      "removed::map(varchar, varchar), strftime(erased_at, '%Y-%m-%d %H:%M:%S'), "
      "strftime(lifted_at, '%Y-%m-%d %H:%M:%S') from ops.forgotten order by forgotten_at, key_hash",
      [](RecordRow row) {
        ForgottenRecord record;
        record.hash = row.text();
        record.forgotten_at = row.text();
        record.run_id = row.count();
        for (const auto& [table, rows] : row.map()) record.removed[table] = std::stoll(rows);
        record.erased_at = row.text();
        record.lifted_at = row.text();
        return record;
      });
}

ForgottenUsers forgotten_users(duck::Connection& connection) {
  ForgottenUsers users;
  for (const ForgottenRecord& record : forgotten_records(connection)) {
    if (record.lifted_at.empty()) users.add(record.hash);
  }
  return users;
}

std::string forget_sql(const std::string& hash,
                       const std::map<std::string, std::int64_t>& removed) {
  std::vector<std::string> entries;
  for (const auto& [table, rows] : removed) {
    entries.push_back(fmt::format("{}: {}", sql_quote(table), rows));
  }
  return fmt::format(
      "insert into ops.forgotten (key_hash, forgotten_at, run_id, removed) "
      "select {}, {}, max(run_id), map {{{}}}::map(varchar, bigint) from ops.runs",
      sql_quote(hash), kNow, join(entries, ", "));
}

void lift_forgotten(duck::Connection& connection, const std::string& hash) {
  connection.execute(
      fmt::format("update ops.forgotten set lifted_at = {} where key_hash = {} and lifted_at is "
                  "null",
                  kNow, sql_quote(hash)));
}

}  // namespace gsa::assets
