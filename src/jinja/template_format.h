#pragma once

// Python's two kinds of formatting: '%05.2f' % x and '{:>8}'.format(x).

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace gsa::jinja {

// Conversions s r d i u f F e E g G x X o c %, flags - + 0 space #, width, precision, %(name)s.
std::string format_percent(std::string_view format, const List& values, const Dict* named);

// Fields {}, {0}, {name} with !r, !s and a spec of fill, align, sign, 0, width, comma, precision
// and the types s d f F e E g G x X o b %.
std::string format_braces(std::string_view format, const CallArguments& arguments);

}  // namespace gsa::jinja
