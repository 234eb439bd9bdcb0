#pragma once

// Fingerprints the contents of a relation, to tell whether they changed.

#include <cstdint>
#include <optional>
#include <string>

#include "assets/row_sums.h"
#include "duck/database.h"

namespace gsa::assets {

struct Contents {
  std::int64_t rows = 0;
  std::string checksum;      // sum over the hashes of the rows, so independent of their order
  std::string data_version;  // over the columns' names and types, the rows and the checksum
};

// Whether an SQL type has values inside (list, struct, …). DuckDB hashes such a value by its
// elements, so null and an empty one hash alike.
bool is_nested(const std::string& type);

// The hash of a row of what a DESCRIBE is of, as SQL over a table named __gsa_row.
std::string row_hash_sql(const duck::Result& described);

// Reads every value of `relation`, which is a name quoted for SQL. If `known` gives the sum of its
// rows, reads only the names and types of its columns.
Contents contents_of(duck::Connection& connection, const std::string& relation,
                     const std::optional<RowSum>& known = std::nullopt);

// The sum of Contents::checksum as a number.
uint128 read_checksum(const std::string& checksum);

// Bytes that a table occupies on disk, in whole blocks. Nullopt if DuckDB has not written it yet,
// or if its name has a quote in it.
std::optional<std::int64_t> bytes_on_disk(duck::Connection& connection,
                                          const std::string& relation);

}  // namespace gsa::assets
