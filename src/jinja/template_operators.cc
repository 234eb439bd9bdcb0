#include "jinja/template_operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "jinja/template_format.h"
#include "jinja/template_methods.h"

namespace gsa::jinja {
namespace {

// A mistake such as 'x' * n or [0] * n must not use up the machine's memory.
constexpr std::int64_t kMaxRepeated = 16'000'000;

std::string_view symbol(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::add:
      return "+";
    case BinaryOperator::subtract:
      return "-";
    case BinaryOperator::multiply:
      return "*";
    case BinaryOperator::divide:
      return "/";
    case BinaryOperator::floor_divide:
      return "//";
    case BinaryOperator::modulo:
      return "%";
    case BinaryOperator::power:
      return "**";
  }
  return "?";
}

[[noreturn]] void cannot_apply(BinaryOperator op, const Value& left, const Value& right) {
  for (const Value* value : {&left, &right}) {
    if (value->is_undefined()) throw UndefinedError(value->why_undefined());
  }
  const bool text = op == BinaryOperator::add && (left.is_string() || right.is_string());
  throw Error(
      fmt::format("cannot apply {} to {} and {}", symbol(op), left.type_name(), right.type_name()),
      text ? "~ joins values of any type as text" : "");
}

std::int64_t multiply(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) throw Error("the product does not fit in 64 bits");
  return result;
}

double divisor(const Value& value) {
  const double number = value.as_double();
  if (number == 0) throw Error("division by zero");
  return number;
}

// Python rounds towards minus infinity, C++ towards zero.
std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) throw Error("division by zero");
  if (b == -1) {
    if (a == std::numeric_limits<std::int64_t>::min()) {
      throw Error("the quotient does not fit in 64 bits");
    }
    return -a;
  }
  const std::int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

