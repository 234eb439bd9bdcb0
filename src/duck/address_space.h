#pragma once

// Whether the system gives this process the memory that DuckDB needs.

namespace gsa::duck {

// Throws Error where it does not. Opening a database asks it; who has much to read before that asks
// it first, for a stack that cannot grow ends the process by a signal.
void check_address_space();

}  // namespace gsa::duck
