// The records of materializations and of the code behind them.

#include <set>
#include <utility>

#include <fmt/format.h>

#include "assets/history.h"
#include "assets/record_rows.h"
#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

void add_findings(duck::Connection& connection, std::vector<Materialization>& all) {
  if (all.empty()) return;
  const bool is_older = !connection.has_table("ops", "asset_findings");
  std::map<std::pair<std::int64_t, Unit>, Materialization*> places;
  std::set<std::string> runs;
  for (Materialization& made : all) {
    places[{made.run_id, made.unit}] = &made;
    runs.insert(fmt::format("{}", made.run_id));
  }
  const duck::Result rows = connection.query(fmt::format(
      "select run_id, asset, partition, finding, rule, count, source_column, place, example "
      "from {} where run_id in ({}){}",
      is_older ? fmt::format("({})", kOlderFindings) : "ops.asset_findings",
      join({runs.begin(), runs.end()}, ", "), is_older ? "" : " order by rowid"));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const auto place = places.find({rows.int64(r, 0), {rows.text(r, 1), rows.text(r, 2)}});
    if (place == places.end()) continue;
    place->second->findings.push_back({rows.text(r, 3), rows.text(r, 4), rows.int64(r, 5),
                                       rows.text(r, 6), rows.text(r, 7), rows.text(r, 8)});
  }
}

// `rest` follows FROM ops.materializations, which is named m.
std::vector<Materialization> read(duck::Connection& connection, const std::string& rest) {
  auto all = read_records<Materialization>(
      connection,
      "select m.run_id, m.asset, m.partition, strftime(m.made_at, '%Y-%m-%d %H:%M:%S'), m.rows, "
      "m.bytes, m.seconds, m.peak_memory_bytes, m.checksum, m.data_version, m.code_version, "
      "m.inputs, m.reason, m.metadata, m.published from ops.materializations m " +
          rest,
      [](RecordRow row) {
        Materialization made;
        made.run_id = row.count();
        made.unit.asset = row.text();
        made.unit.partition = row.text();
        made.made_at = row.text();
        made.rows = row.number();
        made.bytes = row.number();
        made.seconds = row.real();
        made.peak_memory_bytes = row.number();
        made.checksum = row.text();
        made.data_version = row.text();
        made.code_version = row.text();
        made.inputs = row.map();
        made.reason = row.text();
        made.metadata = row.map();
        made.published = row.count() != 0;
        return made;
      });
  add_findings(connection, all);
  return all;
}

std::map<Unit, Materialization> by_unit(std::vector<Materialization> all) {
  std::map<Unit, Materialization> units;
  for (Materialization& made : all) {
    const Unit unit = made.unit;
    units[unit] = std::move(made);
  }
  return units;
}

}  // namespace

std::vector<Materialization> materializations_of(duck::Connection& connection, std::int64_t run) {
  return read(connection, fmt::format("where m.run_id = {} order by m.rowid", run));
}

std::vector<Materialization> materializations_of(duck::Connection& connection,
                                                 const std::string& asset, std::int64_t limit) {
  if (!has_records(connection)) return {};
  return read(connection,
              fmt::format("where m.asset = {} order by m.run_id desc, m.partition limit {}",
                          sql_quote(asset), limit));
}

std::map<Unit, Materialization> published_materializations(duck::Connection& connection) {
  return by_unit(read(connection,
                      "join ops.published p on p.run_id = m.run_id and p.asset = m.asset and "
                      "p.partition is not distinct from m.partition"));
}

std::map<Unit, Materialization> other_materializations(duck::Connection& connection) {
  return by_unit(read(connection,
                      "where (m.partition is not null and m.published is not true) or "
                      "starts_with(m.asset, 'export/') order by m.run_id, m.made_at"));
}

std::map<Unit, Materialization> materializations_as_of(duck::Connection& connection,
                                                       std::int64_t run) {
  return by_unit(read(
      connection,
      fmt::format("where m.run_id = {0} or (m.run_id < {0} and m.published) qualify row_number() "
                  "over (partition by m.asset, m.partition order by m.run_id desc, m.rowid desc) "
                  "= 1",
                  run)));
}

std::map<std::string, std::vector<std::int64_t>> row_history(duck::Connection& connection,
                                                             const std::string& baseline,
                                                             std::size_t most) {
  std::map<std::string, std::vector<std::int64_t>> history;
  if (!has_records(connection)) return history;
  const duck::Result rows = connection.query(fmt::format(
      "select m.asset, coalesce(m.partition, ''), m.rows from ops.materializations m join ops.runs "
      "r on m.run_id = r.run_id where m.published and m.rows is not null and r.baseline = {} "
      "qualify row_number() over (partition by m.asset, m.partition order by m.run_id desc) <= {} "
      "order by m.run_id desc",
      sql_quote(baseline), most));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    history[to_string(Unit{rows.text(r, 0), rows.text(r, 1)})].push_back(rows.int64(r, 2));
  }
  return history;
}

std::map<std::string, Code> codes_by_version(duck::Connection& connection) {
  std::map<std::string, Code> codes;
  const duck::Result rows = connection.query("select code_version, code from ops.code_versions");
  for (std::size_t r = 0; r < rows.rows(); ++r) codes[rows.text(r, 0)] = rows.map(r, 1);
  return codes;
}

}  // namespace gsa::assets
