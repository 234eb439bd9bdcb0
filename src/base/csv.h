#pragma once

#include <string>
#include <string_view>

namespace gsa {

// Appends a field of RFC 4180. Quoted where it has to be, and where it is empty or begins or ends
// in a space: a null is the field that is not there at all.
void append_csv(std::string& line, std::string_view field);

}  // namespace gsa
