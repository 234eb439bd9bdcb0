#include "jinja/template_eval.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/template_builtins.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

// The evaluator recurses through macros and files; these limits bound its stack.
constexpr int kMaxMacroDepth = 100;
constexpr int kMaxDepth = 3000;  // nested expressions and blocks, over all macros
thread_local int macro_depth = 0;
thread_local int depth = 0;

class Counted {
 public:
  Counted(int& counter, int limit, const char* what) : counter_(counter) {
    if (counter_ >= limit) throw Error(what);
    ++counter_;
  }
  ~Counted() { --counter_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& counter_;
};

enum class Flow { normal, breaks, continues };

class Evaluator {
 public:
  Evaluator(std::shared_ptr<Module> module, Frame& frame, Output& output)
      : module_(std::move(module)),
        source_(module_->root->source),
        frame_(&frame),
        output_(&output) {}

  Flow run(const Body& body) {
    for (const Node& node : body) {
      const Flow flow = run(node);
      if (flow != Flow::normal) return flow;
    }
    return Flow::normal;
  }

  Value evaluate(const Expression& expression) {
    return at(expression.offset, [this, &expression] {
      const Counted guard(depth, kMaxDepth, "expressions and macros are nested too deeply");
      return std::visit([this, &expression](const auto& node) { return value(node, expression); },
                        expression.node);
    });
  }

  // Runs only the top-level {% set %} and {% macro %} tags, which is all that a file of macros is
  // for. The macros themselves are in the scope already; another file's macro may have replaced one
  // there.
  void run_definitions() {
    for (const Node& node : module_->root->body) {
      if (std::holds_alternative<SetNode>(node.node) ||
          std::holds_alternative<SetBlockNode>(node.node)) {
        run(node);
      }
    }
  }

  void run_macro(const Body& body) {
    in_macro_ = true;  // return() may leave the body
    run(body);
  }

  // Binds the arguments of a call in the current frame. Throws Error without a place in the source.
  void bind(const MacroNode& macro, const CallArguments& arguments) {
    const std::size_t given = arguments.positional.size();
    const std::size_t taken = macro.parameters.size();
    if (given > taken && !macro.takes_varargs) {
      throw Error(fmt::format("macro '{}' takes at most {} argument{}, {} given", macro.name, taken,
                              taken == 1 ? "" : "s", given),
                  macro.signature);
    }
    check_keywords(macro, arguments);
    for (std::size_t i = 0; i < taken; ++i) {
      const Parameter& parameter = macro.parameters[i];
      const Value* value = arguments.find(i, parameter.name);
      frame_->set(parameter.name, value != nullptr ? *value : default_of(macro, parameter));
    }
    if (macro.takes_varargs) {
      List more;
      for (std::size_t i = taken; i < given; ++i) more.push_back(arguments.positional[i]);
      frame_->set("varargs", Value::tuple(std::move(more)));
    }
    if (macro.takes_kwargs) frame_->set("kwargs", extra_keywords(macro, arguments));
    if (macro.takes_caller) {
      const Value* caller = arguments.find(arguments.positional.size(), "caller");
      if (caller != nullptr) frame_->set("caller", *caller);
    }
  }

 private:
  // Runs `work`, and adds this place in the source to its errors.
  template <typename Work>
  auto at(std::size_t offset, Work work) -> decltype(work()) {
    try {
      return work();
    } catch (const TemplateError&) {
      throw;
    } catch (const UndefinedError& error) {
      std::string hint = error.hint();
      if (error.why().variable) hint = did_you_mean(error.why().name, visible_names());
      throw TemplateError(*source_, offset, error.message(), hint);
    } catch (const Error& error) {
      throw TemplateError(*source_, offset, error.message(), error.hint(), error.code());
    }
  }

