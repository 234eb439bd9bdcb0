#pragma once

// What the YAML of the semantic layer writes as text, flags and maps in meta, and the words and
// references in it that are checked alike.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Texts and flags in meta; throw Error at `place` for other types.
std::string meta_text(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                      const dbt::Place& place, std::string fallback = "");
bool meta_flag(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
               const dbt::Place& place);
// The map at a key; null if there is none.
const dbt::Dict* meta_map(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                          const dbt::Place& place);
// Throws Error, with the nearest known word as the hint, unless `text` is in `known`.
void expect_one_of(const dbt::Project& project, std::string_view what, const std::string& text,
                   const std::vector<std::string>& known, const dbt::Place& place);
// Entity and name of "{{ Dimension('session__x') }}" and the like.
std::pair<std::string, std::string> split_reference(std::string_view quoted);
std::string_view entity_of(Level level);  // "user", "session", "generation"

}  // namespace gsa::semantic
