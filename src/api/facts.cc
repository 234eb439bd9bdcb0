#include "api/facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/api_error.h"
#include "assets/publication.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::uint8_t kNull = 255;               // the code of null while reading
constexpr std::size_t kMaxValues = 254;           // of an attribute
constexpr std::int64_t kMaxRows = 2'000'000'000;  // what 32-bit offsets hold, with a margin

struct Source {
  Level level;
  std::string table;  // with the alias that the catalogue's SQL uses
};

const Source& source_of(Level level) {
  static const std::array<Source, 3> sources = {{{Level::user, "dim_users as u"},
                                                 {Level::session, "fct_sessions as s"},
                                                 {Level::generation, "fct_generations as g"}}};
  return sources[static_cast<std::size_t>(level)];
}

// How an attribute is read: an expression that gives its code.
struct Coding {
  Dim dim;
  std::string sql;
  bool is_constant = false;
};

std::vector<std::string> texts(duck::Connection& connection, const std::string& select) {
  const duck::Result rows = connection.query(select);
  std::vector<std::string> texts;
  for (std::size_t r = 0; r < rows.rows(); ++r) texts.push_back(rows.text(r, 0));
  return texts;
}

// The attribute's values, and how to read it.
Coding make_coding(duck::Connection& connection, const Dimension& dimension, CodeColumn& column) {
  const std::string table = source_of(dimension.level).table;
  const std::string sql(dimension.sql);
  const std::string type =
      connection.query(fmt::format("select any_value(typeof({})) from {}", sql, table)).text(0, 0);
  Coding coding{dimension.dim, ""};
  std::vector<std::string> values;
  if (type.starts_with("ENUM(")) {
    values = texts(connection, fmt::format("select unnest(enum_range(null::{}))::varchar", type));
    coding.sql = fmt::format("coalesce(enum_code({}), {})::utinyint", sql, kNull);
  } else {
    values = texts(connection, fmt::format("select distinct ({0})::varchar as v from {1} where {0} "
                                           "is not null order by v limit {2}",
                                           sql, table, kMaxValues + 1));
    coding.sql = fmt::format("case ({})::varchar", sql);
    for (std::size_t i = 0; i < values.size() && i <= kMaxValues; ++i) {
      coding.sql += fmt::format(" when {} then {}", sql_quote(values[i]), i);
    }
    coding.sql = values.empty() ? fmt::format("{}::utinyint", kNull)
                                : fmt::format("({} else {} end)::utinyint", coding.sql, kNull);
  }
  if (values.size() > kMaxValues) {
    throw Error(fmt::format("{} has more than {} values, too many to split by", sql, kMaxValues));
  }
  column.occurs.assign(values.size() + 1, false);
  for (std::string& value : values) {
    if (dimension.type == DimType::boolean) {
      column.values.emplace_back(value == "true");
    } else {
      column.values.emplace_back(std::move(value));
    }
  }
  column.values.emplace_back(std::monostate{});
  return coding;
}

// What is the same in every row needs not be read row by row: the columns that say where a signal
// came from mostly are.
void find_constants(duck::Connection& connection, Level level, std::vector<Coding>& codings,
                    std::array<CodeColumn, kDims>& columns) {
  if (codings.empty()) return;
  std::vector<std::string> bounds;
  for (const Coding& coding : codings) {
    bounds.push_back(fmt::format("min({0})::integer, max({0})::integer", coding.sql));
  }
  const duck::Result row = connection.query(
      fmt::format("select {} from {}", join(bounds, ", "), source_of(level).table));
  for (std::size_t i = 0; i < codings.size(); ++i) {
    if (row.is_null(0, 2 * i) || row.int64(0, 2 * i) != row.int64(0, 2 * i + 1)) continue;
    CodeColumn& column = columns[static_cast<std::size_t>(codings[i].dim)];
    const auto code = static_cast<std::size_t>(row.int64(0, 2 * i));
    column.constant = static_cast<std::uint8_t>(std::min(code, column.values.size() - 1));
    column.occurs[column.constant] = true;
    codings[i].is_constant = true;
  }
}

