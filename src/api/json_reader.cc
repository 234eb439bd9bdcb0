#include "api/json_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {
namespace {

// Boost.JSON parses without recursion, but frees and traverses trees recursively.
constexpr std::size_t kMaxDepth = 16;

Value value_of(const boost::json::value& value, const std::string& where) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return std::monostate{};
    case boost::json::kind::bool_:
      return value.get_bool();
    case boost::json::kind::int64:
      return value.get_int64();
    case boost::json::kind::double_:
      if (std::floor(value.get_double()) == value.get_double() &&
          std::abs(value.get_double()) < 9e15) {
        return static_cast<std::int64_t>(value.get_double());
      }
      break;
    case boost::json::kind::string:
      return std::string(value.get_string());
    default:
      break;
  }
  throw bad_request(where + " must be a text, a whole number, true, false or null");
}

}  // namespace

boost::json::object parse_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error, {}, options);
  if (error) throw bad_request("the request is not JSON: " + error.message());
  if (!value.is_object()) throw bad_request("the request must be a JSON object");
  return std::move(value.get_object());
}

ObjectReader::ObjectReader(const boost::json::value& value, std::string where)
    : object_(value.is_object() ? value.get_object()
                                : throw bad_request((where.empty() ? "the request" : where) +
                                                    " must be a JSON object")),
      where_(std::move(where)) {}

const boost::json::value* ObjectReader::find(std::string_view key) {
  asked_.emplace_back(key);
  const boost::json::value* value = object_.if_contains({key.data(), key.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string ObjectReader::at(std::string_view key) const {
  return where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key);
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const boost::json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) throw bad_request(at(key) + " must be a text");
  return std::string(value->get_string());
}

std::string ObjectReader::required_text(std::string_view key) {
  std::optional<std::string> found = text(key);
  if (!found) throw bad_request(at(key) + " is missing");
  return *std::move(found);
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
  const boost::json::value* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_bool()) throw bad_request(at(key) + " must be true or false");
  return value->get_bool();
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t min, std::int64_t max,
                                   std::int64_t fallback) {
  const boost::json::value* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_int64() || value->get_int64() < min || value->get_int64() > max) {
    throw bad_request(fmt::format("{} must be a whole number from {} to {}", at(key), min, max));
  }
  return value->get_int64();
}

std::optional<double> ObjectReader::number(std::string_view key) {
  const boost::json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) throw bad_request(at(key) + " must be a number");
  return value->to_number<double>();
}

std::optional<std::vector<Value>> ObjectReader::values(std::string_view key, std::size_t max) {
  const boost::json::value* list = find(key);
  if (list == nullptr) return std::nullopt;
  if (!list->is_array()) throw bad_request(at(key) + " must be a list");
  if (list->get_array().size() > max) {
    throw bad_request(fmt::format("{} has {} values; at most {} are taken", at(key),
                                  list->get_array().size(), max));
  }
  std::vector<Value> values;
  for (const boost::json::value& value : list->get_array()) {
    values.push_back(value_of(value, at(key)));
  }
  return values;
}

std::vector<std::string> ObjectReader::texts(std::string_view key, std::size_t max) {
  std::vector<std::string> texts;
  for (Value& value : values(key, max).value_or(std::vector<Value>{})) {
    auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) throw bad_request(at(key) + " must be a list of texts");
    texts.push_back(std::move(*text));
  }
  return texts;
}

void ObjectReader::done() const {
  for (const auto& member : object_) {
    const std::string key(member.key());
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
      throw bad_request(fmt::format("{} is not known", at(key)), did_you_mean(key, asked_));
    }
  }
}

}  // namespace gsa::api
