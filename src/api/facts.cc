#include "api/facts.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/fact_coding.h"
#include "assets/history.h"
#include "assets/publication.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/relation_list.h"
#include "semantic/attribute_dimensions.h"
#include "semantic/currency.h"
#include "semantic/layer_binding.h"
#include "semantic/layer_json.h"
#include "semantic/layer_sql.h"
#include "semantic/published_layer.h"

namespace gsa::api {
namespace {

constexpr std::int64_t kMostGenerations = 2'000'000'000;  // limit of 32-bit offsets, with a margin

class FactsReader {
 public:
  FactsReader(duck::Connection& connection, Facts& facts)
      : connection_(connection), facts_(facts) {}

  void read() {
    count();
    read_users();
    read_sessions();
    read_generations();
  }

 private:
  void count() {
    const Layer& layer = *facts_.layer;
    const duck::Result row = connection_.query(
        fmt::format("select (select count(*) from {0}), (select count(*) from {1}), (select "
                    "count(*) from {2}), "
                    "(select count(*) from {2} where not ({3})), "
                    "(select min({4})::date - date '1970-01-01' from {1})::integer, "
                    "(select max({4})::date - date '1970-01-01' from {1})::integer",
                    from_sql(layer, Level::user), from_sql(layer, Level::session),
                    from_sql(layer, Level::generation), in_sessions_sql(layer),
                    layer.table(Level::session).day));
    if (row.int64(0, 2) > kMostGenerations)
      throw Error("more generations than the dashboard can hold");
    facts_.users = static_cast<std::size_t>(row.int64(0, 0));
    facts_.sessions = static_cast<std::size_t>(row.int64(0, 1));
    facts_.generations_outside_sessions = row.int64(0, 3);
    facts_.generations =
        static_cast<std::size_t>(row.int64(0, 2) - facts_.generations_outside_sessions);
    sum_outside();
    if (facts_.sessions == 0) return;
    facts_.first_day = static_cast<Day>(row.int64(0, 4));
    facts_.last_day = static_cast<Day>(row.int64(0, 5));
    cover_months();
    if (facts_.days() > std::numeric_limits<std::uint16_t>::max()) {
      throw Error("sessions span more than 179 years");
    }
  }

  void sum_outside() {
    const Layer& layer = *facts_.layer;
    const std::string from = from_sql(layer, Level::generation);
    std::vector<std::string> sums;
    std::vector<const Measure*> measures;
    for (const Measure& measure : layer.measures) {
      if (!measure.outside) continue;
      sums.push_back(fmt::format(
          "(select ({0})::double from {1} where not ({2})), (select ({0})::double from {1})",
          semantic::aggregate_sql(layer.bases[measure.part]), from, in_sessions_sql(layer)));
      measures.push_back(&measure);
    }
    if (sums.empty()) return;
    const duck::Result row = connection_.query("select " + join(sums, ", "));
    for (std::size_t i = 0; i < measures.size(); ++i) {
      if (row.is_null(0, 2 * i)) continue;  // unknown
      facts_.outside.push_back({measures[i], row.float64(0, 2 * i), row.float64(0, 2 * i + 1)});
    }
  }

  // The data of a simulated month cover all its days, even if no session began on the first or the
  // last.
  void cover_months() {
    const auto made = assets::read_provenance(connection_);
    constexpr std::size_t kMonth = 7;  // "2025-12", or "2025-10 to 2026-02"
    if (!made || made->behavior != "simulated" || made->period.size() < kMonth) return;
    const auto first = parse_day(made->period.substr(0, kMonth) + "-01");
    const auto last = parse_day(made->period.substr(made->period.size() - kMonth) + "-01");
    if (!first || !last) return;
    facts_.first_day = std::min(facts_.first_day, *first);
    facts_.last_day = std::max(facts_.last_day, last_of_month(*last));
  }

  void read_users() {
    const semantic::Table& table = facts_.layer->table(Level::user);
    LevelColumns columns(connection_, Level::user, facts_);
    facts_.user_ids.reserve(facts_.users);
    facts_.signup_day.reserve(facts_.users);
    connection_.stream_chunks(
        fmt::format(
            "select ({0})::bigint, coalesce(({1})::date - date '1970-01-01', {2})::integer{3}"
            " from {4} order by {0}",
            table.key, table.day, Facts::kNoDay, columns.sql(),
            from_sql(*facts_.layer, Level::user)),
        [&](const duck::Chunk& chunk) {
          append(facts_.user_ids, chunk.column<std::int64_t>(0), chunk.rows());
          append(facts_.signup_day, chunk.column<std::int32_t>(1), chunk.rows());
          columns.append(chunk, 2);
          return true;
        });
    columns.finish();
    check_count(table, facts_.user_ids.size(), facts_.users);
  }

