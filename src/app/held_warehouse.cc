#include "app/held_warehouse.h"

#include <fmt/format.h>

#include "base/invocation.h"
#include "base/terminal.h"

namespace gsa::app {
namespace {

thread_local HeldScope* current = nullptr;

}  // namespace

duck::Database HeldWarehouse::open(assets::Access access, const std::string& who) {
  const std::lock_guard lock(mutex_);
  if (access == assets::Access::read) return database_.guarding(users_);
  if (const auto writer = writer_.lock()) throw assets::WarehouseInUse(path_, *writer, access);
  const auto token = std::make_shared<std::string>(who);
  duck::Database database = database_.guarding(token).guarding(users_);
  duck::Connection connection = database.connect();
  assets::tidy_up(connection);
  writer_ = token;
  return database;
}

bool HeldWarehouse::while_unused(const std::function<bool()>& act) {
  const std::lock_guard lock(mutex_);
  return users_.use_count() == 1 && act();
}

HeldScope::HeldScope(HeldWarehouse& warehouse, std::string who)
    : warehouse_(warehouse), who_(std::move(who)) {
  current = this;
}

HeldScope::~HeldScope() { current = nullptr; }

HeldWarehouse* held_warehouse() { return current == nullptr ? nullptr : &current->warehouse_; }

duck::Database open_warehouse(const CommonOptions& common, assets::Access access) {
  const assets::WarehouseOptions& options = common.warehouse;
  if (current == nullptr) return assets::open_warehouse(options, access);
  if ((options.threads > 0 || !options.memory_limit.empty()) && !common.quiet) {
    fmt::print(err_stream(), "{} threads and memory are those of gsa serve, which has {}\n",
               paint(err_fd(), Ink::yellow, "note:"), options.path);
  }
  return current->warehouse_.open(access, current->who_);
}

}  // namespace gsa::app
