#pragma once

// Tries from inside a confined process what it must not be able to do. For tests, which ask a
// worker for it.

#include <string>
#include <vector>

namespace gsa::sandbox {

// "connect=ENOSYS", "open /etc/passwd=EACCES", …; "=done" for what was possible.
std::vector<std::string> probe(const std::string& temporary_folder);

}  // namespace gsa::sandbox
