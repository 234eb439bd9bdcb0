#pragma once

// A text file as blocks of valid UTF-8: decompressed, without its byte order mark, UTF-16 decoded.
// One thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "prompts/text_reader.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {

enum class Encoding { utf8, utf16_le, utf16_be };

// What a text is by its mark; without one, UTF-16 is known by the zeros beside ASCII letters.
Encoding encoding_of(std::string_view beginning);

class TextBlocks {
 public:
  static constexpr std::size_t kBlock = 1 << 18;  // bytes of a block; only the last one is shorter

  // `path` is what the system is given, `name` what errors say.
  TextBlocks(const std::string& path, std::string name, Compression compression);

  // Valid until the next call; empty at the end. Throws Error with the line where the text is not
  // valid.
  std::string_view next();
  // Reads on to the end, so that damaged compressed data is told in place of what it looks like.
  void drain();

  const std::string& name() const { return name_; }

 private:
  bool read_raw();
  void append_utf16(std::string_view bytes, bool big_endian);
  void check_utf8(std::string_view bytes);
  [[noreturn]] void throw_invalid(std::string_view before, std::string_view encoding) const;

  TextReader reader_;
  std::string path_;
  Compression compression_;
  std::string name_;
  std::string raw_;
  std::string block_;
  Encoding encoding_ = Encoding::utf8;
  Utf8Check utf8_;
  std::string odd_;         // a byte of UTF-16 that waits for its other half
  std::uint32_t high_ = 0;  // a high surrogate that waits for its low one
  bool began_ = false;
  bool ended_ = false;
  std::int64_t lines_before_ = 0;  // LFs of the blocks before
};

}  // namespace gsa::prompts
