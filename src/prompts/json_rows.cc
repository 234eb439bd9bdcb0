#include "prompts/json_rows.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {
namespace {

constexpr int kNoRank = std::numeric_limits<int>::max();
constexpr std::size_t kMostNames = 10'000;  // that we remember per file
constexpr std::size_t kDeepestPath = 8;     // nesting levels searched for a prompt

bool is_digit(int c) { return c >= '0' && c <= '9'; }

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

JsonRows::JsonRows(TextBlocks& blocks, const std::vector<WantedColumn>& wanted)
    : blocks_(blocks), wanted_(wanted), ranks_(wanted.size()), kinds_(wanted.size()) {}

bool JsonRows::next(TextRecord& record) {
  int c = skip_space();
  if (!began_) {
    began_ = true;
    if (c == '[') {
      in_array_ = true;
      advance();
      c = skip_space();
    }
  }
  if (in_array_) {
    if (c == ']') {
      advance();
      if (skip_space() != kEnd) throw_syntax("there is text after the array");
      in_array_ = false;
      return false;
    }
    if (c == kEnd) throw_syntax("the array is cut off before its end");
    if (!first_) {
      expect(',', "a ',' or ']' is expected");
      c = skip_space();
    }
  }
  first_ = false;
  if (c == kEnd && !in_array_) return false;
  if (c != '{') throw_not_an_object();
  read_object(record);
  return true;
}

bool JsonRows::refill() {
  if (capture_ != nullptr) capture_->append(block_.substr(capture_begin_));
  capture_begin_ = 0;
  before_ += static_cast<std::int64_t>(block_.size());
  block_ = blocks_.next();
  at_ = 0;
  if (object_line_ != 0 && offset() - object_begin_ > kMaxTextRecord) {
    throw Error(fmt::format("{}, line {}: an object is longer than {} MiB", blocks_.name(),
                            object_line_, kMaxTextRecord >> 20));
  }
  return !block_.empty();
}

int JsonRows::peek() {
  if (at_ == block_.size() && !refill()) return kEnd;
  return static_cast<unsigned char>(block_[at_]);
}

// The next byte after white space; does not consume that byte.
int JsonRows::skip_space() {
  while (true) {
    const int c = peek();
    if (c == '\n') {
      ++line_;
      line_begin_ = offset() + 1;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return c;
    }
    advance();
  }
}

void JsonRows::expect(char c, std::string_view what) {
  if (skip_space() != static_cast<unsigned char>(c)) throw_syntax(what);
  advance();
}

void JsonRows::read_object(TextRecord& record) {
  record.clear();
  std::fill(ranks_.begin(), ranks_.end(), kNoRank);
  object_line_ = line_;
  object_begin_ = offset();
  advance();
  if (skip_space() == '}') {
    advance();
  } else {
    while (true) {
      read_member(record);
      const int c = skip_space();
      if (c != ',' && c != '}') throw_syntax("a ',' or '}' is expected");
      advance();
      if (c == '}') break;
    }
  }
  if (offset() - object_begin_ > kMaxTextRecord) {
    throw Error(fmt::format("{}, line {}: an object is longer than {} MiB", blocks_.name(),
                            object_line_, kMaxTextRecord >> 20));
  }
  if (ranks_[0] != kNoRank && kinds_[0] != Kind::string && kinds_[0] != Kind::null) {
    const std::string_view kind = kinds_[0] == Kind::number    ? "a number"
                                  : kinds_[0] == Kind::boolean ? "true or false"
                                  : kinds_[0] == Kind::array   ? "an array"
                                                               : "an object";
    throw Error(
        fmt::format("{}, line {}: the prompt is {}, not text", blocks_.name(), object_line_, kind));
  }
  object_line_ = 0;
}

void JsonRows::read_member(TextRecord& record) {
  pass_key();
  const Meaning& meaning = meaning_of_key();
  if (meaning.value >= 0) {
    read_wanted(meaning, record);
    return;
  }
  if (looks_within_) path_.assign(1, key_);
  read_value(nullptr);
}

// Reads a key into key_ and consumes the colon.
void JsonRows::pass_key() {
  if (skip_space() != '"') throw_syntax("a key in quotes is expected");
  advance();
  key_.clear();
  read_string(&key_);
  expect(':', "a ':' is expected");
}

const JsonRows::Meaning& JsonRows::meaning_of_key() {
  static constexpr Meaning kUnwanted{-1, kNoRank};
  const auto known = meanings_.find(key_);
  if (known != meanings_.end()) return known->second;
  Meaning meaning = kUnwanted;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const auto rank = rank_of(key_, wanted_[i]);
    if (rank && *rank < meaning.rank) meaning = {static_cast<int>(i), *rank};
  }
  if (meaning.value < 0 && names_.size() >= kMostNames) return kUnwanted;
  names_.push_back(key_);
  return meanings_.emplace(key_, meaning).first->second;
}

