#pragma once

// Parses the expressions of templates. Operators, from loosest to tightest: x if y else z, or, and,
// not, comparisons, + -, ~, * / // %, **, signs, filters and tests.

#include <cstddef>
#include <string_view>

#include "jinja/template_ast.h"
#include "jinja/template_lexer.h"

namespace gsa::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream& tokens) : tokens_(tokens) {}

  // An expression, or a tuple of several with commas between them. Without `conditional` it ends
  // before an `if`, as the list in {% for … if … %} must.
  ExpressionPtr parse_tuple(bool conditional = true);
  ExpressionPtr parse(bool conditional = true);
  ExpressionPtr parse_filters_only();  // | a | b(1), after {% set x
  ExpressionPtr parse_filter_chain();  // a | b(1), after {% filter
  Target parse_target();               // after {% set and {% for

  // How often the expressions so far mention `name`: `loop`, `varargs`, `kwargs` or `caller`.
  int mentions(std::string_view name) const;

 private:
  ExpressionPtr parse_or();
  ExpressionPtr parse_and();
  ExpressionPtr parse_not();
  ExpressionPtr parse_compare();
  ExpressionPtr parse_sum();
  ExpressionPtr parse_concat();
  ExpressionPtr parse_product();
  ExpressionPtr parse_power();
  ExpressionPtr parse_unary(bool with_filters);
  ExpressionPtr parse_primary();
  ExpressionPtr parse_name();
  ExpressionPtr parse_number();
  ExpressionPtr parse_string();
  ExpressionPtr parse_parenthesized();
  ExpressionPtr parse_list();
  ExpressionPtr parse_dict();
  ExpressionPtr parse_postfix(ExpressionPtr expression);
  ExpressionPtr parse_filters_and_tests(ExpressionPtr expression);
  ExpressionPtr parse_filter(ExpressionPtr input);
  ExpressionPtr parse_test(ExpressionPtr input);
  ExpressionPtr parse_attribute(ExpressionPtr of);
  ExpressionPtr parse_subscript(ExpressionPtr of);
  ExpressionPtr parse_call(ExpressionPtr callee);
  Arguments parse_arguments();
  Target parse_one_target();
  bool at_expression_end() const;
  void count_link();

  template <typename NodeType>
  ExpressionPtr make(std::size_t offset, std::size_t begin, NodeType node) const;

  TokenStream& tokens_;
  int depth_ = 0;  // of the recursion
  int links_ = 0;  // operators, filters, calls … in the whole expression
  int loop_ = 0, varargs_ = 0, kwargs_ = 0, caller_ = 0;
};

}  // namespace gsa::jinja
