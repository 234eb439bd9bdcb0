#pragma once

// One answer of Trino's statement API: the JSON document that its protocol calls QueryResults.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "trino/statement_info.h"
#include "trino/trino_error.h"

namespace gsa::trino {

// A value for each column. bigint and smaller: int64; decimal: string; double and real: double, or
// the strings "NaN", "Infinity", "-Infinity"; boolean: bool; varbinary: string in base64; array and
// row: array; map: object with its keys as strings; all others: string, as Trino prints them.
using Row = boost::json::array;

struct ResultPage {
  // Columns are empty until Trino knows them; each page has all warnings so far.
  StatementInfo info = {};
  std::string next_uri = {};  // empty: the last page
  std::vector<Row> rows = {};
  std::optional<QueryFailure> failure = {};
};

// Null if the text is not such a document.
std::optional<ResultPage> read_page(std::string_view text);

}  // namespace gsa::trino
