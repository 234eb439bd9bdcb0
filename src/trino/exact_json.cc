#include "trino/exact_json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

namespace gsa::trino {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t kMostLevels = 1000;  // a level takes some hundred bytes of the stack

// basic_parser's events as a value. The functions' names and arguments are basic_parser's.
class Handler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): basic_parser looks for these names
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();
  // NOLINTEND(readability-identifier-naming)

  json::value release() { return stack_.release(); }

  bool on_document_begin(error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code&) {
    stack_.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) {
    stack_.push_array(size);
    return true;
  }
  bool on_key_part(json::string_view text, std::size_t, error_code&) {
    stack_.push_chars(text);
    return true;
  }
  bool on_key(json::string_view text, std::size_t, error_code&) {
    stack_.push_key(text);
    return true;
  }
  bool on_string_part(json::string_view text, std::size_t, error_code&) {
    stack_.push_chars(text);
    return true;
  }
  bool on_string(json::string_view text, std::size_t, error_code&) {
    stack_.push_string(text);
    return true;
  }
  bool on_number_part(json::string_view text, error_code&) {
    number_.append(text.data(), text.size());
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view, error_code&) {
    number_.clear();
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, error_code&) {
    number_.clear();
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double, json::string_view text, error_code&) {
    number_.append(text.data(), text.size());
    if (number_.find_first_of(".eE") == std::string::npos) {
      stack_.push_string(number_);
    } else {
      stack_.push_double(nearest_double());
    }
    number_.clear();
    return true;
  }
  bool on_bool(bool truth, error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  double nearest_double() const {
    double number = 0;
    const auto read = std::from_chars(number_.data(), number_.data() + number_.size(), number);
    if (read.ec != std::errc::result_out_of_range) return number;
    // Too large, or too small, which from_chars does not tell apart.
    const std::size_t exponent = number_.find_first_of("eE");
    const bool tiny = exponent != std::string::npos && number_.find('-', exponent) < number_.size();
    const double size = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    return number_.starts_with('-') ? -size : size;
  }

  json::value_stack stack_;
  std::string number_;  // its text so far
};

}  // namespace

std::optional<json::value> parse_exact_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMostLevels;
  json::basic_parser<Handler> parser(options);
  error_code failure;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
  if (failure || used != text.size()) return std::nullopt;
  return parser.handler().release();
}

}  // namespace gsa::trino
