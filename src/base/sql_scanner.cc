#include "base/sql_scanner.h"

#include <algorithm>
#include <utility>

namespace gsa {
namespace {

// Follows scan.l of PostgreSQL in DuckDB's version.
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & '\x80') != 0;
}
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_operator(char c) { return is_one_of(c, "~!@^&|`+-*/%<>="); }

// Bytes of the Unicode space at the front of `text`: those that DuckDB replaces before it parses.
std::size_t unicode_space(std::string_view text) {
  if (text.empty() || static_cast<unsigned char>(text[0]) < 0x80) return 0;
  if (text.starts_with("\xC2\xA0")) return 2;
  const std::string_view three = text.substr(0, 3);
  if (three >= "\xE2\x80\x80" && three <= "\xE2\x80\x8B") return 3;
  for (const std::string_view space :
       {"\xE2\x80\xAF", "\xE2\x81\x9F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"}) {
    if (three == space) return 3;
  }
  return 0;
}

// The functions below take the rest of the text and say how many bytes of it belong together.

std::size_t blank_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t more = is_space(text[size]) ? 1 : unicode_space(text.substr(size));
    if (more == 0) break;
    size += more;
  }
  return size;
}

SqlPiece comment_piece(std::string_view text) {
  if (text[0] == '-') {
    const std::size_t end = text.find_first_of("\n\r");
    return {SqlPieceKind::comment, text.substr(0, end), true};
  }
  int depth = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    if (two == "/*") {
      ++depth, ++i;
    } else if (two == "*/") {
      --depth, ++i;
      if (depth == 0) return {SqlPieceKind::comment, text.substr(0, i + 1), true};
    }
  }
  return {SqlPieceKind::comment, text, false};
}

// text[begin] is the opening quote; a doubled quote does not close.
SqlPiece quoted_piece(std::string_view text, std::size_t begin, bool escapes) {
  const char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (text.substr(i + 1, 1) != text.substr(begin, 1)) {
        return {SqlPieceKind::quoted, text.substr(0, i + 1), true};
      }
      ++i;
    }
  }
  return {SqlPieceKind::quoted, text, false};
}

// $ alone is a symbol; so is a parameter, $1 or $name.
SqlPiece dollar_piece(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && (begins_word(text[end]) || is_digit(text[end]))) ++end;
  const bool quotes = end < text.size() && text[end] == '$' && !is_digit(text[1]);
  if (!quotes) return {SqlPieceKind::symbol, text.substr(0, end), true};
  const std::string_view tag = text.substr(0, end + 1);
  const std::size_t close = text.find(tag, tag.size());
  if (close == std::string_view::npos) return {SqlPieceKind::quoted, text, false};
  return {SqlPieceKind::quoted, text.substr(0, close + tag.size()), true};
}

std::size_t word_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() &&
         (begins_word(text[size]) || is_digit(text[size]) || text[size] == '$') &&
         unicode_space(text.substr(size)) == 0) {
    ++size;
  }
  return size;
}

// Digits with single underscores between them.
std::size_t digits_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() &&
         (is_digit(text[size]) || (size > 0 && text[size] == '_' && text[size - 1] != '_' &&
                                   size + 1 < text.size() && is_digit(text[size + 1])))) {
    ++size;
  }
  return size;
}

// 0 if no number begins here.
std::size_t number_size(std::string_view text) {
  std::size_t size = digits_size(text);
  const bool range = size > 0 && text.substr(size, 2) == "..";
  if (!range && text.substr(size, 1) == ".") {
    const std::size_t fraction = digits_size(text.substr(size + 1));
    if (size + fraction > 0) size += 1 + fraction;
  }
  if (size == 0 || size == text.size() || (text[size] != 'e' && text[size] != 'E')) return size;
  std::size_t exponent = size + 1;
  if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
  const std::size_t power = digits_size(text.substr(std::min(exponent, text.size())));
  return power == 0 ? size : exponent + power;
}

