#include "duck/row_stream.h"

#include <exception>
#include <map>
#include <mutex>
#include <random>

#include <duckdb.h>
#include <fmt/format.h>

#include "base/error.h"
#include "duck/logical_type.h"

namespace gsa::duck {

struct NamedStream::Entry {
  explicit Entry(RowStream& named) : stream(&named) {}

  std::mutex mutex;
  RowStream* stream;  // null once the name is withdrawn
  std::exception_ptr failure;
};

namespace {

constexpr const char* kFunction = "gsa_rows";

using TableFunction = Handle<duckdb_table_function, duckdb_destroy_table_function>;
using EntryPointer = std::shared_ptr<NamedStream::Entry>;

// The streams that SQL can name now.
struct Names {
  std::mutex mutex;
  std::map<long long, EntryPointer> entries;
};

Names& names() {
  static Names all;
  return all;
}

void delete_entry(void* pointer) { delete static_cast<EntryPointer*>(pointer); }

void bind_stream(duckdb_bind_info info) {
  using Value = Handle<duckdb_value, duckdb_destroy_value>;
  const Value id(duckdb_bind_get_parameter(info, 0));
  EntryPointer entry;
  {
    Names& all = names();
    const std::lock_guard lock(all.mutex);
    const auto found = all.entries.find(duckdb_get_int64(id.get()));
    if (found != all.entries.end()) entry = found->second;
  }
  if (entry == nullptr) {
    duckdb_bind_set_error(info, "there are no such rows");
    return;
  }
  const std::lock_guard lock(entry->mutex);
  if (entry->stream == nullptr) return duckdb_bind_set_error(info, "the rows are gone");
  for (const auto& [name, type] : entry->stream->columns()) {
    duckdb_bind_add_result_column(info, name.c_str(), to_logical(type).get());
  }
  duckdb_bind_set_bind_data(info, std::make_unique<EntryPointer>(entry).release(), delete_entry);
}

// Calls `work` with the stream. Keeps its exception for NamedStream::rethrow().
template <typename Work>
std::string attempt(void* bound, const Work& work) {
  NamedStream::Entry& entry = **static_cast<EntryPointer*>(bound);
  const std::lock_guard lock(entry.mutex);
  if (entry.stream == nullptr) return "the rows are gone";
  try {
    work(*entry.stream);
    return "";
  } catch (const std::exception& failure) {
    entry.failure = std::current_exception();
    return failure.what();
  } catch (...) {
    entry.failure = std::current_exception();
    return "unknown error";
  }
}

void init_stream(duckdb_init_info info) {
  duckdb_init_set_max_threads(info, 1);
  const std::string failure =
      attempt(duckdb_init_get_bind_data(info), [](RowStream& stream) { stream.begin(); });
  if (!failure.empty()) duckdb_init_set_error(info, failure.c_str());
}

void fill_chunk(duckdb_function_info info, duckdb_data_chunk chunk) {
  const std::string failure = attempt(duckdb_function_get_bind_data(info), [&](RowStream& stream) {
    std::vector<Output> columns;
    for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(chunk); ++i) {
      columns.emplace_back(duckdb_data_chunk_get_vector(chunk, i));
    }
    duckdb_data_chunk_set_size(chunk, stream.fill(columns, duckdb_vector_size()));
  });
  if (!failure.empty()) duckdb_function_set_error(info, failure.c_str());
}

}  // namespace

NamedStream::NamedStream(RowStream& stream) : entry_(std::make_shared<Entry>(stream)) {
  // The name is random, so that no other query on this database can guess it and take the rows.
  std::random_device random;
  Names& all = names();
  const std::lock_guard lock(all.mutex);
  do {
    id_ = static_cast<long long>(random() & 0x7fff'ffffU) << 32 | random();
  } while (!all.entries.emplace(id_, entry_).second);
}

NamedStream::~NamedStream() {
  {
    Names& all = names();
    const std::lock_guard lock(all.mutex);
    all.entries.erase(id_);
  }
  const std::lock_guard lock(entry_->mutex);
  entry_->stream = nullptr;
}

std::string NamedStream::sql() const { return fmt::format("{}({})", kFunction, id_); }

void NamedStream::rethrow() const {
  const std::lock_guard lock(entry_->mutex);
  if (entry_->failure) std::rethrow_exception(entry_->failure);
}

void register_row_streams(Connection& connection) {
  const TableFunction function(duckdb_create_table_function());
  duckdb_table_function_set_name(function.get(), kFunction);
  duckdb_table_function_add_parameter(function.get(), to_logical(Type::of(TypeId::bigint)).get());
  duckdb_table_function_set_bind(function.get(), bind_stream);
  duckdb_table_function_set_init(function.get(), init_stream);
  duckdb_table_function_set_function(function.get(), fill_chunk);
  if (duckdb_register_table_function(connection.get(), function.get()) == DuckDBError) {
    throw Error(fmt::format("cannot register the SQL function {}", kFunction));
  }
}

}  // namespace gsa::duck
