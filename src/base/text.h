#pragma once

// Small text functions that several modules share.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa {

std::string to_lower(std::string_view text);  // ASCII only; other bytes unchanged
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);  // keeps empty parts
std::string join(const std::vector<std::string>& parts, std::string_view separator);
// `from` is not empty.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// 'it''s': a string literal of SQL.
std::string sql_quote(std::string_view text);
// "a ""b""": an identifier of SQL.
std::string sql_name(std::string_view name);

// "a \"b\"": a string of JSON. Bytes that are no UTF-8 stay as they are.
std::string json_quote(std::string_view text);

// "12,345"
std::string with_thousands(std::int64_t number);
// "1 asset", "12,345 assets"
std::string counted(std::int64_t count, std::string_view one, std::string_view many);

// True if `text` matches `pattern`, in which * stands for any run and ? for one character.
bool matches_wildcard(std::string_view text, std::string_view pattern);

// Terminal columns that valid UTF-8 takes up: code points, wide ones (CJK, emoji) as two.
std::size_t display_width(std::string_view utf8);
// The longest prefix of at most `columns` columns; ends in … if something was cut.
std::string clip(std::string_view utf8, std::size_t columns);

// The candidate nearest to `word` by edit distance, if it is near enough for a likely typo.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);
// "did you mean 'fct_sessions'?" or "" if nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace gsa
