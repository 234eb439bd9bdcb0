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
        mapping_(mapping),
        attributes_(attributes_of(rows, mapping)),
        sql_(select_events(rows, mapping, prompts::latest_time_us(), attributes_)) {}

  EventTables read(std::int64_t wanted, std::uint64_t seed);

 private:
  std::int64_t count(const std::string& from) {
    return connection_.query_int64("select count(*) from " + from);
  }
  bool has(std::string_view column) const {
    return std::find(sql_.columns.begin(), sql_.columns.end(), column) != sql_.columns.end();
  }
  std::int64_t leave_out_forgotten(EventTables& tables);
  void drop_repeated(EventTables& tables);
  void take_sample(EventTables& tables, std::int64_t wanted, std::uint64_t seed);
  void make_users(EventTables& tables);
  void find_attributes(EventTables& tables);

  duck::Connection& connection_;
  const prompts::RunQuery& run_;
  const prompts::EventRows& rows_;
  const Mapping& mapping_;
  std::vector<Attribute> attributes_;
  EventSql sql_;
};

// Keeps the generation keys of the forgotten rows. Returns their number.
std::int64_t Reader::leave_out_forgotten(EventTables& tables) {
  connection_.execute(tables.forgotten.create_as(
      sql_.forgotten.empty()
          ? "select null::varchar as generation_key where false"
          : fmt::format("select {} as generation_key from ({})",
                        has("generation_key") ? "generation_key" : "null::varchar",
                        sql_.forgotten)));
  return count(tables.forgotten.name());
}

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
  tables.findings.push_back({std::string(kRepeatedKeys), "replaced by it", repeated});
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
  tables.user_columns = {"first_seen"};
  for (const char* trait : {"user_tier", "region", "device_type"}) {
    if (has(trait)) {
      tables.user_columns.emplace_back(trait);
      traits += fmt::format(
          ", arg_max({0}, (generated_at, generation_id)) filter ({0} is not null) as {0}", trait);
    }
  }
  if (has("signup_at")) {
    tables.user_columns.emplace_back("signup_at");
    traits += ", min(signup_at) as signup_at";
  }
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

void Reader::find_attributes(EventTables& tables) {
  tables.attributes = attributes_;
  if (has("plain_user_key")) leave_out_keys(connection_, tables.events.name(), tables.attributes);
  for (const auto& [path, column] :
       changing_traits(connection_, mapping_, tables, tables.events.name())) {
    add_attribute(path, column, tables.attributes);
  }
  choose_dimensions(connection_, tables.events.name(), mapping_, tables.attributes);
}

EventTables Reader::read(std::int64_t wanted, std::uint64_t seed) {
  if (rows_.rows() > kMostRows) {
    throw Error(fmt::format("the source has {} rows, more than {} ids",
                            with_thousands(rows_.rows()), with_thousands(kMostRows)));
  }
  EventTables tables{prompts::TempTable(connection_, "gsa_events"),
                     prompts::TempTable(connection_, "gsa_event_users"),
                     prompts::TempTable(connection_, "gsa_forgotten_events"), sql_.columns};
  tables.rows_in_source = rows_.rows();
  run_("reading events", rows_.rows(),
       tables.events.create_as(fmt::format(
           "select event_row::integer as generation_id, null::integer as user_id, {}, {} as is_odd "
           "from ({}) where generated_at is not null or is_odd",
           join(sql_.columns, ", "), sql_.is_odd.empty() ? "false" : sql_.is_odd, sql_.select)));
  tables.has_odd = count(tables.events.name() + " where is_odd") > 0;
  connection_.execute(fmt::format("alter table {} drop column is_odd", tables.events.name()));
  if (tables.has_odd) {
    connection_.execute(
        fmt::format("delete from {} where generated_at is null", tables.events.name()));
  }
  const std::int64_t events =
      connection_.query_int64(fmt::format("select count(*) from ({})", sql_.select));
  const std::int64_t with_time = count(tables.events.name());
  const std::int64_t forgotten = leave_out_forgotten(tables);
  tables.rows_of_events = events;
  tables.findings.push_back(
      {"rows that are no events by the mapping", "left out", rows_.rows() - events - forgotten});
  tables.findings.push_back(forgotten_rows(forgotten));
  tables.findings.push_back({"rows without a time", "left out", events - with_time});
  drop_repeated(tables);
  take_sample(tables, wanted, seed);
  make_users(tables);
  find_attributes(tables);
  tables.event_count = count(tables.events.name());
  tables.user_count = count(tables.users.name());
  const std::int64_t without_user =
      has("user_key") ? count(tables.events.name() + " where user_id is null") : tables.event_count;
  tables.findings.push_back({std::string(kWithoutUser), "kept outside sessions", without_user});
  return tables;
}

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The last row for each key, as a temporary table.
void keep_last(duck::Connection& connection, const EventSql& sql, const std::string& key,
               const prompts::TempTable& into) {
  connection.execute(into.create_as(fmt::format(
      "select {0} from ({1}) where {2} is not null qualify row_number() over (partition by {2} "
      "order by event_row desc) = 1",
      join(sql.columns, ", "), sql.select, key)));
}

}  // namespace

