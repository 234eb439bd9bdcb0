#include "jinja/template_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/characters.h"
#include "jinja/template.h"

namespace gsa::jinja {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

constexpr std::array<std::string_view, 27> kSymbols = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "(", ")",
    "[",  "]",  "{",  "}",  ">",  "<",  "=", ".", ":", "|", ",", ";", "!"};

class Lexer {
 public:
  explicit Lexer(const TemplateSource& source) : source_(source), text_(source.text()) {
    if (!text_.empty() && text_.back() == '\n') text_.remove_suffix(1);
  }

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const std::size_t tag = find_tag(at_);
      const bool strips = tag + 2 < text_.size() && text_[tag + 2] == '-';
      add_text(at_, tag, strips);
      if (tag == text_.size()) break;
      at_ = tag;
      switch (text_[tag + 1]) {
        case '#':
          skip_comment();
          break;
        case '{':
          read_tag(TokenKind::output_begin, TokenKind::output_end, "}}");
          break;
        default:
          if (!read_raw()) read_tag(TokenKind::block_begin, TokenKind::block_end, "%}");
      }
    }
    add(TokenKind::end, text_.size(), 0);
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(std::size_t offset, const std::string& what, std::string hint = "") const {
    throw TemplateError(source_, offset, what, std::move(hint));
  }

  bool starts_with(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  // The next {{, {% or {# at or after `from`; the end of the text if there is none.
  std::size_t find_tag(std::size_t from) const {
    for (;; ++from) {
      from = text_.find('{', from);
      if (from == std::string_view::npos || from + 1 >= text_.size()) return text_.size();
      const char c = text_[from + 1];
      if (c == '{' || c == '%' || c == '#') return from;
    }
  }

  void add(TokenKind kind, std::size_t offset, std::size_t length, std::string value = "") {
    tokens_.push_back({kind, offset, text_.substr(offset, length), std::move(value)});
  }

  void add_text(std::size_t begin, std::size_t end, bool strip) {
    std::string_view text = text_.substr(begin, end - begin);
    if (strip) text = strip_right(text);
    if (!text.empty()) add(TokenKind::text, begin, text.size());
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  void skip_sign() {
    if (current() == '-' || current() == '+') ++at_;
  }

  void skip_comment() {
    const std::size_t close = text_.find("#}", at_ + 2);
    if (close == std::string_view::npos)
      fail(at_, "the comment '{#' is not closed", "close it with #}");
    const bool strips = close > at_ + 2 && text_[close - 1] == '-';
    at_ = close + 2;
    if (strips) skip_space();
  }

  // Reads "{%- WORD -%}" here. Returns what comes after it; null if the text here is something
  // else.
  struct WordTag {
    bool strips_before, strips_after;
    std::size_t end;
  };
  std::optional<WordTag> word_tag(std::size_t begin, std::string_view word) const {
    std::size_t at = begin + 2;
    const auto sign = [this, &at](char c) {
      const bool here = at < text_.size() && text_[at] == c;
      if (here) ++at;
      return here;
    };
    const auto space = [this, &at] {
      while (at < text_.size() && is_space(text_[at])) ++at;
    };
    WordTag tag{sign('-'), false, 0};
    if (!tag.strips_before) sign('+');
    space();
    if (!text_.substr(at).starts_with(word)) return std::nullopt;
    at += word.size();
    space();
    tag.strips_after = sign('-');
    if (!tag.strips_after) sign('+');
    if (!text_.substr(at).starts_with("%}")) return std::nullopt;
    at += 2;
    tag.end = at;
    return tag;
  }

  bool read_raw() {
    const std::optional<WordTag> open = word_tag(at_, "raw");
    if (!open) return false;
    const std::size_t opened = at_;
    at_ = open->end;
    if (open->strips_after) skip_space();
    for (std::size_t tag = text_.find("{%", at_); tag != std::string_view::npos;
         tag = text_.find("{%", tag + 2)) {
      const std::optional<WordTag> close = word_tag(tag, "endraw");
      if (!close) continue;
      add_text(at_, tag, close->strips_before);
      at_ = close->end;
      if (close->strips_after) skip_space();
      return true;
    }
    fail(opened, "the block 'raw' is not closed", "close it with {% endraw %}");
  }

  void read_tag(TokenKind begin, TokenKind end, std::string_view close) {
    const std::size_t opened = at_;
    brackets_.clear();
    add(begin, at_, 2);
    at_ += 2;
    skip_sign();
    for (;;) {
      skip_space();
      if (at_ >= text_.size()) {
        fail(opened, fmt::format("'{}' is not closed", text_.substr(opened, 2)),
             fmt::format("close it with {}", close));
      }
      if (brackets_.empty() && read_end(end, close)) return;
      read_token();
    }
  }

  bool read_end(TokenKind end, std::string_view close) {
    const bool strips = current() == '-';
    const bool sign = strips || (current() == '+' && end == TokenKind::block_end);
    if (!text_.substr(at_ + (sign ? 1 : 0)).starts_with(close)) return false;
    add(end, at_, close.size() + (sign ? 1 : 0));
    at_ += close.size() + (sign ? 1 : 0);
    if (strips) skip_space();
    return true;
  }

  void read_token() {
    const char c = text_[at_];
    if (is_name_start(c)) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
      add(TokenKind::name, begin, at_ - begin);
    } else if (is_digit(c)) {
      read_number();
    } else if (c == '\'' || c == '"') {
      read_string();
    } else {
      read_symbol();
    }
  }

  void skip_digits() {
    while (is_digit(current()) ||
           (current() == '_' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
      ++at_;
    }
  }

  // Reads 12, 1_000, 0x1f, 0o17, 0b11, 1.5, 1e3, 1.5e-3. A dot needs digits on both sides.
  void read_number() {
    const std::size_t begin = at_;
    TokenKind kind = TokenKind::integer;
    if (current() == '0' && at_ + 1 < text_.size() &&
        std::string_view("xXoObB").find(text_[at_ + 1]) != std::string_view::npos) {
      at_ += 2;
      while (is_name_part(current())) ++at_;
      add(kind, begin, at_ - begin);
      return;
    }
    skip_digits();
    const bool after_dot = begin > 0 && text_[begin - 1] == '.';  // a.1.2 is two look-ups
    if (!after_dot && current() == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) {
      ++at_;
      skip_digits();
      kind = TokenKind::floating;
    }
    if (current() == 'e' || current() == 'E') {
      const std::size_t mark = at_++;
      skip_sign();
      if (is_digit(current())) {
        skip_digits();
        kind = TokenKind::floating;
      } else {
        at_ = mark;
      }
    }
    if (is_name_start(current())) {
      fail(begin, fmt::format("'{}…' is neither a number nor a name",
                              text_.substr(begin, at_ - begin + 1)));
    }
    add(kind, begin, at_ - begin);
  }

  void read_string() {
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        read_escape(value);
      } else {
        value += text_[at_++];
      }
    }
    if (at_ >= text_.size())
      fail(begin, "the string is not closed", fmt::format("close it with {}", quote));
    ++at_;
    add(TokenKind::string, begin, at_ - begin, std::move(value));
  }

  // Reads Python's escapes. A backslash before any other character is kept, so that '\d' is \d.
  void read_escape(std::string& out) {
    static constexpr std::string_view kFrom = "\\'\"abfnrtv";
    static constexpr std::string_view kTo = "\\'\"\a\b\f\n\r\t\v";
    const char c = text_[at_ + 1];
    if (const std::size_t simple = kFrom.find(c); simple != std::string_view::npos) {
      out += kTo[simple];
      at_ += 2;
    } else if (c == '\n') {
      at_ += 2;
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      const std::string_view hex = text_.substr(at_ + 2, digits);
      std::uint32_t code = 0;
      const auto end = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
      if (hex.size() < digits || end.ptr != hex.data() + digits || code > 0x10ffff ||
          (code >= 0xd800 && code < 0xe000)) {
        fail(at_, fmt::format("'\\{}' needs {} hexadecimal digits of a character", c, digits));
      }
      append_code_point(out, code);
      at_ += 2 + digits;
    } else if (c >= '0' && c <= '7') {
      std::uint32_t code = 0;
      ++at_;
      for (int i = 0; i < 3 && current() >= '0' && current() <= '7'; ++i, ++at_) {
        code = code * 8 + static_cast<std::uint32_t>(current() - '0');
      }
      append_code_point(out, code);
    } else {
      out += '\\';
      ++at_;
    }
  }

  void read_symbol() {
    const auto* const symbol = std::find_if(kSymbols.begin(), kSymbols.end(),
                                            [this](std::string_view s) { return starts_with(s); });
    if (symbol == kSymbols.end() || *symbol == "!") {
      fail(at_, fmt::format("unexpected character '{}'", characters(text_.substr(at_, 4)).front()),
           current() == '!' ? "'not' negates" : "");
    }
    if (*symbol == "(" || *symbol == "[" || *symbol == "{") brackets_.push_back(at_);
    if (*symbol == ")" || *symbol == "]" || *symbol == "}") close_bracket(symbol->front());
    add(TokenKind::symbol, at_, symbol->size());
    at_ += symbol->size();
  }

  void close_bracket(char closing) {
    if (brackets_.empty()) fail(at_, fmt::format("unexpected '{}'", closing));
    const std::size_t opened = brackets_.back();
    const char opening = text_[opened];
    const char wanted = opening == '(' ? ')' : opening == '[' ? ']' : '}';
    if (closing != wanted) {
      fail(at_,
           fmt::format("unexpected '{}': the '{}' of line {}, column {} is still open", closing,
                       opening, source_.place(opened).line, source_.place(opened).column),
           fmt::format("close it with {}", wanted));
    }
    brackets_.pop_back();
  }

  const TemplateSource& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::size_t> brackets_;  // where each open bracket was opened
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(const TemplateSource& source) { return Lexer(source).run(); }

