#include "serve/command_hosts.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "assets/snapshot.h"
#include "serve/served_commands.h"

namespace gsa::serve {
namespace {

void note(const Invocation& invocation, const std::string& text) {
  fmt::print(invocation.err.file(), "{} {}\n", invocation.err.paint(Ink::yellow, "note:"), text);
}

duck::Database open_snapshot(const assets::WarehouseOptions& warehouse, const std::string& path) {
  duck::DatabaseOptions options;
  options.path = path;
  options.read_only = true;
  options.threads = warehouse.threads;
  options.memory_limit = warehouse.memory_limit;
  options.watches_progress = warehouse.watches_progress;
  return duck::Database(options);
}

// The last snapshot, while another process writes the warehouse; nullopt if there is none, or it
// cannot be opened.
std::optional<duck::Database> open_last_snapshot(const Invocation& invocation,
                                                 const assets::WarehouseOptions& options,
                                                 bool quiet, const assets::WarehouseInUse& why) {
  try {
    duck::Database database = open_snapshot(options, assets::snapshot_path(options.path));
    duck::Connection connection = database.connect();
    const assets::PublishedState state = assets::published_state(connection);
    if (!quiet) {
      note(invocation, fmt::format("{}; this is its snapshot of run {}, published {} UTC",
                                   why.message(), state.publication, state.published_at));
    }
    return database;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

duck::Database OwnProcess::open(const assets::WarehouseOptions& options, assets::Access access,
                                bool /*quiet*/) {
  return assets::open_warehouse(options, access);
}

duck::Database OwnProcess::open_to_read(const assets::WarehouseOptions& options, bool quiet) {
  if (const auto path = served_snapshot(options.path, invocation())) {
    return open_snapshot(options, *path);
  }
  try {
    return open(options, assets::Access::read, quiet);
  } catch (const assets::WarehouseInUse& error) {
    if (auto snapshot = open_last_snapshot(invocation(), options, quiet, error)) {
      return *std::move(snapshot);
    }
    throw;
  }
}

void OwnProcess::replace_file(const duck::Database& database, const std::string& path,
                              const std::function<void()>& swap) {
  database.replace_file(swap, [] {});
  assets::renew_or_remove_snapshot(database, path);
}

Server::Server(const Invocation& invocation, HeldWarehouse& warehouse, std::string who,
               std::function<void()> stop)
    : Host(invocation), warehouse_(warehouse), who_(std::move(who)), stop_(std::move(stop)) {}

duck::Database Server::open(const assets::WarehouseOptions& options, assets::Access access,
                            bool quiet) {
  if ((options.threads > 0 || !options.memory_limit.empty()) && !quiet) {
    note(invocation(),
         fmt::format("threads and memory are those of gsa serve, which has {}", options.path));
  }
  return warehouse_.open(access, who_);
}

duck::Database Server::open_to_read(const assets::WarehouseOptions& options, bool quiet) {
  return open(options, assets::Access::read, quiet);
}

void Server::replace_file(const duck::Database& /*database*/, const std::string& /*path*/,
                          const std::function<void()>& swap) {
  warehouse_.replace_file(swap);
}

std::unique_ptr<pipeline::RunAudience> Server::audience() { return warehouse_.audience(stop_); }

}  // namespace gsa::serve
