#pragma once

// Plain scalars of YAML, typed by the rules of YAML 1.1 in the version of dbt's reader (PyYAML):
// 1_000, 0x1F, 0b11, 017 and 12:30 are integers, 1.5e+3 and .inf are floats, yes and on are true.
// Text that is a number only in YAML 1.2 (1e3, 0o17, -.5) stays text.

#include <string>
#include <string_view>

#include "dbt/jinja_names.h"

namespace gsa::dbt {

// A date or time becomes the text that Python prints for it: "2020-01-01 10:00:00". An integer of
// more than 64 bits becomes text too. Throws Error for a date that does not exist, and for a lone
// =.
Value plain_scalar(const std::string& text);

// The value of a scalar with a tag such as "tag:yaml.org,2002:str" (written !!str). Throws Error
// for a tag that dbt's reader does not know.
Value tagged_scalar(std::string_view tag, const std::string& text);

}  // namespace gsa::dbt
