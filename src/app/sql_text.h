#pragma once

// Splits SQL text into statements.

#include <string>
#include <string_view>
#include <vector>

namespace gsa::app {

// The statements of `sql` without their semicolons and without empty ones (white space and comments
// only). Semicolons inside quotes ('', "", $tag$) and comments (--, nested /* */) do not separate
// statements.
std::vector<std::string> split_statements(std::string_view sql);

}  // namespace gsa::app
