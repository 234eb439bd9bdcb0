#include "prompts/encoding_hint.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace gsa::prompts {
namespace {

// What bytes there are. A stray byte is one that is no part of a character of UTF-8.
class ByteCensus {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) take(static_cast<unsigned char>(c));
  }

  void finish() { give_up(); }

  std::string hint() const {
    // Most characters of UTF-16 text are of one byte and a zero, on the same side of it.
    const auto [fewer, more] = std::minmax(zeros_[0], zeros_[1]);
    if (more > bytes_ / 4 && fewer * 8 < more) {
      return convert(zeros_[1] > zeros_[0] ? "UTF-16LE" : "UTF-16BE");
    }
    if (more > 0) return "";  // no text at all
    if (characters_ > strays_) {
      return "most of the file is UTF-8: mend this line alone, as converting spoils the others";
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

  // The bytes held are no character.
  void give_up() {
    for (std::size_t i = 0; i < held_size_; ++i) {
      const unsigned char byte = held_[i];
      ++strays_;
      // In Latin-1 these are controls that no text has; five of them Windows leaves open as well.
      controls_ |= byte < 0xA0;
      undefined_ |= byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D;
    }
    held_size_ = 0;
    missing_ = 0;
  }

  std::size_t bytes_ = 0, strays_ = 0, characters_ = 0;
  std::array<std::size_t, 2> zeros_{};  // at even and at odd places
  std::array<unsigned char, 4> held_{};
  std::size_t held_size_ = 0;
  int missing_ = 0;  // bytes of the character that are still to come
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
