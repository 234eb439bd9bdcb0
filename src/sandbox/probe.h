#pragma once

// Tries forbidden operations from inside a confined process. For tests, which ask a worker to do
// so.

#include <string>
#include <vector>

namespace gsa::sandbox {

// "connect=ENOSYS", "open /etc/passwd=EACCES", …; "=done" for an operation that succeeded.
std::vector<std::string> probe(const std::string& temporary_folder);

}  // namespace gsa::sandbox