std::vector<Coding> codings_of(duck::Connection& connection, Level level,
                               std::array<CodeColumn, kDims>& columns) {
  std::vector<Coding> codings;
  for (const Dimension& dimension : dimensions()) {
    if (dimension.level != level || !Facts::is_stored(dimension.dim)) continue;
    codings.push_back(
        make_coding(connection, dimension, columns[static_cast<std::size_t>(dimension.dim)]));
  }
  find_constants(connection, level, codings, columns);
  std::erase_if(codings, [](const Coding& coding) { return coding.is_constant; });
  return codings;
}

std::string columns_sql(const std::vector<Coding>& codings) {
  std::string sql;
  for (const Coding& coding : codings) sql += ", " + coding.sql;
  return sql;
}

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
    const duck::Result row = connection_.query(
        "select (select count(*) from dim_users), (select count(*) from fct_sessions), "
        "(select count(*) from fct_generations), "
        "(select count(*) from fct_generations where session_id is null), "
        "(select min(session_date) - date '1970-01-01' from fct_sessions)::integer, "
        "(select max(session_date) - date '1970-01-01' from fct_sessions)::integer, "
        "(select coalesce(sum(cost_credits) filter (where session_id is null), 0) * 10000 from "
        "fct_generations)::bigint, "
        "(select coalesce(sum(cost_credits), 0) * 10000 from fct_generations)::bigint");
    if (row.int64(0, 2) > kMaxRows) throw Error("more generations than the dashboard can hold");
    facts_.users = static_cast<std::size_t>(row.int64(0, 0));
    facts_.sessions = static_cast<std::size_t>(row.int64(0, 1));
    facts_.generations_outside_sessions = row.int64(0, 3);
    facts_.cost_outside_sessions = row.int64(0, 6);
    facts_.cost_of_all = row.int64(0, 7);
    facts_.generations =
        static_cast<std::size_t>(row.int64(0, 2) - facts_.generations_outside_sessions);
    if (facts_.sessions == 0) return;
    facts_.first_day = static_cast<Day>(row.int64(0, 4));
    facts_.last_day = static_cast<Day>(row.int64(0, 5));
    cover_months();
    if (facts_.days() > std::numeric_limits<std::uint16_t>::max()) {
      throw Error("sessions span more than 179 years");
    }
  }

  // A simulated month is known on all of its days, also where no session began on the first or
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
    codings_ = codings_of(connection_, Level::user, facts_.attributes);
    reserve(facts_.users);
    facts_.user_ids.reserve(facts_.users);
    facts_.signup_day.reserve(facts_.users);
    stream(fmt::format("select user_id::bigint, coalesce(signup_at::date - date '1970-01-01', "
                       "{})::integer{} from dim_users as u order by user_id",
                       Facts::kNoDay, columns_sql(codings_)),
           2, [&](const duck::Chunk& chunk) {
             append(facts_.user_ids, chunk.column<std::int64_t>(0), chunk.rows());
             append(facts_.signup_day, chunk.column<std::int32_t>(1), chunk.rows());
           });
    check_count("dim_users", facts_.user_ids.size(), facts_.users);
  }

  void read_sessions() {
    codings_ = codings_of(connection_, Level::session, facts_.attributes);
    reserve(facts_.sessions);
    facts_.session_ids.reserve(facts_.sessions);
    facts_.user_of.reserve(facts_.sessions);
    facts_.day.reserve(facts_.sessions);
    facts_.hour.reserve(facts_.sessions);
    for (auto* column : {&facts_.friction, &facts_.error_points, &facts_.latency_points,
                         &facts_.retry_points, &facts_.duration}) {
      column->reserve(facts_.sessions);
    }
    facts_.first_generation.reserve(facts_.sessions + 1);
    std::size_t user = 0;
    std::uint32_t generation = 0;
    stream(fmt::format(
               "select session_id::integer, user_id::bigint, "
               "(session_date - date '1970-01-01' - {})::usmallint, hour(session_start)::utinyint, "
               "(friction_score * 10000)::integer, (friction_error_points * 10000)::integer, "
               "(friction_latency_points * 10000)::integer, "
               "(friction_retry_points * 10000)::integer, (session_duration_min * 100)::integer, "
               "total_generations::uinteger{} from fct_sessions as s "
               "order by s.user_id, s.session_start, s.session_id",
               facts_.first_day, columns_sql(codings_)),
           10, [&](const duck::Chunk& chunk) {
             const std::size_t rows = chunk.rows();
             append(facts_.session_ids, chunk.column<std::int32_t>(0), rows);
             append(facts_.day, chunk.column<std::uint16_t>(2), rows);
             append(facts_.hour, chunk.column<std::uint8_t>(3), rows);
             append(facts_.friction, chunk.column<std::int32_t>(4), rows);
             append(facts_.error_points, chunk.column<std::int32_t>(5), rows);
             append(facts_.latency_points, chunk.column<std::int32_t>(6), rows);
             append(facts_.retry_points, chunk.column<std::int32_t>(7), rows);
             append(facts_.duration, chunk.column<std::int32_t>(8), rows);
             for (std::size_t r = 0; r < rows; ++r) {
               user = index_of(chunk.column<std::int64_t>(1)[r], user);
               facts_.user_of.push_back(static_cast<std::uint32_t>(user));
               facts_.first_generation.push_back(generation);
               generation += chunk.column<std::uint32_t>(9)[r];
             }
           });
    facts_.first_generation.push_back(generation);
    check_count("fct_sessions", facts_.session_ids.size(), facts_.sessions);
    check_count("the sessions' generations", generation, facts_.generations);
  }

  void read_generations() {
    codings_ = codings_of(connection_, Level::generation, facts_.attributes);
    reserve(facts_.generations);
    facts_.latency.reserve(facts_.generations);
    facts_.token_count.reserve(facts_.generations);
    facts_.cost.reserve(facts_.generations);
    facts_.retries.reserve(facts_.generations);
    facts_.images.reserve(facts_.generations);
    std::size_t session = 0;
    // A user's sessions follow each other in time, so this is the order of their sessions too.
    stream(fmt::format(
               "select session_id::integer, coalesce(latency_ms, 0)::integer, "
               "coalesce(token_count, 0)::integer, (coalesce(cost_credits, 0) * 10000)::bigint, "
               "coalesce(retry_count, 0)::usmallint, coalesce(image_count, 0)::usmallint{} "
               "from fct_generations as g where session_id is not null "
               "order by g.user_id, g.generated_at, g.generation_id",
               columns_sql(codings_)),
           6, [&](const duck::Chunk& chunk) {
             const std::size_t rows = chunk.rows();
             const auto* sessions = chunk.column<std::int32_t>(0);
             for (std::size_t r = 0; r < rows; ++r) {
               const std::size_t generation = facts_.latency.size() + r;
               while (session < facts_.sessions &&
                      facts_.first_generation[session + 1] <= generation) {
                 ++session;
               }
               if (session == facts_.sessions || facts_.session_ids[session] != sessions[r]) {
                 throw Error("fct_generations and fct_sessions do not tell of the same sessions");
               }
             }
             append(facts_.latency, chunk.column<std::int32_t>(1), rows);
             append(facts_.token_count, chunk.column<std::int32_t>(2), rows);
             append(facts_.cost, chunk.column<std::int64_t>(3), rows);
             append(facts_.retries, chunk.column<std::uint16_t>(4), rows);
             append(facts_.images, chunk.column<std::uint16_t>(5), rows);
           });
    check_count("fct_generations", facts_.latency.size(), facts_.generations);
  }

  // Streams `select`, whose columns from `first_code` on are the codes of codings_.
  void stream(const std::string& select, std::size_t first_code,
              const std::function<void(const duck::Chunk&)>& each) {
    connection_.stream_chunks(select, [&](const duck::Chunk& chunk) {
      each(chunk);
      for (std::size_t i = 0; i < codings_.size(); ++i) {
        CodeColumn& column = facts_.attributes[static_cast<std::size_t>(codings_[i].dim)];
        const auto* codes = chunk.column<std::uint8_t>(first_code + i);
        const auto last = static_cast<std::uint8_t>(column.values.size() - 1);
        for (std::size_t r = 0; r < chunk.rows(); ++r) {
          const std::uint8_t code = std::min(codes[r], last);
          column.codes.push_back(code);
          column.occurs[code] = true;
        }
      }
      return true;
    });
  }

  void reserve(std::size_t rows) {
    for (const Coding& coding : codings_) {
      facts_.attributes[static_cast<std::size_t>(coding.dim)].codes.reserve(rows);
    }
  }

  template <typename T>
  static void append(std::vector<T>& column, const T* values, std::size_t rows) {
    column.insert(column.end(), values, values + rows);
  }

  // Sessions come in the order of users, so the user is the last one or soon after it.
  std::size_t index_of(std::int64_t id, std::size_t from) const {
    while (from < facts_.users && facts_.user_ids[from] < id) ++from;
    if (from == facts_.users || facts_.user_ids[from] != id) {
      throw Error(fmt::format("fct_sessions has user {}, whom dim_users does not know", id));
    }
    return from;
  }

  static void check_count(std::string_view what, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    throw Error(fmt::format("{}: {} rows where {} were expected", what, found, expected));
  }

  duck::Connection& connection_;
  Facts& facts_;
  std::vector<Coding> codings_;  // of the table that is being read
};

}  // namespace

