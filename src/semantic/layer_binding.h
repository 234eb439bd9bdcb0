#pragma once

// Binds a layer to the tables of a warehouse: checks their contracts and every expression, and
// finds out of which type each is.

#include <functional>
#include <string>

#include "base/error.h"
#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// A dimension may have as many values, unknown among them.
inline constexpr std::size_t kMostValues = 65'535;

// The table as SQL names it now. By default relation_sql(), as readers see it.
using RelationOf = std::function<std::string(const Table&)>;

// Throws Error with file and line where a column breaks its contract, an expression does not bind,
// or its type is not one that can be added up.
void bind(Layer& layer, duck::Connection& connection, const RelationOf& relation_of = relation_sql);

// Throws Error where a dimension of a bound layer has more values than kMostValues. Looks at those
// alone whose type allows for it.
void check_values(const Layer& layer, duck::Connection& connection,
                  const RelationOf& relation_of = relation_sql);

Error too_many_values(const Dimension& dimension);

}  // namespace gsa::semantic
