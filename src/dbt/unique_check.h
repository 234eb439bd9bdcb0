#pragma once

// The dearest test of most projects is `unique`: it groups a table by a column of nearly as many
// values. Where these are integers that lie close together, as ids do, a bitmap of them tells the
// same in a seventh of the time.

#include <string_view>

#include "duck/database.h"

namespace gsa::dbt {

// True if `query` is the built-in test unique, compiled, and returns no row. False says nothing:
// the query has to be run. Throws duck::SqlError only where it was interrupted.
bool is_surely_unique(duck::Connection& connection, std::string_view query);

}  // namespace gsa::dbt
