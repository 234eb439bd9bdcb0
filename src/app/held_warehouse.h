#pragma once

// A warehouse that the process holds for good, as gsa serve does: a file is opened once in a
// process and by one process at a time, so that whatever else wants it comes here. Of those who
// want to write one is let in at a time, as alone one process would be.

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "app/options.h"
#include "app/run_log.h"
#include "assets/snapshot.h"
#include "assets/warehouse.h"
#include "duck/database.h"

namespace gsa::app {

class HeldWarehouse {
 public:
  // Makes who is told of a run that a command begins.
  using Follow = std::function<std::unique_ptr<RunAudience>()>;

  HeldWarehouse(duck::Database database, std::string path);

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
  std::unique_ptr<RunAudience> audience() const { return follow_ ? follow_() : nullptr; }

 private:
  const duck::Database database_;
  const std::string path_;
  Follow follow_;
  std::mutex mutex_;
  std::weak_ptr<std::string> writer_;
  const std::shared_ptr<void> users_ = std::make_shared<int>();  // a copy each
  assets::Snapshots snapshots_;                                  // uses all of the above
};

// From here to its end this thread carries out a command, `who`, on a warehouse that is held.
class HeldScope {
 public:
  HeldScope(HeldWarehouse& warehouse, std::string who);
  ~HeldScope();
  HeldScope(const HeldScope&) = delete;
  HeldScope& operator=(const HeldScope&) = delete;

 private:
  friend HeldWarehouse* held_warehouse();
  friend duck::Database open_warehouse(const CommonOptions& common, assets::Access access);
  HeldWarehouse& warehouse_;
  std::string who_;
};

// That on which this thread carries out a command; null where the command stands alone.
HeldWarehouse* held_warehouse();

// The one way in which commands open a warehouse: that which is held, or the file.
duck::Database open_warehouse(const CommonOptions& common, assets::Access access);

// For a command that only reads, in its own process whoever has the warehouse: where gsa serve has
// it, a current snapshot; where a run has it, the last snapshot that there is, of which a note on
// stderr tells; else the warehouse itself.
duck::Database open_to_read(const CommonOptions& common);

}  // namespace gsa::app
