#include "jinja/template_expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::jinja {
namespace {

// Parser, evaluator and destructor recurse through the tree; these limits bound their stack.
constexpr int kMaxExpressionDepth = 200;
constexpr int kMaxLinks = 5000;

class DepthGuard {
 public:
  DepthGuard(int& depth, const TokenStream& tokens) : depth_(depth) {
    if (++depth_ > kMaxExpressionDepth) {
      --depth_;
      tokens.fail("the expression is nested too deeply");
    }
  }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  int& depth_;
};

constexpr std::array<std::string_view, 9> kKeywords = {"and", "or",   "not", "if", "elif",
                                                       "in",  "else", "is",  "for"};

bool is_keyword(std::string_view name) {
  return std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
}

}  // namespace

template <typename NodeType>
ExpressionPtr ExpressionParser::make(std::size_t offset, std::size_t begin, NodeType node) const {
  return std::make_unique<const Expression>(Expression{offset, begin, std::move(node)});
}

int ExpressionParser::mentions(std::string_view name) const {
  return name == "loop"      ? loop_
         : name == "varargs" ? varargs_
         : name == "kwargs"  ? kwargs_
                             : caller_;
}

void ExpressionParser::count_link() {
  if (++links_ > kMaxLinks) tokens_.fail("the expression is too long");
}

bool ExpressionParser::at_expression_end() const {
  return tokens_.is(TokenKind::output_end) || tokens_.is(TokenKind::block_end) ||
         tokens_.is_symbol(")") || tokens_.is_symbol("=") || tokens_.is_name("if") ||
         tokens_.is(TokenKind::end);
}

ExpressionPtr ExpressionParser::parse_tuple(bool conditional) {
  const std::size_t begin = tokens_.current().offset;
  std::vector<ExpressionPtr> items;
  items.push_back(parse(conditional));
  bool comma = false;
  while (tokens_.skip_symbol(",")) {
    comma = true;
    if (at_expression_end()) break;
    items.push_back(parse(conditional));
  }
  if (!comma) return std::move(items.front());
  return make(begin, begin, ListExpression{std::move(items), true});
}

ExpressionPtr ExpressionParser::parse(bool conditional) {
  if (depth_ == 0) links_ = 0;
  const DepthGuard guard(depth_, tokens_);
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr value = parse_or();
  while (conditional && tokens_.is_name("if")) {
    const std::size_t offset = tokens_.next().offset;
    count_link();
    ExpressionPtr condition = parse_or();
    ExpressionPtr otherwise = tokens_.skip_name("else") ? parse() : nullptr;
    value =
        make(offset, begin,
             ConditionalExpression{std::move(condition), std::move(value), std::move(otherwise)});
  }
  return value;
}

