#pragma once

// Where a command runs: in its own process, which opens the warehouse itself, or in a server that
// holds the warehouse and runs commands for other processes.

#include <functional>
#include <memory>
#include <string>

#include "assets/warehouse.h"
#include "base/invocation.h"
#include "duck/database.h"

namespace gsa::pipeline {

class RunAudience;

// Shared by the command's thread and the threads that work for it; implementations are thread-safe.
// The host outlives the command, and the invocation outlives the host.
class Host {
 public:
  explicit Host(const Invocation& invocation) : invocation_(invocation) {}
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const Invocation& invocation() const { return invocation_; }

  // The only way to open a warehouse. Throws like assets::open_warehouse(). `quiet`: prints no
  // notes.
  virtual duck::Database open(const assets::WarehouseOptions& options, assets::Access access,
                              bool quiet) = 0;
  // For a command that only reads. Opens a current snapshot if a server holds the warehouse; the
  // last snapshot, with a note on stderr, if a run holds it; otherwise the warehouse itself.
  virtual duck::Database open_to_read(const assets::WarehouseOptions& options, bool quiet) = 0;

  // Replaces the file of a warehouse that the command has open to write, as
  // duck::Database::replace_file() does, and then the snapshot beside it, if there is one.
  virtual void replace_file(const duck::Database& database, const std::string& path,
                            const std::function<void()>& swap) = 0;

  // Whether other commands use the same open warehouse; its threads and memory are then the
  // server's.
  virtual bool shares_warehouse() const = 0;
  // A listener for a run that the command begins; null if nobody listens. The caller owns it.
  virtual std::unique_ptr<RunAudience> audience() = 0;

 private:
  const Invocation& invocation_;
};

}  // namespace gsa::pipeline
