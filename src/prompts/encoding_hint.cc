#include "prompts/encoding_hint.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace gsa::prompts {
namespace {

// Statistics about the bytes of a file. A stray byte is one outside every UTF-8 character.
class ByteCensus {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) take(static_cast<unsigned char>(c));
  }

  void finish() { give_up(); }

  std::string hint() const {
    // In UTF-16, most characters are one byte and a zero, always in the same order.
    const auto [fewer, more] = std::minmax(zeros_[0], zeros_[1]);
    if (more > bytes_ / 4 && fewer * 8 < more) {
      return convert(zeros_[1] > zeros_[0] ? "UTF-16LE" : "UTF-16BE");
    }
    if (more > 0) return "";  // not a text at all
    if (characters_ > strays_) {
      return "most of the file is UTF-8: fix only this line, because converting the file would "
             "spoil the others";
    }
    if (undefined_) return "find out its encoding and convert it: iconv -f ENCODING -t UTF-8";
    return convert(controls_ ? "CP1252" : "LATIN1");
  }

 private:
  static std::string convert(std::string_view encoding) {
    return fmt::format("convert it, for example: iconv -f {} -t UTF-8", encoding);
  }

  void take(unsigned char byte) {
    if (byte == 0) ++zeros_[bytes_ % 2];
    ++bytes_;
    if (missing_ > 0 && byte >= 0x80 && byte < 0xC0) {
      held_[held_size_++] = byte;
      if (--missing_ > 0) return;
      ++characters_;
      held_size_ = 0;
      return;
    }
    give_up();
    if (byte < 0x80) return;
    held_[held_size_++] = byte;
    missing_ = byte >= 0xF5 ? 0 : byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC2 ? 1 : 0;
    if (missing_ == 0) give_up();
  }

  // The held bytes do not form a character.
  void give_up() {
    for (std::size_t i = 0; i < held_size_; ++i) {
      const unsigned char byte = held_[i];
      ++strays_;
      // In Latin-1 these bytes are controls, which texts lack. Windows-1252 also leaves five of
      // them undefined.
      controls_ |= byte < 0xA0;
      undefined_ |= byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D;
    }
    held_size_ = 0;
    missing_ = 0;
  }

  std::size_t bytes_ = 0, strays_ = 0, characters_ = 0;
  std::array<std::size_t, 2> zeros_{};  // at even and at odd offsets
  std::array<unsigned char, 4> held_{};
  std::size_t held_size_ = 0;
  int missing_ = 0;  // bytes that the current character still lacks
  bool controls_ = false, undefined_ = false;
};

}  // namespace

std::string encoding_hint(const std::string& path, Compression compression) {
  constexpr std::size_t kBlock = 1 << 18;
  TextReader reader(path, compression);
  std::string block(kBlock, '\0');
  ByteCensus census;
  while (const std::size_t size = reader.read(block.data(), kBlock)) {
    census.feed(std::string_view(block.data(), size));
  }
  census.finish();
  return census.hint();
}

}  // namespace gsa::prompts