std::optional<std::uint8_t> CodeColumn::code_of(std::string_view text) const {
  for (std::size_t code = 0; code < values.size(); ++code) {
    const auto* value = std::get_if<std::string>(&values[code]);
    if (value != nullptr && *value == text) return static_cast<std::uint8_t>(code);
  }
  return std::nullopt;
}

bool Facts::is_stored(Dim dim) {
  switch (dim) {
    case Dim::user:
    case Dim::session_length:
    case Dim::day:
    case Dim::week:
    case Dim::month:
    case Dim::hour:
    case Dim::hour_of_day:
    case Dim::weekday:
      return false;
    default:
      return true;
  }
}

std::optional<std::size_t> Facts::find_user(std::int64_t id) const {
  const auto found = std::lower_bound(user_ids.begin(), user_ids.end(), id);
  if (found == user_ids.end() || *found != id) return std::nullopt;
  return static_cast<std::size_t>(found - user_ids.begin());
}

std::size_t Facts::bytes() const {
  const auto of = [](const auto& column) { return column.capacity() * sizeof(column[0]); };
  std::size_t bytes = of(user_ids) + of(signup_day) + of(session_ids) + of(user_of) + of(day) +
                      of(hour) + of(friction) + of(error_points) + of(latency_points) +
                      of(retry_points) + of(duration) + of(first_generation) + of(latency) +
                      of(token_count) + of(cost) + of(retries) + of(images);
  for (const CodeColumn& column : attributes) bytes += of(column.codes);
  return bytes;
}

std::int64_t publication_of(duck::Connection& connection) {
  if (!assets::has_records(connection)) return 0;
  return connection.query_int64(
      "select coalesce(max(run_id), 0)::bigint from ops.runs where published");
}

Facts read_facts(duck::Connection& connection) {
  Facts facts;
  connection.execute("begin transaction read only");
  try {
    for (const char* table : {"dim_users", "fct_sessions", "fct_generations"}) {
      if (connection.has_table("main", table)) continue;
      throw ApiError("not_published", 409, fmt::format("{} is not published yet", table),
                     "make it with: gsa run");
    }
    facts.publication = publication_of(connection);
    FactsReader(connection, facts).read();
    connection.execute("commit");
  } catch (...) {
    connection.execute("rollback");
    throw;
  }
  return facts;
}

}  // namespace gsa::api
