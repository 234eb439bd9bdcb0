#pragma once

namespace gsa {

// Raises the process's limit of open files as far as the system lets it: the usual soft limit of
// 1,024 is for programs that use select(), which this one does not. Failing is no error.
void raise_open_files_limit();

}  // namespace gsa
