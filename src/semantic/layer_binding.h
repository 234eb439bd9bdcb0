#pragma once

// Binds a layer to the tables of a warehouse: checks their contracts and every expression, and
// determines the type of each.

#include <functional>
#include <string>

#include "base/error.h"
#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Maximum number of values of a dimension, including unknown.
inline constexpr std::size_t kMostValues = 65'535;

// The current name of the table in SQL; by default relation_sql(), as readers see it.
using RelationOf = std::function<std::string(const Table&)>;

// Throws Error with file and line if a column violates its contract, if an expression does not
// bind, or if its type cannot be summed.
void bind(Layer& layer, duck::Connection& connection, const RelationOf& relation_of = relation_sql);

// Throws Error if a dimension of a bound layer has more than kMostValues values. Scans only
// dimensions whose type allows that many.
void check_values(const Layer& layer, duck::Connection& connection,
                  const RelationOf& relation_of = relation_sql);

Error too_many_values(const Dimension& dimension);

}  // namespace gsa::semantic
