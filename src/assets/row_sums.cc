#include "assets/row_sums.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/function.h"

namespace gsa::assets {

using duck::Type;

RowSums::RowSums(duck::Connection& connection) {
  const auto add = [sums = sums_](const duck::Arguments& arguments, duck::Output& output) {
    const auto* numbers = arguments.column<std::uint64_t>(0);
    const auto* hashes = arguments.column<std::uint64_t>(1);
    const auto* values = arguments.column<std::int32_t>(2);
    RowSum sum;
    sum.rows = static_cast<std::int64_t>(arguments.rows());
    for (std::size_t row = 0; row < arguments.rows(); ++row) sum.hashes += hashes[row];
    std::copy_n(values, arguments.rows(), output.data<std::int32_t>());
    if (arguments.rows() == 0) return;
    const std::lock_guard lock(sums->mutex);
    RowSum& total = sums->by_number[numbers[0]];
    total.rows += sum.rows;
    total.hashes += sum.hashes;
  };
  duck::register_function(connection,
                          {"gsa_row_passes",
                           {Type::of(DUCKDB_TYPE_UBIGINT), Type::of(DUCKDB_TYPE_UBIGINT),
                            Type::of(DUCKDB_TYPE_INTEGER)},
                           Type::of(DUCKDB_TYPE_INTEGER),
                           add,
                           false});
}

RowSums::Watched RowSums::watch(const std::string& select, const std::string& column) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(sums_->mutex);
    number = ++sums_->last;
  }
  return {fmt::format("select * replace (gsa_row_passes({}::ubigint, hash(__gsa_row), {}) as {}) "
                      "from ({}) as __gsa_row",
                      number, sql_name(column), sql_name(column), select),
          number};
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
