#pragma once

// Files that are compiled into the program, as routes: the best coding that the client takes, a
// strong ETag, conditional requests, and caching for ever where the name holds a hash of what is
// inside.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"

namespace gsa::http {

// The bytes outlive the server.
struct StaticFile {
  std::string path;  // "/assets/app-3f2a.js"
  std::string_view bytes;
  std::string type;              // "text/javascript"
  std::string_view brotli = {};  // compressed ahead; empty: not there
  std::string_view gzip = {};
  bool immutable = false;  // the name changes with the bytes
};

// "text/css; charset=utf-8" for "a.css"; application/octet-stream for what is not known.
std::string content_type_of(std::string_view path);

// Adds a route a file, and one for each of `pages`, which all answer with the file `index`.
// Browsers that open any other address, but below /api, get that file too, with status 404: its
// script shows the way back. Throws Bug where there are pages and no such file.
void add_static_files(Router& router, const std::vector<StaticFile>& files,
                      const std::vector<std::string>& pages = {},
                      std::string_view index = "/index.html");

// True where If-None-Match names the tag: the client has these bytes.
bool matches_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace gsa::http
