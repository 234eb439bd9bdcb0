#pragma once

// Reads a file of JSON objects from end to end in one pass: one object per line, objects over
// several lines, or one array of objects. We do not use DuckDB's reader: it learns the keys from
// the first 20,480 objects and loses later ones, ends the process on deeply nested values, and
// names wrong lines.
//
//   file   = [array / *object]            white space between objects is optional
//   object = as in json_scanner.h
//
// The values of other keys are checked and skipped, however deeply they nest. Memory: a byte for
// each level of nesting, and the wanted values of one object.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "prompts/json_scanner.h"
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
  std::string nested_prompt() const override { return search_.found(); }

 private:
  using Kind = JsonScanner::Kind;
  // The meaning of an object's key.
  struct Meaning {
    int value;  // index of the wanted column, or -1
    int rank;
  };
  // Looks for a key named `prompt` within the values of an object's keys.
  class PromptSearch : public JsonScanner::Listener {
   public:
    void begin(const std::string& key);  // the key of the object itself
    void opened(char bracket) override;
    void key(const std::string& key) override;
    void closed() override;
    const std::string& found() const { return found_; }

   private:
    std::vector<std::string> path_;  // the keys on the way
    std::size_t level_ = 0;
    std::string found_;
  };

  void read_object(TextRecord& record);
  void read_member(TextRecord& record);
  Kind read_value(std::string* out);
  const Meaning& meaning_of_key();
  void read_wanted(const Meaning& meaning, TextRecord& record);

  JsonScanner scanner_;
  const std::vector<WantedColumn>& wanted_;
  std::string key_;
  std::unordered_map<std::string, Meaning> meanings_;
  std::vector<std::string> names_;
  std::vector<int> ranks_;  // ranks of the keys that gave the current object's values
  std::vector<Kind> kinds_;
  bool looks_within_ = true;  // no prompt was found yet
  PromptSearch search_;
};

}  // namespace gsa::prompts
