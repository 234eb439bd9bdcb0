#pragma once

// An open database and the connections to it.
//
// POSIX file locks belong to the process, and closing any descriptor of the file drops them, so a
// process opens a file once: make one Database and hand out Connections. Any thread may use a
// Database, and its copies share one instance. One thread at a time uses a Connection; only
// progress(), interrupt() and is_invalidated() may be called from others meanwhile.
//
// An internal error of DuckDB may end its instance: every later query on it fails. connect()
// reopens the file once no connection to the ended instance is left, because two instances must not
// write one file.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "duck/c_objects.h"
#include "duck/chunk.h"
#include "duck/result.h"
#include "duck/sql_error.h"

namespace gsa::duck {

struct DatabaseOptions {
  std::string path = ":memory:";
  bool read_only = false;
  int threads = 0;           // 0: as many as there are cores
  std::string memory_limit;  // "3GB"; empty: DuckDB's default, 80 % of the machine's memory
  // Keeps freed blocks until the database is closed, to use them again: for a process that writes
  // much and then exits.
  bool keeps_memory = false;
  // Lets Connection::progress() report how far queries are. Costs a twentieth of their time.
  bool watches_progress = true;
};

class Connection;
class Instance;  // DuckDB's instance behind one open file
struct Opened;   // state that all copies of a Database share

class Database {
 public:
  // Throws SqlError: no such file (read-only), locked, not a database, a newer format …
  explicit Database(const DatabaseOptions& options);

  // Throws SqlError{invalidated} if the instance has ended while connections to it remain;
  // interrupts their queries so that they finish.
  Connection connect() const;

  // Whether the instance is known to have ended. Any thread; never blocks.
  bool is_invalidated() const;
  // Reopens the file if the instance has ended and no connection to it is left. Returns whether
  // there is a usable instance. Never reopens a database in memory: its contents would be lost.
  bool reopen() const;

  // Closes the file, calls `swap`, which may put another in its place, and opens what is there
  // then. No other process that opens a warehouse can come between. Until then connect() fails.
  // Interrupts the queries of connections that remain, and calls `let_go` for them to be destroyed;
  // the caller has none. If `swap` throws, the file is opened all the same and the exception
  // passes through. Throws Error if connections remain for long; the file is as it was then.
  void replace_file(const std::function<void()>& swap, const std::function<void()>& let_go) const;

  // The same database. Releases `token` with the last of its copies and their connections.
  Database guarding(std::shared_ptr<void> token) const;

 private:
  friend class Connection;
  std::shared_ptr<Opened> opened_;
  std::shared_ptr<void> guarded_;  // the token given to guarding()
};

// How far a running query is.
struct QueryProgress {
  double fraction;  // 0 to 1, negative where DuckDB does not know
  std::int64_t rows;
};

struct TextColumn {
  std::string name;
  bool is_number;
};

struct StatementInfo {
  bool is_select;     // only a SELECT can be a subquery, be streamed, or be copied to a file
  bool writes_files;  // or may write: COPY, EXPORT, and statements that can run them
  std::vector<TextColumn> columns;
};

class Connection {
 public:
  // Runs one or more statements; the result is the last one's.
  //
  // With several threads DuckDB 1.5 may report that the others were stopped in place of the error
  // that stopped them. A single statement that ended so and that nobody interrupted is asked again,
  // up to four times: its error shows then, or it succeeds. Within a Transaction nothing is asked
  // again, for the error has ended it.
  Result query(const std::string& sql);
  // The same, for statements whose result is not needed.
  void execute(const std::string& sql) { query(sql); }
  // The first column of the only row.
  std::int64_t query_int64(const std::string& sql) { return query(sql).int64(0, 0); }
  // Whether a table of that name exists; views do not count.
  bool has_table(const std::string& schema, const std::string& name);

  // The kind of a single statement and the columns it would return, without running it. Throws
  // SqlError if the statement does not parse or bind.
  StatementInfo inspect(const std::string& sql);

  // Runs one SELECT and gives each row as text (nullopt is null), in the query's order, without
  // holding the result in memory. `row` returns false to stop early. Returns the rows given.
  using TextRow = std::vector<std::optional<std::string_view>>;
  std::int64_t stream_text(const std::string& select,
                           const std::function<bool(const TextRow&)>& row);

  // Runs one SELECT and gives its rows chunk by chunk, in the query's order. `chunk` returns false
  // to stop early.
  void stream_chunks(const std::string& select, const std::function<bool(const Chunk&)>& chunk);

  // For other threads while a query runs. progress() tells how far it is. interrupt() stops it: the
  // query throws SqlError{interrupted}, which no query throws without an interrupt.
  QueryProgress progress() const;
  void interrupt() const;

  // Whether the instance has ended. Then destroy the connection: the file is not reopened before.
  bool is_invalidated() const;

  _duckdb_connection* get() const { return connection_.get(); }  // for src/duck

 private:
  friend class Database;
  friend class Transaction;
  // stream_text() for a SELECT whose columns are all texts.
  std::int64_t stream(const std::string& texts, const std::function<bool(const TextRow&)>& row);
  Result query_once(const std::string& sql);
  void stream_once(const std::string& select, const std::function<bool(const Chunk&)>& chunk);
  // Calls `attempt`, and again where query() says so.
  template <typename Attempt>
  auto unmasked(const Attempt& attempt) -> decltype(attempt(0));
  Connection(std::shared_ptr<Instance> instance, std::shared_ptr<void> guarded,
             bool watches_progress);

  std::shared_ptr<void> guarded_;
  struct Disconnect {
    void operator()(_duckdb_connection* connection) const;
    std::shared_ptr<Instance> instance;  // outlives the connection
  };
  using Held = std::unique_ptr<_duckdb_connection, Disconnect>;
  Held connection_;
  std::unique_ptr<std::atomic<bool>> interrupted_ = std::make_unique<std::atomic<bool>>(false);
  bool in_transaction_ = false;
};

// Begins a transaction on the connection, and rolls it back unless it is committed. The connection
// must outlive it and stay where it is; it has one at a time.
class Transaction {
 public:
  enum class Kind { read_only, write };
  explicit Transaction(Connection& connection, Kind kind = Kind::write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();  // throws SqlError; nothing of it holds then

 private:
  Connection& connection_;
  bool ended_ = false;
};

// "v1.5.6"
std::string library_version();

}  // namespace gsa::duck
