// The tests of templates: the names that may follow `is`.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/template_filters.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

template <Value::Kind kind>
bool is_kind(const Value& input, const CallArguments& arguments) {
  arguments.expect("the test", 0, {});
  return input.kind() == kind;
}

bool is_defined(const Value& input, const CallArguments& arguments) {
  arguments.expect("defined", 0, {});
  return !input.is_undefined();
}

bool is_number(const Value& input, const CallArguments& arguments) {
  arguments.expect("number", 0, {});
  return input.is_number();
}

// Python has more sequences than lists: everything with a length and items.
bool is_sequence(const Value& input, const CallArguments& arguments) {
  arguments.expect("sequence", 0, {});
  return input.is_sequence() || input.is_string() || input.is_dict() || input.is_undefined();
}

bool is_callable(const Value& input, const CallArguments& arguments) {
  arguments.expect("callable", 0, {});
  return input.is_callable();
}

template <bool wanted>
bool is_exactly(const Value& input, const CallArguments& arguments) {
  arguments.expect(wanted ? "true" : "false", 0, {});
  return input.kind() == Value::Kind::boolean && input.as_bool() == wanted;
}

bool divides(const Value& input, const Value& divisor) {
  return apply(BinaryOperator::modulo, input, divisor) == Value(0);
}

bool is_odd(const Value& input, const CallArguments& arguments) {
  arguments.expect("odd", 0, {});
  return apply(BinaryOperator::modulo, input, 2) == Value(1);
}

bool is_even(const Value& input, const CallArguments& arguments) {
  arguments.expect("even", 0, {});
  return divides(input, 2);
}

bool is_divisible_by(const Value& input, const CallArguments& arguments) {
  arguments.expect("divisibleby", 1, {"num"});
  return divides(input, *arguments.find(0, "num"));
}

bool is_upper(const Value& input, const CallArguments& arguments) {
  arguments.expect("upper", 0, {});
  const std::string text = input.str();
  return text == find_filter("upper")->apply(input, {}).as_string() && text != to_lower(text);
}

bool is_lower(const Value& input, const CallArguments& arguments) {
  arguments.expect("lower", 0, {});
  const std::string text = input.str();
  return text == to_lower(text) && text != find_filter("upper")->apply(input, {}).as_string();
}

template <CompareOperator op>
bool compares(const Value& input, const CallArguments& arguments) {
  arguments.expect("the test", 1, {"other"});
  return compare(op, input, *arguments.find(0, "other"));
}

// True for a dict, and for an object with the method get().
bool is_mapping(const Value& input, const CallArguments&) {
  if (!input.is_object()) return input.is_dict();
  const ObjectType* type = input.as_object().type;
  return type != nullptr && std::any_of(type->methods.begin(), type->methods.end(),
                                        [](const auto& method) { return method.first == "get"; });
}

constexpr std::array<Test, 29> kTests = {{
    {"boolean", is_kind<Value::Kind::boolean>},
    {"callable", is_callable},
    {"defined", is_defined},
    {"divisibleby", is_divisible_by},
    {"eq", compares<CompareOperator::equal>},
    {"equalto", compares<CompareOperator::equal>},
    {"even", is_even},
    {"false", is_exactly<false>},
    {"float", is_kind<Value::Kind::floating>},
    {"ge", compares<CompareOperator::greater_equal>},
    {"greaterthan", compares<CompareOperator::greater>},
    {"gt", compares<CompareOperator::greater>},
    {"in", compares<CompareOperator::in>},
    {"integer", is_kind<Value::Kind::integer>},
    {"iterable", is_sequence},
    {"le", compares<CompareOperator::less_equal>},
    {"lessthan", compares<CompareOperator::less>},
    {"lower", is_lower},
    {"lt", compares<CompareOperator::less>},
    {"mapping", is_mapping},
    {"ne", compares<CompareOperator::not_equal>},
    {"none", is_kind<Value::Kind::none>},
    {"number", is_number},
    {"odd", is_odd},
    {"sequence", is_sequence},
    {"string", is_kind<Value::Kind::string>},
    {"true", is_exactly<true>},
    {"undefined", is_kind<Value::Kind::undefined>},
    {"upper", is_upper},
}};

}  // namespace

const Test* find_test(std::string_view name) {
  const auto* const found =
      std::find_if(kTests.begin(), kTests.end(), [name](const Test& t) { return t.name == name; });
  return found == kTests.end() ? nullptr : found;
}

std::vector<std::string> test_names() {
  std::vector<std::string> names;
  for (const Test& test : kTests) names.emplace_back(test.name);
  return names;
}

}  // namespace gsa::jinja
