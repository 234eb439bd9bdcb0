#pragma once

// Python's operators on values. All throw Error for values that the operator does not accept.

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace gsa::jinja {

enum class BinaryOperator { add, subtract, multiply, divide, floor_divide, modulo, power };
enum class CompareOperator {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in
};

Value apply(BinaryOperator op, const Value& left, const Value& right);
bool compare(CompareOperator op, const Value& left, const Value& right);
bool contains(const Value& container, const Value& item);
Value negate(const Value& value);

// a.name and a[key]; undefined if there is none. For a dict, a.name finds methods first.
Value get_attribute(const Value& of, std::string_view name);
Value get_item(const Value& of, const Value& key);
Value get_slice(const Value& of, const Value& begin, const Value& end, const Value& step);

}  // namespace gsa::jinja
