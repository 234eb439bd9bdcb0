#pragma once

// Serves files that are compiled into the program: in the best coding that the client accepts, with
// a strong ETag and conditional requests. A file whose name contains a hash of its contents may be
// cached forever.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"

namespace gsa::http {

// `bytes` must outlive the server.
struct StaticFile {
  std::string path;  // "/assets/app-3f2a.js"
  std::string_view bytes;
  std::string type;              // "text/javascript"
  std::string_view brotli = {};  // compressed at build time; empty: not available
  std::string_view gzip = {};
  bool immutable = false;  // the name changes whenever the bytes change
};

// "text/css; charset=utf-8" for "a.css"; application/octet-stream for unknown extensions.
std::string content_type_of(std::string_view path);

// Adds a route for each file, and one for each of `pages`, which all answer with the file `index`.
// Browsers that open any other address outside /api get that file too, with status 404; its script
// leads back. Throws Bug if there are pages but no such file.
void add_static_files(Router& router, const std::vector<StaticFile>& files,
                      const std::vector<std::string>& pages = {},
                      std::string_view index = "/index.html");

// True if If-None-Match contains the tag: the client has these bytes.
bool matches_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace gsa::http