  std::vector<std::string> visible_names() const {
    std::vector<std::string> names;
    for (const Frame* frame = frame_; frame != nullptr; frame = frame->parent) {
      for (const auto& [name, value] : frame->values) names.emplace_back(name);
    }
    for (const Scope* scope : {module_->globals, &builtins()}) {
      const std::vector<std::string> more = scope->names();
      names.insert(names.end(), more.begin(), more.end());
    }
    return names;
  }

  // Statements

  Flow run(const Node& node) {
    return at(node.offset, [this, &node] {
      const Counted guard(depth, kMaxDepth, "blocks and macros are nested too deeply");
      return std::visit([this, &node](const auto& n) { return run(n, node.offset); }, node.node);
    });
  }

  Flow run(const TextNode& node, std::size_t offset) {
    output_->add_verbatim(source_, offset, node.text);
    return Flow::normal;
  }

  Flow run(const OutputNode& node, std::size_t) {
    const Value value = evaluate(*node.expression);
    if (is_taken_as_empty(value, node.expression->offset)) return Flow::normal;
    at(node.expression->offset,
       [&] { output_->add_value(source_, node.expression->begin, value); });
    return Flow::normal;
  }

  Flow run(const DoNode& node, std::size_t) {
    evaluate(*node.expression);
    return Flow::normal;
  }

  Flow run(const IfNode& node, std::size_t) {
    for (const auto& [condition, body] : node.branches) {
      if (evaluate(*condition).truth()) return run(body);
    }
    return run(node.otherwise);
  }

  Flow run(const SetNode& node, std::size_t) {
    assign(node.target, evaluate(*node.value));
    return Flow::normal;
  }

  Flow run(const SetBlockNode& node, std::size_t) {
    Value value{capture(node.body)};
    if (node.filters != nullptr) {
      const Value outer = std::exchange(block_text_, std::move(value));
      value = evaluate(*node.filters);
      block_text_ = outer;
    }
    assign(node.target, value);
    return Flow::normal;
  }

  Flow run(const CallNode& node, std::size_t) {
    const Frame* const outer = frame_;
    const auto running = std::make_shared<bool>(true);
    const Value caller =
        Value::function("caller", [this, &node, outer, running](const CallArguments& arguments) {
          if (!*running) throw Error("caller() works only while its {% call %} block is running");
          Output output;
          Frame frame{outer, {}};
          Evaluator body(module_, frame, output);
          body.in_macro_ = in_macro_;
          body.bind(node.caller, arguments);
          body.run(node.caller.body);
          return Value(output.take());
        });
    const struct Ending {
      std::shared_ptr<bool> running;
      ~Ending() { *running = false; }
    } ending{running};
    const Expression& call = *node.call;
    const Value result = at(call.offset, [&] {
      return this->call(std::get<CallExpression>(call.node), call.offset, &caller);
    });
    if (is_taken_as_empty(result, call.offset)) return Flow::normal;
    at(call.offset, [&] { output_->add_value(source_, call.begin, result); });
    return Flow::normal;
  }

  Flow run(const FilterNode& node, std::size_t) {
    const Value outer = std::exchange(block_text_, Value(capture(node.body)));
    const Value value = evaluate(*node.filters);
    block_text_ = outer;
    at(node.filters->offset, [&] { output_->add_value(source_, node.filters->begin, value); });
    return Flow::normal;
  }

  Flow run(const SkippedNode&, std::size_t) { return Flow::normal; }

  Flow run(const MacroNode& node, std::size_t) {
    frame_->set(node.name, make_macro(module_, node));
    return Flow::normal;
  }

  Flow run(const BreakNode&, std::size_t) { return Flow::breaks; }
  Flow run(const ContinueNode&, std::size_t) { return Flow::continues; }

