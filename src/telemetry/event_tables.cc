#include "telemetry/event_tables.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/source_columns.h"
#include "prompts/values.h"
#include "telemetry/signal_sql.h"

namespace gsa::telemetry {
namespace {

constexpr std::int64_t kMostRows = std::numeric_limits<std::int32_t>::max();

class Reader {
 public:
  Reader(duck::Connection& connection, const prompts::RunQuery& run, const prompts::EventRows& rows,
         const Mapping& mapping)
      : connection_(connection),
        run_(run),
        rows_(rows),
        sql_(select_events(rows, mapping, prompts::latest_time_us())) {}

  EventTables read(std::int64_t wanted, std::uint64_t seed);

 private:
  std::int64_t count(const std::string& from) {
    return connection_.query_int64("select count(*) from " + from);
  }
  bool has(std::string_view column) const {
    return std::find(sql_.columns.begin(), sql_.columns.end(), column) != sql_.columns.end();
  }
  void drop_repeated(EventTables& tables);
  void take_sample(EventTables& tables, std::int64_t wanted, std::uint64_t seed);
  void make_users(EventTables& tables);

  duck::Connection& connection_;
  const prompts::RunQuery& run_;
  const prompts::EventRows& rows_;
  EventSql sql_;
};

// Rows with the generation key of a later row.
void Reader::drop_repeated(EventTables& tables) {
  std::int64_t repeated = 0;
  if (has("generation_key")) {
    const duck::Result keys = connection_.query(
        fmt::format("select count(generation_key), count(distinct generation_key) from {}",
                    tables.events.name()));
    repeated = keys.int64(0, 0) - keys.int64(0, 1);
  }
  if (repeated > 0) {
    connection_.execute(fmt::format(
        "delete from {0} where generation_id in (select generation_id from (select generation_id, "
        "lead(generation_id) over (partition by generation_key order by generation_id) as later "
        "from {0} where generation_key is not null) where later is not null)",
        tables.events.name()));
  }
  tables.findings.push_back(
      {"rows with the generation key of a later row", "replaced by it", repeated});
}

void Reader::take_sample(EventTables& tables, std::int64_t wanted, std::uint64_t seed) {
  if (wanted <= 0 || count(tables.events.name()) <= wanted) return;
  const std::string unit =
      fmt::format("gsa_sample_key({}::ubigint, {})", seed,
                  has("user_key") ? "coalesce(gsa_text_hash(user_key), generation_id::bigint)"
                                  : "generation_id::bigint");
  const duck::Result last = connection_.query(fmt::format(
      "select unit::varchar from (select unit, sum(count(*)) over (order by unit) as total from "
      "(select {} as unit from {}) group by unit) where total >= {} order by unit limit 1",
      unit, tables.events.name(), wanted));
  const std::int64_t before = count(tables.events.name());
  connection_.execute(fmt::format("delete from {} where {} > {}::ubigint", tables.events.name(),
                                  unit, last.text(0, 0)));
  tables.sampled = count(tables.events.name()) < before;
}

void Reader::make_users(EventTables& tables) {
  if (!has("user_key")) {
    connection_.execute(tables.users.create_as(
        "select null::integer as user_id, null::varchar as user_key, null::timestamp as first_seen "
        "where false"));
    return;
  }
  std::string traits;
  for (const char* trait : {"user_tier", "region", "device_type"}) {
    if (has(trait)) {
      traits += fmt::format(
          ", arg_max({0}, (generated_at, generation_id)) filter ({0} is not null) as {0}", trait);
    }
  }
  if (has("signup_at")) traits += ", min(signup_at) as signup_at";
  run_("naming the users", 0,
       tables.users.create_as(fmt::format(
           "select (row_number() over (order by first_seen, user_key) - 1)::integer as user_id, * "
           "from (select user_key, min(generated_at) as first_seen{} from {} "
           "where user_key is not null group by user_key) order by user_id",
           traits, tables.events.name())));
  connection_.execute(
      fmt::format("update {} as events set user_id = users.user_id from {} as users "
                  "where events.user_key = users.user_key",
                  tables.events.name(), tables.users.name()));
}

EventTables Reader::read(std::int64_t wanted, std::uint64_t seed) {
  if (rows_.rows() > kMostRows) {
    throw Error(fmt::format("the source has {} rows, more than {} ids",
                            with_thousands(rows_.rows()), with_thousands(kMostRows)));
  }
  EventTables tables{prompts::TempTable(connection_, "gsa_events"),
                     prompts::TempTable(connection_, "gsa_event_users"), sql_.columns};
  tables.rows_in_source = rows_.rows();
  run_("reading events", rows_.rows(),
       tables.events.create_as(fmt::format(
           "select event_row::integer as generation_id, null::integer as user_id, {} from ({}) "
           "where generated_at is not null",
           join(sql_.columns, ", "), sql_.select)));
  const std::int64_t events =
      connection_.query_int64(fmt::format("select count(*) from ({})", sql_.select));
  const std::int64_t with_time = count(tables.events.name());
  if (with_time == 0) {
    throw Error(events == 0 ? "no row of the source is an event"
                            : "no row of the source has a time that can be read",
                "gsa inspect SOURCE shows what is there");
  }
  tables.findings.push_back(
      {"rows that are no events by the mapping", "left out", rows_.rows() - events});
  tables.findings.push_back({"rows without a time", "left out", events - with_time});
  drop_repeated(tables);
  take_sample(tables, wanted, seed);
  make_users(tables);
  tables.event_count = count(tables.events.name());
  tables.user_count = count(tables.users.name());
  const std::int64_t without_user =
      has("user_key") ? count(tables.events.name() + " where user_id is null") : tables.event_count;
  tables.findings.push_back({"generations without a user", "kept outside sessions", without_user});
  return tables;
}

}  // namespace

bool EventTables::has(std::string_view column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

EventTables read_events(duck::Connection& connection, const prompts::RunQuery& run,
                        const prompts::EventRows& rows, const Mapping& mapping, std::int64_t wanted,
                        std::uint64_t seed) {
  return Reader(connection, run, rows, mapping).read(wanted, seed);
}

std::vector<Finding> find_odd_events(duck::Connection& connection, const prompts::EventRows& rows,
                                     const Mapping& mapping) {
  const EventSql sql = select_events(rows, mapping, prompts::latest_time_us());
  std::vector<Finding> findings;
  if (sql.odd.empty()) return findings;
  constexpr std::size_t kShown = 40;
  std::string list;
  for (const OddEvent& odd : sql.odd) {
    list += fmt::format(
        "{0}count(*) filter ({1}), min(event_row) filter ({1}), "
        "arg_min({2}, event_row) filter ({1})",
        list.empty() ? "" : ", ", odd.condition, odd.text);
  }
  const duck::Result counts =
      connection.query(fmt::format("select {} from ({})", list, sql.select));
  for (std::size_t i = 0; i < sql.odd.size(); ++i) {
    const OddEvent& odd = sql.odd[i];
    const std::int64_t count = counts.int64(0, 3 * i);
    if (count == 0) continue;
    findings.push_back({fmt::format("values of '{}' that are {}", odd.column, odd.what),
                        std::string(odd.rule), count, odd.column,
                        rows.place_of(counts.int64(0, 3 * i + 1)),
                        prompts::printable(counts.text(0, 3 * i + 2), kShown)});
  }
  return findings;
}

}  // namespace gsa::telemetry
