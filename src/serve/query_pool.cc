#include "serve/query_pool.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "sandbox/confine.h"

namespace gsa::serve {
namespace {

// All readers' queries together may use the warehouse's memory limit divided by this.
constexpr std::int64_t kShareOfMemory = 2;

// DuckDB's name for the file at this path, unless DuckDB reserves that name.
std::string database_name(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string();
  for (const char* taken : {"", "memory", "main", "system", "temp"}) {
    if (to_lower(name) == taken) return "warehouse";
  }
  return name;
}

}  // namespace

std::int64_t bytes_of_limit(const std::string& text) {
  constexpr std::array<std::string_view, 5> kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  double unit = 1;
  for (const std::string_view name : kUnits) {
    if (trim(end) == name) return static_cast<std::int64_t>(number * unit);
    unit *= 1024;
  }
  return 0;
}

std::shared_ptr<sandbox::Pool> make_query_pool(HeldWarehouse& warehouse, int threads) {
  sandbox::Settings settings;
  settings.folder = std::filesystem::absolute(warehouse.path()).string() + ".queries";
  settings.database = database_name(warehouse.path());
  settings.memory_bytes = bytes_of_limit(warehouse.database()
                                             .connect()
                                             .query("select current_setting('memory_limit')")
                                             .text(0, 0)) /
                          kShareOfMemory;
  settings.workers = kQueriesAtATime;
  settings.threads = threads;
  return std::make_shared<sandbox::Pool>(settings, [&warehouse] {
    const assets::Snapshot snapshot = warehouse.snapshots().current();
    return sandbox::Snapshot{snapshot.path, snapshot.publication, snapshot.version};
  });
}

std::string note_on_confinement() {
  const std::string missing = sandbox::missing_confinement();
  if (missing.empty()) return "";
  return fmt::format("{}: SQL of readers may use only functions that are known to be harmless",
                     missing);
}

}  // namespace gsa::serve
