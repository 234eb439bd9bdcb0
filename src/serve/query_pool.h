#pragma once

// The processes in which gsa serve runs the SQL of readers (sandbox/pool.h), on the warehouse's
// snapshot.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "sandbox/pool.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

inline constexpr std::size_t kQueriesAtATime = 4;

// `warehouse` outlives it.
std::shared_ptr<sandbox::Pool> make_query_pool(HeldWarehouse& warehouse, int threads);

// A line for whoever starts the server, where the system cannot confine these processes; else "".
std::string note_on_confinement();

// "2.5 GiB", as DuckDB writes its limits; 0 for what is none.
std::int64_t bytes_of_limit(const std::string& text);

}  // namespace gsa::serve
