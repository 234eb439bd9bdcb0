#pragma once

// The checksum of a table (checksum.h) taken while its rows are written: reading them back to sum
// them costs more, since DuckDB compresses what it stores. Threads may share it.

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
  // Registers an SQL function, of which a database can have one. It may outlive this.
  explicit RowSums(duck::Connection& connection);

  struct Watched {
    std::string head, tail;  // around a query: the same rows, in the same order
    std::uint64_t number;
    std::string around(const std::string& select) const {
      return head + "\n" + select + "\n" + tail;
    }
  };
  // Sums up the rows of a query that has a column of this name as they pass; to be run once, and
  // outermost, so that all rows pass. No column may be nested.
  Watched watch(const std::string& column);
  // The same for any query; nothing where it cannot be summed up so, or has an error.
  std::optional<Watched> watch_query(duck::Connection& connection, const std::string& select);
  // What passed since.
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
