#include "assets/rewritten_file.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "assets/part_folder.h"
#include "assets/records_schema.h"
#include "assets/snapshot_copy.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "write the warehouse anew without the deleted rows";
constexpr const char* kNew = "gsa_rewritten";  // the new file, attached

// The file itself where the path is a link: the new one must not replace the link.
std::string real_path(const std::string& warehouse) {
  std::error_code failed;
  const fs::path path = fs::canonical(warehouse, failed);
  return failed ? warehouse : path.string();
}

// What describes a database, as queries on duckdb_…(); none has an id that differs by file.
constexpr std::array<const char*, 6> kDescriptions = {
    "select schema_name, table_name, sql, comment from duckdb_tables()",
    "select schema_name, table_name, column_index, column_name, data_type, column_default, "
    "is_nullable, comment from duckdb_columns()",
    "select schema_name, view_name, sql, comment from duckdb_views()",
    "select schema_name, type_name, logical_type, labels from duckdb_types()",
    "select schema_name, index_name, sql, comment from duckdb_indexes()",
    "select schema_name, function_name, macro_definition from duckdb_functions()"};

void require_same(duck::Connection& connection, const std::string& old_one) {
  const auto differ = [&](const std::string& left, const std::string& right) {
    return connection.query_int64(fmt::format(
               "select count(*) from ((({0}) except all ({1})) union all (({1}) except all ({0})))",
               left, right)) > 0;
  };
  const auto failed = [] {
    return Error(fmt::format("cannot {}: the copy differs from the file", kWhat));
  };
  for (const char* description : kDescriptions) {
    const auto of = [&](const std::string& name) {
      return fmt::format("{} where database_name = {}", description, sql_quote(name));
    };
    if (differ(of(old_one), of(kNew))) throw failed();
  }
  const duck::Result tables = connection.query(
      fmt::format("select schema_name, table_name from duckdb_tables() where database_name = {}",
                  sql_quote(old_one)));
  for (std::size_t r = 0; r < tables.rows(); ++r) {
    const std::string table = sql_name(tables.text(r, 0)) + "." + sql_name(tables.text(r, 1));
    const auto count = [&](const std::string& name) {
      return connection.query_int64(
          fmt::format("select count(*) from {}.{}", sql_name(name), table));
    };
    if (count(old_one) != count(kNew)) throw failed();
  }
}

void write_copy(duck::Connection& connection, const std::string& file) {
  const std::string old_one = connection.query("select current_database()").text(0, 0);
  connection.execute(fmt::format("attach {} as {}", sql_quote(file), kNew));
  try {
    connection.execute(fmt::format("copy from database {} to {}", sql_name(old_one), kNew));
    require_same(connection, old_one);
    connection.execute(fmt::format(
        "update {}.ops.forgotten set erased_at = {} where erased_at is null", kNew, kNow));
    connection.execute(fmt::format("checkpoint {}", kNew));
  } catch (const Error&) {
    try {
      connection.execute(fmt::format("detach {}", kNew));
    } catch (const Error&) {
      // The disk is full, or DuckDB's instance has ended.
    }
    throw;
  }
  connection.execute(fmt::format("detach {}", kNew));
}

}  // namespace

void rewrite_file(const duck::Database& database, const ReplaceFile& replace) {
  std::optional<duck::Connection> connection = database.connect();
  const std::string path =
      real_path(connection
                    ->query("select path from duckdb_databases() where database_name = "
                            "current_database()")
                    .text(0, 0));
  const PartFolder part(path);
  require_room(path, static_cast<std::int64_t>(fs::file_size(path)), kWhat);
  try {
    write_copy(*connection, part.file());
  } catch (const duck::SqlError& error) {
    throw Error(fmt::format("cannot {}: {}", kWhat, error.message()), error.hint());
  }
  connection.reset();
  replace([&] {
    put_in_place(part.file(), path, path);
    std::error_code ignored;
    fs::remove_all(path + ".tmp",
                   ignored);  // what queries of a killed process did not fit in memory
  });
}

void remove_unfinished_rewrite(const std::string& warehouse) {
  remove_part_folder(real_path(warehouse));
}

}  // namespace gsa::assets
