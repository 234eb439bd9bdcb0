#include "dbt/test_proof.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "duck/chunk.h"

namespace gsa::dbt {
namespace {

using duck::Chunk;
using duck::Connection;

// A set of integers from a narrow range.
class Bitmap {
 public:
  // For the range from `least` to `most`.
  Bitmap(std::int64_t least, std::int64_t most)
      : least_(static_cast<std::uint64_t>(least)),
        width_(static_cast<std::uint64_t>(most) - least_),
        words_(width_ / 64 + 1) {}

  bool has(std::int64_t value) const {
    const std::uint64_t at = place(value);
    return at <= width_ && ((words_[at / 64] >> (at % 64)) & 1) != 0;
  }
  // `value` must be in range. False if it was in the set already.
  bool add(std::int64_t value) {
    const std::uint64_t at = place(value), bit = std::uint64_t{1} << (at % 64);
    const bool is_new = (words_[at / 64] & bit) == 0;
    words_[at / 64] |= bit;
    return is_new;
  }

 private:
  // The bit of a value; for a value below the range, a bit beyond it.
  std::uint64_t place(std::int64_t value) const {
    return static_cast<std::uint64_t>(value) - least_;
  }
  std::uint64_t least_, width_;
  std::vector<std::uint64_t> words_;
};

// The types of a key's columns in SQL.
std::vector<std::string> types_of(Connection& connection, const TestKey& key) {
  const duck::Result columns =
      connection.query(fmt::format("describe select {} from {}", key.sql, key.model));
  std::vector<std::string> types;
  for (std::size_t row = 0; row < columns.rows(); ++row) types.push_back(columns.text(row, 1));
  return types;
}

// Integer types that fit BIGINT.
bool fits_bigint(std::string_view type) {
  return type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT" ||
         type == "UTINYINT" || type == "USMALLINT" || type == "UINTEGER";
}

// Whether values of the type are equal exactly if their stored bytes are, which is what hashes see.
// Not so for floating-point numbers and for texts with a collation.
bool is_exact(std::string_view type) {
  return fits_bigint(type) || type == "UBIGINT" || type == "HUGEINT" || type == "BOOLEAN" ||
         type == "DATE" || type == "TIME" || type == "TIMESTAMP" ||
         type == "TIMESTAMP WITH TIME ZONE" || type == "UUID" || type.starts_with("ENUM(") ||
         type.starts_with("DECIMAL(");
}

struct Range {
  std::int64_t values, least, most;
};

// The range of a key of integers. Null for other keys, and if the range is too wide for a bitmap of
// at most a byte per value.
std::optional<Range> range_of(Connection& connection, const TestKey& key) {
  const duck::Result row =
      connection.query(fmt::format("select any_value(typeof(v)), count(v), min(v), max(v) from "
                                   "(select {} as v from {})",
                                   key.sql, key.model));
  if (!fits_bigint(row.text(0, 0))) return std::nullopt;
  const std::int64_t values = row.int64(0, 1);
  if (values == 0) return Range{0, 0, 0};
  const Range range{values, row.int64(0, 2), row.int64(0, 3)};
  constexpr std::uint64_t kBitsOfAValue = 8;
  const std::uint64_t width =
      static_cast<std::uint64_t>(range.most) - static_cast<std::uint64_t>(range.least);
  if (width / kBitsOfAValue > static_cast<std::uint64_t>(range.values)) return std::nullopt;
  return range;
}

// Passes the non-null values of an integer key to `take` until that returns false. Returns whether
// it took all.
template <typename Take>
bool take_integers(Connection& connection, const TestKey& key, const Take& take) {
  bool took_all = true;
  connection.stream_chunks(
      fmt::format("select ({0})::bigint from {1} where {0} is not null", key.sql, key.model),
      [&](const Chunk& chunk) {
        const auto* values = chunk.column<std::int64_t>(0);
        for (std::size_t row = 0; took_all && row < chunk.rows(); ++row) {
          took_all = take(values[row]);
        }
        return took_all;
      });
  return took_all;
}

bool integers_are_distinct(Connection& connection, const TestKey& key, const Range& range) {
  Bitmap seen(range.least, range.most);
  return take_integers(connection, key, [&](std::int64_t value) { return seen.add(value); });
}

constexpr std::int64_t kMostHashes = 16'000'000;

// `condition` is SQL that says which rows count.
bool hashes_are_distinct(Connection& connection, const TestKey& key, std::string_view condition) {
  const std::vector<std::string> types = types_of(connection, key);
  if (!std::all_of(types.begin(), types.end(), is_exact)) return false;
  const std::int64_t rows =
      connection.query_int64(fmt::format("select count(*) from {}", key.model));
  if (rows > kMostHashes) return false;

  // Split by the first byte, so that each part is sorted within the caches.
  std::array<std::vector<std::uint64_t>, 256> buckets;
  for (auto& bucket : buckets) bucket.reserve(static_cast<std::size_t>(rows) / 250 + 16);
  connection.stream_chunks(fmt::format("select hash({}) from {}{}", key.sql, key.model, condition),
                           [&](const Chunk& chunk) {
                             const auto* hashes = chunk.column<std::uint64_t>(0);
                             for (std::size_t row = 0; row < chunk.rows(); ++row) {
                               buckets[hashes[row] >> 56].push_back(hashes[row]);
                             }
                             return true;
                           });
  return std::all_of(buckets.begin(), buckets.end(), [](std::vector<std::uint64_t>& bucket) {
    std::sort(bucket.begin(), bucket.end());
    return std::adjacent_find(bucket.begin(), bucket.end()) == bucket.end();
  });
}

bool is_unique(Connection& connection, const TestKey& key) {
  if (const std::optional<Range> range = range_of(connection, key)) {
    return integers_are_distinct(connection, key, *range);
  }
  return hashes_are_distinct(connection, key, fmt::format(" where {} is not null", key.sql));
}

// True also for a key without rows.
bool is_of_integers(Connection& connection, const TestKey& key) {
  const duck::Result type =
      connection.query(fmt::format("select typeof({}) from {} limit 1", key.sql, key.model));
  return type.rows() == 0 || fits_bigint(type.text(0, 0));
}

bool has_all_parents(Connection& connection, const Relationship& tested) {
  const std::optional<Range> range = range_of(connection, tested.parent);
  if (!range || !is_of_integers(connection, tested.child)) return false;
  Bitmap parents(range->least, range->most);
  take_integers(connection, tested.parent, [&](std::int64_t value) {
    parents.add(value);
    return true;
  });
  return take_integers(connection, tested.child,
                       [&](std::int64_t value) { return parents.has(value); });
}

template <typename Attempt>
bool proves(const Attempt& attempt) {
  try {
    return attempt();
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return false;  // the query itself will report the error
  }
}

}  // namespace

bool is_proved(Connection& connection, const TestClaim& claim) {
  return proves([&] {
    if (const auto* unique = std::get_if<UniqueKey>(&claim)) {
      return unique->ignores_null ? is_unique(connection, unique->key)
                                  : hashes_are_distinct(connection, unique->key, "");
    }
    const auto* relationship = std::get_if<Relationship>(&claim);
    return relationship != nullptr && has_all_parents(connection, *relationship);
  });
}

bool none_holds(Connection& connection, const std::vector<RowTest>& tests) {
  // The parentheses make anything that is more than a condition invalid SQL.
  std::vector<std::string> conditions;
  for (const RowTest& test : tests) conditions.push_back("(" + test.condition + "\n)");
  return proves([&] {
    return connection
               .query(fmt::format("select 1 from {} where {} limit 1", tests.front().model,
                                  join(conditions, "\nor ")))
               .rows() == 0;
  });
}

}  // namespace gsa::dbt
