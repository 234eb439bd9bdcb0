#pragma once

// A record of a text file, whatever its format: the values of the columns that are wanted.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

inline constexpr std::int64_t kMaxTextRecord = 16 << 20;  // bytes of a CSV record or a JSON object

// A column that is looked for under its name in the source or else its name in raw_prompts, in
// exactly that case or else in any.
struct WantedColumn {
  std::string source;
  std::string target;
};

// How well `name` names the column: 0 is best, nullopt not at all.
std::optional<int> rank_of(std::string_view name, const WantedColumn& wanted);

struct TextValue {
  std::string text;     // what was written, without quotes and escapes
  bool is_null = true;  // as is an empty field of CSV
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

// Reads the records of one file, one after the other.
class RecordReader {
 public:
  RecordReader() = default;
  virtual ~RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // False at the end. Throws Error with file and line.
  virtual bool next(TextRecord& record) = 0;
  // The names of columns that were met so far, each once: of CSV all of the header's.
  virtual const std::vector<std::string>& names() const = 0;
  // Where "prompt" stands within other values, "input.prompt"; empty where it does not.
  virtual std::string nested_prompt() const { return ""; }
  // What the user should know, as a whole sentence about the file; empty for nothing.
  virtual std::string note() const { return ""; }
};

}  // namespace gsa::prompts
