#pragma once

// Whether files are a product's telemetry, by the beginning of the first of them.

#include <optional>
#include <string>
#include <vector>

#include "prompts/source.h"
#include "telemetry/given_mapping.h"
#include "telemetry/signal.h"

namespace gsa::telemetry {

struct Recognition {
  bool is_telemetry = false;
  bool has_keys = false;  // it has the keys of generations and users, and times
  std::string name;       // of the export, "Langfuse observations"; or ""
  std::string missing;    // what it lacks: "a user, a time"
  // If that is one thing alone, and it has no column of prompts either: the signal. A status stands
  // for all that tells how a generation ended.
  std::optional<Signal> only_lack = {};
};

// Looks at the first rows of the first file that has any. Throws Error with file and place, and if
// it is an export without events.
Recognition recognise(const std::vector<prompts::SourceFile>& files, const GivenMapping& given);

}  // namespace gsa::telemetry
