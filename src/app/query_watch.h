#pragma once

// Watches a connection from a second thread while it runs queries: draws their progress, and stops
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
  // Both must outlive the watch. Once the invocation is told to stop, so are the queries.
  QueryWatch(const duck::Connection& connection, const Invocation& invocation, bool show_progress);
  ~QueryWatch();
  QueryWatch(const QueryWatch&) = delete;
  QueryWatch& operator=(const QueryWatch&) = delete;

  // From now to end(), the running query is `label`, over `rows` rows (0: not known).
  void begin(const std::string& label, std::int64_t rows);
  void end();

  // From now on queries run to their end whatever is signalled.
  void stop_interrupting();

  // Prints a line to stderr without tearing the progress bar.
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
  std::unique_ptr<Progress> progress_;  // guarded by mutex_, as the flags
  std::thread thread_;
};

}  // namespace gsa::app
