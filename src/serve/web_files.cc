#include "serve/web_files.h"

#include <map>
#include <string>
#include <string_view>

namespace gsa::serve {

std::vector<http::StaticFile> web_files() {
  std::map<std::string, std::string_view> contents;
  for (const EmbeddedFile& file : embedded_web()) contents[file.path] = file.contents;
  const auto compressed = [&](const std::string& path) {
    const auto found = contents.find(path);
    return found == contents.end() ? std::string_view() : found->second;
  };
  std::vector<http::StaticFile> files;
  for (const auto& [path, bytes] : contents) {
    if (path.ends_with(".br") || path.ends_with(".gz")) continue;
    http::StaticFile file{"/" + path, bytes, http::content_type_of(path)};
    file.brotli = compressed(path + ".br");
    file.gzip = compressed(path + ".gz");
    file.immutable = path.starts_with("assets/");  // their names contain a hash
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace gsa::serve
