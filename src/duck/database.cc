#include "duck/database.h"

#include <chrono>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include <duckdb.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/address_space.h"
#include "duck/instance.h"
#include "duck/result_rows.h"
#include "duck/statement.h"

namespace gsa::duck {
namespace {

bool prepares(duckdb_connection connection, const std::string& sql) {
  Prepared prepared;
  return duckdb_prepare(connection, sql.c_str(), prepared.out()) == DuckDBSuccess;
}

bool writes_files(duckdb_statement_type type, const std::string& sql) {
  switch (type) {
    case DUCKDB_STATEMENT_TYPE_COPY:
    case DUCKDB_STATEMENT_TYPE_EXPORT:
    case DUCKDB_STATEMENT_TYPE_PREPARE:
    case DUCKDB_STATEMENT_TYPE_EXECUTE:
      return true;
    case DUCKDB_STATEMENT_TYPE_EXPLAIN: {  // EXPLAIN ANALYZE runs what it explains
      const std::string lower = to_lower(sql);
      return lower.find("copy") != std::string::npos || lower.find("export") != std::string::npos;
    }
    default:
      return false;
  }
}

constexpr const char* kMasked =
    "the query failed, but DuckDB only says that its other threads were stopped";

// A guess: SQL with a semicolon inside a string counts as several statements.
bool is_one_statement(const std::string& sql) {
  const std::size_t semicolon = sql.find(';');
  return semicolon == std::string::npos || trim(sql.substr(semicolon + 1)).empty();
}

bool is_number(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return true;
    default:
      return false;
  }
}

}  // namespace

namespace {

// With less, DuckDB's allocator crashes instead of failing: runs ended by SIGSEGV at 160 to 240 MB.
constexpr rlim_t kLeastAddressSpace = 400'000'000;

SqlError ended() {
  return {SqlErrorKind::invalidated, "FATAL Error: the database has been invalidated"};
}

}  // namespace

void check_address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= kLeastAddressSpace) {
    return;
  }
  throw Error(fmt::format("the system allows this process {} MB of memory, but DuckDB needs {} MB",
                          limit.rlim_cur / 1'000'000, kLeastAddressSpace / 1'000'000),
              "raise the limit on address space: ulimit -v unlimited");
}

Database::Database(const DatabaseOptions& options) {
  check_address_space();
  opened_ = std::make_shared<Opened>(options);
}

Connection Database::connect() const {
  std::shared_ptr<Instance> instance = opened_->usable();
  if (!instance) throw ended();
  return Connection(std::move(instance), guarded_, opened_->options.watches_progress);
}

bool Database::is_invalidated() const { return *opened_->ended; }

bool Database::reopen() const { return opened_->usable() != nullptr; }

void Database::replace_file(const std::function<void()>& swap,
                            const std::function<void()>& let_go) const {
  constexpr int kAttempts = 1500;
  constexpr auto kPause = std::chrono::milliseconds(20);
  opened_->begin_swap(swap);
  for (int i = 0; i < kAttempts; ++i) {
    let_go();
    if (opened_->usable() != nullptr) return opened_->end_swap();
    std::this_thread::sleep_for(kPause);
  }
  opened_->end_swap();
  throw Error(
      fmt::format("{} is in use, so that its file cannot be replaced", opened_->options.path));
}

Database Database::guarding(std::shared_ptr<void> token) const {
  Database guarding = *this;
  using Both = std::pair<std::shared_ptr<void>, std::shared_ptr<void>>;
  guarding.guarded_ = std::make_shared<Both>(std::move(token), guarded_);
  return guarding;
}

Connection::Connection(std::shared_ptr<Instance> instance, std::shared_ptr<void> guarded,
                       bool watches_progress)
    : guarded_(std::move(guarded)), connection_(nullptr, Disconnect{std::move(instance)}) {
  Instance& opened = *connection_.get_deleter().instance;
  duckdb_connection connection = nullptr;
  if (duckdb_connect(opened.get(), &connection) == DuckDBError) {
    throw Error("cannot connect to the database");
  }
  connection_.reset(connection);
  opened.add(connection);
  // DuckDB reports progress only while its own progress bar is on. We do not want the bar printed.
  if (watches_progress) {
    execute("set enable_progress_bar = true; set enable_progress_bar_print = false");
  }
}

void Connection::Disconnect::operator()(_duckdb_connection* connection) const {
  instance->remove(connection);
  duckdb_disconnect(&connection);
}

bool Connection::is_invalidated() const { return connection_.get_deleter().instance->has_ended(); }

bool Connection::has_table(const std::string& schema, const std::string& name) {
  Handle<duckdb_table_description, duckdb_table_description_destroy> found;
  return duckdb_table_description_create(get(), schema.c_str(), name.c_str(), found.out()) ==
         DuckDBSuccess;
}