bool EventTables::has(std::string_view column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool EventTables::users_have(std::string_view column) const {
  return is_among(user_columns, column);
}

std::vector<std::pair<std::string, std::string>> traits_of(const Mapping& mapping,
                                                           const EventTables& tables) {
  std::vector<std::pair<std::string, std::string>> traits;
  for (const auto& [signal, column] :
       {std::pair(Signal::tier, "user_tier"), std::pair(Signal::region, "region"),
        std::pair(Signal::device, "device_type")}) {
    const SignalSource* source = mapping.find(signal);
    if (source == nullptr || source->paths.size() != 1 || !tables.users_have(column)) continue;
    traits.emplace_back(source->paths.front(), column);
  }
  return traits;
}

std::vector<std::pair<std::string, std::string>> changing_traits(duck::Connection& connection,
                                                                 const Mapping& mapping,
                                                                 const EventTables& tables,
                                                                 const std::string& events) {
  const auto traits = traits_of(mapping, tables);
  std::vector<std::pair<std::string, std::string>> changing;
  std::string list;
  for (const auto& [path, column] : traits) {
    list += fmt::format("{0}bool_or(events.{1} <> users.{1})::varchar", list.empty() ? "" : ", ",
                        column);
  }
  if (traits.empty()) return {};
  const duck::Result changes =
      connection.query(fmt::format("select {} from {} as events join {} as users using (user_id)",
                                   list, events, tables.users.name()));
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (changes.text(0, i) == "true") changing.push_back(traits[i]);
  }
  return changing;
}

void add_user_records(duck::Connection& connection, const prompts::EventRows& rows,
                      const Mapping& mapping, EventTables& tables) {
  Mapping of_users = mapping;
  // In a table of users, the time of a row is that of the signup.
  const auto time = of_users.signals.find(Signal::time);
  if (of_users.find(Signal::signup) == nullptr && time != of_users.signals.end()) {
    of_users.signals[Signal::signup] = time->second;
  }
  const EventSql sql = select_events(rows, of_users, prompts::latest_time_us());
  if (!is_among(sql.columns, "user_key")) {
    throw Error("the source of users has no column for the user's key",
                "name it in its mapping: user");
  }
  const prompts::TempTable records(connection, "gsa_user_records");
  keep_last(connection, sql, "user_key", records);
  std::string list;
  std::vector<std::string> columns = {"first_seen"};
  for (const char* column : {"user_tier", "region", "device_type", "signup_at"}) {
    const bool is_known = tables.users_have(column), is_told = is_among(sql.columns, column);
    if (!is_known && !is_told) continue;
    columns.emplace_back(column);
    list += is_known && is_told ? fmt::format(", coalesce(records.{0}, users.{0}) as {0}", column)
                                : fmt::format(", {1}.{0}", column, is_told ? "records" : "users");
  }
  const prompts::TempTable joined(connection, "gsa_joined_users");
  connection.execute(joined.create_as(fmt::format(
      "select coalesce(users.user_id, row_number() over (order by users.user_id nulls last, "
      "records.user_key) - 1)::integer as user_id, coalesce(users.user_key, records.user_key) as "
      "user_key, users.first_seen{} from {} as users full join {} as records on users.user_key = "
      "records.user_key",
      list, tables.users.name(), records.name())));
  connection.execute(
      tables.users.create_as(fmt::format("select * from {} order by user_id", joined.name())));
  tables.user_columns = std::move(columns);
  tables.user_count = connection.query_int64("select count(*) from " + tables.users.name());
}