  void read_sessions() {
    const semantic::Table& table = facts_.layer->table(Level::session);
    LevelColumns columns(connection_, Level::session, facts_);
    session_ids_.reserve(facts_.sessions);
    facts_.user_of.reserve(facts_.sessions);
    facts_.day.reserve(facts_.sessions);
    facts_.hour.reserve(facts_.sessions);
    std::size_t user = 0;
    connection_.stream_chunks(
        fmt::format("select ({0})::integer, ({1})::bigint, "
                    "(({2})::date - date '1970-01-01' - {3})::usmallint, "
                    "hour(({4})::timestamp)::utinyint{5} from {6} order by {1}, {4}, {0}",
                    table.key, table.user, table.day, facts_.first_day, table.time, columns.sql(),
                    from_sql(*facts_.layer, Level::session)),
        [&](const duck::Chunk& chunk) {
          const std::size_t rows = chunk.rows();
          append(session_ids_, chunk.column<std::int32_t>(0), rows);
          append(facts_.day, chunk.column<std::uint16_t>(2), rows);
          append(facts_.hour, chunk.column<std::uint8_t>(3), rows);
          for (std::size_t r = 0; r < rows; ++r) {
            user = index_of(chunk.column<std::int64_t>(1)[r], user);
            facts_.user_of.push_back(static_cast<std::uint32_t>(user));
          }
          columns.append(chunk, 4);
          return true;
        });
    columns.finish();
    check_count(table, session_ids_.size(), facts_.sessions);
  }

  void read_generations() {
    const semantic::Table& table = facts_.layer->table(Level::generation);
    LevelColumns columns(connection_, Level::generation, facts_);
    facts_.first_generation.reserve(facts_.sessions + 1);
    overlap_ = sessions_overlap();
    if (facts_.sessions > 0) facts_.first_generation.push_back(0);
    std::size_t generation = 0;
    connection_.stream_chunks(
        fmt::format("select ({0})::integer{1} from {2} where {3} order by {4}", table.parent,
                    columns.sql(), from_generations(), in_sessions_sql(*facts_.layer),
                    order_of_generations()),
        [&](const duck::Chunk& chunk) {
          const auto* sessions = chunk.column<std::int32_t>(0);
          for (std::size_t r = 0; r < chunk.rows(); ++r, ++generation) {
            while (facts_.first_generation.size() <= facts_.sessions &&
                   session_ids_[facts_.first_generation.size() - 1] != sessions[r]) {
              facts_.first_generation.push_back(static_cast<std::uint32_t>(generation));
            }
            if (facts_.first_generation.size() > facts_.sessions) throw other_sessions();
          }
          columns.append(chunk, 1);
          return true;
        });
    facts_.first_generation.resize(facts_.sessions + 1, static_cast<std::uint32_t>(generation));
    columns.finish();
    check_count(table, generation, facts_.generations);
  }

  // Sessions by the keys of a source may overlap.
  bool sessions_overlap() const {
    const semantic::Table& table = facts_.layer->table(Level::generation);
    constexpr std::string_view kKey = "session_key";
    if (std::find(table.columns.begin(), table.columns.end(), kKey) == table.columns.end()) {
      return false;
    }
    return connection_.query_int64(
               fmt::format("select count({}) from {}", kKey, semantic::relation_sql(table))) > 0;
  }

  std::string from_generations() const {
    const semantic::Table &generations = facts_.layer->table(Level::generation),
                          &sessions = facts_.layer->table(Level::session);
    std::string from = from_sql(*facts_.layer, Level::generation);
    if (!overlap_) return from;
    return fmt::format("{} join {} on {} = {}", from, from_sql(*facts_.layer, Level::session),
                       generations.parent, sessions.key);
  }

  // The order of the sessions. A user's sessions follow each other in time, unless they overlap.
  std::string order_of_generations() const {
    const semantic::Table &generations = facts_.layer->table(Level::generation),
                          &sessions = facts_.layer->table(Level::session);
    const std::string in_session = fmt::format("{}, {}", generations.time, generations.key);
    if (!overlap_) return fmt::format("{}, {}", generations.user, in_session);
    return fmt::format("{}, {}, {}, {}", sessions.user, sessions.time, sessions.key, in_session);
  }

