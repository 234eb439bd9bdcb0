#pragma once

// Finds names of columns in SQL expressions.

#include <string>
#include <string_view>
#include <vector>

namespace gsa::semantic {

// Puts `alias.` before every column that is not qualified yet: "status = 'x'" becomes "g.status =
// 'x'". Leaves texts, functions, types of casts and names after a dot as they are.
std::string qualify(std::string_view expression, std::string_view alias,
                    const std::vector<std::string>& columns);

// The expression as a single operand: in parentheses, unless it is a name, a call, a case or
// parenthesized already.
std::string enclosed(const std::string& expression);

}  // namespace gsa::semantic
