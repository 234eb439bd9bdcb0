#pragma once

// The dashboard's pages, compiled into the program by cmake/Web.cmake.

#include <vector>

#include "base/embedded.h"
#include "http/static_files.h"

namespace gsa {

// "index.html", "assets/x-3f2a.js", "assets/x-3f2a.js.br"
std::vector<EmbeddedFile> embedded_web();

namespace serve {

// Each file with its compressed versions, which were made at build time.
std::vector<http::StaticFile> web_files();

}  // namespace serve
}  // namespace gsa