ExpressionPtr ExpressionParser::parse_or() {
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr left = parse_and();
  while (tokens_.is_name("or")) {
    const std::size_t offset = tokens_.next().offset;
    count_link();
    left = make(offset, begin, LogicExpression{false, std::move(left), parse_and()});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_and() {
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr left = parse_not();
  while (tokens_.is_name("and")) {
    const std::size_t offset = tokens_.next().offset;
    count_link();
    left = make(offset, begin, LogicExpression{true, std::move(left), parse_not()});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_not() {
  if (!tokens_.is_name("not")) return parse_compare();
  const DepthGuard guard(depth_, tokens_);
  const std::size_t offset = tokens_.next().offset;
  return make(offset, offset, NotExpression{parse_not()});
}

ExpressionPtr ExpressionParser::parse_compare() {
  static constexpr std::array<std::pair<std::string_view, CompareOperator>, 6> kOperators = {
      {{"==", CompareOperator::equal},
       {"!=", CompareOperator::not_equal},
       {"<=", CompareOperator::less_equal},
       {"<", CompareOperator::less},
       {">=", CompareOperator::greater_equal},
       {">", CompareOperator::greater}}};
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr first = parse_sum();
  std::vector<std::pair<CompareOperator, ExpressionPtr>> rest;
  std::size_t offset = begin;
  for (;;) {
    const std::size_t here = tokens_.current().offset;
    const auto* const symbol =
        std::find_if(kOperators.begin(), kOperators.end(),
                     [this](const auto& entry) { return tokens_.is_symbol(entry.first); });
    CompareOperator op = CompareOperator::in;
    if (symbol != kOperators.end()) {
      op = symbol->second;
      tokens_.next();
    } else if (tokens_.is_name("not") && tokens_.peek().text == "in") {
      op = CompareOperator::not_in;
      tokens_.next();
      tokens_.next();
    } else if (!tokens_.skip_name("in")) {
      break;
    }
    if (rest.empty()) offset = here;
    count_link();
    rest.emplace_back(op, parse_sum());
  }
  if (rest.empty()) return first;
  return make(offset, begin, CompareExpression{std::move(first), std::move(rest)});
}

ExpressionPtr ExpressionParser::parse_sum() {
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr left = parse_concat();
  while (tokens_.is_symbol("+") || tokens_.is_symbol("-")) {
    const Token& sign = tokens_.next();
    const BinaryOperator op = sign.text == "+" ? BinaryOperator::add : BinaryOperator::subtract;
    count_link();
    left = make(sign.offset, begin, BinaryExpression{op, std::move(left), parse_concat()});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_concat() {
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr first = parse_product();
  if (!tokens_.is_symbol("~")) return first;
  std::vector<ExpressionPtr> items;
  items.push_back(std::move(first));
  while (tokens_.skip_symbol("~")) items.push_back(parse_product());
  return make(begin, begin, ConcatExpression{std::move(items)});
}

ExpressionPtr ExpressionParser::parse_product() {
  static constexpr std::array<std::pair<std::string_view, BinaryOperator>, 4> kOperators = {
      {{"*", BinaryOperator::multiply},
       {"/", BinaryOperator::divide},
       {"//", BinaryOperator::floor_divide},
       {"%", BinaryOperator::modulo}}};
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr left = parse_power();
  for (;;) {
    const auto* const symbol =
        std::find_if(kOperators.begin(), kOperators.end(),
                     [this](const auto& entry) { return tokens_.is_symbol(entry.first); });
    if (symbol == kOperators.end()) return left;
    const std::size_t offset = tokens_.next().offset;
    count_link();
    left = make(offset, begin, BinaryExpression{symbol->second, std::move(left), parse_power()});
  }
}

// Unlike in Python, ** is left-associative in Jinja, and a sign binds tighter: -2 ** 2 is 4.
ExpressionPtr ExpressionParser::parse_power() {
  const std::size_t begin = tokens_.current().offset;
  ExpressionPtr left = parse_unary(true);
  while (tokens_.is_symbol("**")) {
    const std::size_t offset = tokens_.next().offset;
    count_link();
    left = make(offset, begin,
                BinaryExpression{BinaryOperator::power, std::move(left), parse_unary(true)});
  }
  return left;
}

ExpressionPtr ExpressionParser::parse_unary(bool with_filters) {
  const DepthGuard guard(depth_, tokens_);
  ExpressionPtr expression;
  if (tokens_.is_symbol("-") || tokens_.is_symbol("+")) {
    const Token& sign = tokens_.next();
    expression =
        make(sign.offset, sign.offset, NegateExpression{parse_unary(false), sign.text == "-"});
  } else {
    expression = parse_primary();
  }
  expression = parse_postfix(std::move(expression));
  return with_filters ? parse_filters_and_tests(std::move(expression)) : std::move(expression);
}

ExpressionPtr ExpressionParser::parse_primary() {
  switch (tokens_.current().kind) {
    case TokenKind::name:
      return parse_name();
    case TokenKind::integer:
    case TokenKind::floating:
      return parse_number();
    case TokenKind::string:
      return parse_string();
    default:
      break;
  }
  if (tokens_.is_symbol("(")) return parse_parenthesized();
  if (tokens_.is_symbol("[")) return parse_list();
  if (tokens_.is_symbol("{")) return parse_dict();
  tokens_.fail(fmt::format("expected an expression, got {}", tokens_.describe_current()));
}

ExpressionPtr ExpressionParser::parse_name() {
  const std::string_view name = tokens_.current().text;
  if (is_keyword(name)) tokens_.fail(fmt::format("expected an expression, got '{}'", name));
  const std::size_t offset = tokens_.next().offset;
  if (name == "true" || name == "True") return make(offset, offset, LiteralExpression{true});
  if (name == "false" || name == "False") return make(offset, offset, LiteralExpression{false});
  if (name == "none" || name == "None") return make(offset, offset, LiteralExpression{Value()});
  loop_ += name == "loop" ? 1 : 0;
  varargs_ += name == "varargs" ? 1 : 0;
  kwargs_ += name == "kwargs" ? 1 : 0;
  caller_ += name == "caller" ? 1 : 0;
  return make(offset, offset, NameExpression{std::string(name)});
}

ExpressionPtr ExpressionParser::parse_number() {
  const Token& token = tokens_.current();
  std::string digits = replace_all(token.text, "_", "");
  if (token.kind == TokenKind::floating) {
    double value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end.ec == std::errc::result_out_of_range) value = std::strtod(digits.c_str(), nullptr);
    tokens_.next();
    return make(token.offset, token.offset, LiteralExpression{value});
  }
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] > '9') {
    const char mark = digits[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'o' || mark == 'O' ? 8 : 2;
    digits.erase(0, 2);
  }
  std::int64_t value = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end.ec == std::errc::result_out_of_range) {
    tokens_.fail(fmt::format("{} does not fit in 64 bits", token.text));
  }
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) {
    tokens_.fail(fmt::format("'{}' is not a number", token.text));
  }
  tokens_.next();
  return make(token.offset, token.offset, LiteralExpression{value});
}

ExpressionPtr ExpressionParser::parse_string() {
  const std::size_t offset = tokens_.current().offset;
  std::string text;
  while (tokens_.is(TokenKind::string)) text += tokens_.next().value;  // 'a' 'b' is 'ab'
  return make(offset, offset, LiteralExpression{Value(std::move(text))});
}

ExpressionPtr ExpressionParser::parse_parenthesized() {
  const std::size_t offset = tokens_.next().offset;
  if (tokens_.skip_symbol(")")) return make(offset, offset, ListExpression{{}, true});
  const DepthGuard guard(depth_, tokens_);
  ExpressionPtr inner = parse_tuple();
  tokens_.expect_symbol(")");
  return inner;
}

ExpressionPtr ExpressionParser::parse_list() {
  const std::size_t offset = tokens_.next().offset;
  std::vector<ExpressionPtr> items;
  while (!tokens_.is_symbol("]")) {
    items.push_back(parse());
    if (!tokens_.is_symbol("]") && !tokens_.skip_symbol(",")) {
      tokens_.fail(fmt::format("expected ',' or ']', got {}", tokens_.describe_current()));
    }
  }
  tokens_.next();
  return make(offset, offset, ListExpression{std::move(items), false});
}

ExpressionPtr ExpressionParser::parse_dict() {
  const std::size_t offset = tokens_.next().offset;
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
  while (!tokens_.is_symbol("}")) {
    ExpressionPtr key = parse();
    tokens_.expect_symbol(":");
    entries.emplace_back(std::move(key), parse());
    if (!tokens_.is_symbol("}") && !tokens_.skip_symbol(",")) {
      tokens_.fail(fmt::format("expected ',' or '}}', got {}", tokens_.describe_current()));
    }
  }
  tokens_.next();
  return make(offset, offset, DictExpression{std::move(entries)});
}

ExpressionPtr ExpressionParser::parse_postfix(ExpressionPtr expression) {
  for (;;) {
    if (tokens_.is_symbol(".")) {
      expression = parse_attribute(std::move(expression));
    } else if (tokens_.is_symbol("[")) {
      expression = parse_subscript(std::move(expression));
    } else if (tokens_.is_symbol("(")) {
      expression = parse_call(std::move(expression));
    } else {
      return expression;
    }
    count_link();
  }
}

ExpressionPtr ExpressionParser::parse_attribute(ExpressionPtr of) {
  tokens_.next();
  const std::size_t begin = of->begin;
  const std::size_t offset = tokens_.current().offset;
  if (tokens_.is(TokenKind::integer)) {
    ExpressionPtr index = parse_number();
    return make(offset, begin, ItemExpression{std::move(of), std::move(index)});
  }
  const Token& name = tokens_.expect(TokenKind::name, "a name after the dot");
  return make(offset, begin, AttributeExpression{std::move(of), std::string(name.text)});
}

ExpressionPtr ExpressionParser::parse_subscript(ExpressionPtr of) {
  const std::size_t offset = tokens_.next().offset;
  const std::size_t begin = of->begin;
  ExpressionPtr first = tokens_.is_symbol(":") ? nullptr : parse_tuple();
  if (!tokens_.is_symbol(":")) {
    tokens_.expect_symbol("]");
    return make(offset, begin, ItemExpression{std::move(of), std::move(first)});
  }
  ExpressionPtr end, step;
  tokens_.next();
  if (!tokens_.is_symbol(":") && !tokens_.is_symbol("]")) end = parse();
  if (tokens_.skip_symbol(":") && !tokens_.is_symbol("]")) step = parse();
  tokens_.expect_symbol("]");
  return make(offset, begin,
              SliceExpression{std::move(of), std::move(first), std::move(end), std::move(step)});
}

ExpressionPtr ExpressionParser::parse_call(ExpressionPtr callee) {
  const std::size_t offset = callee->offset;
  const std::size_t begin = callee->begin;
  Arguments arguments = parse_arguments();
  return make(offset, begin, CallExpression{std::move(callee), std::move(arguments)});
}

Arguments ExpressionParser::parse_arguments() {
  tokens_.expect_symbol("(");
  Arguments arguments;
  while (!tokens_.is_symbol(")")) {
    if (tokens_.skip_symbol("**")) {
      arguments.keyword_spread = parse();
    } else if (tokens_.skip_symbol("*")) {
      arguments.spread = parse();
    } else if (tokens_.is(TokenKind::name) && tokens_.peek().kind == TokenKind::symbol &&
               tokens_.peek().text == "=") {
      std::string name(tokens_.next().text);
      tokens_.next();
      arguments.keyword.emplace_back(std::move(name), parse());
    } else {
      if (!arguments.keyword.empty() || arguments.keyword_spread != nullptr) {
        tokens_.fail("an argument without a name cannot follow one with a name");
      }
      arguments.positional.push_back(parse());
    }
    if (!tokens_.is_symbol(")") && !tokens_.skip_symbol(",")) {
      tokens_.fail(fmt::format("expected ',' or ')', got {}", tokens_.describe_current()));
    }
  }
  tokens_.next();
  return arguments;
}

ExpressionPtr ExpressionParser::parse_filters_and_tests(ExpressionPtr expression) {
  for (;;) {
    if (tokens_.skip_symbol("|")) {
      expression = parse_filter(std::move(expression));
    } else if (tokens_.is_name("is")) {
      expression = parse_test(std::move(expression));
    } else if (tokens_.is_symbol("(")) {
      expression = parse_call(std::move(expression));
    } else {
      return expression;
    }
    count_link();
  }
}

ExpressionPtr ExpressionParser::parse_filters_only() {
  ExpressionPtr expression;
  for (links_ = 0; tokens_.skip_symbol("|"); count_link()) {
    expression = parse_filter(std::move(expression));
  }
  return expression;
}

ExpressionPtr ExpressionParser::parse_filter_chain() {
  links_ = 0;
  ExpressionPtr expression = parse_filter(nullptr);
  for (; tokens_.skip_symbol("|"); count_link()) expression = parse_filter(std::move(expression));
  return expression;
}

// Parses a filter, starting at its name.
ExpressionPtr ExpressionParser::parse_filter(ExpressionPtr input) {
  const Token& name = tokens_.expect(TokenKind::name, "the name of a filter");
  const Filter* filter = find_filter(name.text);
  if (filter == nullptr) {
    tokens_.fail_at(name.offset, fmt::format("unknown filter '{}'", name.text),
                    did_you_mean(name.text, filter_names()));
  }
  Arguments arguments;
  if (tokens_.is_symbol("(")) arguments = parse_arguments();
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the analyzer does not see the test
  const std::size_t begin = input != nullptr ? input->begin : name.offset;
  return make(name.offset, begin, FilterExpression{std::move(input), filter, std::move(arguments)});
}

ExpressionPtr ExpressionParser::parse_test(ExpressionPtr input) {
  const std::size_t begin = input->begin;
  tokens_.next();
  const bool negated = tokens_.skip_name("not");
  const Token& name = tokens_.expect(TokenKind::name, "the name of a test after 'is'");
  const Test* test = find_test(name.text);
  if (test == nullptr) {
    tokens_.fail_at(name.offset, fmt::format("unknown test '{}'", name.text),
                    did_you_mean(name.text, test_names()));
  }
  Arguments arguments;
  if (tokens_.is_symbol("(")) {
    arguments = parse_arguments();
  } else if (tokens_.is(TokenKind::string) || tokens_.is(TokenKind::integer) ||
             tokens_.is(TokenKind::floating) || tokens_.is_symbol("[") || tokens_.is_symbol("{") ||
             (tokens_.is(TokenKind::name) && !is_keyword(tokens_.current().text))) {
    arguments.positional.push_back(parse_postfix(parse_primary()));
  } else if (tokens_.is_name("is")) {
    tokens_.fail("tests cannot be chained with 'is'", "join them with 'and'");
  }
  ExpressionPtr result =
      make(name.offset, begin, TestExpression{std::move(input), test, std::move(arguments)});
  if (!negated) return result;
  return make(name.offset, begin, NotExpression{std::move(result)});
}

Target ExpressionParser::parse_target() {
  Target first = parse_one_target();
  if (!tokens_.is_symbol(",")) return first;
  Target all{first.offset, "", "", {}};
  all.items.push_back(std::move(first));
  while (tokens_.skip_symbol(",")) {
    if (tokens_.is_symbol("=") || tokens_.is_name("in") || tokens_.is_symbol(")")) break;
    all.items.push_back(parse_one_target());
  }
  return all;
}

Target ExpressionParser::parse_one_target() {
  const DepthGuard guard(depth_, tokens_);
  if (tokens_.skip_symbol("(")) {
    Target inner = parse_target();
    tokens_.expect_symbol(")");
    return inner;
  }
  const Token& name = tokens_.expect(TokenKind::name, "a name to assign to");
  static constexpr std::array<std::string_view, 6> kLiterals = {"true", "false", "none",
                                                                "True", "False", "None"};
  if (is_keyword(name.text) ||
      std::find(kLiterals.begin(), kLiterals.end(), name.text) != kLiterals.end()) {
    tokens_.fail_at(name.offset, fmt::format("cannot assign to '{}'", name.text));
  }
  Target target{name.offset, std::string(name.text), "", {}};
  if (tokens_.skip_symbol(".")) {
    target.attribute = tokens_.expect(TokenKind::name, "a name after the dot").text;
  }
  return target;
}

}  // namespace gsa::jinja
