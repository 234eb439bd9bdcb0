#pragma once

// Paths of a mapping that lead further than a column of the source: into lists and through any key.
//
//   messages[-1][1].timestamp     an element from the end
//   prompt[2].*.inputs.text       the first value that any key leads to
//
// Elements from the beginning, such as tags[0], are the source's own business
// (prompts/event_path.h).

#include <string>
#include <string_view>

namespace gsa::telemetry {

struct ReachedPath {
  std::string base;  // a path of the source
  std::string rest;  // from there, as DuckDB writes JSON paths: "[#-1][1].timestamp", or ""
};

// Throws Error{usage} for what is no path.
ReachedPath split_path(std::string_view path);

}  // namespace gsa::telemetry
