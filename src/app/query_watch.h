#pragma once

// Watches the queries of a connection from a second thread: draws their progress and interrupts
// them on Ctrl-C (they then throw SqlError{interrupted}).

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/invocation.h"
#include "base/progress.h"
#include "duck/database.h"

namespace gsa::app {

class QueryWatch {
 public:
  // Both must outlive the watch. If the invocation is asked to stop, interrupts the queries.
  QueryWatch(const duck::Connection& connection, const Invocation& invocation, bool show_progress);
  ~QueryWatch();
  QueryWatch(const QueryWatch&) = delete;
  QueryWatch& operator=(const QueryWatch&) = delete;

  // Until end(), the running query is called `label` and reads `rows` rows (0: unknown).
  void begin(const std::string& label, std::int64_t rows);
  void end();

  // From now on queries run to their end, even after a signal.
  void stop_interrupting();

  // Prints a line to stderr without breaking the progress bar.
  void log(const std::string& line);

 private:
  void watch();

  const duck::Connection& connection_;
  const Invocation& invocation_;
  bool show_progress_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  bool interrupting_ = true;
  std::unique_ptr<Progress> progress_;  // guarded by mutex_, like the flags
  std::thread thread_;
};

}  // namespace gsa::app
