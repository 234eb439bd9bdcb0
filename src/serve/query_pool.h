#pragma once

// The worker processes in which gsa serve runs readers' SQL (sandbox/pool.h), on the warehouse's
// snapshot.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "sandbox/pool.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

inline constexpr std::size_t kQueriesAtATime = 4;

// `warehouse` must outlive it.
std::shared_ptr<sandbox::Pool> make_query_pool(HeldWarehouse& warehouse, int threads);

// A note for the user who starts the server, if the system cannot confine these processes; else "".
std::string note_on_confinement();

// "2.5 GiB", as DuckDB prints its limits, in bytes; 0 if it is no size.
std::int64_t bytes_of_limit(const std::string& text);

}  // namespace gsa::serve
