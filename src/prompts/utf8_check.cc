#include "prompts/utf8_check.h"

#include <cstring>

namespace gsa::prompts {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (code & 0x3F));
}

bool Utf8Check::begin(unsigned char lead) {
  if (lead < 0x80) return true;
  if (lead < 0xC2 || lead > 0xF4) return false;
  missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  lowest_ = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  highest_ = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return true;
}

std::optional<std::size_t> Utf8Check::feed(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (missing_ == 0) {
      std::uint64_t word = 0;  // eight ASCII bytes at a time
      while (at + sizeof word <= bytes.size()) {
        std::memcpy(&word, bytes.data() + at, sizeof word);
        if ((word & kHighBits) != 0) break;
        at += sizeof word;
      }
      if (at == bytes.size()) break;
    }
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (missing_ == 0) {
      if (!begin(byte)) return at;
      continue;
    }
    if (byte < lowest_ || byte > highest_) return at;
    lowest_ = 0x80;
    highest_ = 0xBF;
    --missing_;
  }
  return std::nullopt;
}

}  // namespace gsa::prompts
