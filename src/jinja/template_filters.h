#pragma once

// The filters (x | name) and tests (x is name) of templates.

#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace gsa::jinja {

struct Filter {
  std::string_view name;
  Value (*apply)(const Value& input, const CallArguments& arguments);
};
const Filter* find_filter(std::string_view name);  // null if there is none
std::vector<std::string> filter_names();

struct Test {
  std::string_view name;
  bool (*holds)(const Value& input, const CallArguments& arguments);
};
const Test* find_test(std::string_view name);  // null if there is none
std::vector<std::string> test_names();

}  // namespace gsa::jinja
