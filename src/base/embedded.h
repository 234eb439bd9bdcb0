#pragma once

// Files compiled into the program by cmake/Embed.cmake.

#include <string>
#include <string_view>
#include <vector>

namespace gsa {

struct EmbeddedFile {
  std::string path;  // relative, with forward slashes
  std::string_view contents;
};

std::vector<EmbeddedFile> embedded_dbt();  // the built-in dbt project

}  // namespace gsa
