#pragma once

// The warehouse: one DuckDB file with the published tables, and in schema ops where they came from.
//
// Layout. main.* holds what readers see. While a run is going its tables stand beside them in the
// same schema under hidden names (kHiddenPrefix + name); publishing renames them in one
// transaction. Hidden tables in a file that no run is working on were left by a run that did not
// come to its end and are dropped by the next; but for those in schema partitions, which a run may
// take over. An asset with partitions is a view on its tables there. ops.provenance has one row,
// that of the last publication; ops.findings has what was odd in its source; records_schema.h has
// the rest of ops.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

// Raised with every change of the layout that an older gsa would misread, or whose older state this
// one cannot read.
inline constexpr std::int64_t kWarehouseFormat = 3;

inline constexpr std::string_view kHiddenPrefix = "__gsa_new__";
std::string hidden(std::string_view name);

struct WarehouseOptions {
  std::string path;
  int threads = 0;           // 0: all cores
  std::string memory_limit;  // empty: DuckDB's default
  // Both: see duck::DatabaseOptions.
  bool keeps_memory = false;
  bool watches_progress = true;
  // What must hold before a file is made. Called as late as when it is there and nobody else can
  // have opened it yet; where it throws, the file goes again.
  std::function<void()> confirm_new = {};
};

enum class Access {
  read,
  change,  // write to a file that is there
  write,   // the same, and make it where there is none
};

// Opens the file; with Access::write makes it and its folder where they are missing, and unless it
// is only read drops what a killed run left. A run that was killed is marked as interrupted, which
// needs the right to write and is otherwise left to the next. Throws Error that says what is wrong:
// missing, locked and by whom, not a DuckDB file, written by a newer version, read-only, …
duck::Database open_warehouse(const WarehouseOptions& options, Access access);
// Somebody else holds the file: "/usr/bin/gsa (PID 42) by user jo".
class WarehouseInUse : public Error {
 public:
  WarehouseInUse(const std::string& path, const std::string& holder, Access access);
};

// What `open` returns once it no longer throws WarehouseInUse; throws Error{interrupted} once
// `stop` is asked for. Calls `waiting` once, with what holds it.
duck::Database wait_for_warehouse(const std::function<duck::Database()>& open,
                                  const std::function<void(const std::string&)>& waiting,
                                  const std::stop_token& stop);

// For who opens a warehouse that the process has open already, and that no run works on: drops what
// a run left that did not end, and marks it as interrupted.
void tidy_up(duck::Connection& connection);

// Whether the file has the tables of records_schema.h, as this gsa writes them.
bool has_records(duck::Connection& connection);
// That of the last publication; 0 where nothing was published.
std::int64_t format_of(duck::Connection& connection);

// Drops the hidden relations for which `drops` holds, given schema and name without the prefix.
void drop_hidden(duck::Connection& connection,
                 const std::function<bool(const std::string&, const std::string&)>& drops);
// All but partitions.
void drop_hidden(duck::Connection& connection);

}  // namespace gsa::assets
