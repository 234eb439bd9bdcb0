#pragma once

// What the user says of a source: a mapping in a file, and signals one by one (--map).

#include <optional>
#include <string>
#include <vector>

#include "base/invocation.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

struct GivenMapping {
  std::optional<Mapping> of_file = {};
  std::vector<std::string> options = {};  // "signal=path[:unit]"
  bool hash_users = false;                // keep only SHA-256 of the keys of users

  // The file's mapping in place of the one that was found, and then the options.
  Mapping applied_to(const Mapping& found) const;
  // Changes whenever the mapping that is given does; "" if nothing is.
  std::string text() const;
  std::string rows_path() const { return of_file ? of_file->rows : ""; }
};

// `maps` are as typed: names of files that end in .yml or .yaml, at most one, and options. Throws
// Error if a file cannot be read, with its place if it is no mapping, and Error{usage} if an option
// is wrong.
GivenMapping read_given_mapping(const std::vector<std::string>& maps, const Invocation& invocation);

}  // namespace gsa::telemetry
