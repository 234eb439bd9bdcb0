#pragma once

// What the values of a source's columns mean: numbers, seeds, users and times as real tools write
// them. A value that is not exactly one of the kind is none: nothing is rounded, cut or guessed.
// Pure functions; register_value_functions() gives them to SQL.

#include <cstdint>
#include <optional>
#include <string_view>

#include "duck/database.h"

namespace gsa::prompts {

// The name that DiffusionDB gives to all accounts that were deleted.
inline constexpr std::string_view kDeletedAccount = "deleted_account";

// No image was asked for by a prompt before 2000: earlier times are zeros and defaults.
inline constexpr std::int64_t kEarliestTimeUs = 946'684'800'000'000;
// A day from now: clocks and zones differ by less.
std::int64_t latest_time_us();

// Whether the text stands for no value: it is blank, or a word like null, None, nan and N/A.
bool is_missing(std::string_view text);

// Of "512", "+512" and "512.0", blanks around them aside. Not of "1,024", "1e3" or "512x512".
std::optional<std::uint64_t> whole_number(std::string_view text);

// The nearest float to "7", "-7.5" or "7e-1", also infinity and NaN. None where it is too large for
// a float.
std::optional<float> real_number(std::string_view text);

// What tells seeds apart: the number itself where it is one of 64 bits, else a hash of the text.
// None where no seed is given.
std::optional<std::uint64_t> seed_key(std::string_view text);

// The name without blanks around it; none of a deleted or unknown account.
std::optional<std::string_view> known_user(std::string_view name);

// Of "1660176120" or "-0.5", a number without an exponent: programs that write one there rounded.
std::optional<double> epoch_number(std::string_view text);

// The units in which programs count the time since 1970.
enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };
struct EpochTime {
  std::int64_t us;  // since 1970
  TimeUnit unit;
};
// The time in the one unit that puts it between 2000 and `latest_us`; the four spans are far apart.
// None where no unit does.
std::optional<EpochTime> time_of_number(double number, std::int64_t latest_us);

// Microseconds since 1970 of "Thu, 11 Aug 2022 00:02:00 +0200", as e-mail and HTTP write times.
std::optional<std::int64_t> rfc2822_time(std::string_view text);

// Adds the SQL functions, which are null where these have none. Once for a database.
//   gsa_is_value(varchar) → boolean: not is_missing()
//   gsa_whole(varchar) → ubigint, gsa_real(varchar) → float, gsa_seed_key(varchar) → ubigint
//   gsa_known_user(varchar) → varchar, gsa_user_key(varchar) → bigint: the hash of its name
//   gsa_epoch(varchar) → double, gsa_rfc2822(varchar) → timestamp
//   gsa_plausible_time(timestamp, latest_us bigint) → timestamp: null before 2000 and after the
//   latest gsa_epoch_time(double, latest_us bigint) → timestamp gsa_epoch_unit(double, latest_us
//   bigint) → utinyint: the TimeUnit
void register_value_functions(duck::Connection& connection);

}  // namespace gsa::prompts
