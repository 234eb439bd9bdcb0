#pragma once

// A warehouse that the process holds for good, as gsa serve does: a file is opened once in a
// process and by one process at a time, so that whatever else wants it comes here. Of those who
// want to write one is let in at a time, as alone one process would be.

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
  // Makes who is told of a run that a command begins; `stop` stops the command.
  using Follow = std::function<std::unique_ptr<pipeline::RunAudience>(std::function<void()> stop)>;

  // Notes go to `err`.
  HeldWarehouse(duck::Database database, std::string path, const TextOutput& err);

  const duck::Database& database() const { return database_; }
  const std::string& path() const { return path_; }

  // As assets::open_warehouse(): throws WarehouseInUse where another writes, by the name `who` that
  // it gave. To write it is held until the last copy of what is returned and its connections are
  // gone. Any thread.
  duck::Database open(assets::Access access, const std::string& who);

  // For those that only read, in processes of their own. Making one is a use of the warehouse.
  assets::Snapshots& snapshots() { return snapshots_; }

  // Calls `act` unless a command or a run uses the warehouse; those that come meanwhile wait for
  // it.
  bool while_unused(const std::function<bool()>& act);

  void follow_runs(Follow follow) { follow_ = std::move(follow); }
  std::unique_ptr<pipeline::RunAudience> audience(std::function<void()> stop) const {
    return follow_ ? follow_(std::move(stop)) : nullptr;
  }

 private:
  const duck::Database database_;
  const std::string path_;
  Follow follow_;
  std::mutex mutex_;
  std::weak_ptr<std::string> writer_;
  const std::shared_ptr<void> users_ = std::make_shared<int>();  // a copy each
  assets::Snapshots snapshots_;                                  // uses all of the above
};

}  // namespace gsa::serve