// Takes as many characters as possible, up to a comment. Leaves + and - at the end out, unless the
// operator has a character that operators of standard SQL lack: =- is two operators, @- is one.
std::size_t operator_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_operator(text[size]) &&
         (size == 0 || (text.substr(size, 2) != "--" && text.substr(size, 2) != "/*"))) {
    ++size;
  }
  while (size > 1 && (text[size - 1] == '+' || text[size - 1] == '-') &&
         text.substr(0, size - 1).find_first_of("~!@^&|`%") == std::string_view::npos) {
    --size;
  }
  return size;
}

std::size_t symbol_size(std::string_view text) {
  if (is_operator(text[0])) return operator_size(text);
  const std::string_view two = text.substr(0, 2);
  if (two == "::" || two == ":=" || two == "..") return 2;
  return text[0] == '?' ? 1 + digits_size(text.substr(1)) : 1;
}

// Length of the prefix before a string's quote that changes its meaning, as in e'…' and U&'…'.
std::size_t string_prefix(std::string_view text) {
  const std::string_view front = text.substr(0, 3);
  if (front.size() == 3 && is_one_of(front[0], "uU") && front[1] == '&' &&
      is_one_of(front[2], "'\"")) {
    return 2;
  }
  return front.size() > 1 && front[1] == '\'' && is_one_of(front[0], "eEbBxX") ? 1 : 0;
}

}  // namespace

SqlPiece SqlScanner::string(std::size_t prefix, Continuation mode, SqlPieceKind kind) {
  SqlPiece piece = quoted_piece(sql_.substr(at_), prefix, mode == Continuation::escapes);
  piece.kind = kind;
  continuation_ = mode;
  saw_newline_ = false;
  return piece;
}

// Takes blanks and comments. The string before them may still continue after them.
std::optional<SqlPiece> SqlScanner::take_gap() {
  const std::string_view rest = sql_.substr(at_);
  if (const std::size_t size = blank_size(rest); size > 0) {
    const std::string_view blank = rest.substr(0, size);
    saw_newline_ = saw_newline_ || blank.find_first_of("\n\r") != std::string_view::npos;
    return SqlPiece{SqlPieceKind::blank, blank, true};
  }
  if (rest.starts_with("--")) return comment_piece(rest);
  if (!rest.starts_with("/*")) return std::nullopt;
  continuation_ = Continuation::none;
  return comment_piece(rest);
}

SqlPiece SqlScanner::take_code() {
  const std::string_view rest = sql_.substr(at_);
  const Continuation before = std::exchange(continuation_, Continuation::none);
  if (rest[0] == '\'' && before != Continuation::none && saw_newline_) {
    return string(0, before, SqlPieceKind::continued);
  }
  const std::size_t prefix = string_prefix(rest);
  if (rest[prefix] == '\'') {
    const bool escapes = is_one_of(rest[0], "eE");
    return string(prefix, escapes ? Continuation::escapes : Continuation::plain,
                  SqlPieceKind::quoted);
  }
  if (rest[prefix] == '"') return quoted_piece(rest, prefix, false);
  if (rest[0] == '$') return dollar_piece(rest);
  if (begins_word(rest[0])) return {SqlPieceKind::word, rest.substr(0, word_size(rest)), true};
  if (const std::size_t size = number_size(rest); size > 0) {
    return {SqlPieceKind::number, rest.substr(0, size), true};
  }
  return {SqlPieceKind::symbol, rest.substr(0, symbol_size(rest)), true};
}

std::optional<SqlPiece> SqlScanner::next() {
  if (at_ == sql_.size()) return std::nullopt;
  const std::optional<SqlPiece> gap = take_gap();
  const SqlPiece piece = gap ? *gap : take_code();
  at_ += piece.text.size();
  return piece;
}

std::optional<SqlPiece> SqlScanner::next_code() {
  std::optional<SqlPiece> piece = next();
  while (piece && (piece->kind == SqlPieceKind::blank || piece->kind == SqlPieceKind::comment)) {
    piece = next();
  }
  return piece;
}

}  // namespace gsa