// If several keys mean one column, the best name wins, then the first.
void JsonRows::read_wanted(const Meaning& meaning, TextRecord& record) {
  const auto value = static_cast<std::size_t>(meaning.value);
  if (value == 0) looks_within_ = false;
  if (meaning.rank == ranks_[value] && meaning.rank % 2 == 0) {  // the name in exactly this case
    throw Error(fmt::format("{}, line {}: the key '{}' is in the object twice", blocks_.name(),
                            object_line_, key_));
  }
  if (meaning.rank >= ranks_[value]) {
    read_value(nullptr);
    return;
  }
  ranks_[value] = meaning.rank;
  TextValue& into = record.values[value];
  into.text.clear();
  kinds_[value] = read_value(&into.text);
  into.is_null = kinds_[value] == Kind::null;
}

// Gives a string without quotes and escapes, and any other value as it is written.
JsonRows::Kind JsonRows::read_value(std::string* out) {
  const int c = skip_space();
  if (c == '"') {
    advance();
    read_string(out);
    return Kind::string;
  }
  capture_ = out;
  capture_begin_ = at_;
  Kind kind = Kind::number;
  if (c == '{' || c == '[') {
    kind = c == '{' ? Kind::object : Kind::array;
    pass_container();
  } else if (c == 't' || c == 'f') {
    kind = Kind::boolean;
    read_literal(c == 't' ? "true" : "false");
  } else if (c == 'n') {
    kind = Kind::null;
    read_literal("null");
  } else {
    read_number();
  }
  if (capture_ != nullptr) {
    capture_->append(block_.substr(capture_begin_, at_ - capture_begin_));
    capture_ = nullptr;
  }
  return kind;
}

// Reads from after the opening quote to after the closing one.
void JsonRows::read_string(std::string* out) {
  while (true) {
    const std::size_t begin = at_;
    while (at_ < block_.size() && is_plain(block_[at_])) ++at_;
    if (out != nullptr) out->append(block_.substr(begin, at_ - begin));
    const int c = peek();
    if (c == kEnd) throw_syntax("a string is cut off before its end");
    if (c == '"') {
      advance();
      return;
    }
    if (c == '\\') {
      advance();
      read_escape(out);
    } else if (c < 0x20) {
      throw_syntax(c == '\n' ? "a string is not closed on its line"
                             : "a string has a control character in it");
    }
  }
}

