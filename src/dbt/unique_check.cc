#include "dbt/unique_check.h"

#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// What test unique is of, as it stands in its query.
struct Tested {
  std::string column;  // an expression
  std::string model;   // a relation, or a query in parentheses
};

std::optional<Tested> tested_by(std::string_view query) {
  constexpr std::string_view kSelect = "select\n    ",
                             kFrom = " as unique_field,\n    count(*) as n_records\nfrom ";
  query = trim(query);
  const std::size_t from = query.find(kFrom);
  if (!query.starts_with(kSelect) || from == std::string_view::npos) return std::nullopt;
  const std::string column(query.substr(kSelect.size(), from - kSelect.size()));
  const std::string rest =
      fmt::format("\nwhere {0} is not null\ngroup by {0}\nhaving count(*) > 1", column);
  const std::string_view model = query.substr(from + kFrom.size());
  if (!model.ends_with(rest)) return std::nullopt;
  return Tested{column, std::string(model.substr(0, model.size() - rest.size()))};
}

bool has_distinct_integers(duck::Connection& connection, const Tested& tested) {
  const duck::Result range = connection.query(fmt::format(
      "select count(v), min(v)::bigint, max(v)::bigint from (select {} as v from {}) "
      "having typeof(min(v)) in ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', "
      "'USMALLINT', 'UINTEGER')",
      tested.column, tested.model));
  if (range.rows() == 0) return false;
  const std::int64_t values = range.int64(0, 0);
  if (values == 0) return true;
  const std::int64_t least = range.int64(0, 1), most = range.int64(0, 2);
  // A bitmap for each thread, of at most a byte a value: less than groups would take.
  constexpr std::uint64_t kBitsOfAValue = 8;
  const std::uint64_t width = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  if (width >= kBitsOfAValue * static_cast<std::uint64_t>(values)) return false;
  return connection.query_int64(fmt::format(
             "select bit_count(bitstring_agg(v, {}, {}))::bigint from (select {} as v from {})",
             least, most, tested.column, tested.model)) == values;
}

}  // namespace

bool is_surely_unique(duck::Connection& connection, std::string_view query) {
  const std::optional<Tested> tested = tested_by(query);
  if (!tested) return false;
  try {
    return has_distinct_integers(connection, *tested);
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return false;  // the query itself will say what is wrong
  }
}

}  // namespace gsa::dbt
