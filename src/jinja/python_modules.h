#pragma once

// The `modules` that dbt gives to templates: parts of Python's datetime, pytz, re and itertools.

#include "jinja/value.h"

namespace gsa::jinja {

Value python_modules();

// modules.re: match, search, fullmatch, findall, split, sub, escape, compile and the flags I, M and
// S. Expressions are Perl's, which differ from Python's only in rare cases.
Value regex_module();

// modules.itertools: chain, product, combinations, permutations, zip_longest, islice, accumulate,
// repeat and compress, as lists.
Value itertools_module();

}  // namespace gsa::jinja
