// Runs the statements of a template.

#include <fmt/format.h>

#include "base/error.h"
#include "jinja/template_builtins.h"
#include "jinja/template_evaluator.h"

namespace gsa::jinja {

Flow Evaluator::run(const Body& body) {
  for (const Node& node : body) {
    const Flow flow = run(node);
    if (flow != Flow::normal) return flow;
  }
  return Flow::normal;
}

Flow Evaluator::run(const TextNode& node, std::size_t offset) {
  output_->add_verbatim(source_, offset, node.text);
  return Flow::normal;
}

Flow Evaluator::run(const OutputNode& node, std::size_t) {
  const Value value = evaluate(*node.expression);
  if (is_taken_as_empty(value, node.expression->offset)) return Flow::normal;
  at(node.expression->offset, [&] { output_->add_value(source_, node.expression->begin, value); });
  return Flow::normal;
}

Flow Evaluator::run(const DoNode& node, std::size_t) {
  evaluate(*node.expression);
  return Flow::normal;
}

Flow Evaluator::run(const IfNode& node, std::size_t) {
  for (const auto& [condition, body] : node.branches) {
    if (evaluate(*condition).truth()) return run(body);
  }
  return run(node.otherwise);
}

Flow Evaluator::run(const SetNode& node, std::size_t) {
  assign(node.target, evaluate(*node.value));
  return Flow::normal;
}

Flow Evaluator::run(const SetBlockNode& node, std::size_t) {
  Value value{capture(node.body)};
  if (node.filters != nullptr) {
    const Value outer = std::exchange(block_text_, std::move(value));
    value = evaluate(*node.filters);
    block_text_ = outer;
  }
  assign(node.target, value);
  return Flow::normal;
}

Flow Evaluator::run(const CallNode& node, std::size_t) {
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

Flow Evaluator::run(const FilterNode& node, std::size_t) {
  const Value outer = std::exchange(block_text_, Value(capture(node.body)));
  const Value value = evaluate(*node.filters);
  block_text_ = outer;
  at(node.filters->offset, [&] { output_->add_value(source_, node.filters->begin, value); });
  return Flow::normal;
}

Flow Evaluator::run(const MacroNode& node, std::size_t) {
  frame_->set(node.name, make_macro(module_, node));
  return Flow::normal;
}

Flow Evaluator::run(const ForNode& node, std::size_t) {
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

std::int64_t Evaluator::loop_level(const Frame& frame) {
  const Value* outer = frame.find("loop");
  const bool inside = outer != nullptr && outer->is_object();
  const Value* level = inside ? outer->as_object().attributes.find("depth") : nullptr;
  return level != nullptr ? level->as_integer() : 0;
}

Text Evaluator::capture(const Body& body) {
  Output output;
  Frame frame{frame_, {}};
  const Restore<Frame*> restore_frame(frame_, &frame);
  const Restore<Output*> restore_output(output_, &output);
  run(body);
  return output.take();
}

void Evaluator::assign(const Target& target, const Value& value) {
  if (!target.items.empty()) {
    at(target.offset, [&] { unpack(target, value); });
  } else if (target.attribute.empty()) {
    frame_->set(target.name, value);
  } else {
    at(target.offset, [&] { assign_attribute(target, value); });
  }
}

void Evaluator::unpack(const Target& target, const Value& value) {
  const List parts = value.iterate();
  if (parts.size() != target.items.size()) {
    throw Error(fmt::format("cannot unpack {} value{} into {} names", parts.size(),
                            parts.size() == 1 ? "" : "s", target.items.size()));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) assign(target.items[i], parts[i]);
}

void Evaluator::assign_attribute(const Target& target, const Value& value) {
  const Value owner = look_up(target.name);
  if (owner.is_undefined()) throw UndefinedError(owner.why_undefined());
  if (!owner.is_object() || !owner.as_object().assignable) {
    throw Error(
        fmt::format("cannot set an attribute of '{}', a {}", target.name, owner.type_name()),
        fmt::format("{{% set {} = namespace() %}} makes one with attributes", target.name));
  }
  owner.as_object().attributes.set(target.attribute, value);
}

}  // namespace gsa::jinja