void JsonRows::read_escape(std::string* out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
  const int c = peek();
  if (c != 'u') {
    const std::size_t at = c == kEnd ? std::string_view::npos : kEscapes.find(static_cast<char>(c));
    if (at == std::string_view::npos) throw_syntax("unknown escape sequence");
    advance();
    if (out != nullptr) *out += kMeant[at];
    return;
  }
  advance();
  unsigned code = read_hex();
  const bool is_high = code >= 0xD800 && code < 0xDC00;
  bool is_half = code >= 0xD800 && code < 0xE000;
  if (is_high && peek() == '\\') {
    advance();
    if (peek() != 'u') throw_syntax("an escape is only half of a surrogate pair");
    advance();
    const unsigned low = read_hex();
    is_half = low < 0xDC00 || low >= 0xE000;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (out == nullptr) return;
  if (is_half) throw_syntax("an escape is only half of a surrogate pair");
  append_utf8(*out, code);
}

unsigned JsonRows::read_hex() {
  unsigned code = 0;
  for (int i = 0; i < 4; ++i) {
    const int c = peek();
    const int lower = c | 0x20;
    if (is_digit(c)) {
      code = code << 4 | static_cast<unsigned>(c - '0');
    } else if (c != kEnd && lower >= 'a' && lower <= 'f') {
      code = code << 4 | static_cast<unsigned>(lower - 'a' + 10);
    } else {
      throw_syntax("four hexadecimal digits are expected");
    }
    advance();
  }
  return code;
}

void JsonRows::read_number() {
  const auto digits = [&] {
    if (!is_digit(peek())) throw_syntax("a value is expected");
    while (is_digit(peek())) advance();
  };
  if (peek() == 'N') return read_literal("NaN");
  if (peek() == '-') advance();
  if (peek() == 'I') return read_literal("Infinity");
  if (peek() == '0') {
    advance();
    if (is_digit(peek())) throw_syntax("a number must not begin with 0");
  } else {
    digits();
  }
  if (peek() == '.') {
    advance();
    digits();
  }
  if ((peek() | 0x20) == 'e') {
    advance();
    if (peek() == '+' || peek() == '-') advance();
    digits();
  }
}

void JsonRows::read_literal(std::string_view word) {
  for (const char c : word) {
    if (peek() != static_cast<unsigned char>(c)) throw_syntax("a value is expected");
    advance();
  }
}

// Reads from the opening bracket to after the closing one. A loop with its own stack, because files
// may nest deeper than the program's stack allows.
void JsonRows::pass_container() {
  const std::size_t path_before = path_.size();
  stack_.clear();
  bool expects_value = true;  // else a ',' or the end of a container
  while (true) {
    const int c = skip_space();
    if (expects_value && (c == '{' || c == '[')) {
      advance();
      stack_ += static_cast<char>(c);
      if (looks_within_ && stack_.size() <= kDeepestPath) path_.emplace_back(c == '[' ? "[]" : "");
      const int first = skip_space();
      if (first != (c == '{' ? '}' : ']')) {
        if (c == '{') note_nested_key();
        continue;
      }
      expects_value = false;
    } else if (expects_value) {
      if (c == '"') {
        advance();
        read_string(nullptr);
      } else if (c == 't' || c == 'f' || c == 'n') {
        read_literal(c == 't' ? "true" : c == 'f' ? "false" : "null");
      } else {
        read_number();
      }
      expects_value = false;
    } else if (c == ',') {
      advance();
      if (stack_.back() == '{') note_nested_key();
      expects_value = true;
    } else if (c == (stack_.back() == '{' ? '}' : ']')) {
      advance();
      if (looks_within_ && stack_.size() <= kDeepestPath && path_.size() > path_before) {
        path_.pop_back();
      }
      stack_.pop_back();
      if (stack_.empty()) return;
    } else {
      throw_syntax(stack_.back() == '{' ? "a ',' or '}' is expected" : "a ',' or ']' is expected");
    }
  }
}

// Reads the key of a member of a nested object. Remembers its path if it names the prompt.
void JsonRows::note_nested_key() {
  pass_key();
  if (!looks_within_ || stack_.size() > kDeepestPath) return;
  path_.back() = key_;
  if (nested_prompt_.empty() && to_lower(key_) == "prompt") {
    for (const std::string& step : path_) {
      if (step != "[]" && !nested_prompt_.empty()) nested_prompt_ += '.';
      nested_prompt_ += step;
    }
  }
}

void JsonRows::throw_syntax(std::string_view what) {
  std::string place =
      fmt::format("{}, line {}, column {}", blocks_.name(), line_, offset() - line_begin_ + 1);
  std::string begin;
  if (object_line_ != 0 && object_line_ != line_) {
    begin = fmt::format(", in the object that begins in line {}", object_line_);
  }
  if (peek() == kEnd && object_line_ != 0) {
    throw Error(fmt::format("{}, line {}: not valid JSON: the object is cut off before its end",
                            blocks_.name(), object_line_));
  }
  throw Error(fmt::format("{}: not valid JSON: {}{}", place, what, begin));
}

void JsonRows::throw_not_an_object() {
  const int c = peek();
  if (c != '[' && c != '"' && c != 't' && c != 'f' && c != 'n' && c != '-' && !is_digit(c)) {
    throw_syntax(in_array_ || c == ',' ? "an object is expected" : "a value is expected");
  }
  if (c == 't' || c == 'f' || c == 'n') {
    read_literal(c == 't' ? "true" : c == 'f' ? "false" : "null");
  }
  throw Error(fmt::format("{}, line {}: not an object but {}", blocks_.name(), line_,
                          c == '[' ? "an array" : "a bare value"));
}

}  // namespace gsa::prompts
