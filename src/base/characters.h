#pragma once

// Strings of templates count in characters (code points), not bytes. A byte that is not UTF-8
// counts as one character.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gsa {

std::vector<std::string_view> characters(std::string_view utf8);
std::size_t count_characters(std::string_view utf8);
// The code point that `character`, one of characters(), holds; the byte itself if it is not UTF-8.
std::uint32_t code_point(std::string_view character);
void append_code_point(std::string& out, std::uint32_t code);
bool is_space(char c);  // ASCII white space, as Python's str.strip() sees it
// ASCII digits; and letters, digits and underscores.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word_character(char c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
std::string_view strip_left(std::string_view text);
std::string_view strip_right(std::string_view text);

}  // namespace gsa
