#include "duck/instance.h"

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>

#include <duckdb.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "duck/result_rows.h"
#include "duck/statement.h"

namespace gsa::duck {
namespace {

namespace fs = std::filesystem;

using Config = Handle<duckdb_config, duckdb_destroy_config>;

void set(Config& config, const char* name, const std::string& value) {
  if (duckdb_set_config(config.get(), name, value.c_str()) == DuckDBError) {
    throw Error(fmt::format("DuckDB refuses {} = '{}'", name, value));
  }
}

void configure(Config& config, const DatabaseOptions& options) {
  if (duckdb_create_config(config.out()) == DuckDBError)
    throw Error("DuckDB cannot make a configuration");
  set(config, "access_mode", options.read_only ? "READ_ONLY" : "AUTOMATIC");
  if (options.threads > 0) set(config, "threads", fmt::format("{}", options.threads));
  if (!options.memory_limit.empty()) set(config, "memory_limit", options.memory_limit);
  // Taking memory from the kernel again costs a twentieth of the time of writing large tables. But
  // DuckDB cycles through the blocks, so a process that needs few of them gets new ones each time.
  if (options.keeps_memory) set(config, "block_allocator_memory", "1GB");
  // The format of new files: the oldest one that has ZSTD. DuckDB from 1.2 on reads it.
  set(config, "storage_compatibility_version", "v1.2.0");
  // Never download anything without the user's knowledge.
  set(config, "autoinstall_known_extensions", "false");
  set(config, "autoload_known_extensions", "false");
  set(config, "errors_as_json", "false");
}

bool is_in_memory(const std::string& path) { return path.empty() || path.starts_with(":memory:"); }

// Whether this process still has the file open: DuckDB's own threads may take a moment longer to
// close it.
bool is_open_in_process(const std::string& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) return false;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd", failed)) {
    struct stat found {};
    if (::stat(entry.path().c_str(), &found) == 0 && found.st_dev == wanted.st_dev &&
        found.st_ino == wanted.st_ino) {
      return true;
    }
  }
  return false;
}

// The file has no lock between closing and reopening it, so this locks its folder exclusively for
// that moment. Every process that opens a warehouse first takes a shared lock of the folder, and
// waits here.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path)
      : folder_(
            ::open(fs::absolute(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_.get() >= 0) ::flock(folder_.get(), LOCK_EX);
  }

 private:
  Fd folder_;
};

// Times without a zone are UTC on every machine. DuckDB has this setting only if ICU is built in;
// without ICU it always uses UTC.
void set_utc(duckdb_database database) {
  Handle<duckdb_connection, duckdb_disconnect> connection;
  ResultHandle result;
  if (duckdb_connect(database, connection.out()) == DuckDBError) return;
  if (duckdb_query(connection.get(), "set global TimeZone = 'UTC'", result.out()) != DuckDBError) {
    return;
  }
  duckdb_result failed = result.get();
  const duckdb_error_type type = duckdb_result_error_type(&failed);
  if (type == DUCKDB_ERROR_OUT_OF_MEMORY || type == DUCKDB_ERROR_INTERRUPT) throw_error(failed);
}

}  // namespace

Instance::Instance(const DatabaseOptions& options, Ended ended) : ended_(std::move(ended)) {
  Config config;
  configure(config, options);
  char* message = nullptr;
  if (duckdb_open_ext(options.path.c_str(), database_.out(), config.get(), &message) ==
      DuckDBError) {
    const std::string text = message ? message : "cannot open the database";
    duckdb_free(message);
    throw SqlError(text.starts_with("IO") ? SqlErrorKind::io : SqlErrorKind::other, text);
  }
}

bool Instance::fails() const {
  Handle<duckdb_connection, duckdb_disconnect> probe;
  ResultHandle result;
  return duckdb_connect(get(), probe.out()) == DuckDBError ||
         duckdb_query(probe.get(), "select 1", result.out()) == DuckDBError;
}

void Instance::notice(const SqlError& error) {
  // Not every internal error ends the instance, so check that it really fails every query.
  const bool has_ended =
      error.is_fatal() || (error.kind() == SqlErrorKind::internal && !has_ended_ && fails());
  if (has_ended) end();
}

void Instance::end() {
  if (!has_ended_.exchange(true)) *ended_ = true;
}

void Instance::add(duckdb_connection connection) {
  const std::lock_guard lock(mutex_);
  connections_.insert(connection);
}

void Instance::remove(duckdb_connection connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
}

void Instance::interrupt() {
  const std::lock_guard lock(mutex_);
  for (duckdb_connection connection : connections_) duckdb_interrupt(connection);
}

Opened::Opened(const DatabaseOptions& given)
    : options(given), instance_(std::make_shared<Instance>(given, ended)) {
  set_utc(instance_->get());
}

std::shared_ptr<Instance> Opened::usable() {
  const std::lock_guard lock(mutex_);
  if (instance_ && !instance_->has_ended()) return instance_;
  if (is_in_memory(options.path) || !open_anew()) return nullptr;
  return instance_;
}

void Opened::begin_swap(std::function<void()> swap) {
  const std::lock_guard lock(mutex_);
  swap_ = std::move(swap);
  if (instance_) instance_->end();
}

void Opened::end_swap() {
  const std::lock_guard lock(mutex_);
  swap_ = nullptr;
  if (const std::exception_ptr failure = std::exchange(swap_failure_, nullptr)) {
    std::rethrow_exception(failure);
  }
}

void Opened::do_swap() {
  if (!swap_) return;
  try {
    std::exchange(swap_, nullptr)();
  } catch (...) {
    swap_failure_ = std::current_exception();
  }
}

bool Opened::open_anew() {
  if (instance_ && instance_.use_count() > 1) {
    instance_->interrupt();
    return false;
  }
  const FolderLock lock(options.path);
  instance_.reset();
  if (is_open_in_process(options.path)) return false;
  do_swap();
  try {
    instance_ = std::make_shared<Instance>(options, ended);
    set_utc(instance_->get());
    *ended = false;
    return true;
  } catch (const Error&) {
    return false;  // another program may hold the file just now
  }
}

}  // namespace gsa::duck
