#include "telemetry/data_files.h"

#include <algorithm>
#include <vector>

#include "base/embedded.h"
#include "base/error.h"

namespace gsa {

std::vector<EmbeddedFile> embedded_telemetry();

}  // namespace gsa

namespace gsa::telemetry {

std::string_view data_file(std::string_view name) {
  static const std::vector<EmbeddedFile> files = embedded_telemetry();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::path);
  check(found != files.end(), "the data of telemetry is compiled into the program");
  return found->contents;
}

}  // namespace gsa::telemetry
