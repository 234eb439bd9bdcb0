#pragma once

// Reads the JSON of requests, with errors that name the place: "queries[2].limit must be from 1 to
// 10000". Slow to compile: include it only in .cc files.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "api/coded_value.h"

namespace gsa::api {

// Throws ApiError if the text is no JSON object.
boost::json::object parse_object(std::string_view text);

// Reads one object. done() throws unless every key was read with one of these functions.
class ObjectReader {
 public:
  // `where` is empty for the request itself.
  ObjectReader(const boost::json::value& value, std::string where);
  ObjectReader(const boost::json::object& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  // Null if the key is missing or null; all requests treat these alike.
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

  // Throws if a key was not read, with the nearest known key as the hint.
  void done() const;

 private:
  const boost::json::object& object_;
  std::string where_;
  std::vector<std::string> asked_;
};

}  // namespace gsa::api
