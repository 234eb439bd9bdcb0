#pragma once

// Computes the checksum of a table (checksum.h) while its rows are written. Reading them back would
// cost more, because DuckDB compresses what it stores. Any thread may call any function.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/uint128.h"
#include "duck/database.h"

namespace gsa::assets {

struct RowSum {
  std::int64_t rows = 0;
  uint128 hashes = 0;
};

class RowSums {
 public:
  // Registers an SQL function, which a database can have only once. The function may outlive this
  // object.
  explicit RowSums(duck::Connection& connection);

  struct Watched {
    std::string head, tail;  // put around a query, keep its rows and their order
    std::uint64_t number;
    std::string around(const std::string& select) const {
      return head + "\n" + select + "\n" + tail;
    }
  };
  // Sums the rows of a query that has a column of this name, which is not nested. Run the wrapped
  // query once, and outermost, so that all rows pass. `hash` is row_hash_sql() of the query; as it
  // is, no column may be nested.
  Watched watch(const std::string& column, const std::string& hash = "hash(__gsa_row)");
  // The same for any query. Nullopt if it cannot be summed this way, or has an error.
  std::optional<Watched> watch_query(duck::Connection& connection, const std::string& select);
  // The sum of the rows that passed so far; forgets the number.
  RowSum take(std::uint64_t number);

 private:
  struct Sums {
    std::mutex mutex;
    std::uint64_t last = 0;
    std::map<std::uint64_t, RowSum> by_number;
  };
  std::shared_ptr<Sums> sums_ = std::make_shared<Sums>();
};

}  // namespace gsa::assets