  Flow run(const ForNode& node, std::size_t) {
    const Value list = evaluate(*node.list);
    List items = at(node.list->offset, [&list] { return list.iterate(); });
    Frame* const outer = frame_;
    Frame frame{outer, {}};
    const Restore<Frame*> restore(frame_, &frame);
    if (node.condition != nullptr) {
      std::erase_if(items, [this, &node, &frame](const Value& item) {
        frame.values.clear();
        assign(node.target, item);
        return !evaluate(*node.condition).truth();
      });
    }
    if (items.empty()) {
      frame_ = outer;
      return run(node.otherwise);
    }
    const Value loop = node.uses_loop ? make_loop(loop_level(*outer)) : Value();
    for (std::size_t i = 0; i < items.size(); ++i) {
      frame.values.clear();  // variables set by the body last for one iteration
      if (node.uses_loop) {
        update_loop(loop, items, i);
        frame.set("loop", loop);
      }
      assign(node.target, items[i]);
      if (run(node.body) == Flow::breaks) break;
    }
    return Flow::normal;
  }

  // How many loops with a `loop` variable enclose a frame.
  static std::int64_t loop_level(const Frame& frame) {
    const Value* outer = frame.find("loop");
    const bool inside = outer != nullptr && outer->is_object();
    const Value* level = inside ? outer->as_object().attributes.find("depth") : nullptr;
    return level != nullptr ? level->as_integer() : 0;
  }

  template <typename T>
  class Restore {
   public:
    Restore(T& variable, T value) : variable_(variable), old_(std::exchange(variable, value)) {}
    ~Restore() { variable_ = old_; }
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;

   private:
    T& variable_;
    T old_;
  };

  Text capture(const Body& body) {
    Output output;
    Frame frame{frame_, {}};
    const Restore<Frame*> restore_frame(frame_, &frame);
    const Restore<Output*> restore_output(output_, &output);
    run(body);
    return output.take();
  }

  void assign(const Target& target, const Value& value) {
    if (!target.items.empty()) {
      at(target.offset, [&] { unpack(target, value); });
    } else if (target.attribute.empty()) {
      frame_->set(target.name, value);
    } else {
      at(target.offset, [&] { assign_attribute(target, value); });
    }
  }

  void unpack(const Target& target, const Value& value) {
    const List parts = value.iterate();
    if (parts.size() != target.items.size()) {
      throw Error(fmt::format("cannot unpack {} value{} into {} names", parts.size(),
                              parts.size() == 1 ? "" : "s", target.items.size()));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) assign(target.items[i], parts[i]);
  }

  void assign_attribute(const Target& target, const Value& value) {
    const Value owner = look_up(target.name);
    if (owner.is_undefined()) throw UndefinedError(owner.why_undefined());
    if (!owner.is_object() || !owner.as_object().assignable) {
      throw Error(
          fmt::format("cannot set an attribute of '{}', a {}", target.name, owner.type_name()),
          fmt::format("{{% set {} = namespace() %}} makes one with attributes", target.name));
    }
    owner.as_object().attributes.set(target.attribute, value);
  }

  // Expressions

  Value look_up(std::string_view name) const {
    if (const Value* found = frame_->find(name)) return *found;
    if (const Value* found = module_->globals->find(name)) return *found;
    if (const Value* found = builtins().find(name)) return *found;
    Undefined why;
    why.name = std::string(name);
    why.what = fmt::format("'{}' is undefined", name);
    why.variable = true;
    return Value::undefined(std::move(why));
  }

  Value value(const LiteralExpression& node, const Expression&) { return node.value; }
  Value value(const NameExpression& node, const Expression&) { return look_up(node.name); }

  List all(const std::vector<ExpressionPtr>& expressions) {
    List values;
    values.reserve(expressions.size());
    for (const ExpressionPtr& expression : expressions) values.push_back(evaluate(*expression));
    return values;
  }

  Value value(const ListExpression& node, const Expression&) {
    return node.tuple ? Value::tuple(all(node.items)) : Value(all(node.items));
  }

  Value value(const DictExpression& node, const Expression&) {
    Dict dict;
    for (const auto& [key, item] : node.entries) dict.set(evaluate(*key), evaluate(*item));
    return dict;
  }

