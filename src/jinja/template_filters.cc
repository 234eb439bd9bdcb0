#include "jinja/template_filters.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/filter_tables.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

std::array<std::span<const Filter>, 4> all_filters() {
  return {text_filters(), number_filters(), list_filters(), choice_filters()};
}

}  // namespace

bool flag_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                   bool otherwise) {
  const Value* value = arguments.find(position, name);
  return value == nullptr ? otherwise : value->truth();
}

Value attribute_of(const Value& item, const Value& attribute) {
  if (attribute.is_integer()) return get_item(item, attribute);
  Value found = item;
  for (const std::string& part : split(attribute.as_string(), '.')) {
    const bool index = !part.empty() && std::all_of(part.begin(), part.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
    found = index && part.size() < 10 ? get_item(found, std::int64_t{std::stoi(part)})
                                      : get_item(found, part);
  }
  return found;
}

const Filter* find_filter(std::string_view name) {
  for (const std::span<const Filter> filters : all_filters()) {
    const auto found = std::find_if(filters.begin(), filters.end(),
                                    [name](const Filter& filter) { return filter.name == name; });
    if (found != filters.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string> filter_names() {
  std::vector<std::string> names;
  for (const std::span<const Filter> filters : all_filters()) {
    for (const Filter& filter : filters) names.emplace_back(filter.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace gsa::jinja
