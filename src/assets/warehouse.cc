#include "assets/warehouse.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/rewritten_file.h"
#include "assets/snapshot.h"
#include "assets/state.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "duck/relation_list.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

// "… Conflicting lock is held in /usr/bin/gsa (PID 42) by user jo. See also …" -> the holder.
std::string lock_holder(const std::string& message) {
  constexpr std::string_view kHeld = "lock is held in ";
  const std::size_t from = message.find(kHeld);
  if (from == std::string::npos) return "another process";
  const std::string rest = message.substr(from + kHeld.size());
  return rest.substr(0, rest.find(". "));
}

[[noreturn]] void throw_open_error(const duck::SqlError& error, const std::string& path,
                                   Access access) {
  const std::string& text = error.message();
  const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("Could not set lock")) {
    throw WarehouseInUse(path, lock_holder(text), access);
  }
  if (says("not a valid DuckDB database file")) {
    throw Error(fmt::format("{} is not a warehouse: it is not a DuckDB file", path),
                "choose another file with --warehouse");
  }
  if (says("Could not read enough bytes") || says("Corrupt database") || says("checksum")) {
    throw Error(fmt::format("the warehouse {} is damaged: {}", path, text),
                "remove it and make it anew with: gsa run   (or name another with --warehouse)");
  }
  if (says("newer version") || says("version number")) {
    throw Error(fmt::format("{} was written by a newer version of DuckDB than {}", path,
                            duck::library_version()),
                "use the newer gsa that wrote it, or another file with --warehouse");
  }
  throw Error(fmt::format("cannot open the warehouse {}: {}", path, text), error.hint());
}

// Checks the path before DuckDB opens it, for better error messages.
void check_path(const WarehouseOptions& options, Access access) {
  const std::string& path = options.path;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(fmt::format("{} is a folder, not a warehouse file", path),
                fmt::format("name a file in it: --warehouse {}",
                            (fs::path(path) / "warehouse.duckdb").string()));
  }
  const bool exists = fs::exists(path, ignored);
  if (!exists && access != Access::write) {
    throw Error(fmt::format("there is no warehouse at {}", path),
                "make one with: gsa run   (or name it with --warehouse)");
  }
  if (exists && access != Access::read && ::access(path.c_str(), W_OK) != 0) {
    throw Error(fmt::format("the warehouse {} is read-only", path),
                "make it writable, or use another file with --warehouse");
  }
  if (exists && ::access(path.c_str(), R_OK) != 0) {
    throw Error(fmt::format("the warehouse {} may not be read", path));
  }
  if (access != Access::read) {
    const fs::path folder = fs::absolute(path).parent_path();
    if (!fs::exists(folder, ignored) && options.confirm_new) options.confirm_new();
    make_folder(folder);
    if (::access(folder.c_str(), W_OK) != 0) {
      throw Error(fmt::format("cannot write into the folder {} of the warehouse", folder.string()),
                  "make it writable, or use another file with --warehouse");
    }
  }
}

// Whether DuckDB is creating the file, or was killed while it did. It writes three headers one
// after the other, and the file is a database only with the last of them.
bool is_unfinished(const std::string& path) {
  constexpr std::size_t kHeaders = std::size_t{3} * 4096, kMagicAt = 8;
  constexpr std::string_view kMagic = "DUCK";
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return false;
  const std::uintmax_t size = fs::file_size(path, failed);
  if (failed || size >= kHeaders) return false;
  if (size == 0) return true;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kMagic.size()> found{};
  return pread(file.get(), found.data(), found.size(), kMagicAt) == std::ssize(found) &&
         std::string_view(found.data(), found.size()) == kMagic;
}

