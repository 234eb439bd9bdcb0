#pragma once

// The walk over the tree of a template: statements (template_statements.cc), expressions
// (template_expressions.cc), and the macros that both call (template_eval.cc).

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "jinja/template_eval.h"

namespace gsa::jinja {

// How a statement ended, within a loop.
enum class Flow { normal, breaks, continues };

class Evaluator {
 public:
  Evaluator(std::shared_ptr<Module> module, Frame& frame, Output& output)
      : module_(std::move(module)),
        source_(module_->root->source),
        frame_(&frame),
        output_(&output) {}

  Flow run(const Body& body);
  Value evaluate(const Expression& expression);
  // Runs only the top-level {% set %} and {% macro %} tags, which is all that a file of macros is
  // for. The macros themselves are in the scope already; another file's macro may have replaced one
  // there.
  void run_definitions();
  void run_macro(const Body& body);
  // Binds the arguments of a call in the current frame. Throws Error without a place in the source.
  void bind(const MacroNode& macro, const CallArguments& arguments);

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

  std::vector<std::string> visible_names() const;

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

  // Statements
  Flow run(const Node& node);
  Flow run(const TextNode& node, std::size_t offset);
  Flow run(const OutputNode& node, std::size_t);
  Flow run(const DoNode& node, std::size_t);
  Flow run(const IfNode& node, std::size_t);
  Flow run(const SetNode& node, std::size_t);
  Flow run(const SetBlockNode& node, std::size_t);
  Flow run(const CallNode& node, std::size_t);
  Flow run(const FilterNode& node, std::size_t);
  Flow run(const SkippedNode&, std::size_t) { return Flow::normal; }
  Flow run(const MacroNode& node, std::size_t);
  Flow run(const BreakNode&, std::size_t) { return Flow::breaks; }
  Flow run(const ContinueNode&, std::size_t) { return Flow::continues; }
  Flow run(const ForNode& node, std::size_t);
  // How many loops with a `loop` variable enclose a frame.
  static std::int64_t loop_level(const Frame& frame);
  Text capture(const Body& body);
  void assign(const Target& target, const Value& value);
  void unpack(const Target& target, const Value& value);
  void assign_attribute(const Target& target, const Value& value);

  // Expressions
  Value look_up(std::string_view name) const;
  Value value(const LiteralExpression& node, const Expression&) { return node.value; }
  Value value(const NameExpression& node, const Expression&);
  List all(const std::vector<ExpressionPtr>& expressions);
  Value value(const ListExpression& node, const Expression&);
  Value value(const DictExpression& node, const Expression&);
  const UndefinedNames& undefined_names() const { return module_->globals->undefined(); }
  bool spreads(const Value& value) const;
  // Whether the value is undefined and counts as empty text. If so, reports it.
  bool is_taken_as_empty(const Value& value, std::size_t offset) const;
  Value value(const AttributeExpression& node, const Expression&);
  Value value(const ItemExpression& node, const Expression&);
  Value value(const SliceExpression& node, const Expression&);
  Value value(const CallExpression& node, const Expression& expression);
  // `caller` is the body of a {% call %} block, or null.
  Value call(const CallExpression& node, std::size_t offset, const Value* caller);
  CallArguments evaluate(const Arguments& arguments, std::size_t offset);
  Value value(const FilterExpression& node, const Expression& expression);
  Value value(const TestExpression& node, const Expression& expression);
  Value value(const NegateExpression& node, const Expression&);
  Value value(const NotExpression& node, const Expression&);
  Value value(const BinaryExpression& node, const Expression&);
  Value value(const ConcatExpression& node, const Expression&);
  Value value(const CompareExpression& node, const Expression&);
  Value value(const LogicExpression& node, const Expression&);
  Value value(const ConditionalExpression& node, const Expression&);

  // Macros
  static bool has_parameter(const MacroNode& macro, std::string_view name);
  static void check_keywords(const MacroNode& macro, const CallArguments& arguments);
  static Value extra_keywords(const MacroNode& macro, const CallArguments& arguments);
  Value default_of(const MacroNode& macro, const Parameter& parameter);

  std::shared_ptr<Module> module_;
  const TemplateSourcePtr& source_;
  Frame* frame_;
  Output* output_;
  bool in_macro_ = false;
  Value block_text_;  // the input of the filters of a {% set %} block
};

}  // namespace gsa::jinja
