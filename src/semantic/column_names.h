#pragma once

// Names of columns in an expression of SQL.

#include <string>
#include <string_view>
#include <vector>

namespace gsa::semantic {

// The expression with `alias.` before each of the columns that stands alone: "status = 'x'" becomes
// "g.status = 'x'". Texts, functions, types of casts and names behind a dot stay as they are.
std::string qualify(std::string_view expression, std::string_view alias,
                    const std::vector<std::string>& columns);

// The expression as one operand: in parentheses, unless it is a name, a call, a case or in them
// already.
std::string enclosed(const std::string& expression);

}  // namespace gsa::semantic
