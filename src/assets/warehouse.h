#pragma once

// The warehouse: one DuckDB file with the published tables and, in schema ops, their origin.
//
// Layout. Readers see main.*. A run builds its tables in the same schemas under hidden names
// (kHiddenPrefix + name); publishing renames them in one transaction. Hidden tables in a file
// without an active run are leftovers of a run that did not finish. The next open for writing drops
// them, except those in schema partitions, which a run may take over. A partitioned asset is a view
// on its tables there. ops.provenance has one row, for the last publication; ops.findings lists
// oddities of its source; records_schema.h describes the rest of ops.
//
// Locks. One process at a time has the file open to write, and then no other can open it, not even
// to read. The returned Database may be shared by threads.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

// Raise it with every change of the layout that an older gsa would misread, or whose older state
// this one cannot read.
inline constexpr std::int64_t kWarehouseFormat = 3;

inline constexpr std::string_view kHiddenPrefix = "__gsa_new__";
std::string hidden(std::string_view name);

struct WarehouseOptions {
  std::string path;
  int threads = 0;           // 0: all cores
  std::string memory_limit;  // empty: DuckDB's default
  // See duck::DatabaseOptions.
  bool keeps_memory = false;
  bool watches_progress = true;
  // Validates before the new file becomes visible; if it throws, the file is deleted.
  std::function<void()> confirm_new = {};
};

enum class Access {
  read,
  change,  // write to an existing file
  write,   // the same, and create it if missing
};

// Opens the file. Access::write creates it and its folder if they are missing. For writing, also
// drops the leftovers of killed runs and marks those runs as interrupted; for reading, marks them
// only if this process may write the file, and otherwise leaves that to the next one. Throws Error
// that says what is wrong: missing, locked and by whom, not a DuckDB file, written by a newer
// version, read-only, …
duck::Database open_warehouse(const WarehouseOptions& options, Access access);
// Another process holds the file: "/usr/bin/gsa (PID 42) by user jo".
class WarehouseInUse : public Error {
 public:
  WarehouseInUse(const std::string& path, const std::string& holder, Access access);
};

// Retries `open` every 100 ms until it stops throwing WarehouseInUse, and returns its result. Calls
// `waiting` once, with the message of the first failure. Throws Error{interrupted} once `stop` is
// requested.
duck::Database wait_for_warehouse(const std::function<duck::Database()>& open,
                                  const std::function<void(const std::string&)>& waiting,
                                  const std::stop_token& stop);

// Drops the hidden relations of runs that did not finish and marks those runs as interrupted. For a
// warehouse that this process already has open to write, with no active run.
void tidy_up(duck::Connection& connection);

// Whether the file has the tables of records_schema.h.
bool has_records(duck::Connection& connection);

// Drops the hidden relations for which `drops` returns true, given the schema and the name without
// prefix.
void drop_hidden(duck::Connection& connection,
                 const std::function<bool(const std::string&, const std::string&)>& drops);
// All except partitions.
void drop_hidden(duck::Connection& connection);

}  // namespace gsa::assets
