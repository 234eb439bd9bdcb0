#pragma once

// The filters by topic, and what they share: arguments, attributes of items, keys to compare.

#include <cstddef>
#include <span>
#include <string_view>

#include "jinja/template_filters.h"

namespace gsa::jinja {

std::span<const Filter> text_filters();
std::span<const Filter> number_filters();
std::span<const Filter> list_filters();    // of whole lists and dicts
std::span<const Filter> choice_filters();  // map, select and the like; defaults and attributes

bool flag_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                   bool otherwise);
// The value that | map(attribute='a.b.0') and similar filters read from each item.
Value attribute_of(const Value& item, const Value& attribute);

}  // namespace gsa::jinja
