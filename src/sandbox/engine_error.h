#pragma once

// Reduces an engine's error to what a reader may see: no stack trace, and no paths of the server.

#include <exception>
#include <string>
#include <string_view>

#include "sandbox/query.h"

namespace gsa::sandbox {

// `ran_out`: the system refused memory meanwhile. DuckDB may report that as any error.
Failure failure_of(const std::exception_ptr& error, std::string_view sql, bool ran_out);

Failure engine_failed(std::string_view what = "");
Failure lack_of_memory();

// Replaces absolute paths by …, except those in the query itself.
std::string without_paths(std::string_view text, std::string_view sql);

}  // namespace gsa::sandbox
