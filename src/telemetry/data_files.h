#pragma once

// The files of src/telemetry/data, which are compiled into the program.

#include <string_view>

namespace gsa::telemetry {

// `name` is that of a file which is there: "vocabulary.yml".
std::string_view data_file(std::string_view name);

}  // namespace gsa::telemetry
