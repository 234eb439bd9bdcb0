// Filters of numbers, and those that make numbers of texts.

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/filter_tables.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

std::optional<double> read_float(std::string_view text) {
  const std::string digits = replace_all(trim(text), "_", "");
  const char* begin = digits.data() + (digits.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto end = std::from_chars(begin, digits.data() + digits.size(), value);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_int(std::string_view text, int base) {
  std::string digits = to_lower(replace_all(trim(text), "_", ""));
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  const std::string_view prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
  if (!prefix.empty() && digits.starts_with(prefix)) digits.erase(0, 2);
  if (negative) digits.insert(0, 1, '-');
  std::int64_t value = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> truncate(double number) {
  if (!(std::fabs(number) < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Value int_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("int", 0, {"default", "base"});
  const Value* otherwise = arguments.find(0, "default");
  const Value* base = arguments.find(1, "base");
  const std::int64_t radix = base != nullptr ? base->as_integer() : 10;
  if (radix < 2 || radix > 36) throw Error("the base of int() is from 2 to 36");
  std::optional<std::int64_t> number;
  if (input.is_string()) {
    number = read_int(input.as_string(), static_cast<int>(radix));
    if (!number) {
      if (const auto fraction = read_float(input.as_string())) number = truncate(*fraction);
    }
  } else if (input.kind() == Value::Kind::floating) {
    number = truncate(input.as_double());
  } else if (input.is_number() || input.is_undefined()) {
    number = input.as_integer();
  }
  if (number) return *number;
  return otherwise != nullptr ? *otherwise : Value(0);
}

Value float_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("float", 0, {"default"});
  const Value* otherwise = arguments.find(0, "default");
  if (input.is_number() || input.is_undefined()) return input.as_double();
  if (input.is_string()) {
    if (const std::optional<double> number = read_float(input.as_string())) return *number;
  }
  return otherwise != nullptr ? *otherwise : Value(0.0);
}

Value abs_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("abs", 0, {});
  if (input.kind() == Value::Kind::floating) return std::fabs(input.as_double());
  return input.as_integer() < 0 ? negate(input) : Value(input.as_integer());
}

// Rounds half to even on the exact value of the double, like Python's round().
double round_common(double number, int precision) {
  if (precision < 0) {
    const double unit = std::pow(10, -precision);
    return std::nearbyint(number / unit) * unit;
  }
  const std::string digits = fmt::format("{:.{}f}", number, precision);
  double rounded = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return rounded;
}

Value round(const Value& input, const CallArguments& arguments) {
  arguments.expect("round", 0, {"precision", "method"});
  const Value* precision_value = arguments.find(0, "precision");
  const Value* method_value = arguments.find(1, "method");
  const std::int64_t precision = precision_value != nullptr ? precision_value->as_integer() : 0;
  const std::string method = method_value != nullptr ? method_value->as_string() : "common";
  if (method != "common" && method != "ceil" && method != "floor") {
    throw Error(fmt::format("round() has no method '{}'", method), "common, ceil or floor");
  }
  const double number = input.as_double();
  if (precision < -300 || precision > 300 || !std::isfinite(number)) return input;
  if (method != "common") {
    const double scale = std::pow(10, static_cast<double>(precision));
    return (method == "ceil" ? std::ceil(number * scale) : std::floor(number * scale)) / scale;
  }
  if (input.kind() == Value::Kind::floating) {
    return round_common(number, static_cast<int>(precision));
  }
  if (precision >= 0) return input.as_integer();
  return truncate(round_common(number, static_cast<int>(precision))).value();
}

constexpr std::array<Filter, 4> kNumberFilters = {{
    {"abs", abs_filter},
    {"float", float_filter},
    {"int", int_filter},
    {"round", round},
}};

}  // namespace

std::span<const Filter> number_filters() { return kNumberFilters; }

}  // namespace gsa::jinja