  Error other_sessions() const {
    return Error(fmt::format("{} and {} do not tell of the same sessions",
                             semantic::relation_sql(facts_.layer->table(Level::generation)),
                             semantic::relation_sql(facts_.layer->table(Level::session))));
  }

  template <typename T>
  static void append(std::vector<T>& column, const T* values, std::size_t rows) {
    column.insert(column.end(), values, values + rows);
  }

  // Sessions are sorted by user, so the user is at `from` or shortly after it.
  std::size_t index_of(std::int64_t id, std::size_t from) const {
    while (from < facts_.users && facts_.user_ids[from] < id) ++from;
    if (from == facts_.users || facts_.user_ids[from] != id) {
      throw Error(fmt::format("{} has user {}, whom {} does not know",
                              semantic::relation_sql(facts_.layer->table(Level::session)), id,
                              semantic::relation_sql(facts_.layer->table(Level::user))));
    }
    return from;
  }

  static void check_count(const semantic::Table& table, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    throw Error(fmt::format("{}: {} rows where {} were expected", semantic::relation_sql(table),
                            found, expected));
  }

  duck::Connection& connection_;
  Facts& facts_;
  std::vector<std::int32_t> session_ids_;  // in the order of the facts
  bool overlap_ = false;                   // a user's sessions may be at the same time
};

}  // namespace

std::optional<std::size_t> Facts::find_user(std::int64_t id) const {
  const auto found = std::lower_bound(user_ids.begin(), user_ids.end(), id);
  if (found == user_ids.end() || *found != id) return std::nullopt;
  return static_cast<std::size_t>(found - user_ids.begin());
}

std::size_t Facts::bytes() const {
  const auto of = [](const auto& column) { return column.capacity() * sizeof(column[0]); };
  std::size_t bytes =
      of(user_ids) + of(signup_day) + of(user_of) + of(day) + of(hour) + of(first_generation);
  for (const auto* columns : {&dimensions, &distinct}) {
    for (const CodeColumn& column : *columns) bytes += column.bytes();
  }
  for (const NumberColumn& column : numbers) bytes += column.bytes();
  return bytes;
}

double unit_of(const Range& range) {
  double unit = 1;
  for (int i = 0; i < range.decimals; ++i) unit *= 10;
  return unit;
}

std::int64_t publication_of(duck::Connection& connection) {
  return published_state(connection).publication;
}

PublishedState published_state(duck::Connection& connection) {
  if (!assets::has_records(connection)) return {};
  const duck::Result row = connection.query(fmt::format(
      "select {}, "
      "(select coalesce(max(table_oid), 0)::bigint from duckdb_tables() where database_name = "
      "current_database() and schema_name = 'ops' and table_name = 'semantic_layer')",
      assets::kLastPublication));
  return {row.int64(0, 0), row.int64(0, 1)};
}

namespace {

std::shared_ptr<const Layer> bound_layer(duck::Connection& connection, const Layer& fallback) {
  const std::string text = semantic::published_text(connection);
  Layer layer = text.empty() ? fallback : semantic::from_json(text);
  std::set<std::pair<std::string, std::string>> standing;
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    standing.emplace(relation.schema, relation.name);
  }
  for (const semantic::Table& table : layer.tables) {
    if (standing.contains({table.schema.empty() ? "main" : table.schema, table.name})) continue;
    throw ApiError("not_published", 409,
                   fmt::format("{} is not published yet", semantic::relation_sql(table)),
                   "make it with: gsa run");
  }
  semantic::add_attributes(layer, connection);
  semantic::bind(layer, connection);
  semantic::name_currencies(layer, semantic::read_currencies(layer, connection));
  return std::make_shared<const Layer>(std::move(layer));
}

}  // namespace

Facts read_facts(duck::Connection& connection, const Layer& fallback) {
  Facts facts;
  const duck::Transaction transaction(connection, duck::Transaction::Kind::read_only);
  facts.layer = bound_layer(connection, fallback);
  facts.published = published_state(connection);
  facts.publication = facts.published.publication;
  facts.dimensions.resize(facts.layer->dimensions.size());
  facts.distinct.resize(facts.layer->bases.size());
  facts.number_of_base.resize(facts.layer->bases.size());
  facts.number_of_range.resize(facts.layer->ranges.size());
  FactsReader(connection, facts).read();
  return facts;
}

}  // namespace gsa::api
