#pragma once

// Who carries a command out: a process of its own, which opens the warehouse itself, or a server
// that holds the warehouse and carries out commands of other processes.

#include <memory>

#include "assets/warehouse.h"
#include "base/invocation.h"
#include "duck/database.h"

namespace gsa::pipeline {

class RunAudience;

// The command's thread and the threads that work for it call it.
class Host {
 public:
  explicit Host(const Invocation& invocation) : invocation_(invocation) {}
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const Invocation& invocation() const { return invocation_; }

  // The one way to open a warehouse. Throws as assets::open_warehouse(). `quiet`: without notes.
  virtual duck::Database open(const assets::WarehouseOptions& options, assets::Access access,
                              bool quiet) = 0;
  // For a command that only reads: a current snapshot where a server holds the warehouse; where a
  // run holds it, the last snapshot, which a note on stderr tells; else the warehouse itself.
  virtual duck::Database open_to_read(const assets::WarehouseOptions& options, bool quiet) = 0;

  // Whether the warehouse is shared with other commands, and its threads and memory are a server's.
  virtual bool shares_warehouse() const = 0;
  // Follows a run that the command begins; null where nobody does.
  virtual std::unique_ptr<RunAudience> audience() = 0;

 private:
  const Invocation& invocation_;
};

}  // namespace gsa::pipeline