  const UndefinedNames& undefined_names() const { return module_->globals->undefined(); }

  bool spreads(const Value& value) const {
    return value.is_undefined() && undefined_names().spread;
  }

  // Whether the value is undefined and counts as empty text. If so, reports it.
  bool is_taken_as_empty(const Value& value, std::size_t offset) const {
    if (!value.is_undefined() || undefined_names().printed == nullptr) return false;
    if (value.why_undefined().name.empty()) return true;
    undefined_names().printed(source_->place(offset), value.why_undefined());
    return true;
  }

  Value value(const AttributeExpression& node, const Expression&) {
    Value of = evaluate(*node.of);
    if (spreads(of)) return of;
    return get_attribute(of, node.name);
  }

  Value value(const ItemExpression& node, const Expression&) {
    Value of = evaluate(*node.of);
    if (spreads(of)) return of;
    return get_item(of, evaluate(*node.key));
  }

  Value value(const SliceExpression& node, const Expression&) {
    const auto bound = [this](const ExpressionPtr& e) { return e ? evaluate(*e) : Value(); };
    const Value of = evaluate(*node.of), begin = bound(node.begin), end = bound(node.end);
    return get_slice(of, begin, end, bound(node.step));
  }

  Value value(const CallExpression& node, const Expression& expression) {
    return call(node, expression.offset, nullptr);
  }

