#pragma once

// What stands behind Database and Connection: DuckDB's instance, and opening the file anew after
// one has ended. Threads may share it.

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

// Whether there is no instance to work with. Shared by an instance and who opens the next.
using Ended = std::shared_ptr<std::atomic<bool>>;

class Instance {
 public:
  // Opens the file; throws SqlError.
  Instance(const DatabaseOptions& options, Ended ended);

  duckdb_database get() const { return database_.get(); }
  bool has_ended() const { return has_ended_; }
  // Finds out whether an error that a connection got has ended the instance.
  void notice(const SqlError& error);

  // Connections that are open, for interrupt().
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

  // That to work with; null while the one that has ended is in use, and where the file cannot be
  // opened.
  std::shared_ptr<Instance> usable();

 private:
  bool open_anew();  // the caller holds mutex_

  std::mutex mutex_;
  std::shared_ptr<Instance> instance_;  // guarded by mutex_; null where it could not be opened anew
};

}  // namespace gsa::duck
