#pragma once

// Ctrl-C and SIGTERM as a flag that long work looks at.

namespace gsa {

// From now on the first SIGINT or SIGTERM only sets the flag; a second one ends the process at
// once.
void catch_interrupts();
// True after such a signal, or if the invocation of this thread was interrupted (invocation.h).
bool interrupted();

}  // namespace gsa