  // `caller` is the body of a {% call %} block, or null.
  Value call(const CallExpression& node, std::size_t offset, const Value* caller) {
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

  CallArguments evaluate(const Arguments& arguments, std::size_t offset) {
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

  Value value(const FilterExpression& node, const Expression& expression) {
    const Value input = node.input != nullptr ? evaluate(*node.input) : block_text_;
    const CallArguments arguments = evaluate(node.arguments, expression.offset);
    try {
      return node.filter->apply(input, arguments);
    } catch (const UndefinedError&) {
      if (!is_taken_as_empty(input, expression.offset)) throw;
      return node.filter->apply(Value(""), arguments);
    }
  }

  Value value(const TestExpression& node, const Expression& expression) {
    const Value input = evaluate(*node.input);
    return node.test->holds(input, evaluate(node.arguments, expression.offset));
  }

  Value value(const NegateExpression& node, const Expression&) {
    const Value of = evaluate(*node.of);
    return node.negative ? negate(of) : negate(negate(of));
  }

  Value value(const NotExpression& node, const Expression&) { return !evaluate(*node.of).truth(); }

  Value value(const BinaryExpression& node, const Expression&) {
    const Value left = evaluate(*node.left);
    return apply(node.op, left, evaluate(*node.right));
  }

  Value value(const ConcatExpression& node, const Expression&) {
    std::string text;
    for (const ExpressionPtr& item : node.items) {
      const Value part = evaluate(*item);
      if (is_taken_as_empty(part, item->offset)) continue;
      text += at(item->offset, [&part] { return part.str(); });
    }
    return text;
  }

  Value value(const CompareExpression& node, const Expression&) {
    Value left = evaluate(*node.first);
    for (const auto& [op, expression] : node.rest) {
      Value right = evaluate(*expression);
      if (!compare(op, left, right)) return false;
      left = std::move(right);
    }
    return true;
  }

  Value value(const LogicExpression& node, const Expression&) {
    Value left = evaluate(*node.left);
    return left.truth() == node.is_and ? evaluate(*node.right) : left;
  }

  Value value(const ConditionalExpression& node, const Expression&) {
    if (evaluate(*node.condition).truth()) return evaluate(*node.then);
    if (node.otherwise != nullptr) return evaluate(*node.otherwise);
    Undefined why;  // without a name, so it prints nothing
    why.what = "the condition of the 'if' does not hold, and it has no 'else'";
    return Value::undefined(std::move(why));
  }

  // Macros

  static bool has_parameter(const MacroNode& macro, std::string_view name) {
    return std::any_of(macro.parameters.begin(), macro.parameters.end(),
                       [name](const Parameter& p) { return p.name == name; });
  }

  static void check_keywords(const MacroNode& macro, const CallArguments& arguments) {
    for (const auto& [name, value] : arguments.keyword) {
      if (name == "caller" && macro.takes_caller) continue;
      if (!has_parameter(macro, name) && !macro.takes_kwargs) {
        std::vector<std::string> names;
        for (const Parameter& parameter : macro.parameters) names.push_back(parameter.name);
        const std::string meant = did_you_mean(name, names);
        throw Error(fmt::format("macro '{}' has no argument '{}'", macro.name, name),
                    meant.empty() ? macro.signature : fmt::format("{} {}", meant, macro.signature));
      }
      for (std::size_t i = 0; i < arguments.positional.size() && i < macro.parameters.size(); ++i) {
        if (macro.parameters[i].name == name) {
          throw Error(fmt::format("macro '{}' was given the argument '{}' twice", macro.name, name),
                      macro.signature);
        }
      }
    }
  }

  static Value extra_keywords(const MacroNode& macro, const CallArguments& arguments) {
    Dict more;
    for (const auto& [name, value] : arguments.keyword) {
      if (!has_parameter(macro, name) && name != "caller") more.set(name, value);
    }
    return more;
  }

  Value default_of(const MacroNode& macro, const Parameter& parameter) {
    if (parameter.default_value != nullptr) return evaluate(*parameter.default_value);
    Undefined why;
    why.name = parameter.name;
    why.what =
        fmt::format("the argument '{}' of macro '{}' was not given", parameter.name, macro.name);
    why.hint = macro.signature;
    return Value::undefined(std::move(why));
  }

  std::shared_ptr<Module> module_;
  const TemplateSourcePtr& source_;
  Frame* frame_;
  Output* output_;
  bool in_macro_ = false;
  Value block_text_;  // the input of the filters of a {% set %} block
};

// Sets the variables of a file of macros when one of its macros is called for the first time: by
// then, all files have been read.
void prepare(const std::shared_ptr<Module>& module) {
  if (module->ready) return;
  module->ready = true;
  Output unused;
  Evaluator(module, module->variables, unused).run_definitions();
}

Value call_macro(const std::shared_ptr<Module>& module, const MacroNode& macro,
                 const CallArguments& arguments) {
  if (module->globals == nullptr) {
    throw Error(fmt::format("macro '{}' outlived the template that defined it", macro.name));
  }
  const Counted guard(macro_depth, kMaxMacroDepth, "macros call each other without end");
  prepare(module);
  Output output;
  Frame frame{&module->variables, {}};
  Evaluator evaluator(module, frame, output);
  evaluator.bind(macro, arguments);
  try {
    evaluator.run_macro(macro.body);
  } catch (MacroReturn& returned) {
    return std::move(returned.value);
  }
  return Value(output.take());
}

}  // namespace

const Value* Frame::find(std::string_view name) const {
  for (const Frame* frame = this; frame != nullptr; frame = frame->parent) {
    for (const auto& [key, value] : frame->values) {
      if (key == name) return &value;
    }
  }
  return nullptr;
}

void Frame::set(std::string_view name, Value value) {
  for (auto& [key, old] : values) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  values.emplace_back(name, std::move(value));
}

void Module::close() {
  globals = nullptr;
  variables.values.clear();
}

Value make_macro(const std::shared_ptr<Module>& module, const MacroNode& macro) {
  return Value::function(macro.name, [module, &macro](const CallArguments& arguments) {
    return call_macro(module, macro, arguments);
  });
}

Text render_module(const std::shared_ptr<Module>& module) {
  Output output;
  Evaluator(module, module->variables, output).run(module->root->body);
  return output.take();
}

}  // namespace gsa::jinja
