#pragma once

// What of an engine's error may be told to whoever asked: no stack trace, no path of the server.

#include <exception>
#include <string>
#include <string_view>

#include "sandbox/query.h"

namespace gsa::sandbox {

// `ran_out` tells that the system refused memory meanwhile, which DuckDB may report as anything.
Failure failure_of(const std::exception_ptr& error, std::string_view sql, bool ran_out);

Failure engine_failed(std::string_view what = "");
Failure lack_of_memory();

// Puts … in place of absolute paths that are not in the query itself.
std::string without_paths(std::string_view text, std::string_view sql);

}  // namespace gsa::sandbox
