#pragma once

// A text file as blocks of valid UTF-8: decompressed, without byte order mark, and decoded from
// UTF-16. One thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "prompts/text_reader.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {

enum class Encoding { utf8, utf16_le, utf16_be };

// The encoding by the byte order mark. Without a mark, the zeros beside ASCII letters reveal
// UTF-16.
Encoding encoding_of(std::string_view beginning);

class TextBlocks {
 public:
  static constexpr std::size_t kBlock = 1 << 18;  // bytes of a block; only the last one is shorter

  // `path` is the path to open, `name` the one for errors.
  TextBlocks(const std::string& path, std::string name, Compression compression);

  // The next block, valid until the next call; empty at the end. Throws Error with the line of
  // invalid text.
  std::string_view next();
  // Reads on to the end: damaged compressed data then fails with its own error, not with the error
  // that its garbage causes.
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
  std::string odd_;         // half a unit of UTF-16, waiting for its other byte
  std::uint32_t high_ = 0;  // a high surrogate, waiting for the low one
  bool began_ = false;
  bool ended_ = false;
  std::int64_t lines_before_ = 0;  // LFs in the earlier blocks
};

}  // namespace gsa::prompts
