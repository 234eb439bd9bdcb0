#pragma once

// Relations in rendered SQL. Templates see and print dbt's names ("wh"."main"."a"), also inside
// texts. In SQL, a name must refer to the relation's current place; during a run that may be a
// hidden name.

#include <string_view>
#include <vector>

#include "dbt/compile.h"
#include "dbt/relation.h"

namespace gsa::dbt {

// `"wh"."main"."a"`, as dbt writes it.
std::string quoted_name(const Relation& relation);

// Appends `rendered` in [from, to), with the names in `changes` replaced in SQL but not in texts
// and comments. With `aliases`, a table that is read under another name gets its own name as alias,
// so that its columns can still be qualified with it.
void append_with_names(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
                       std::size_t to, const std::vector<NameChange>& changes, bool aliases,
                       CompiledSql& sql);

}  // namespace gsa::dbt
