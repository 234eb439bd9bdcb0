#pragma once

// The columns that are taken from a source beside the prompt, and the SQL that reads their values.
// What a column holds is kept exactly or not at all: a value that its field cannot hold is null,
// and one of the field's `odd` conditions says so.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct Field {
  std::string_view target;  // the column of raw_prompts, or of what was observed
  std::string_view source;  // DiffusionDB's name
  std::string_view type;    // of the target, as SQL names it
};

// What may be odd about a time.
inline constexpr std::string_view kNoTime = "no time";
inline constexpr std::string_view kOddTime = "before 2000 or in the future";

std::string raw_name(const Field& field);  // "raw_width"

std::span<const Field> setting_fields();
// image_name, user_name, asked_at, image_nsfw
std::span<const Field> observation_fields();

// A way in which a value can fail to be one of its field. The condition is SQL over columns
// raw_TARGET, as the source has it, and TARGET, as it was read.
struct OddKind {
  std::string_view what;  // "no time": completes "values of 'timestamp' that are …"
  std::string condition;
};

// The same of a column of a file.
struct Oddity {
  std::string target;
  std::string column;  // its name in the file
  std::string_view what;
  std::string condition;
  std::string text;  // SQL: the value as it stands there
};

struct NamedColumn {
  std::string name;  // in the file
  std::string sql;
};

struct ValueSql {
  std::string value;         // null where there is none
  std::vector<OddKind> odd;  // empty where all values fit
  std::string seed_key;      // of a seed: what tells it from others, also where the value is null
  std::string time_unit;     // of a time that may be a number: its TimeUnit, else null; or empty
};

// `sql` names the column, `type` is DuckDB's type of it ("" for a text of unknown content).
// Times after `latest_us` are none. Needs the functions of values.h.
ValueSql value_sql(const Field& field, const std::string& sql, std::string_view type,
                   std::int64_t latest_us);

// Whether times or the numbers of an epoch may stand in such a column.
bool may_hold_times(std::string_view type);

}  // namespace gsa::prompts
