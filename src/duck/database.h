#pragma once

// An open database and connections to it. POSIX file locks belong to the process, so a file is
// opened once in a process: open one Database and hand out Connections, each used by one thread at
// a time.
//
// An error inside DuckDB itself may end its instance: all that is asked of it fails from then on.
// connect() then opens the file anew, as soon as all connections to the ended instance are gone:
// two instances must not write one file.

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
  // Keeps the memory of its blocks until it is closed, to use it again: for who writes much and
  // ends.
  bool keeps_memory = false;
  // Connection::progress() tells how far queries are, which costs a twentieth of their time.
  bool watches_progress = true;
};

class Connection;
class Instance;  // DuckDB's, of one open
struct Opened;   // what the copies of a Database share

class Database {
 public:
  // Throws SqlError: no such file (read-only), locked, not a database, a newer format …
  explicit Database(const DatabaseOptions& options);

  // Throws SqlError{invalidated} while the instance has ended and others have connections to it:
  // these are interrupted.
  Connection connect() const;

  // Whether the instance has ended, as far as it was noticed. Any thread; never blocks.
  bool is_invalidated() const;
  // Opens the file anew where the instance has ended and nobody has a connection to it. Returns
  // whether there is an instance to work with. What was in memory alone is not opened again.
  bool reopen() const;

  // The same database; `token` is let go with the last of its copies and their connections.
  Database guarding(std::shared_ptr<void> token) const;

 private:
  friend class Connection;
  std::shared_ptr<Opened> opened_;
  std::shared_ptr<void> guarded_;  // what guarding() was given
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
  bool is_select;     // only such can stand in a subquery, be streamed or copied to a file
  bool writes_files;  // or may: COPY, EXPORT, and what can run those
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
  // The same for what returns no rows of interest.
  void execute(const std::string& sql) { query(sql); }
  // The first column of the only row.
  std::int64_t query_int64(const std::string& sql) { return query(sql).int64(0, 0); }
  // Whether there is a table of that name, not a view.
  bool has_table(const std::string& schema, const std::string& name);

  // What a single statement is and the columns it would return, without running it. Throws SqlError
  // where it would fail to parse or bind.
  StatementInfo inspect(const std::string& sql);

  // Runs one SELECT and gives each row as text (nullopt is null), in the query's order, without
  // holding the result in memory. `row` returns false to stop early. Returns the rows given.
  using TextRow = std::vector<std::optional<std::string_view>>;
  std::int64_t stream_text(const std::string& select,
                           const std::function<bool(const TextRow&)>& row);

  // Runs one SELECT and gives its rows chunk by chunk, in the query's order. `chunk` returns false
  // to stop early.
  void stream_chunks(const std::string& select, const std::function<bool(const Chunk&)>& chunk);

  // From another thread, while a query runs: how far it is, and stopping it. It then throws
  // SqlError{interrupted}, as no query does that nobody interrupted.
  QueryProgress progress() const;
  void interrupt() const;

  // Whether the instance has ended. Let go of such a connection: the file is not opened anew
  // before.
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
