#pragma once

// Python's strftime and strptime, in English, for UTC and for times without a time zone.

#include <cstdint>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace gsa::jinja {

struct TimeParts {
  std::int64_t year = 1900, month = 1, day = 1;
  std::int64_t hour = 0, minute = 0, second = 0, microsecond = 0;
  bool has_zone = false;  // UTC
};

// The parts of a date or datetime, from its attributes.
TimeParts time_parts(const Value& value);

// Directives: a A b B c d D e f F H I j m M p S T u U w W x X y Y z Z G V %. Throws Error for
// others.
std::string format_time(const TimeParts& parts, std::string_view format);

// Directives: b B d f H I j m M p S y Y z %. Throws Error if `text` does not match the format.
TimeParts parse_time(std::string_view text, std::string_view format);

}  // namespace gsa::jinja
