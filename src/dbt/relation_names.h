#pragma once

// Relations in rendered SQL. Templates see and print the names that dbt has ("wh"."main"."a"), in
// texts too; in SQL a name must lead to where the relation stands now, which during a run may be
// under a hidden name.

#include <string_view>
#include <vector>

#include "dbt/compile.h"
#include "dbt/relation.h"

namespace gsa::dbt {

// `"wh"."main"."a"`, as dbt writes it.
std::string quoted_name(const Relation& relation);

// Appends `rendered` from `from` to `to`, with the names of `changes` in SQL replaced, not those in
// texts and comments. With `aliases`, a table that is read under another name keeps its own as its
// alias, so that its columns can be qualified by it.
void append_with_names(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
                       std::size_t to, const std::vector<NameChange>& changes, bool aliases,
                       CompiledSql& sql);

}  // namespace gsa::dbt
