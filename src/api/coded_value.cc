#include "api/coded_value.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::api {

void write(JsonWriter& json, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json.value(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return json.value(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return json.value(*truth);
  json.null();
}

std::string to_string(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return "null";
}

std::string sql_literal(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return sql_quote(*text);
  return to_string(value);
}

}  // namespace gsa::api
