#include "assets/row_sums.h"

#include <algorithm>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/function.h"

namespace gsa::assets {

using duck::Type;

RowSums::RowSums(duck::Connection& connection) {
  const auto add = [sums = sums_](const duck::Arguments& arguments, duck::Output& output) {
    const auto* numbers = arguments.column<std::uint64_t>(0);
    const auto* hashes = arguments.column<std::uint64_t>(1);
    RowSum sum;
    sum.rows = static_cast<std::int64_t>(arguments.rows());
    for (std::size_t row = 0; row < arguments.rows(); ++row) sum.hashes += hashes[row];
    std::fill_n(output.data<bool>(), arguments.rows(), true);
    if (arguments.rows() == 0) return;
    const std::lock_guard lock(sums->mutex);
    RowSum& total = sums->by_number[numbers[0]];
    total.rows += sum.rows;
    total.hashes += sum.hashes;
  };
  duck::register_function(connection,
                          {"gsa_row_passes",
                           {Type::of(duck::TypeId::ubigint), Type::of(duck::TypeId::ubigint)},
                           Type::of(duck::TypeId::boolean),
                           add,
                           false});
}

RowSums::Watched RowSums::watch(const std::string& column, const std::string& hash) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(sums_->mutex);
    number = ++sums_->last;
  }
  // A CASE passes a column of any type through, nulls included, without copying it.
  return {
      fmt::format("select * replace (case when gsa_row_passes({0}::ubigint, {2}) then {1} end as "
                  "{1}) from (",
                  number, sql_name(column), hash),
      ") as __gsa_row", number};
}

std::optional<RowSums::Watched> RowSums::watch_query(duck::Connection& connection,
                                                     const std::string& select) {
  try {
    const duck::Result columns = connection.query("describe select * from (\n" + select + "\n)");
    if (is_nested(columns.text(0, 1))) return std::nullopt;
    return watch(columns.text(0, 0), row_hash_sql(columns));
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return std::nullopt;  // running the query will report the error
  }
}

RowSum RowSums::take(std::uint64_t number) {
  const std::lock_guard lock(sums_->mutex);
  const auto found = sums_->by_number.find(number);
  if (found == sums_->by_number.end()) return {};
  const RowSum sum = found->second;
  sums_->by_number.erase(found);
  return sum;
}

}  // namespace gsa::assets
