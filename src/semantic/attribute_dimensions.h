#pragma once

// The attributes of generations: columns of a product's events that are no signals. A run keeps
// them in the struct `attributes` of the generations, counts their values and records which of them
// are dimensions (telemetry/attributes.h). No project can name those, so they join its layer when
// it is bound.

#include <cstdint>
#include <string>
#include <vector>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

struct Attribute {
  std::string field;  // of the struct
  std::string path;   // in the source
  std::int64_t values = 0;
  bool is_dimension = false;
};

// As the run that made the published generations recorded them, in the order of the source.
std::vector<Attribute> published_attributes(duck::Connection& connection);
// The texts that the run that made the asset put on record under names that begin with `name`.
std::vector<std::string> recorded_texts(duck::Connection& connection, const std::string& asset,
                                        const std::string& name);

// Adds a dimension of generations for each attribute that is one, if the table of generations has
// it, and says which columns other dimensions were taken from. Names are legal for dbt; names and
// labels that are taken get a number. Charts with a choice of dimensions offer them. Call it before
// bind().
void add_attributes(Layer& layer, duck::Connection& connection);

}  // namespace gsa::semantic
