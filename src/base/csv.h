#pragma once

#include <string>
#include <string_view>

namespace gsa {

// Appends one RFC 4180 field. Quotes it where the format needs that, and also if it is empty or
// begins or ends with a space: an empty field without quotes stands for null.
void append_csv(std::string& line, std::string_view field);

}  // namespace gsa
