#include "app/held_warehouse.h"

#include <cstdio>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "app/served_commands.h"
#include "base/invocation.h"
#include "base/terminal.h"

namespace gsa::app {
namespace {

thread_local HeldScope* current = nullptr;

}  // namespace

HeldWarehouse::HeldWarehouse(duck::Database database, std::string path)
    : database_(std::move(database)),
      path_(std::move(path)),
      snapshots_([this] { return open(assets::Access::read, ""); }, path_,
                 [](const std::exception& error) {
                   fmt::print(stderr, "{} {}\n", paint(STDERR_FILENO, Ink::yellow, "note:"),
                              error.what());
                 }) {}

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

namespace {

duck::Database open_snapshot(const CommonOptions& common, const std::string& path) {
  duck::DatabaseOptions options;
  options.path = path;
  options.read_only = true;
  options.threads = common.warehouse.threads;
  options.memory_limit = common.warehouse.memory_limit;
  options.watches_progress = common.warehouse.watches_progress;
  return duck::Database(options);
}

// The last snapshot there is, while somebody else writes the warehouse; nothing where there is
// none, or one that cannot be opened.
std::optional<duck::Database> open_last_snapshot(const CommonOptions& common,
                                                 const assets::WarehouseInUse& why) {
  try {
    duck::Database database = open_snapshot(common, assets::snapshot_path(common.warehouse.path));
    duck::Connection connection = database.connect();
    const assets::PublishedState state = assets::published_state(connection);
    if (!common.quiet) {
      fmt::print(err_stream(), "{} {}; this is its snapshot of run {}, published {} UTC\n",
                 paint(err_fd(), Ink::yellow, "note:"), why.message(), state.publication,
                 state.published_at);
    }
    return database;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

duck::Database open_to_read(const CommonOptions& common) {
  if (held_warehouse() != nullptr) return open_warehouse(common, assets::Access::read);
  if (const auto path = served_snapshot(common.warehouse.path)) return open_snapshot(common, *path);
  try {
    return open_warehouse(common, assets::Access::read);
  } catch (const assets::WarehouseInUse& error) {
    if (auto snapshot = open_last_snapshot(common, error)) return *std::move(snapshot);
    throw;
  }
}

}  // namespace gsa::app
