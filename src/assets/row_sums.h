#pragma once

// The checksum of a table (checksum.h) taken while its rows are written: reading them back to sum
// them costs more, since DuckDB compresses what it stores. Threads may share it.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
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
    std::string select;  // the same rows, in the same order
    std::uint64_t number;
  };
  // A SELECT that sums up the rows of `select` as they pass; to be run once, and outermost, so that
  // all rows pass. `column` is one of its columns, an integer, and nowhere null; the columns are of
  // the types that the table has, and not nested.
  Watched watch(const std::string& select, const std::string& column);
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
