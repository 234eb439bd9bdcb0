#include "pipeline/private_texts.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace gsa::pipeline {
namespace {

constexpr std::size_t kShortest = 3;
constexpr std::size_t kShort = 5;  // such texts and shorter ones count only in quotes

std::uint32_t head_of(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[i])};
  };
  return byte(0) << 16U | byte(1) << 8U | byte(2);
}

// Bytes of letters beyond ASCII count as letters.
bool is_in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_';
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

bool needs_quotes(std::string_view text) {
  return text.size() <= kShort || std::all_of(text.begin(), text.end(),
                                              [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

void PrivateTexts::add(std::string_view text) {
  if (text.size() < kShortest) return;
  texts_.emplace(text);
  lengths_[head_of(text)].insert(text.size());
}

std::size_t PrivateTexts::found_at(std::string_view text, std::size_t at) const {
  if (at + kShortest > text.size()) return 0;
  const auto lengths = lengths_.find(head_of(text.substr(at)));
  if (lengths == lengths_.end()) return 0;
  for (const std::size_t length : lengths->second) {
    if (at + length > text.size()) continue;
    const std::string_view found = text.substr(at, length);
    const char before = at == 0 ? ' ' : text[at - 1];
    const char after = at + length == text.size() ? ' ' : text[at + length];
    const bool is_whole = (!is_in_word(before) || !is_in_word(found.front())) &&
                          (!is_in_word(after) || !is_in_word(found.back()));
    const bool counts = needs_quotes(found) ? is_quote(before) && is_quote(after) : is_whole;
    if (counts && texts_.contains(std::string(found))) return length;
  }
  return 0;
}

std::string PrivateTexts::without(std::string_view text) const {
  std::string rest;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = found_at(text, at);
    rest += length == 0 ? text.substr(at, 1) : kForgotten;
    at += std::max<std::size_t>(length, 1);
  }
  return rest;
}

}  // namespace gsa::pipeline
