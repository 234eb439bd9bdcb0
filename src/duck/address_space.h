#pragma once

// Whether the system gives this process the memory that DuckDB needs.

namespace gsa::duck {

// Throws Error if it does not. Opening a database checks it. Check it first before long work that
// comes before: a stack that cannot grow ends the process by a signal.
void check_address_space();

}  // namespace gsa::duck