template <typename Attempt>
auto Connection::unmasked(const Attempt& attempt) -> decltype(attempt(0)) {
  constexpr int kAttempts = 5;
  *interrupted_ = false;
  for (int i = 0;; ++i) {
    try {
      return attempt(i);
    } catch (const SqlError& error) {
      connection_.get_deleter().instance->notice(error);
      const bool is_masked =
          error.kind() == SqlErrorKind::interrupted && !*interrupted_ && !in_transaction_;
      if (!is_masked) throw;
      if (i + 1 == kAttempts) throw SqlError(SqlErrorKind::other, kMasked);
    }
  }
}

Result Connection::query(const std::string& sql) {
  return unmasked([&](int attempt) {
    // Of several statements, the first may have taken effect already.
    if (attempt > 0 && !is_one_statement(sql)) throw SqlError(SqlErrorKind::other, kMasked);
    return query_once(sql);
  });
}

Result Connection::query_once(const std::string& sql) {
  ResultHandle result;
  if (duckdb_query(get(), sql.c_str(), result.out()) == DuckDBError) {
    duckdb_result failed = result.get();
    throw_error(failed);
  }
  return Result(std::make_unique<Result::Rows>(std::move(result)));
}

StatementInfo Connection::inspect(const std::string& sql) {
  const Prepared prepared = prepare(get(), sql);
  const duckdb_statement_type kind = duckdb_prepared_statement_type(prepared.get());
  // Some PRAGMAs count as SELECT but cannot be a subquery.
  StatementInfo info{
      kind == DUCKDB_STATEMENT_TYPE_SELECT && prepares(get(), "select * from (\n" + sql + "\n)"),
      writes_files(kind, sql),
      {}};
  const idx_t count = duckdb_prepared_statement_column_count(prepared.get());
  for (idx_t c = 0; c < count; ++c) {
    const char* name = duckdb_prepared_statement_column_name(prepared.get(), c);
    const duckdb_type type = duckdb_prepared_statement_column_type(prepared.get(), c);
    info.columns.push_back({name, is_number(type)});
    duckdb_free(const_cast<char*>(name));
  }
  return info;
}

std::int64_t Connection::stream_text(const std::string& select,
                                     const std::function<bool(const TextRow&)>& row) {
  try {
    return stream("select cast(columns(*) as varchar) from (\n" + select + "\n)", row);
  } catch (const SqlError& error) {
    throw error.without_first_lines(1);
  }
}

void Connection::stream_chunks(const std::string& select,
                               const std::function<bool(const Chunk&)>& chunk) {
  unmasked([&](int attempt) {
    if (attempt == 0) return stream_once(select, chunk);
    stream_once(select, [](const Chunk&) { return true; });  // only to get its error
    throw SqlError(SqlErrorKind::other, kMasked);
  });
}

void Connection::stream_once(const std::string& select,
                             const std::function<bool(const Chunk&)>& chunk) {
  const Prepared prepared = prepare(get(), select);
  ResultHandle handle;
  if (duckdb_execute_prepared_streaming(prepared.get(), handle.out()) == DuckDBError) {
    duckdb_result failed = handle.get();
    throw_error(failed);
  }
  duckdb_result result = handle.get();
  while (true) {
    const ChunkHandle fetched(duckdb_fetch_chunk(result));
    if (fetched.get() == nullptr) break;
    if (!chunk(Chunk(fetched.get()))) return;
  }
  if (const char* message = duckdb_result_error(&result); message != nullptr && *message != 0) {
    throw_error(result);
  }
}

std::int64_t Connection::stream(const std::string& texts,
                                const std::function<bool(const TextRow&)>& row) {
  TextRow cells;
  std::int64_t given = 0;
  stream_chunks(texts, [&](const Chunk& chunk) {
    cells.resize(chunk.columns());
    for (std::size_t r = 0; r < chunk.rows(); ++r) {
      for (std::size_t c = 0; c < cells.size(); ++c) {
        cells[c] = chunk.is_null(c, r) ? std::nullopt : std::optional(chunk.text(c, r));
      }
      ++given;
      if (!row(cells)) return false;
    }
    return true;
  });
  return given;
}

QueryProgress Connection::progress() const {
  const duckdb_query_progress_type now = duckdb_query_progress(get());
  return {now.percentage / 100, static_cast<std::int64_t>(now.rows_processed)};
}

void Connection::interrupt() const {
  *interrupted_ = true;
  duckdb_interrupt(get());
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  check(!connection.in_transaction_, "a connection has one transaction at a time");
  connection.execute(kind == Kind::read_only ? "begin transaction read only" : "begin transaction");
  connection.in_transaction_ = true;
}

Transaction::~Transaction() {
  connection_.in_transaction_ = false;
  if (ended_) return;
  try {
    connection_.execute("rollback");
  } catch (const std::exception&) {
    return;  // it went with the error that led here
  }
}

void Transaction::commit() {
  connection_.execute("commit");
  ended_ = true;
}

std::string library_version() { return duckdb_library_version(); }

}  // namespace gsa::duck
