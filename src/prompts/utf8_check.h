#pragma once

// Is a text that comes in pieces valid UTF-8? After table 3-7 of the Unicode standard: no overlong
// forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gsa::prompts {

// Appends a code point that is no surrogate.
void append_utf8(std::string& out, std::uint32_t code);

class Utf8Check {
 public:
  // Where in `bytes` the text stops being valid, if it does.
  std::optional<std::size_t> feed(std::string_view bytes);
  // False where the text ends inside a character.
  bool complete() const { return missing_ == 0; }

 private:
  bool begin(unsigned char lead);

  int missing_ = 0;  // bytes of the current character that are still to come
  unsigned char lowest_ = 0x80, highest_ = 0xBF;  // that the next of them may be
};

}  // namespace gsa::prompts
