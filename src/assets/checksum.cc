#include "assets/checksum.h"

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace gsa::assets {

bool is_nested(const std::string& type) {
  return type.ends_with("]") || type.starts_with("STRUCT(") || type.starts_with("MAP(");
}

std::string row_hash_sql(const duck::Result& described) {
  std::string hashed = "__gsa_row";
  for (std::size_t r = 0; r < described.rows(); ++r) {
    if (!is_nested(described.text(r, 1))) continue;
    hashed += fmt::format(", __gsa_row.{} is null", sql_name(described.text(r, 0)));
  }
  return fmt::format("hash({})", hashed);
}

Contents contents_of(duck::Connection& connection, const std::string& relation,
                     const std::optional<RowSum>& known) {
  std::string described;
  const duck::Result columns = connection.query("describe select * from " + relation);
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    described += fmt::format("{}\n{}\n", columns.text(r, 0), columns.text(r, 1));
  }
  Contents contents;
  if (known) {
    contents.rows = known->rows;
    contents.checksum = fmt::format("{}", known->hashes);
  } else {
    const duck::Result row = connection.query(
        fmt::format("select count(*), coalesce(sum({}), 0)::varchar from {} as __gsa_row",
                    row_hash_sql(columns), relation));
    contents.rows = row.int64(0, 0);
    contents.checksum = row.text(0, 1);
  }
  contents.data_version = fmt::format(
      "{:016x}",
      stable_hash(fmt::format("{}\n{}\n{}", described, contents.rows, contents.checksum)));
  return contents;
}

uint128 read_checksum(const std::string& checksum) {
  uint128 sum = 0;
  for (const char digit : checksum) {
    check(is_digit(digit), "a checksum is a decimal number");
    sum = sum * 10 + static_cast<uint128>(digit - '0');
  }
  return sum;
}

std::optional<std::int64_t> bytes_on_disk(duck::Connection& connection,
                                          const std::string& relation) {
  // The function accepts no name with a quote in it, however it is escaped.
  if (relation.find("\"\"") != std::string::npos) return std::nullopt;
  const std::int64_t blocks = connection.query_int64(fmt::format(
      "select count(distinct block) from (select unnest(list_append(coalesce(additional_block_ids, "
      "[]), block_id)) as block from pragma_storage_info({})) where block >= 0",
      sql_quote(relation)));
  if (blocks == 0) return std::nullopt;
  return blocks * connection.query_int64(
                      "select block_size from pragma_database_size() where "
                      "database_name = current_database()");
}

}  // namespace gsa::assets
