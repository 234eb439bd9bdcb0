#pragma once

// Reads a file of JSON objects from end to end in one pass: one object per line, objects over
// several lines, or one array of objects. We do not use DuckDB's reader: it learns the keys from
// the first 20,480 objects and loses later ones, ends the process on deeply nested values, and
// names wrong lines.
//
//   file   = [array / *object]            white space between objects is optional
//   object = as in RFC 8259; NaN, Infinity and -Infinity are also numbers, as Python writes them
//
// The values of other keys are checked and skipped, however deeply they nest. Memory: a byte for
// each level of nesting, and the wanted values of one object.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "prompts/text_blocks.h"
#include "prompts/text_record.h"

namespace gsa::prompts {

class JsonRows : public RecordReader {
 public:
  // Both must outlive this object. The first of `wanted` must be the prompt, whose values must be
  // strings or null. For the others, numbers, booleans, arrays and objects are given as they are
  // written.
  JsonRows(TextBlocks& blocks, const std::vector<WantedColumn>& wanted);

  bool next(TextRecord& record) override;
  const std::vector<std::string>& names() const override { return names_; }
  std::string nested_prompt() const override { return nested_prompt_; }

 private:
  static constexpr int kEnd = -1;
  enum class Kind { string, number, boolean, null, object, array };
  // The meaning of an object's key.
  struct Meaning {
    int value;  // index of the wanted column, or -1
    int rank;
  };

  int peek();  // the next byte; kEnd at the end
  void advance() { ++at_; }
  bool refill();
  int skip_space();
  void read_object(TextRecord& record);
  void read_member(TextRecord& record);
  const Meaning& meaning_of_key();
  void read_wanted(const Meaning& meaning, TextRecord& record);
  Kind read_value(std::string* out);
  void read_string(std::string* out);
  void read_escape(std::string* out);
  unsigned read_hex();
  void read_number();
  void read_literal(std::string_view word);
  void pass_container();
  void pass_key();
  void note_nested_key();
  void expect(char c, std::string_view what);
  std::int64_t offset() const { return before_ + static_cast<std::int64_t>(at_); }
  [[noreturn]] void throw_syntax(std::string_view what);
  [[noreturn]] void throw_not_an_object();

  TextBlocks& blocks_;
  const std::vector<WantedColumn>& wanted_;
  std::string_view block_;
  std::size_t at_ = 0;
  std::int64_t before_ = 0;  // bytes of the earlier blocks
  std::int64_t line_ = 1;
  std::int64_t line_begin_ = 0;    // offset
  std::int64_t object_begin_ = 0;  // offset
  std::int64_t object_line_ = 0;   // 0: outside an object
  bool began_ = false;
  bool in_array_ = false;
  bool first_ = true;  // no value was read yet

  std::string key_;
  std::unordered_map<std::string, Meaning> meanings_;
  std::vector<std::string> names_;
  std::vector<int> ranks_;  // ranks of the keys that gave the current object's values
  std::vector<Kind> kinds_;
  std::string* capture_ = nullptr;  // receives the bytes as they are read
  std::size_t capture_begin_ = 0;

  std::string stack_;              // a '{' or '[' for each open container within the object
  std::vector<std::string> path_;  // the keys on the way to it, while we search for the prompt
  bool looks_within_ = true;       // no prompt was found yet
  std::string nested_prompt_;
};

}  // namespace gsa::prompts
