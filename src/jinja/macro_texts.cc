// The macros of a file as text, and what they call, without calling anything.

#include <algorithm>
#include <string_view>
#include <variant>

#include "jinja/template.h"
#include "jinja/template_ast.h"

namespace gsa::jinja {
namespace {

// Walks all expressions below a body.
class CallFinder {
 public:
  std::vector<CalledMacro> take() { return std::move(calls_); }

  void visit(const Body& body) {
    for (const Node& node : body) std::visit(*this, node.node);
  }

  // Blocks
  void operator()(const OutputNode& node) { visit(node.expression); }
  void operator()(const DoNode& node) { visit(node.expression); }
  void operator()(const IfNode& node) {
    for (const auto& [condition, body] : node.branches) {
      visit(condition);
      visit(body);
    }
    visit(node.otherwise);
  }
  void operator()(const ForNode& node) {
    visit(node.list);
    visit(node.condition);
    visit(node.body);
    visit(node.otherwise);
  }
  void operator()(const SetNode& node) { visit(node.value); }
  void operator()(const SetBlockNode& node) {
    visit(node.filters);
    visit(node.body);
  }
  void operator()(const MacroNode& node) {
    for (const Parameter& parameter : node.parameters) visit(parameter.default_value);
    visit(node.body);
  }
  void operator()(const CallNode& node) {
    visit(node.call);
    (*this)(node.caller);
  }
  void operator()(const FilterNode& node) {
    visit(node.filters);
    visit(node.body);
  }

  // Expressions
  void operator()(const ListExpression& list) { visit(list.items); }
  void operator()(const DictExpression& dict) {
    for (const auto& [key, value] : dict.entries) {
      visit(key);
      visit(value);
    }
  }
  void operator()(const AttributeExpression& attribute) { visit(attribute.of); }
  void operator()(const ItemExpression& item) {
    visit(item.of);
    visit(item.key);
  }
  void operator()(const SliceExpression& slice) {
    for (const ExpressionPtr* part : {&slice.of, &slice.begin, &slice.end, &slice.step}) {
      visit(*part);
    }
  }
  void operator()(const CallExpression& call) {
    note(call);
    visit(call.callee);
    visit(call.arguments);
  }
  void operator()(const FilterExpression& filter) {
    visit(filter.input);
    visit(filter.arguments);
  }
  void operator()(const TestExpression& test) {
    visit(test.input);
    visit(test.arguments);
  }
  void operator()(const NegateExpression& negated) { visit(negated.of); }
  void operator()(const NotExpression& negated) { visit(negated.of); }
  void operator()(const BinaryExpression& binary) {
    visit(binary.left);
    visit(binary.right);
  }
  void operator()(const ConcatExpression& concat) { visit(concat.items); }
  void operator()(const CompareExpression& compare) {
    visit(compare.first);
    for (const auto& [op, right] : compare.rest) visit(right);
  }
  void operator()(const LogicExpression& logic) {
    visit(logic.left);
    visit(logic.right);
  }
  void operator()(const ConditionalExpression& conditional) {
    visit(conditional.condition);
    visit(conditional.then);
    visit(conditional.otherwise);
  }

  // Text, names, jumps: nothing is called.
  template <typename Leaf>
  void operator()(const Leaf& /*leaf*/) {}

 private:
  void visit(const ExpressionPtr& expression) {
    if (expression != nullptr) std::visit(*this, expression->node);
  }
  void visit(const std::vector<ExpressionPtr>& expressions) {
    for (const ExpressionPtr& expression : expressions) visit(expression);
  }
  void visit(const Arguments& arguments) {
    visit(arguments.positional);
    for (const auto& [name, value] : arguments.keyword) visit(value);
    visit(arguments.spread);
    visit(arguments.keyword_spread);
  }

  static const std::string* text_of(const ExpressionPtr& expression) {
    const auto* literal =
        expression == nullptr ? nullptr : std::get_if<LiteralExpression>(&expression->node);
    return literal == nullptr || !literal->value.is_string() ? nullptr
                                                             : &literal->value.as_string();
  }

  static const ExpressionPtr* argument(const Arguments& arguments, std::size_t position,
                                       std::string_view name) {
    if (position < arguments.positional.size()) return &arguments.positional[position];
    for (const auto& [keyword, value] : arguments.keyword) {
      if (keyword == name) return &value;
    }
    return nullptr;
  }

  void note(const CallExpression& call) {
    if (const auto* name = std::get_if<NameExpression>(&call.callee->node)) {
      return add({"", name->name, false});
    }
    const auto* attribute = std::get_if<AttributeExpression>(&call.callee->node);
    const auto* owner =
        attribute == nullptr ? nullptr : std::get_if<NameExpression>(&attribute->of->node);
    if (owner == nullptr) return;
    if (owner->name != "adapter") return add({owner->name, attribute->name, false});
    if (attribute->name != "dispatch") return;
    const ExpressionPtr* name = argument(call.arguments, 0, "macro_name");
    const ExpressionPtr* package = argument(call.arguments, 1, "macro_namespace");
    const std::string* macro = name == nullptr ? nullptr : text_of(*name);
    const std::string* from = package == nullptr ? nullptr : text_of(*package);
    if (macro != nullptr) add({from == nullptr ? "" : *from, *macro, true});
  }

  void add(CalledMacro call) {
    const auto same = [&](const CalledMacro& other) {
      return other.package == call.package && other.name == call.name &&
             other.is_dispatched == call.is_dispatched;
    };
    if (std::none_of(calls_.begin(), calls_.end(), same)) calls_.push_back(std::move(call));
  }

  std::vector<CalledMacro> calls_;
};

constexpr std::string_view kSpace = " \t\r\n\f\v";

// A part of a source.
struct Span {
  std::size_t begin, end;
};

// The block from the {% of its first tag to the %} of its last, with the white space that a {%-
// takes away before it and a -%} behind it, as far as that lies within.
Span block_at(const std::string& source, std::size_t tag, std::size_t end_tag, Span within) {
  Span span{source.rfind("{%", tag), source.find("%}", end_tag) + 2};
  if (source[span.begin + 2] == '-') {
    const std::size_t last = source.find_last_not_of(kSpace, span.begin - 1);
    const bool is_first = span.begin == 0 || last == std::string::npos;
    span.begin = std::max(within.begin, is_first ? 0 : last + 1);
  }
  if (source[span.end - 3] == '-') {
    span.end = std::min(within.end, source.find_first_not_of(kSpace, span.end));
  }
  return span;
}

}  // namespace

// dbt reads a file without the white space around it.
std::vector<MacroText> Template::macro_texts() const {
  const std::string& source = root_->source->text();
  Span left{source.find_first_not_of(kSpace), source.find_last_not_of(kSpace) + 1};
  std::vector<MacroText> macros;
  for (const Node& node : root_->body) {
    const auto* macro = std::get_if<MacroNode>(&node.node);
    if (macro == nullptr) continue;
    CallFinder finder;
    finder(*macro);
    const Span block = block_at(source, node.offset, macro->end_tag, left);
    left.begin = block.end;
    macros.push_back(
        {macro->name, source.substr(block.begin, block.end - block.begin), finder.take()});
  }
  return macros;
}

}  // namespace gsa::jinja
