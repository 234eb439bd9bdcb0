#pragma once

// Rows made by C++ as a table that SQL can read:
//
//   NamedStream rows(stream);
//   connection.execute("create table t as select * from " + rows.sql());
//
// DuckDB pulls the rows on one thread at a time, in order.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "duck/database.h"
#include "duck/function.h"

namespace gsa::duck {

class RowStream {
 public:
  RowStream() = default;
  virtual ~RowStream() = default;
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  // Names and types.
  virtual std::vector<std::pair<std::string, Type>> columns() const = 0;
  // Goes to the first row: before the first fill(), and again if DuckDB restarts the query.
  virtual void begin() = 0;
  // Writes up to `most` rows into the columns; returns how many, 0 at the end.
  virtual std::size_t fill(std::vector<Output>& columns, std::size_t most) = 0;
};

// Gives the stream a name in SQL until the end of the scope. The stream must outlive this.
class NamedStream {
 public:
  explicit NamedStream(RowStream& stream);
  ~NamedStream();
  NamedStream(const NamedStream&) = delete;
  NamedStream& operator=(const NamedStream&) = delete;

  std::string sql() const;
  // Call it after a query failed: throws the stream's exception if that was the cause.
  void rethrow() const;

  struct Entry;

 private:
  long long id_;
  std::shared_ptr<Entry> entry_;
};

// Adds the SQL function behind NamedStream::sql(). Call it once per database.
void register_row_streams(Connection& connection);

}  // namespace gsa::duck
