#include "semantic/metric_formula.h"

#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::semantic {
namespace {

using Steps = std::vector<FormulaStep>;

constexpr int kDeepest = 100;  // nested parentheses

class FormulaParser {
 public:
  FormulaParser(std::string_view text, const std::function<Steps(const std::string&)>& steps_of)
      : text_(text), steps_of_(steps_of) {}

  Steps parse() {
    sum();
    if (peek() != '\0') unexpected();
    return std::move(steps_);
  }

 private:
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  [[noreturn]] void unexpected() {
    const std::string what =
        peek() == '\0' ? "it ends too early" : fmt::format("'{}' is not expected", text_[at_]);
    throw Error(fmt::format("'{}' is no formula: {}", text_, what),
                "a formula has names of metrics, numbers, + - * / and parentheses");
  }

  void sum() {
    product();
    for (char sign = peek(); sign == '+' || sign == '-'; sign = peek()) {
      ++at_;
      product();
      steps_.push_back({sign == '+' ? FormulaStep::Kind::add : FormulaStep::Kind::subtract});
    }
  }

  void product() {
    factor();
    for (char sign = peek(); sign == '*' || sign == '/'; sign = peek()) {
      ++at_;
      factor();
      steps_.push_back({sign == '*' ? FormulaStep::Kind::multiply : FormulaStep::Kind::divide});
    }
  }

  void factor() {
    const char next = peek();
    if (next == '-') {
      ++at_;
      factor();
      steps_.push_back({FormulaStep::Kind::negate});
    } else if (next == '(') {
      if (++depth_ > kDeepest) unexpected();
      ++at_;
      sum();
      if (peek() != ')') unexpected();
      ++at_;
      --depth_;
    } else if (std::isdigit(static_cast<unsigned char>(next)) != 0 || next == '.') {
      number();
    } else if (std::isalpha(static_cast<unsigned char>(next)) != 0 || next == '_') {
      name();
    } else {
      unexpected();
    }
  }

  void number() {
    double value = 0;
    const auto read = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (read.ec != std::errc()) unexpected();
    at_ = static_cast<std::size_t>(read.ptr - text_.data());
    steps_.push_back({FormulaStep::Kind::number, value});
  }

  void name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    const Steps inner = steps_of_(std::string(text_.substr(begin, at_ - begin)));
    steps_.insert(steps_.end(), inner.begin(), inner.end());
  }

  std::string_view text_;
  const std::function<Steps(const std::string&)>& steps_of_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Steps steps_;
};

}  // namespace

std::vector<FormulaStep> parse_formula(
    std::string_view text,
    const std::function<std::vector<FormulaStep>(const std::string& name)>& steps_of) {
  return FormulaParser(text, steps_of).parse();
}

}  // namespace gsa::semantic
