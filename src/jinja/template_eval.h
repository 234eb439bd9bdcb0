#pragma once

// Walks the tree of a template. Names are looked up from the innermost block outwards, then in the
// file's own variables, in the Scope and among the built-ins (range, dict, namespace, return).
// A loop body, a macro and a {% set %} block have variables of their own; {% if %} has none.

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
  std::vector<std::pair<std::string_view, Value>> values;  // names live in the tree

  const Value* find(std::string_view name) const;  // here and in the parents
  void set(std::string_view name, Value value);    // here
};

// One file, as rendered or as source of macros, with the variables that it sets at its top level.
// Macros keep it alive; whoever made it calls close() so that variables holding macros let go of
// it.
struct Module {
  std::shared_ptr<const TemplateNode> root;
  const Scope* globals = nullptr;  // null once closed
  Frame variables;
  bool ready = true;  // the variables are set; else that is done at the first call of a macro

  void close();
};

Value make_macro(const std::shared_ptr<Module>& module, const MacroNode& macro);

// Renders the whole file of `module`.
Text render_module(const std::shared_ptr<Module>& module);

}  // namespace gsa::jinja
