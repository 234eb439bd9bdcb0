#pragma once

// Checks that a text, given in pieces, is valid UTF-8 by table 3-7 of the Unicode standard: no
// overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gsa::prompts {

// Appends a code point, which must not be a surrogate.
void append_utf8(std::string& out, std::uint32_t code);

class Utf8Check {
 public:
  // Where in `bytes` the text becomes invalid; null if it does not.
  std::optional<std::size_t> feed(std::string_view bytes);
  // False if the text ends inside a character.
  bool complete() const { return missing_ == 0; }

 private:
  bool begin(unsigned char lead);

  int missing_ = 0;                               // bytes that the current character still lacks
  unsigned char lowest_ = 0x80, highest_ = 0xBF;  // the range of the next one
};

}  // namespace gsa::prompts
