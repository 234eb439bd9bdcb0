#pragma once

// Scans JSON text by RFC 8259 in one pass and checks it; NaN, Infinity and -Infinity are also
// numbers, as Python writes them. The text comes from a file block by block, or is in memory.
// Containers are passed in a loop, however deeply they nest: memory is a byte for each level.
//
// A capture keeps the text that is read from a point on, as it is written. One at a time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "prompts/text_blocks.h"

namespace gsa::prompts {

class JsonScanner {
 public:
  static constexpr int kEnd = -1;
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  // What to do with an escape that is half of a surrogate pair. JavaScript leaves such halves when
  // it cuts a text within an emoji.
  enum class Halves {
    refuse,   // where the string's text is asked for
    replace,  // by U+FFFD, also in the capture
  };

  // Both the blocks and the text must outlive the scanner.
  explicit JsonScanner(TextBlocks& blocks, Halves halves = Halves::refuse);
  JsonScanner(std::string_view text, std::string name, Halves halves = Halves::refuse);

  int peek() { return at_ != end_ || refill() ? static_cast<unsigned char>(*at_) : kEnd; }
  void advance() { ++at_; }  // after peek()
  // The next byte after white space; does not consume that byte.
  int skip_space() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') {
      return static_cast<unsigned char>(*at_);
    }
    return skip_spaces();
  }
  // Consumes `c` and white space before it. Throws Error that says `what` if another byte is there.
  void expect(char c, std::string_view what);
  // Consumes `text` if it comes next and no block ends in it.
  bool pass(std::string_view text);

  // Reads a key and the colon after it.
  void read_key(std::string& key);
  // Reads any value. Gives a string without quotes and escapes, and others as they are written. Not
  // during a capture unless `out` is null.
  Kind read_value(std::string* out);
  // Reads from after the opening quote to after the closing one.
  void read_string(std::string* out);
  void read_number();
  void read_literal(std::string_view word);

  // Hears of what pass_container() passes.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void opened(char bracket) = 0;
    virtual void key(const std::string& key) = 0;
    virtual void closed() = 0;
  };
  // Reads an object or an array, from the opening bracket to after the closing one.
  void pass_container(Listener* listener = nullptr);

  // The capture begins with `prefix`, and then has what is read from now on.
  void begin_capture(std::string_view prefix = "");
  std::size_t captured() const {
    return captured_.size() + static_cast<std::size_t>(at_ - capture_begin_);
  }
  // The text from a value of captured() on; valid until the next call of this scanner.
  std::string_view captured_since(std::size_t begin);
  // The text of the capture so far, to be edited.
  std::string& edit_capture();
  // Valid until the next call of this scanner.
  std::string_view end_capture();

  // Goes to the next object of a file = [array / *object], and tells whether there is one. Throws
  // Error if something else is there.
  bool next_object();
  // Throws Error that says what is there in place of an object.
  [[noreturn]] void throw_not_an_object(bool in_array);

  // Marks the record that is being read: it must not be longer than kMaxTextRecord, and errors name
  // its first line.
  void begin_record();
  void end_record();

  const std::string& name() const { return name_; }
  std::int64_t line() const { return line_; }
  std::int64_t record_line() const { return record_line_; }
  // How many halves were replaced, and the line of the first one.
  std::int64_t halves() const { return replaced_; }
  std::int64_t first_half_line() const { return first_half_line_; }

  [[noreturn]] void throw_syntax(std::string_view what);

 private:
  bool refill();
  int skip_spaces();
  void read_escape(std::string* out);
  unsigned read_hex();
  void put_half(std::string* out, std::size_t back);
  void throw_if_too_long() const;
  std::int64_t offset() const { return before_ + (at_ - begin_); }

  TextBlocks* blocks_ = nullptr;
  std::string name_;
  Halves halves_;
  const char* begin_ = nullptr;  // of the block
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::int64_t before_ = 0;  // bytes of the earlier blocks
  std::int64_t line_ = 1;
  std::int64_t line_begin_ = 0;    // offset
  std::int64_t record_begin_ = 0;  // offset
  std::int64_t record_line_ = 0;   // 0: outside a record

  bool began_ = false;
  bool in_array_ = false;  // the file is one array
  bool first_ = true;      // no object was found yet

  bool capturing_ = false;
  std::string captured_;                 // what is not in the block any more, or was edited
  const char* capture_begin_ = nullptr;  // of the rest
  std::string stack_;  // a '{' or '[' for each container that pass_container() is in
  std::string key_;    // of a nested object
  std::int64_t replaced_ = 0;
  std::int64_t first_half_line_ = 0;
};

}  // namespace gsa::prompts
