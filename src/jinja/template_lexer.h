#pragma once

// Splits a template into text and the tokens between its delimiters, as Jinja2 does with its
// default settings: {{ }}, {% %} and {# #}; a - inside a delimiter strips the white space outside
// it; {% raw %} contains text; and one newline at the end of the template is dropped.

#include <string>
#include <string_view>
#include <vector>

#include "jinja/template_source.h"

namespace gsa::jinja {

enum class TokenKind {
  text,
  output_begin,  // {{
  output_end,    // }}
  block_begin,   // {%
  block_end,     // %}
  name,
  integer,
  floating,
  string,
  symbol,  // operators and brackets
  end,
};

struct Token {
  TokenKind kind;
  std::size_t offset;
  std::string_view text;  // as written; for text, what remains after stripping
  std::string value;      // for a string, its value
};

// The views point into `source`. Throws TemplateError. The last token is `end`.
std::vector<Token> tokenize(const TemplateSource& source);

// Reads the tokens one after the other.
class TokenStream {
 public:
  explicit TokenStream(const TemplateSource& source) : source_(source), tokens_(tokenize(source)) {}

  const TemplateSource& source() const { return source_; }
  const Token& current() const { return tokens_[at_]; }
  const Token& peek() const;
  const Token& next();  // returns the current token and moves on; stays at the end

  bool is(TokenKind kind) const { return current().kind == kind; }
  bool is_name(std::string_view name) const;
  bool is_symbol(std::string_view symbol) const;
  bool skip_name(std::string_view name);
  bool skip_symbol(std::string_view symbol);
  // Throws TemplateError "expected WHAT, got …" if the current token is a different one.
  const Token& expect(TokenKind kind, std::string_view what);
  void expect_symbol(std::string_view symbol);
  void expect_name(std::string_view name);

  // "'foo'", "the end of the block": for messages.
  std::string describe_current() const;
  [[noreturn]] void fail(const std::string& what, std::string hint = "") const;
  [[noreturn]] void fail_at(std::size_t offset, const std::string& what,
                            std::string hint = "") const;

 private:
  const TemplateSource& source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace gsa::jinja
