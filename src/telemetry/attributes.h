#pragma once

// The columns of a source for which the facts have none: attributes of the generations. All are
// kept, as texts. Those with few values become dimensions (semantic/attribute_dimensions.h).

#include <cstdint>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/event_rows.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

// Of a dimension; unknown is one of them.
inline constexpr std::int64_t kMostValues = 65'535;

struct Attribute {
  std::string path;    // in the source
  std::string field;   // its name in the warehouse; no other has it, whatever the case of letters
  std::string column;  // its SQL name in select_events() and in the table of the events
  bool is_left_out = false;  // because it would tell the user's key
  std::int64_t values = 0;   // different ones, unknown among them; if over kMostValues: at least
  bool is_dimension = false;
};

// The columns that are neither signals nor conditions nor unused, in the order of the source. An
// object in a text is not among them if its parts are.
std::vector<Attribute> attributes_of(const prompts::EventRows& rows, const Mapping& mapping);

// Adds an attribute that has this path, under a field of its own.
void add_attribute(const std::string& path, const std::string& column,
                   std::vector<Attribute>& attributes);

// With hashed users: leaves out attributes that contain the user's key, which is in the column
// `plain_user_key` of the relation, and those that are named like addresses of e-mail.
void leave_out_keys(duck::Connection& connection, const std::string& relation,
                    std::vector<Attribute>& attributes);

// Counts the values in a relation, a name or a query in parentheses, that has the columns of the
// attributes, and decides which of them are dimensions: those with 2 to kMostValues values, of
// which one repeats and none is long. If the mapping names dimensions, no others are.
void choose_dimensions(duck::Connection& connection, const std::string& relation,
                       const Mapping& mapping, std::vector<Attribute>& attributes);

}  // namespace gsa::telemetry
