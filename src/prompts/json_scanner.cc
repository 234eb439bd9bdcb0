#include "prompts/json_scanner.h"

#include <utility>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "prompts/plain_text.h"
#include "prompts/text_record.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kEscape = 6;  // bytes of \ud83d

bool is_digit_byte(int c) { return c >= '0' && c <= '9'; }
bool is_high_half(unsigned code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low_half(unsigned code) { return code >= 0xDC00 && code < 0xE000; }

}  // namespace

JsonScanner::JsonScanner(TextBlocks& blocks, Halves halves)
    : blocks_(&blocks), name_(blocks.name()), halves_(halves) {}

JsonScanner::JsonScanner(std::string_view text, std::string name, Halves halves)
    : name_(std::move(name)),
      halves_(halves),
      begin_(text.data()),
      at_(text.data()),
      end_(text.data() + text.size()) {}

bool JsonScanner::refill() {
  if (capturing_) captured_.append(capture_begin_, at_);
  capture_begin_ = at_;
  if (blocks_ == nullptr) return false;
  before_ += end_ - begin_;
  const std::string_view block = blocks_->next();
  begin_ = at_ = capture_begin_ = block.data();
  end_ = begin_ + block.size();
  throw_if_too_long();
  return !block.empty();
}

int JsonScanner::skip_spaces() {
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

void JsonScanner::expect(char c, std::string_view what) {
  if (skip_space() != static_cast<unsigned char>(c)) throw_syntax(what);
  advance();
}

bool JsonScanner::pass(std::string_view text) {
  if (!std::string_view(at_, end_).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

void JsonScanner::read_key(std::string& key) {
  if (skip_space() != '"') throw_syntax("a key in quotes is expected");
  advance();
  key.clear();
  read_string(&key);
  expect(':', "a ':' is expected");
}

JsonScanner::Kind JsonScanner::read_value(std::string* out) {
  const int c = skip_space();
  if (c == '"') {
    advance();
    read_string(out);
    return Kind::string;
  }
  if (out != nullptr) begin_capture();
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
  if (out != nullptr) out->append(end_capture());
  return kind;
}

void JsonScanner::read_string(std::string* out) {
  while (true) {
    const char* begin = at_;
    at_ = end_of_json_text(at_, end_);
    if (out != nullptr) out->append(begin, at_);
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

// Reads an escape from after its backslash, and with the first half of a surrogate pair also what
// follows it.
void JsonScanner::read_escape(std::string* out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
  unsigned high = 0;  // waits for its low half
  while (true) {
    const int c = peek();
    if (c != 'u') {
      if (high != 0) put_half(out, kEscape + 1);
      const std::size_t at =
          c == kEnd ? std::string_view::npos : kEscapes.find(static_cast<char>(c));
      if (at == std::string_view::npos) throw_syntax("unknown escape sequence");
      advance();
      if (out != nullptr) *out += kMeant[at];
      return;
    }
    advance();
    const unsigned code = read_hex();
    if (high != 0 && is_low_half(code)) {
      if (out != nullptr) append_utf8(*out, 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00));
      return;
    }
    if (high != 0) put_half(out, 2 * kEscape);
    if (is_low_half(code)) return put_half(out, kEscape);
    if (!is_high_half(code)) {
      if (out != nullptr) append_utf8(*out, code);
      return;
    }
    high = code;
    if (peek() != '\\') return put_half(out, kEscape);
    advance();
  }
}

// For half of a pair, whose escape begins `back` bytes before the next byte.
void JsonScanner::put_half(std::string* out, std::size_t back) {
  if (halves_ == Halves::refuse) {
    if (out != nullptr) throw_syntax("an escape is only half of a surrogate pair");
    return;
  }
  if (out == nullptr && !capturing_) return;
  if (replaced_++ == 0) first_half_line_ = line_;
  if (out != nullptr) append_utf8(*out, 0xFFFD);
  if (!capturing_) return;
  std::string& text = edit_capture();
  text.replace(text.size() - back, kEscape, "\\ufffd");
}

unsigned JsonScanner::read_hex() {
  unsigned code = 0;
  for (int i = 0; i < 4; ++i) {
    const int c = peek();
    const int lower = c | 0x20;
    if (is_digit_byte(c)) {
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

void JsonScanner::read_number() {
  const auto digits = [&] {
    if (!is_digit_byte(peek())) throw_syntax("a value is expected");
    do {
      while (at_ != end_ && is_digit(*at_)) ++at_;
    } while (is_digit_byte(peek()));
  };
  if (peek() == 'N') return read_literal("NaN");
  if (peek() == '-') advance();
  if (peek() == 'I') return read_literal("Infinity");
  if (peek() == '0') {
    advance();
    if (is_digit_byte(peek())) throw_syntax("a number must not begin with 0");
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

void JsonScanner::read_literal(std::string_view word) {
  for (const char c : word) {
    if (peek() != static_cast<unsigned char>(c)) throw_syntax("a value is expected");
    advance();
  }
}

// A loop with its own stack, because files may nest deeper than the program's stack allows.
void JsonScanner::pass_container(Listener* listener) {
  const auto pass_key = [&] {
    if (skip_space() != '"') throw_syntax("a key in quotes is expected");
    advance();
    key_.clear();
    read_string(listener == nullptr ? nullptr : &key_);
    expect(':', "a ':' is expected");
    if (listener != nullptr) listener->key(key_);
  };
  stack_.clear();
  bool expects_value = true;  // else a ',' or the end of a container
  while (true) {
    const int c = skip_space();
    if (expects_value && (c == '{' || c == '[')) {
      advance();
      stack_ += static_cast<char>(c);
      if (listener != nullptr) listener->opened(static_cast<char>(c));
      const int first = skip_space();
      if (first != (c == '{' ? '}' : ']')) {
        if (c == '{') pass_key();
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
      if (stack_.back() == '{') pass_key();
      expects_value = true;
    } else if (c == (stack_.back() == '{' ? '}' : ']')) {
      advance();
      if (listener != nullptr) listener->closed();
      stack_.pop_back();
      if (stack_.empty()) return;
    } else {
      throw_syntax(stack_.back() == '{' ? "a ',' or '}' is expected" : "a ',' or ']' is expected");
    }
  }
}

void JsonScanner::begin_capture(std::string_view prefix) {
  captured_ = prefix;
  capture_begin_ = at_;
  capturing_ = true;
}

std::string_view JsonScanner::captured_since(std::size_t begin) {
  if (begin < captured_.size()) return std::string_view(edit_capture()).substr(begin);
  return {capture_begin_ + (begin - captured_.size()), at_};
}

std::string& JsonScanner::edit_capture() {
  captured_.append(capture_begin_, at_);
  capture_begin_ = at_;
  return captured_;
}

std::string_view JsonScanner::end_capture() {
  capturing_ = false;
  if (captured_.empty()) return {capture_begin_, at_};
  return edit_capture();
}

bool JsonScanner::next_object() {
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
  if (c != '{') throw_not_an_object(in_array_);
  return true;
}

void JsonScanner::throw_not_an_object(bool in_array) {
  const int c = peek();
  if (c != '[' && c != '"' && c != 't' && c != 'f' && c != 'n' && c != '-' && !is_digit_byte(c)) {
    throw_syntax(in_array || c == ',' ? "an object is expected" : "a value is expected");
  }
  if (c == 't' || c == 'f' || c == 'n') {
    read_literal(c == 't' ? "true" : c == 'f' ? "false" : "null");
  }
  throw Error(fmt::format("{}, line {}: not an object but {}", name_, line_,
                          c == '[' ? "an array" : "a bare value"));
}

void JsonScanner::begin_record() {
  record_line_ = line_;
  record_begin_ = offset();
}

void JsonScanner::end_record() {
  throw_if_too_long();
  record_line_ = 0;
}

void JsonScanner::throw_if_too_long() const {
  if (record_line_ == 0 || offset() - record_begin_ <= kMaxTextRecord) return;
  throw Error(fmt::format("{}, line {}: an object is longer than {} MiB", name_, record_line_,
                          kMaxTextRecord >> 20));
}

void JsonScanner::throw_syntax(std::string_view what) {
  const std::string place =
      fmt::format("{}, line {}, column {}", name_, line_, offset() - line_begin_ + 1);
  std::string begin;
  if (record_line_ != 0 && record_line_ != line_) {
    begin = fmt::format(", in the object that begins in line {}", record_line_);
  }
  if (peek() == kEnd && record_line_ != 0) {
    throw Error(fmt::format("{}, line {}: not valid JSON: the object is cut off before its end",
                            name_, record_line_));
  }
  throw Error(fmt::format("{}: not valid JSON: {}{}", place, what, begin));
}

}  // namespace gsa::prompts
