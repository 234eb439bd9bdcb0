#pragma once

// Reads the values of a source's columns (numbers, seeds, users and times) as real tools write
// them. A value that does not fit exactly gives null: nothing is rounded, cut or guessed. Pure
// functions; register_value_functions() makes them SQL functions.

#include <cstdint>
#include <optional>
#include <string_view>

#include "duck/database.h"

namespace gsa::prompts {

// The name that DiffusionDB gives to all accounts that were deleted.
inline constexpr std::string_view kDeletedAccount = "deleted_account";

// No prompt asked for an image before 2000, so earlier times are zeros and defaults.
inline constexpr std::int64_t kEarliestTimeUs = 946'684'800'000'000;
// A day from now; clocks and time zones differ by less.
std::int64_t latest_time_us();

// Whether the text means "no value": it is blank, or a word like null, None, nan and N/A.
bool is_missing(std::string_view text);

// Whether the text begins and ends with a printed ASCII character, so that there is nothing to
// trim.
bool is_trimmed(std::string_view text);

// False only if DuckDB casts the text to no double, or to no timestamp: a cast that fails takes
// many times as long as this.
bool may_be_number(std::string_view text);
bool may_be_time(std::string_view text);

// Reads "512", "+512" and "512.0", with blanks around them; refuses "1,024", "1e3" and "512x512".
std::optional<std::uint64_t> whole_number(std::string_view text);

// The nearest float to "7", "-7.5" or "7e-1"; also infinity and NaN. Null if a float cannot hold
// it.
std::optional<float> real_number(std::string_view text);

// Identifies a seed: the number itself if it fits 64 bits, otherwise a hash of the text. Null if no
// seed is given.
std::optional<std::uint64_t> seed_key(std::string_view text);

// The name without blanks around it; null for a deleted or unknown account.
std::optional<std::string_view> known_user(std::string_view name);

// Reads "1660176120" or "-0.5". Refuses exponents: programs that write one have rounded the time.
std::optional<double> epoch_number(std::string_view text);

// The units in which programs count the time since 1970.
enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };
struct EpochTime {
  std::int64_t us;  // since 1970
  TimeUnit unit;
};
// The time in the only unit that puts it between 2000 and `latest_us`; the four spans are far
// apart. Null if no unit does.
std::optional<EpochTime> time_of_number(double number, std::int64_t latest_us);

// Reads "Thu, 11 Aug 2022 00:02:00 +0200", the format of e-mail and HTTP, as microseconds since
// 1970.
std::optional<std::int64_t> rfc2822_time(std::string_view text);

// Adds the SQL functions, which are null where these return none. Call it once per database.
//   gsa_is_value(varchar) → boolean: not is_missing()
//   gsa_is_trimmed(varchar) → boolean
//   gsa_may_be_number(varchar), gsa_may_be_time(varchar) → boolean
//   gsa_whole(varchar) → ubigint, gsa_real(varchar) → float, gsa_seed_key(varchar) → ubigint
//   gsa_known_user(varchar) → varchar, gsa_user_key(varchar) → bigint: the hash of its name
//   gsa_epoch(varchar) → double, gsa_rfc2822(varchar) → timestamp
//   gsa_plausible_time(timestamp, latest_us bigint) → timestamp: null if before 2000 or after it
//   gsa_epoch_time(double, latest_us bigint) → timestamp
//   gsa_epoch_unit(double, latest_us bigint) → utinyint: the TimeUnit
void register_value_functions(duck::Connection& connection);

}  // namespace gsa::prompts
