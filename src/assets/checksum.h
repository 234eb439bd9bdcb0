#pragma once

// What a relation holds, in a few numbers.

#include <cstdint>
#include <optional>
#include <string>

#include "assets/row_sums.h"
#include "duck/database.h"

namespace gsa::assets {

struct Contents {
  std::int64_t rows = 0;
  std::string checksum;      // a sum over the hashes of the rows: their order makes no difference
  std::string data_version;  // of the columns' names and types, the rows and the checksum
};

// Whether SQL's name of a type says that it has values inside. Of these DuckDB's hash is that of
// what is in them: null and nothing hash alike.
bool is_nested(const std::string& type);

// Reads every value of `relation`, a name as SQL writes it; but where it is known what its rows sum
// up to, nothing but its columns.
Contents contents_of(duck::Connection& connection, const std::string& relation,
                     const std::optional<RowSum>& known = std::nullopt);

// What a table takes on disk, in whole blocks; nothing where DuckDB has not written it yet, or has
// a quote in its name.
std::optional<std::int64_t> bytes_on_disk(duck::Connection& connection,
                                          const std::string& relation);

}  // namespace gsa::assets