const Token& TokenStream::peek() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }

const Token& TokenStream::next() {
  const Token& token = tokens_[at_];
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool TokenStream::is_name(std::string_view name) const {
  return is(TokenKind::name) && current().text == name;
}

bool TokenStream::is_symbol(std::string_view symbol) const {
  return is(TokenKind::symbol) && current().text == symbol;
}

bool TokenStream::skip_name(std::string_view name) {
  const bool here = is_name(name);
  if (here) next();
  return here;
}

bool TokenStream::skip_symbol(std::string_view symbol) {
  const bool here = is_symbol(symbol);
  if (here) next();
  return here;
}

const Token& TokenStream::expect(TokenKind kind, std::string_view what) {
  if (!is(kind)) fail(fmt::format("expected {}, got {}", what, describe_current()));
  return next();
}

void TokenStream::expect_symbol(std::string_view symbol) {
  if (!skip_symbol(symbol)) fail(fmt::format("expected '{}', got {}", symbol, describe_current()));
}

void TokenStream::expect_name(std::string_view name) {
  if (!skip_name(name)) fail(fmt::format("expected '{}', got {}", name, describe_current()));
}

std::string TokenStream::describe_current() const {
  switch (current().kind) {
    case TokenKind::text:
      return "text";
    case TokenKind::end:
      return "the end of the file";
    case TokenKind::string:
      return fmt::format("the string {}", current().text);
    default:
      return fmt::format("'{}'", current().text);
  }
}

void TokenStream::fail(const std::string& what, std::string hint) const {
  fail_at(current().offset, what, std::move(hint));
}

void TokenStream::fail_at(std::size_t offset, const std::string& what, std::string hint) const {
  throw TemplateError(source_, offset, what, std::move(hint));
}

}  // namespace gsa::jinja
