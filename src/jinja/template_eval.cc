#include "jinja/template_eval.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/template_builtins.h"
#include "jinja/template_evaluator.h"

namespace gsa::jinja {
namespace {

// The evaluator recurses through macros and files; these limits bound its stack.
constexpr int kMaxMacroDepth = 100;
constexpr int kMaxEvaluationDepth = 3000;  // nested expressions and blocks, over all macros
thread_local int macro_depth = 0;
thread_local int evaluation_depth = 0;

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

Value Evaluator::evaluate(const Expression& expression) {
  return at(expression.offset, [this, &expression] {
    const Counted guard(evaluation_depth, kMaxEvaluationDepth,
                        "expressions and macros are nested too deeply");
    return std::visit([this, &expression](const auto& node) { return value(node, expression); },
                      expression.node);
  });
}

Flow Evaluator::run(const Node& node) {
  return at(node.offset, [this, &node] {
    const Counted guard(evaluation_depth, kMaxEvaluationDepth,
                        "blocks and macros are nested too deeply");
    return std::visit([this, &node](const auto& n) { return run(n, node.offset); }, node.node);
  });
}

void Evaluator::run_definitions() {
  for (const Node& node : module_->root->body) {
    if (std::holds_alternative<SetNode>(node.node) ||
        std::holds_alternative<SetBlockNode>(node.node)) {
      run(node);
    }
  }
}

void Evaluator::run_macro(const Body& body) {
  in_macro_ = true;  // return() may leave the body
  run(body);
}

void Evaluator::bind(const MacroNode& macro, const CallArguments& arguments) {
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

std::vector<std::string> Evaluator::visible_names() const {
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

bool Evaluator::has_parameter(const MacroNode& macro, std::string_view name) {
  return std::any_of(macro.parameters.begin(), macro.parameters.end(),
                     [name](const Parameter& p) { return p.name == name; });
}

void Evaluator::check_keywords(const MacroNode& macro, const CallArguments& arguments) {
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

Value Evaluator::extra_keywords(const MacroNode& macro, const CallArguments& arguments) {
  Dict more;
  for (const auto& [name, value] : arguments.keyword) {
    if (!has_parameter(macro, name) && name != "caller") more.set(name, value);
  }
  return more;
}

Value Evaluator::default_of(const MacroNode& macro, const Parameter& parameter) {
  if (parameter.default_value != nullptr) return evaluate(*parameter.default_value);
  Undefined why;
  why.name = parameter.name;
  why.what =
      fmt::format("the argument '{}' of macro '{}' was not given", parameter.name, macro.name);
  why.hint = macro.signature;
  return Value::undefined(std::move(why));
}

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
