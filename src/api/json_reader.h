#pragma once

// Reads a request's JSON with errors that say where: "queries[2].limit must be from 1 to 10000".
// Heavy to include: only in .cc files.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "api/coded_value.h"

namespace gsa::api {

// Throws ApiError where the text is no JSON object.
boost::json::object parse_object(std::string_view text);

// One object. Every key must be asked for with one of these, or done() throws.
class ObjectReader {
 public:
  // `where` is empty for the request itself.
  ObjectReader(const boost::json::value& value, std::string where);
  ObjectReader(const boost::json::object& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  // Null for a key that is missing or null, which all requests treat alike.
  const boost::json::value* find(std::string_view key);
  std::string at(std::string_view key) const;  // "queries[2].limit"

  std::optional<std::string> text(std::string_view key);
  std::string required_text(std::string_view key);
  bool boolean(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max,
                       std::int64_t fallback);
  std::optional<double> number(std::string_view key);
  std::optional<std::vector<Value>> values(std::string_view key, std::size_t max);
  std::vector<std::string> texts(std::string_view key, std::size_t max);

  // Throws for a key that nobody asked for, with the nearest as the hint.
  void done() const;

 private:
  const boost::json::object& object_;
  std::string where_;
  std::vector<std::string> asked_;
};

}  // namespace gsa::api
