#pragma once

// What most entries of schema files begin with: a name and a description.

#include <string>
#include <string_view>

#include "dbt/yaml.h"

namespace gsa::dbt {

// The name of an entry, a `what`. Throws Error at its place if it is no map or has no name.
std::string entry_name(const Yaml& map, std::string_view what);
// The description as it is written, and its place; leaves both as they are where there is none.
void read_description(const Yaml& map, std::string& text, Place& place);

}  // namespace gsa::dbt
