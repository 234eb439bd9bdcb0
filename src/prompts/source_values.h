#pragma once

// The columns taken from a source besides the prompt, and the SQL that reads their values. A value
// is kept exactly or not at all: if its field cannot hold it, it becomes null, and one of the
// field's `odd` conditions reports it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct Field {
  std::string_view target;  // the column of raw_prompts, or of the observations
  std::string_view source;  // DiffusionDB's name
  std::string_view type;    // SQL type of the target
};

// What can be odd about a time.
inline constexpr std::string_view kNoTime = "not a time";
inline constexpr std::string_view kOddTime = "before 2000 or in the future";

std::string raw_name(const Field& field);  // "raw_width"

std::span<const Field> setting_fields();
// image_name, user_name, asked_at, image_nsfw
std::span<const Field> observation_fields();

// One way in which a value can fail to fit its field. The condition is SQL over the columns
// raw_TARGET, the source's value, and TARGET, the value as read.
struct OddKind {
  std::string_view what;  // "not a time": completes "values of 'timestamp' that are …"
  std::string condition;
};

// An OddKind for one column of a file.
struct Oddity {
  std::string target;
  std::string column;  // its name in the file
  std::string_view what;
  std::string condition;
  std::string text;  // SQL: the value as the source has it
};

struct NamedColumn {
  std::string name;  // in the file
  std::string sql;
};

struct ValueSql {
  std::string value;         // null if there is no value
  std::vector<OddKind> odd;  // empty if all values fit
  std::string seed_key;      // for a seed: identifies it, even if the value is null
  std::string time_unit;     // for a time that may be a number: its TimeUnit, else null; or ""
};

// `sql` names the column, `type` is its DuckDB type ("" for text of unknown content). Times after
// `latest_us` are not accepted. Needs the functions of values.h.
ValueSql value_sql(const Field& field, const std::string& sql, std::string_view type,
                   std::int64_t latest_us);

// Whether such a column may hold times or the numbers of an epoch.
bool may_hold_times(std::string_view type);

}  // namespace gsa::prompts