FeedbackRecords read_feedback(duck::Connection& connection, const prompts::EventRows& rows,
                              const Mapping& mapping) {
  const EventSql sql = select_events(rows, mapping, prompts::latest_time_us());
  if (!is_among(sql.columns, "generation_key")) {
    throw Error("the source of feedback has no column for the key of the generation",
                "name it in the mapping: generation");
  }
  FeedbackRecords records{prompts::TempTable(connection, "gsa_feedback_records")};
  for (const char* column : {"feedback", "downloaded"}) {
    if (is_among(sql.columns, column)) records.columns.emplace_back(column);
  }
  keep_last(connection, sql, "generation_key", records.last);
  return records;
}

Finding feedback_without(duck::Connection& connection, const FeedbackRecords& records,
                         const std::vector<std::string>& generations) {
  std::string without;
  for (const std::string& one : generations) {
    without += fmt::format(" anti join {} using (generation_key)", one);
  }
  return {"feedback for generations that are not in the source", "left out",
          connection.query_int64(
              fmt::format("select count(*) from {}{}", records.last.name(), without))};
}

void add_feedback(duck::Connection& connection, const FeedbackRecords& records,
                  EventTables& tables) {
  if (!tables.has("generation_key")) {
    throw Error("the events have no key, so feedback cannot be tied to them",
                "name it in the mapping: generation");
  }
  connection.execute(fmt::format(
      "delete from {} where generation_key in (select generation_key from {} where generation_key "
      "not in (select generation_key from {} where generation_key is not null))",
      records.last.name(), tables.forgotten.name(), tables.events.name()));
  for (const std::string& column : records.columns) {
    if (!tables.has(column)) {
      connection.execute(fmt::format("alter table {} add column {} {}", tables.events.name(),
                                     column, column == "feedback" ? "utinyint" : "boolean"));
      tables.columns.emplace_back(column);
    }
    connection.execute(
        fmt::format("update {0} as events set {1} = records.{1} from {2} as records where "
                    "events.generation_key = records.generation_key and records.{1} is not null",
                    tables.events.name(), column, records.last.name()));
  }
}

EventTables read_events(duck::Connection& connection, const prompts::RunQuery& run,
                        const prompts::EventRows& rows, const Mapping& mapping, std::int64_t wanted,
                        std::uint64_t seed) {
  return Reader(connection, run, rows, mapping).read(wanted, seed);
}

void require_events(const EventTables& tables) {
  if (tables.event_count > 0) return;
  const auto forgotten =
      std::find_if(tables.findings.begin(), tables.findings.end(),
                   [](const Finding& finding) { return finding.what == forgotten_rows(0).what; });
  if (forgotten != tables.findings.end() && forgotten->count > 0) {
    throw Error("every event of the source is of a user who is to be forgotten",
                "gsa forget --list shows who is");
  }
  throw Error(tables.rows_of_events == 0 ? "no row of the source is an event"
                                         : "no row of the source has a time that can be read",
              "gsa inspect SOURCE shows what is there");
}

Finding drop_late_signups(duck::Connection& connection, EventTables& tables) {
  Finding finding = {"users whose signup is after their first generation", "left unknown", 0};
  if (!tables.users_have("signup_at")) return finding;
  const std::string late = fmt::format("from {} where signup_at > first_seen", tables.users.name());
  finding.count = connection.query_int64("select count(*) " + late);
  if (finding.count > 0) {
    connection.execute(fmt::format("update {} set signup_at = null where signup_at > first_seen",
                                   tables.users.name()));
  }
  return finding;
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