// Serializes creation. A file that DuckDB is creating exists, but is no database and not locked
// yet. So the process that creates one locks the folder exclusively for that moment, and all others
// that open a file there wait. On a file system without folder locks, that moment remains
// unprotected.
class FolderTurn {
 public:
  FolderTurn(const std::string& path, Access access) {
    const auto has_to_make = [&] {
      return access == Access::write && (!fs::exists(path) || is_unfinished(path));
    };
    do {
      makes_ = has_to_make();
      folder_ =
          Fd(::open(fs::absolute(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      lock();
    } while (makes_ != has_to_make());  // another process created or removed it meanwhile
  }
  bool makes() const { return makes_; }

 private:
  void lock() const {
    while (folder_.get() >= 0 && flock(folder_.get(), makes_ ? LOCK_EX : LOCK_SH) != 0) {
      if (errno != EINTR) break;
    }
  }
  bool makes_ = false;
  Fd folder_;
};

void check_format(duck::Connection& connection, const std::string& path) {
  const std::int64_t format = format_of(connection);
  if (format > kWarehouseFormat) {
    throw Error(
        fmt::format("{} was written by a newer version of gsa (warehouse format {}; this one "
                    "knows up to {})",
                    path, format, kWarehouseFormat),
        "use the newer gsa, or another file with --warehouse");
  }
}

}  // namespace

std::string hidden(std::string_view name) { return std::string(kHiddenPrefix) + std::string(name); }

void tidy_up(duck::Connection& connection) {
  mark_killed_runs(connection);
  drop_hidden(connection);
}

namespace {

duck::Database open_file(const WarehouseOptions& options, Access access) {
  const std::string& path = options.path;
  const FolderTurn turn(path, access);
  if (turn.makes() && is_unfinished(path)) {
    if (options.confirm_new) options.confirm_new();  // if it throws, the file stays as it was
    fs::remove(path);
  } else if (std::error_code ignored; fs::file_size(path, ignored) == 0) {
    throw Error(fmt::format("{} is not a warehouse: the file is empty", path),
                "make one with: gsa run   (or name it with --warehouse)");
  }
  duck::DatabaseOptions database_options;
  database_options.path = options.path;
  database_options.read_only = access == Access::read;
  database_options.threads = options.threads;
  database_options.memory_limit = options.memory_limit;
  database_options.keeps_memory = options.keeps_memory;
  database_options.watches_progress = options.watches_progress;
  duck::Database database(database_options);
  if (turn.makes() && options.confirm_new) {
    try {
      options.confirm_new();
    } catch (...) {
      std::error_code ignored;
      fs::remove(path, ignored);
      throw;
    }
  }
  return database;
}

duck::Database open(const WarehouseOptions& options, Access access) {
  try {
    duck::Database database = open_file(options, access);
    duck::Connection connection = database.connect();
    check_format(connection, options.path);
    if (access != Access::read) {
      tidy_up(connection);
      remove_unfinished_snapshot(options.path);
      remove_unfinished_rewrite(options.path);
    }
    return database;
  } catch (const duck::SqlError& error) {
    throw_open_error(error, options.path, access);
  }
}

// Best effort: this process may not be allowed to write, or others may be reading. A later one will
// do it.
void try_to_mark_killed_runs(const WarehouseOptions& options) {
  try {
    const duck::Database database = open(options, Access::change);
  } catch (const Error&) {
    return;
  }
}

// A row that says "running" is stale here: a live run would hold the lock.
bool seems_to_run(const duck::Database& database) {
  duck::Connection connection = database.connect();
  return has_running(connection);
}

}  // namespace

duck::Database open_warehouse(const WarehouseOptions& options, Access access) {
  check_path(options, access);
  if (access != Access::read) return open(options, access);
  {
    duck::Database database = open(options, access);
    if (!seems_to_run(database)) return database;
  }
  try_to_mark_killed_runs(options);  // the other Database is closed by now
  return open(options, access);
}

WarehouseInUse::WarehouseInUse(const std::string& path, const std::string& holder, Access access)
    : Error(fmt::format("{} is in use by {}", path, holder),
            access == Access::read
                ? "wait until it is done: while a process writes a warehouse, no other can read it"
                : "wait until it is done (--wait does), or use another file with --warehouse") {}

duck::Database wait_for_warehouse(const std::function<duck::Database()>& open,
                                  const std::function<void(const std::string&)>& waiting,
                                  const std::stop_token& stop) {
  constexpr auto kPause = std::chrono::milliseconds(100);
  bool told = false;
  while (true) {
    try {
      return open();
    } catch (const WarehouseInUse& error) {
      if (!told) waiting(error.message());
      told = true;
    }
    if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
    std::this_thread::sleep_for(kPause);
  }
}

bool has_records(duck::Connection& connection) { return connection.has_table("ops", "runs"); }

void drop_hidden(duck::Connection& connection,
                 const std::function<bool(const std::string&, const std::string&)>& drops) {
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    if (!relation.name.starts_with(kHiddenPrefix) ||
        !drops(relation.schema, relation.name.substr(kHiddenPrefix.size()))) {
      continue;
    }
    connection.execute(fmt::format("drop {} if exists {}.{}", relation.is_view ? "view" : "table",
                                   sql_name(relation.schema), sql_name(relation.name)));
  }
}

void drop_hidden(duck::Connection& connection) {
  drop_hidden(connection, [](const std::string& schema, const std::string&) {
    return schema != kPartitionSchema;
  });
}

}  // namespace gsa::assets