std::int64_t floor_modulo(std::int64_t a, std::int64_t b) {
  if (b == 0) throw Error("division by zero");
  if (b == -1) return 0;
  const std::int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double floor_modulo(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

Value power(const Value& left, const Value& right) {
  const bool integers =
      left.kind() != Value::Kind::floating && right.kind() != Value::Kind::floating;
  if (!integers || right.as_integer() < 0) {
    if (left.as_double() == 0 && right.as_double() < 0) throw Error("division by zero");
    const double result = std::pow(left.as_double(), right.as_double());
    if (std::isnan(result) && left.as_double() < 0) {
      throw Error("a root of a negative number is not a real number");
    }
    return result;
  }
  std::int64_t base = left.as_integer(), result = 1;
  for (std::int64_t exponent = right.as_integer(); exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply(result, base);
    if (exponent > 1) base = multiply(base, base);
  }
  return result;
}

Value apply_integers(BinaryOperator op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (op) {
    case BinaryOperator::add:
      if (__builtin_add_overflow(a, b, &result)) throw Error("the sum does not fit in 64 bits");
      return result;
    case BinaryOperator::subtract:
      if (__builtin_sub_overflow(a, b, &result)) {
        throw Error("the difference does not fit in 64 bits");
      }
      return result;
    case BinaryOperator::multiply:
      return multiply(a, b);
    case BinaryOperator::floor_divide:
      return floor_divide(a, b);
    default:
      return floor_modulo(a, b);
  }
}

Value apply_numbers(BinaryOperator op, const Value& left, const Value& right) {
  if (op == BinaryOperator::power) return power(left, right);
  if (op == BinaryOperator::divide) return left.as_double() / divisor(right);
  if (left.kind() != Value::Kind::floating && right.kind() != Value::Kind::floating) {
    return apply_integers(op, left.as_integer(), right.as_integer());
  }
  const double a = left.as_double(), b = right.as_double();
  switch (op) {
    case BinaryOperator::add:
      return a + b;
    case BinaryOperator::subtract:
      return a - b;
    case BinaryOperator::multiply:
      return a * b;
    case BinaryOperator::floor_divide:
      return std::floor(a / divisor(right));
    default:
      return floor_modulo(a, divisor(right));
  }
}

Value repeat(const Value& value, std::int64_t times) {
  times = std::max<std::int64_t>(times, 0);
  const std::size_t size = value.is_string() ? value.as_string().size() : value.as_list().size();
  if (size > 0 && times > kMaxRepeated / static_cast<std::int64_t>(size)) {
    throw Error(fmt::format("the {} to repeat {} times is too long", value.type_name(), times));
  }
  if (value.is_string()) {
    std::string text;
    for (std::int64_t i = 0; i < times; ++i) text += value.as_string();
    return text;
  }
  List items;
  for (std::int64_t i = 0; i < times; ++i) {
    items.insert(items.end(), value.as_list().begin(), value.as_list().end());
  }
  return value.kind() == Value::Kind::tuple ? Value::tuple(std::move(items))
                                            : Value(std::move(items));
}

Value concatenate(const Value& left, const Value& right) {
  List items = left.as_list();
  items.insert(items.end(), right.as_list().begin(), right.as_list().end());
  return left.kind() == Value::Kind::tuple ? Value::tuple(std::move(items))
                                           : Value(std::move(items));
}

Value apply_format(const Value& format, const Value& values) {
  if (values.kind() == Value::Kind::tuple) {
    return format_percent(format.as_string(), values.as_list(), nullptr);
  }
  if (values.is_dict()) return format_percent(format.as_string(), {values}, &values.as_dict());
  return format_percent(format.as_string(), {values}, nullptr);
}

bool can_repeat(const Value& value) { return value.is_string() || value.is_sequence(); }
bool can_count(const Value& value) {
  return value.is_integer() || value.kind() == Value::Kind::boolean;
}

// The position of item `index` among `size`; a negative index counts from the end.
std::optional<std::size_t> position(std::int64_t index, std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  if (index < 0) index += count;
  if (index < 0 || index >= count) return std::nullopt;
  return static_cast<std::size_t>(index);
}

Value missing(const Value& of, std::string_view name, std::vector<std::string> candidates) {
  Undefined why;
  why.name = std::string(name);
  const std::string owner = of.is_object() && !of.as_object().name.empty()
                                ? fmt::format("'{}'", of.as_object().name)
                                : fmt::format("the {}", of.type_name());
  why.what = fmt::format("{} has no {} '{}'", owner, of.is_dict() ? "key" : "attribute", name);
  why.candidates = std::move(candidates);
  return Value::undefined(std::move(why));
}

Value out_of_range(const Value& of, std::int64_t index, std::size_t size) {
  Undefined why;
  why.name = std::to_string(index);
  why.what = fmt::format("the {} has {} item{}: there is no item {}", of.type_name(), size,
                         size == 1 ? "" : "s", index);
  return Value::undefined(std::move(why));
}

Value item_at(const Value& of, std::int64_t index) {
  if (of.is_string()) {
    const std::vector<std::string_view> letters = characters(of.as_string());
    const auto at = position(index, letters.size());
    return at ? Value(letters[*at]) : out_of_range(of, index, letters.size());
  }
  const List& items = of.as_list();
  const auto at = position(index, items.size());
  return at ? items[*at] : out_of_range(of, index, items.size());
}

bool has_items(const Value& value) {
  return value.is_string() || value.is_sequence() ||
         (value.is_object() && value.as_object().items.has_value());
}

Value bind(const Value& of, std::string_view name, Method method) {
  return Value::function(std::string(name), [of, method](const CallArguments& arguments) {
    return method(of, arguments);
  });
}

// Where a slice with this step begins or ends among `size` items; a missing bound is `otherwise`.
std::int64_t slice_bound(const Value& bound, std::int64_t size, std::int64_t step,
                         std::int64_t otherwise) {
  if (bound.is_none()) return otherwise;
  std::int64_t at = bound.as_integer();
  if (at < 0) at = std::max<std::int64_t>(at + size, step < 0 ? -1 : 0);
  return std::min(at, step < 0 ? size - 1 : size);
}

Value attribute_of_object(const Value& of, std::string_view name) {
  const Object& object = of.as_object();
  if (object.type != nullptr) {
    for (const auto& [method, call] : object.type->methods) {
      if (method == name) return bind(of, name, call);
    }
  }
  if (const Value* found = object.attributes.find(name)) return *found;
  std::vector<std::string> candidates = object.attributes.names();
  if (object.type != nullptr) {
    for (const auto& [method, call] : object.type->methods) candidates.emplace_back(method);
  }
  return missing(of, name, std::move(candidates));
}

}  // namespace

Value apply(BinaryOperator op, const Value& left, const Value& right) {
  if (left.is_string() && op == BinaryOperator::modulo) return apply_format(left, right);
  if (left.is_number() && right.is_number()) return apply_numbers(op, left, right);
  if (op == BinaryOperator::add) {
    if (left.is_string() && right.is_string()) return left.as_string() + right.as_string();
    if (left.is_sequence() && left.kind() == right.kind()) return concatenate(left, right);
  }
  if (op == BinaryOperator::add || op == BinaryOperator::subtract) {
    for (const Value* value : {&left, &right}) {
      if (!value->is_object() || value->as_object().type == nullptr) continue;
      const ObjectType& type = *value->as_object().type;
      if (type.apply != nullptr) return type.apply(symbol(op).front(), left, right);
    }
  }
  if (op == BinaryOperator::multiply) {
    if (can_repeat(left) && can_count(right)) return repeat(left, right.as_integer());
    if (can_count(left) && can_repeat(right)) return repeat(right, left.as_integer());
  }
  cannot_apply(op, left, right);
}

bool contains(const Value& container, const Value& item) {
  if (container.is_string()) {
    return container.as_string().find(item.as_string()) != std::string::npos;
  }
  if (container.is_dict()) return container.as_dict().find_key(item) != nullptr;
  if (has_items(container)) {
    const List& items = container.as_list();
    return std::find(items.begin(), items.end(), item) != items.end();
  }
  if (container.is_undefined()) return false;
  throw Error(fmt::format("'in' cannot look into a value of type {}", container.type_name()));
}

bool compare(CompareOperator op, const Value& left, const Value& right) {
  switch (op) {
    case CompareOperator::equal:
      return left == right;
    case CompareOperator::not_equal:
      return !(left == right);
    case CompareOperator::less:
      return Value::less(left, right);
    case CompareOperator::greater:
      return Value::less(right, left);
    case CompareOperator::less_equal:
      return Value::less(left, right) || left == right;
    case CompareOperator::greater_equal:
      return Value::less(right, left) || left == right;
    case CompareOperator::in:
      return contains(right, left);
    case CompareOperator::not_in:
      return !contains(right, left);
  }
  return false;
}

Value negate(const Value& value) {
  if (value.kind() == Value::Kind::floating) return -value.as_double();
  return apply_integers(BinaryOperator::subtract, 0, value.as_integer());
}

Value get_attribute(const Value& of, std::string_view name) {
  if (of.is_undefined()) throw UndefinedError(of.why_undefined());
  if (of.is_object()) {
    return attribute_of_object(of, name);
  }
  if (const Method method = find_method(of, name)) return bind(of, name, method);
  std::vector<std::string> candidates = method_names(of);
  if (of.is_dict()) {
    if (const Value* found = of.as_dict().find(name)) return *found;
    candidates = of.as_dict().names();
  }
  return missing(of, name, std::move(candidates));
}

Value get_item(const Value& of, const Value& key) {
  if (of.is_undefined()) throw UndefinedError(of.why_undefined());
  if (key.is_undefined()) throw UndefinedError(key.why_undefined());
  if (of.is_dict()) {
    if (const Value* found = of.as_dict().find_key(key)) return *found;
  }
  if (of.is_object() && key.is_string()) {
    if (const Value* found = of.as_object().attributes.find(key.as_string())) return *found;
  }
  if (has_items(of) && can_count(key)) return item_at(of, key.as_integer());
  if (key.is_string()) return get_attribute(of, key.as_string());
  return missing(of, key.repr(), {});
}

Value get_slice(const Value& of, const Value& begin, const Value& end, const Value& step_value) {
  if (of.is_undefined()) throw UndefinedError(of.why_undefined());
  if (!has_items(of)) {
    throw Error(fmt::format("a value of type {} has no slices", of.type_name()));
  }
  const List items = of.iterate();
  const auto size = static_cast<std::int64_t>(items.size());
  // A step beyond the size of the list makes no difference.
  const std::int64_t step =
      step_value.is_none() ? 1 : std::clamp(step_value.as_integer(), -size - 1, size + 1);
  if (step == 0) throw Error("the step of a slice cannot be 0");
  const std::int64_t first = slice_bound(begin, size, step, step < 0 ? size - 1 : 0);
  const std::int64_t last = slice_bound(end, size, step, step < 0 ? -1 : size);
  List taken;
  for (std::int64_t i = first; step < 0 ? i > last : i < last; i += step) {
    taken.push_back(items[static_cast<std::size_t>(i)]);
  }
  if (of.kind() == Value::Kind::tuple) return Value::tuple(std::move(taken));
  if (!of.is_string()) return taken;
  std::string text;
  for (const Value& letter : taken) text += letter.as_string();
  return text;
}

}  // namespace gsa::jinja
