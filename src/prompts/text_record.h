#pragma once

// A record of a text file in any format: the values of the wanted columns.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

inline constexpr std::int64_t kMaxTextRecord = 16 << 20;  // bytes of a CSV record or a JSON object

// A column to look for: by its name in the source, or else by its name in raw_prompts; each in
// exactly this case, or else in any.
struct WantedColumn {
  std::string source;
  std::string target;
};

// How well `name` names the column: 0 is best, nullopt not at all.
std::optional<int> rank_of(std::string_view name, const WantedColumn& wanted);

struct TextValue {
  std::string text;     // as written, without quotes and escapes
  bool is_null = true;  // also for an empty CSV field
};

struct TextRecord {
  std::vector<TextValue> values;  // one for each wanted column

  void clear() {
    for (TextValue& value : values) {
      value.text.clear();
      value.is_null = true;
    }
  }
};

// Reads the records of one file in order.
class RecordReader {
 public:
  RecordReader() = default;
  virtual ~RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // Reads the next record; false at the end. Throws Error with file and line.
  virtual bool next(TextRecord& record) = 0;
  // The column names met so far, without duplicates; for CSV, all names of the header.
  virtual const std::vector<std::string>& names() const = 0;
  // The path of a "prompt" within other values, as in "input.prompt"; empty if there is none.
  virtual std::string nested_prompt() const { return ""; }
  // A full sentence about the file for the user, or "".
  virtual std::string note() const { return ""; }
};

}  // namespace gsa::prompts
