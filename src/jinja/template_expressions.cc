// Computes the expressions of a template.

#include <fmt/format.h>

#include "base/error.h"
#include "jinja/template_builtins.h"
#include "jinja/template_evaluator.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {

Value Evaluator::look_up(std::string_view name) const {
  if (const Value* found = frame_->find(name)) return *found;
  if (const Value* found = module_->globals->find(name)) return *found;
  if (const Value* found = builtins().find(name)) return *found;
  Undefined why;
  why.name = std::string(name);
  why.what = fmt::format("'{}' is undefined", name);
  why.variable = true;
  return Value::undefined(std::move(why));
}

Value Evaluator::value(const NameExpression& node, const Expression&) { return look_up(node.name); }

List Evaluator::all(const std::vector<ExpressionPtr>& expressions) {
  List values;
  values.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) values.push_back(evaluate(*expression));
  return values;
}

Value Evaluator::value(const ListExpression& node, const Expression&) {
  return node.tuple ? Value::tuple(all(node.items)) : Value(all(node.items));
}

Value Evaluator::value(const DictExpression& node, const Expression&) {
  Dict dict;
  for (const auto& [key, item] : node.entries) dict.set(evaluate(*key), evaluate(*item));
  return dict;
}

bool Evaluator::spreads(const Value& value) const {
  return value.is_undefined() && undefined_names().spread;
}

bool Evaluator::is_taken_as_empty(const Value& value, std::size_t offset) const {
  if (!value.is_undefined() || undefined_names().printed == nullptr) return false;
  if (value.why_undefined().name.empty()) return true;
  undefined_names().printed(source_->place(offset), value.why_undefined());
  return true;
}

Value Evaluator::value(const AttributeExpression& node, const Expression&) {
  Value of = evaluate(*node.of);
  if (spreads(of)) return of;
  return get_attribute(of, node.name);
}

Value Evaluator::value(const ItemExpression& node, const Expression&) {
  Value of = evaluate(*node.of);
  if (spreads(of)) return of;
  return get_item(of, evaluate(*node.key));
}

Value Evaluator::value(const SliceExpression& node, const Expression&) {
  const auto bound = [this](const ExpressionPtr& e) { return e ? evaluate(*e) : Value(); };
  const Value of = evaluate(*node.of), begin = bound(node.begin), end = bound(node.end);
  return get_slice(of, begin, end, bound(node.step));
}

Value Evaluator::value(const CallExpression& node, const Expression& expression) {
  return call(node, expression.offset, nullptr);
}

Value Evaluator::call(const CallExpression& node, std::size_t offset, const Value* caller) {
  Value callee = evaluate(*node.callee);
  if (spreads(callee)) return callee;
  if (callee.is_undefined()) throw UndefinedError(callee.why_undefined());
  if (!callee.is_callable()) {
    throw Error(fmt::format("a value of type {} cannot be called", callee.type_name()));
  }
  CallArguments arguments = evaluate(node.arguments, offset);
  if (caller != nullptr) arguments.keyword.emplace_back("caller", *caller);
  const Object& function = callee.as_object();
  try {
    return function.call(arguments);
  } catch (const TemplateError& error) {
    throw error.called_from(function.name, arguments.place);
  } catch (const MacroReturn&) {
    if (in_macro_) throw;
    throw Error("return() works only inside a macro");
  }
}

CallArguments Evaluator::evaluate(const Arguments& arguments, std::size_t offset) {
  CallArguments result{all(arguments.positional), {}, source_->place(offset)};
  for (const auto& [name, expression] : arguments.keyword) {
    result.keyword.emplace_back(name, evaluate(*expression));
  }
  if (arguments.spread != nullptr) {
    for (Value& item : evaluate(*arguments.spread).iterate()) {
      result.positional.push_back(std::move(item));
    }
  }
  if (arguments.keyword_spread != nullptr) {
    const Value more = evaluate(*arguments.keyword_spread);
    for (const auto& [name, item] : more.as_dict().entries()) {
      result.keyword.emplace_back(name.as_string(), item);
    }
  }
  return result;
}

Value Evaluator::value(const FilterExpression& node, const Expression& expression) {
  const Value input = node.input != nullptr ? evaluate(*node.input) : block_text_;
  const CallArguments arguments = evaluate(node.arguments, expression.offset);
  try {
    return node.filter->apply(input, arguments);
  } catch (const UndefinedError&) {
    if (!is_taken_as_empty(input, expression.offset)) throw;
    return node.filter->apply(Value(""), arguments);
  }
}

Value Evaluator::value(const TestExpression& node, const Expression& expression) {
  const Value input = evaluate(*node.input);
  return node.test->holds(input, evaluate(node.arguments, expression.offset));
}

Value Evaluator::value(const NegateExpression& node, const Expression&) {
  const Value of = evaluate(*node.of);
  return node.negative ? negate(of) : negate(negate(of));
}

Value Evaluator::value(const NotExpression& node, const Expression&) {
  return !evaluate(*node.of).truth();
}

Value Evaluator::value(const BinaryExpression& node, const Expression&) {
  const Value left = evaluate(*node.left);
  return apply(node.op, left, evaluate(*node.right));
}

Value Evaluator::value(const ConcatExpression& node, const Expression&) {
  std::string text;
  for (const ExpressionPtr& item : node.items) {
    const Value part = evaluate(*item);
    if (is_taken_as_empty(part, item->offset)) continue;
    text += at(item->offset, [&part] { return part.str(); });
  }
  return text;
}

Value Evaluator::value(const CompareExpression& node, const Expression&) {
  Value left = evaluate(*node.first);
  for (const auto& [op, expression] : node.rest) {
    Value right = evaluate(*expression);
    if (!compare(op, left, right)) return false;
    left = std::move(right);
  }
  return true;
}

Value Evaluator::value(const LogicExpression& node, const Expression&) {
  Value left = evaluate(*node.left);
  return left.truth() == node.is_and ? evaluate(*node.right) : left;
}

Value Evaluator::value(const ConditionalExpression& node, const Expression&) {
  if (evaluate(*node.condition).truth()) return evaluate(*node.then);
  if (node.otherwise != nullptr) return evaluate(*node.otherwise);
  Undefined why;  // without a name, so it prints nothing
  why.what = "the condition of the 'if' does not hold, and it has no 'else'";
  return Value::undefined(std::move(why));
}

}  // namespace gsa::jinja
