#pragma once

// Python's datetime and pytz, as far as templates use them: modules.datetime.date(2020, 1, 2),
// .datetime, .timedelta, strftime, + and -, and run_started_at. Years 1 to 9999, microseconds. The
// only time zone is UTC; others give an error that names them.

#include <cstdint>

#include "jinja/value.h"

namespace gsa::jinja {

// Objects with date, datetime, timedelta (and their class methods), and with utc and timezone().
Value datetime_module();
Value pytz_module();

// A datetime in UTC, from microseconds since 1970.
Value datetime_in_utc(std::int64_t microseconds);
// A datetime without a time zone, and a date, from days since 1970.
Value datetime_without_zone(std::int64_t microseconds);
Value date_of_days(std::int64_t days);

}  // namespace gsa::jinja
