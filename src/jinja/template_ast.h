#pragma once

// The tree that the parser builds and the evaluator walks. Offsets are bytes in the source.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "jinja/template_filters.h"
#include "jinja/template_operators.h"
#include "jinja/template_source.h"
#include "jinja/value.h"

namespace gsa::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Arguments {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> keyword;
  ExpressionPtr spread;          // *list, or null
  ExpressionPtr keyword_spread;  // **dict, or null
};

struct LiteralExpression {
  Value value;
};
struct NameExpression {
  std::string name;
};
struct ListExpression {
  std::vector<ExpressionPtr> items;
  bool tuple;
};
struct DictExpression {
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
struct AttributeExpression {
  ExpressionPtr of;
  std::string name;
};
struct ItemExpression {
  ExpressionPtr of, key;
};
struct SliceExpression {
  ExpressionPtr of, begin, end, step;
};  // null if left out
struct CallExpression {
  ExpressionPtr callee;
  Arguments arguments;
};
struct FilterExpression {
  ExpressionPtr input;  // null for the first filter of a {% set %} block: the block's text
  const Filter* filter;
  Arguments arguments;
};
struct TestExpression {
  ExpressionPtr input;
  const Test* test;
  Arguments arguments;
};
struct NegateExpression {
  ExpressionPtr of;
  bool negative;  // true: -x; false: +x
};
struct NotExpression {
  ExpressionPtr of;
};
struct BinaryExpression {
  BinaryOperator op;
  ExpressionPtr left, right;
};
struct ConcatExpression {
  std::vector<ExpressionPtr> items;
};
struct CompareExpression {
  ExpressionPtr first;
  std::vector<std::pair<CompareOperator, ExpressionPtr>> rest;
};
struct LogicExpression {
  bool is_and;
  ExpressionPtr left, right;
};
struct ConditionalExpression {
  ExpressionPtr condition, then, otherwise;
};  // otherwise may be null

struct Expression {
  std::size_t offset;  // for a call, attribute, filter or operator: the offset of its name or sign
  std::size_t begin;   // offset of its first token
  std::variant<LiteralExpression, NameExpression, ListExpression, DictExpression,
               AttributeExpression, ItemExpression, SliceExpression, CallExpression,
               FilterExpression, TestExpression, NegateExpression, NotExpression, BinaryExpression,
               ConcatExpression, CompareExpression, LogicExpression, ConditionalExpression>
      node;
};

// The target of {% set %} and {% for %}: a name, an attribute of a namespace, or several targets.
struct Target {
  std::size_t offset = 0;
  std::string name;
  std::string attribute;
  std::vector<Target> items;
};

struct Node;
using Body = std::vector<Node>;

struct TextNode {
  std::string_view text;
};
struct OutputNode {
  ExpressionPtr expression;
};
struct DoNode {
  ExpressionPtr expression;
};
struct IfNode {
  std::vector<std::pair<ExpressionPtr, Body>> branches;
  Body otherwise;
};
struct ForNode {
  Target target;
  ExpressionPtr list, condition;  // condition may be null
  Body body, otherwise;
  bool uses_loop;  // the body mentions `loop`
};
struct SetNode {
  Target target;
  ExpressionPtr value;
};
struct SetBlockNode {
  Target target;
  ExpressionPtr filters;  // null if there are none
  Body body;
};
struct Parameter {
  std::string name;
  ExpressionPtr default_value;  // null if there is none
};
struct MacroNode {
  std::string name;
  std::vector<Parameter> parameters;
  Body body;
  // Whether the body mentions `varargs`, `kwargs`, `caller`.
  bool takes_varargs = false, takes_kwargs = false, takes_caller = false;
  std::string signature;    // "name(a, b=1)", as written
  std::size_t end_tag = 0;  // offset of `endmacro` or `endtest`
};
// {% call(a, b) name(…) %} … {% endcall %}: `name` gets the body's text by calling caller(a, b).
struct CallNode {
  MacroNode caller;
  ExpressionPtr call;  // a CallExpression
};
// {% filter upper %} … {% endfilter %}
struct FilterNode {
  ExpressionPtr filters;
  Body body;
};
// A block whose contents are not parsed: {% materialization NAME … %}.
struct SkippedNode {
  std::string name;
};
struct BreakNode {};
struct ContinueNode {};

struct Node {
  std::size_t offset;
  std::variant<TextNode, OutputNode, DoNode, IfNode, ForNode, SetNode, SetBlockNode, MacroNode,
               CallNode, FilterNode, SkippedNode, BreakNode, ContinueNode>
      node;
};

struct TemplateNode {
  TemplateSourcePtr source;
  Body body;
};

}  // namespace gsa::jinja
