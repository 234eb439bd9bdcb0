#pragma once

// Internals of Database and Connection: DuckDB's instance, and reopening the file after an instance
// has ended. Threads may share both classes.

#include <atomic>
#include <exception>
#include <functional>
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
  // Ends it as an error would: connections are to be destroyed.
  void end();
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

  // Ends the instance, and has `swap` called once it is closed. end_swap() forgets a swap that did
  // not come to pass, and rethrows what it threw.
  void begin_swap(std::function<void()> swap);
  void end_swap();

 private:
  bool open_anew();  // the caller holds mutex_
  void do_swap();    // the same

  std::mutex mutex_;                    // guards the members below
  std::shared_ptr<Instance> instance_;  // null if reopening failed
  std::function<void()> swap_;          // may be empty
  std::exception_ptr swap_failure_;
};

}  // namespace gsa::duck
