// Filters that choose items, attributes or defaults, or apply other filters to each item.

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/filter_tables.h"
#include "jinja/template_methods.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

Value same(const Value& input, const CallArguments& arguments) {
  arguments.expect("the filter", 0, {});
  return input;
}

Value default_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("default", 0, {"default_value", "boolean"});
  const bool missing =
      input.is_undefined() || (flag_argument(arguments, 1, "boolean", false) && !input.truth());
  if (!missing) return input;
  const Value* otherwise = arguments.find(0, "default_value");
  return otherwise != nullptr ? *otherwise : Value("");
}

Value attr(const Value& input, const CallArguments& arguments) {
  arguments.expect("attr", 1, {"name"});
  const std::string& name = arguments.find(0, "name")->as_string();
  // Reads only attributes, never the value of a key.
  if (!input.is_dict() || find_method(input, name) != nullptr) return get_attribute(input, name);
  return get_attribute(Value(Dict()), name);
}

// The remaining arguments: those for the filter or test that map, select … apply.
CallArguments without_first(const CallArguments& arguments, std::size_t count) {
  CallArguments rest = arguments;
  rest.positional.erase(rest.positional.begin(),
                        rest.positional.begin() + static_cast<std::ptrdiff_t>(count));
  return rest;
}

const Filter& filter_named(const std::string& name) {
  const Filter* filter = find_filter(name);
  if (filter == nullptr) {
    throw Error(fmt::format("unknown filter '{}'", name), did_you_mean(name, filter_names()));
  }
  return *filter;
}

const Test& test_named(const std::string& name) {
  const Test* test = find_test(name);
  if (test == nullptr) {
    throw Error(fmt::format("unknown test '{}'", name), did_you_mean(name, test_names()));
  }
  return *test;
}

Value map(const Value& input, const CallArguments& arguments) {
  List items;
  if (arguments.positional.empty()) {
    arguments.expect("map", 0, {"attribute", "default"});
    const Value* attribute = arguments.find(0, "attribute");
    const Value* otherwise = arguments.find(1, "default");
    if (attribute == nullptr) throw Error("map() needs the name of a filter, or attribute='…'");
    for (const Value& item : input.iterate()) {
      Value found = attribute_of(item, *attribute);
      items.push_back(found.is_undefined() && otherwise != nullptr ? *otherwise : found);
    }
    return items;
  }
  const Filter& filter = filter_named(arguments.positional.front().as_string());
  const CallArguments rest = without_first(arguments, 1);
  for (const Value& item : input.iterate()) items.push_back(filter.apply(item, rest));
  return items;
}

// The items, or their attributes, that pass the test; without a test, those that are true.
Value choose(const Value& input, const CallArguments& arguments, bool by_attribute, bool wanted) {
  const std::size_t names = by_attribute ? 1 : 0;
  if (arguments.positional.size() < names) throw Error("the filter needs the name of an attribute");
  const Test* test = nullptr;
  CallArguments rest;
  if (arguments.positional.size() > names) {
    test = &test_named(arguments.positional[names].as_string());
    rest = without_first(arguments, names + 1);
  }
  List items;
  for (const Value& item : input.iterate()) {
    const Value value = by_attribute ? attribute_of(item, arguments.positional.front()) : item;
    const bool holds = test != nullptr ? test->holds(value, rest) : value.truth();
    if (holds == wanted) items.push_back(item);
  }
  return items;
}

Value select(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, false, true);
}

Value reject(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, false, false);
}

Value selectattr(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, true, true);
}

Value rejectattr(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, true, false);
}

Value items(const Value& input, const CallArguments& arguments) {
  arguments.expect("items", 0, {});
  if (input.is_undefined()) return List{};
  if (!input.is_dict()) throw Error(fmt::format("items needs a dict, got {}", input.type_name()));
  return find_method(input, "items")(input, arguments);
}

constexpr std::array<Filter, 14> kChoiceFilters = {{
    {"as_bool", same},
    {"as_native", same},
    {"as_number", same},
    {"as_text", same},
    {"attr", attr},
    {"d", default_filter},
    {"default", default_filter},
    {"items", items},
    {"map", map},
    {"reject", reject},
    {"rejectattr", rejectattr},
    {"safe", same},
    {"select", select},
    {"selectattr", selectattr},
}};

}  // namespace

std::span<const Filter> choice_filters() { return kChoiceFilters; }

}  // namespace gsa::jinja
