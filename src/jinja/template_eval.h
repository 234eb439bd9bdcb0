#pragma once

// Evaluates the tree of a template. Looks names up from the innermost block outwards, then in the
// file's own variables, in the Scope, and among the built-ins (range, dict, namespace, return). A
// loop body, a macro and a {% set %} block have variables of their own; an {% if %} does not.

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/template.h"
#include "jinja/template_ast.h"
#include "jinja/template_output.h"

namespace gsa::jinja {

struct Frame {
  const Frame* parent = nullptr;
  std::vector<std::pair<std::string_view, Value>> values;  // the tree owns the names

  const Value* find(std::string_view name) const;  // in this frame and its parents
  void set(std::string_view name, Value value);    // in this frame
};

// One file, rendered or used for its macros, with the variables that it sets at the top level. Its
// macros keep it alive. Its creator must call close(), which drops the variables, because they may
// hold macros and thus form a cycle.
struct Module {
  std::shared_ptr<const TemplateNode> root;
  const Scope* globals = nullptr;  // null once closed
  Frame variables;
  bool ready = true;  // the variables are set; false: the first call of a macro will set them

  void close();
};

Value make_macro(const std::shared_ptr<Module>& module, const MacroNode& macro);

// Renders the whole file of `module`.
Text render_module(const std::shared_ptr<Module>& module);

}  // namespace gsa::jinja
