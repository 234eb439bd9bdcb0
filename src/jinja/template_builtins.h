#pragma once

// The names that every template sees, and the `loop` of its loops.

#include <cstdint>

#include "jinja/template.h"
#include "jinja/value.h"

namespace gsa::jinja {

// range, dict, namespace, return, cycler, joiner.
const Scope& builtins();

// Thrown by return(value) and caught by the macro that it ends.
struct MacroReturn {
  Value value;
};

// `outer`: how many loops are around.
Value make_loop(std::int64_t outer);
void update_loop(const Value& loop, const List& items, std::size_t index);

}  // namespace gsa::jinja
