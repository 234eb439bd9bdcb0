#include "prompts/text_blocks.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "prompts/encoding_hint.h"

namespace gsa::prompts {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kLittleEndianMark = "\xff\xfe";
constexpr std::string_view kBigEndianMark = "\xfe\xff";

// True if every second byte from `first` on is zero, and no other.
bool zeros_alternate(std::string_view bytes, std::size_t first) {
  constexpr std::size_t kFewest = 8, kMost = 64;
  bytes = bytes.substr(0, kMost);
  if (bytes.size() < kFewest) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if ((bytes[i] == '\0') != (i % 2 == first)) return false;
  }
  return true;
}

}  // namespace

Encoding encoding_of(std::string_view beginning) {
  if (beginning.starts_with(kLittleEndianMark) || zeros_alternate(beginning, 1)) {
    return Encoding::utf16_le;
  }
  if (beginning.starts_with(kBigEndianMark) || zeros_alternate(beginning, 0)) {
    return Encoding::utf16_be;
  }
  return Encoding::utf8;
}

TextBlocks::TextBlocks(const std::string& path, std::string name, Compression compression)
    : reader_(path, compression), path_(path), compression_(compression), name_(std::move(name)) {}

bool TextBlocks::read_raw() {
  raw_.resize(kBlock);
  std::size_t size = 0;
  while (size < kBlock) {
    const std::size_t count = reader_.read(raw_.data() + size, kBlock - size);
    if (count == 0) break;
    size += count;
  }
  raw_.resize(size);
  return size > 0;
}

std::string_view TextBlocks::next() {
  lines_before_ += std::count(block_.begin(), block_.end(), '\n');
  block_.clear();
  while (block_.empty() && !ended_) {
    if (!read_raw()) {
      ended_ = true;
      if (!utf8_.complete()) throw_invalid("", "UTF-8");
      if (!odd_.empty() || high_ != 0) throw_invalid("", "UTF-16");
      break;
    }
    std::string_view bytes = raw_;
    if (!began_) {
      began_ = true;
      encoding_ = encoding_of(bytes);
      const std::string_view mark = encoding_ == Encoding::utf8       ? kUtf8Mark
                                    : encoding_ == Encoding::utf16_le ? kLittleEndianMark
                                                                      : kBigEndianMark;
      if (bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    }
    if (encoding_ == Encoding::utf8) {
      check_utf8(bytes);
      block_ = bytes;
    } else {
      append_utf16(bytes, encoding_ == Encoding::utf16_be);
    }
  }
  return block_;
}

void TextBlocks::drain() {
  while (read_raw()) {
  }
}

void TextBlocks::append_utf16(std::string_view bytes, bool big_endian) {
  const auto unit_of = [&](char first, char second) -> std::uint32_t {
    const auto a = static_cast<unsigned char>(first), b = static_cast<unsigned char>(second);
    return static_cast<std::uint32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  std::string joined;
  if (!odd_.empty()) {
    joined = odd_ + std::string(bytes);
    bytes = joined;
    odd_.clear();
  }
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const std::uint32_t unit = unit_of(bytes[at], bytes[at + 1]);
    const bool is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;
    if (is_low != (high_ != 0)) throw_invalid(block_, "UTF-16");
    if (is_high) {
      high_ = unit;
      continue;
    }
    append_utf8(block_, is_low ? 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00) : unit);
    high_ = 0;
  }
  if (bytes.size() % 2 == 1) odd_ = bytes.back();
}

void TextBlocks::check_utf8(std::string_view bytes) {
  if (const auto at = utf8_.feed(bytes)) throw_invalid(bytes.substr(0, *at), "UTF-8");
}

// `before`: the valid part of the block.
void TextBlocks::throw_invalid(std::string_view before, std::string_view encoding) const {
  throw Error(
      fmt::format("{}, line {}: the text is not valid {}", name_,
                  lines_before_ + std::count(before.begin(), before.end(), '\n') + 1, encoding),
      encoding == "UTF-8" ? encoding_hint(path_, compression_) : "");
}

}  // namespace gsa::prompts
