#include "prompts/source_values.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "prompts/values.h"

namespace gsa::prompts {
namespace {

constexpr std::array<Field, 6> kSettings = {{{"generation_seed", "seed", "ubigint"},
                                             {"step", "step", "usmallint"},
                                             {"cfg", "cfg", "float"},
                                             {"sampler", "sampler", "utinyint"},
                                             {"width", "width", "usmallint"},
                                             {"height", "height", "usmallint"}}};

constexpr std::array<Field, 4> kObservations = {{{"image_name", "image_name", "varchar"},
                                                 {"user_name", "user_name", "varchar"},
                                                 {"asked_at", "timestamp", "timestamp"},
                                                 {"image_nsfw", "image_nsfw", "float"}}};

constexpr std::string_view kNoNumber = "not a number";

// The whole numbers from 0 up that a type can hold.
struct WholeType {
  std::string_view name, largest, what;
};
constexpr std::array<WholeType, 3> kWholeTypes = {
    {{"utinyint", "255", "not a whole number from 0 to 255"},
     {"usmallint", "65535", "not a whole number from 0 to 65,535"},
     {"ubigint", "18446744073709551615", "not a whole number of 64 bits"}}};

const WholeType* whole_type(std::string_view name) {
  const auto found = std::find_if(kWholeTypes.begin(), kWholeTypes.end(),
                                  [&](const WholeType& type) { return type.name == name; });
  return found == kWholeTypes.end() ? nullptr : found;
}

template <std::size_t kSize>
bool is_among(std::string_view type, const std::array<std::string_view, kSize>& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_integer(std::string_view type) {
  constexpr std::array<std::string_view, 10> kTypes = {
      "TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",  "HUGEINT",
      "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"};
  return is_among(type, kTypes);
}

bool is_double(std::string_view type) { return type == "DOUBLE" || type == "FLOAT"; }

// Whether the field's type can hold every value of the column's type.
bool always_fits(std::string_view type, std::string_view wanted) {
  constexpr std::array<std::string_view, 4> kUnsigned = {"UTINYINT", "USMALLINT", "UINTEGER",
                                                         "UBIGINT"};
  constexpr std::array<std::string_view, 4> kWanted = {"utinyint", "usmallint", "uinteger",
                                                       "ubigint"};
  const auto has = std::find(kUnsigned.begin(), kUnsigned.end(), type);
  const auto wants = std::find(kWanted.begin(), kWanted.end(), wanted);
  return has != kUnsigned.end() && wants != kWanted.end() &&
         has - kUnsigned.begin() <= wants - kWanted.begin();
}

// True if the source has a value that could not be read.
std::string is_odd(const Field& field, std::string_view is_value) {
  return fmt::format("({0} is null and {1})", field.target,
                     fmt::format(fmt::runtime(is_value), fmt::arg("raw", raw_name(field))));
}

constexpr std::string_view kIsThere = "{raw} is not null";
constexpr std::string_view kIsNumber = "{raw} is not null and not isnan({raw})";
constexpr std::string_view kIsValue = "gsa_is_value({raw}::varchar)";

ValueSql whole_sql(const Field& field, const std::string& sql, std::string_view type,
                   const WholeType& wanted) {
  const bool fits = always_fits(type, wanted.name);
  ValueSql read;
  if (field.target == "generation_seed") {
    read.seed_key =
        fits ? fmt::format("{}::ubigint", sql) : fmt::format("gsa_seed_key({}::varchar)", sql);
  }
  if (fits) {
    read.value = fmt::format("{}::{}", sql, wanted.name);
    return read;
  }
  std::string_view is_value = kIsValue;
  if (is_integer(type)) {
    read.value = fmt::format("try_cast({} as {})", sql, wanted.name);
    is_value = kIsThere;
  } else if (is_double(type)) {
    // From here on the type skips whole numbers, so the source may have meant another number.
    const std::string_view exact = type == "FLOAT" ? "16777216" : "9007199254740992";
    read.value =
        fmt::format("case when {0} = trunc({0}) and {0} < {1} then try_cast({0} as {2}) end", sql,
                    exact, wanted.name);
    is_value = kIsNumber;
  } else {
    read.value = fmt::format("try_cast(gsa_whole({}::varchar) as {})", sql, wanted.name);
  }
  read.odd = {{wanted.what, is_odd(field, is_value)}};
  return read;
}

ValueSql real_sql(const Field& field, const std::string& sql, std::string_view type) {
  if (type == "FLOAT") return {sql, {}, "", ""};
  if (type == "DOUBLE" || is_integer(type)) {
    return {
        fmt::format("try_cast({} as float)", sql), {{kNoNumber, is_odd(field, kIsThere)}}, "", ""};
  }
  return {
      fmt::format("gsa_real({}::varchar)", sql), {{kNoNumber, is_odd(field, kIsValue)}}, "", ""};
}

bool is_time(std::string_view type) { return type.starts_with("TIMESTAMP") || type == "DATE"; }

bool is_number(std::string_view type) {
  return is_integer(type) || is_double(type) || type.starts_with("DECIMAL");
}

bool is_text(std::string_view type) {
  return type.empty() || type == "VARCHAR" || type.starts_with("ENUM(");
}

ValueSql time_sql(const Field& field, const std::string& sql, std::string_view type,
                  std::int64_t latest_us) {
  if (is_time(type)) {  // epoch_us() is null for infinity
    return {fmt::format("gsa_plausible_time(make_timestamp(epoch_us({})), {})", sql, latest_us),
            {{kOddTime, is_odd(field, kIsThere)}},
            "",
            ""};
  }
  if (is_number(type)) {
    return {fmt::format("gsa_epoch_time({}::double, {})", sql, latest_us),
            {{kOddTime, is_odd(field, is_double(type) ? kIsNumber : kIsThere)}},
            "",
            fmt::format("gsa_epoch_unit({}::double, {})", sql, latest_us)};
  }
  // A time without a zone is in UTC.
  constexpr std::string_view kTime =
      "coalesce(case when gsa_may_be_time({0}) then "
      "make_timestamp(epoch_us(try_cast({0} as timestamptz))) end, gsa_rfc2822({0}))";
  const std::string text = sql + "::varchar", raw = raw_name(field) + "::varchar";
  const std::string is_no_time = fmt::format("(gsa_epoch({}) is null and {} is null)", raw,
                                             fmt::format(fmt::runtime(kTime), raw));
  const std::string odd = is_odd(field, kIsValue);
  return {fmt::format("case when gsa_epoch({0}) is null then gsa_plausible_time({1}, {2}) "
                      "else gsa_epoch_time(gsa_epoch({0}), {2}) end",
                      text, fmt::format(fmt::runtime(kTime), text), latest_us),
          {{kNoTime, fmt::format("({} and {})", odd, is_no_time)},
           {kOddTime, fmt::format("({} and not {})", odd, is_no_time)}},
          "",
          fmt::format("gsa_epoch_unit(gsa_epoch({}), {})", text, latest_us)};
}

}  // namespace

std::span<const Field> setting_fields() { return kSettings; }
std::span<const Field> observation_fields() { return kObservations; }

bool may_hold_times(std::string_view type) {
  return is_time(type) || is_number(type) || is_text(type);
}

ValueSql value_sql(const Field& field, const std::string& sql, std::string_view type,
                   std::int64_t latest_us) {
  if (const WholeType* wanted = whole_type(field.type)) return whole_sql(field, sql, type, *wanted);
  if (field.type == "float") return real_sql(field, sql, type);
  if (field.type == "timestamp") return time_sql(field, sql, type, latest_us);
  return {fmt::format("{}::varchar", sql), {}, "", ""};
}

std::string raw_name(const Field& field) { return fmt::format("raw_{}", field.target); }

}  // namespace gsa::prompts
