#pragma once

// The methods of strings, lists and dicts that templates may call. They have Python's names and
// behaviour.

#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace gsa::jinja {

using Method = Value (*)(const Value& self, const CallArguments& arguments);

// Null if values of this kind have no such method.
Method find_method(const Value& self, std::string_view name);
std::vector<std::string> method_names(const Value& self);

}  // namespace gsa::jinja
