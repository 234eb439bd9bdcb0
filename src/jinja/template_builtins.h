#pragma once

// The names that every template sees, and the `loop` variable.

#include <cstdint>

#include "jinja/template.h"
#include "jinja/value.h"

namespace gsa::jinja {

// range, dict, namespace, return, cycler, joiner.
const Scope& builtins();

// return(value) throws it; the macro that it ends catches it.
struct MacroReturn {
  Value value;
};

// `outer` is the number of enclosing loops.
Value make_loop(std::int64_t outer);
void update_loop(const Value& loop, const List& items, std::size_t index);

}  // namespace gsa::jinja
