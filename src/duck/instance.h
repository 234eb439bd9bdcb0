#pragma once

// Internals of Database and Connection: DuckDB's instance, and reopening the file after an instance
// has ended. Threads may share both classes.

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include <duckdb.h>

#include "duck/database.h"
#include "duck/handle.h"
#include "duck/sql_error.h"

namespace gsa::duck {

// True while there is no usable instance. The ended instance and its successor share the flag.
using Ended = std::shared_ptr<std::atomic<bool>>;

class Instance {
 public:
  // Opens the file; throws SqlError.
  Instance(const DatabaseOptions& options, Ended ended);

  duckdb_database get() const { return database_.get(); }
  bool has_ended() const { return has_ended_; }
  // Checks whether an error of a connection has ended the instance.
  void notice(const SqlError& error);

  // The open connections, so that interrupt() reaches them all.
  void add(duckdb_connection connection);
  void remove(duckdb_connection connection);
  void interrupt();

 private:
  bool fails() const;

  Handle<duckdb_database, duckdb_close> database_;
  Ended ended_;
  std::atomic<bool> has_ended_ = false;
  std::mutex mutex_;
  std::set<duckdb_connection> connections_;  // guarded by mutex_
};

struct Opened {
  explicit Opened(const DatabaseOptions& options);

  const DatabaseOptions options;
  const Ended ended = std::make_shared<std::atomic<bool>>(false);

  // The instance to use. Null while connections to an ended one remain, and if the file cannot be
  // reopened.
  std::shared_ptr<Instance> usable();

 private:
  bool open_anew();  // the caller holds mutex_

  std::mutex mutex_;
  std::shared_ptr<Instance> instance_;  // guarded by mutex_; null if reopening failed
};

}  // namespace gsa::duck
