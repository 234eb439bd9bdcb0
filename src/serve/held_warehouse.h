#pragma once

// A warehouse that a process keeps open, like gsa serve. A process can open a file only once, and
// only one process can have it open to write, so every user of the warehouse goes through this
// object. It admits one writer at a time, as the file lock does between processes.
//
// It owns the database. Any thread may call any function, except that follow_runs() must come
// first.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "assets/snapshot.h"
#include "assets/warehouse.h"
#include "base/terminal.h"
#include "duck/database.h"
#include "pipeline/run_log.h"

namespace gsa::serve {

class HeldWarehouse {
 public:
  // Makes a listener for a run that a command begins; `stop` stops the command.
  using Follow = std::function<std::unique_ptr<pipeline::RunAudience>(std::function<void()> stop)>;

  // Prints notes to `err`.
  HeldWarehouse(duck::Database database, std::string path, const TextOutput& err);

  const duck::Database& database() const { return database_; }
  const std::string& path() const { return path_; }

  // Like assets::open_warehouse(). To write, throws WarehouseInUse with the name of the current
  // writer if there is one; otherwise `who` is the writer until the last copy of the returned
  // database and its connections are gone. Any thread.
  duck::Database open(assets::Access access, const std::string& who);

  // For readers in other processes. Making a snapshot counts as use of the warehouse.
  assets::Snapshots& snapshots() { return snapshots_; }

  // For the writer: see duck::Database::replace_file(). Renews the snapshot if there is one.
  void replace_file(const std::function<void()>& swap);
  // `let_go` destroys connections that are kept for later. Call it before any command.
  void keeps_connections(std::function<void()> let_go) { let_go_ = std::move(let_go); }

  // Calls `act` unless a command or a run uses the warehouse. New users wait until it returns.
  bool while_unused(const std::function<bool()>& act);

  void follow_runs(Follow follow) { follow_ = std::move(follow); }
  std::unique_ptr<pipeline::RunAudience> audience(std::function<void()> stop) const {
    return follow_ ? follow_(std::move(stop)) : nullptr;
  }

 private:
  const duck::Database database_;
  const std::string path_;
  Follow follow_;
  std::function<void()> let_go_ = [] {};
  std::mutex mutex_;
  std::weak_ptr<std::string> writer_;
  const std::shared_ptr<void> users_ = std::make_shared<int>();  // every user holds a copy
  assets::Snapshots snapshots_;                                  // uses all of the above
};

}  // namespace gsa::serve
