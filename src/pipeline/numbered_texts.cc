#include "pipeline/numbered_texts.h"

#include <fmt/format.h>

namespace gsa::pipeline {

void add_numbered(std::string_view name, const std::string& text,
                  std::map<std::string, std::string>& metadata) {
  metadata[fmt::format("{}{:04}", name, numbered_texts(name, metadata).size())] = text;
}

std::vector<std::string> numbered_texts(std::string_view name,
                                        const std::map<std::string, std::string>& metadata) {
  std::vector<std::string> texts;
  for (auto at = metadata.lower_bound(std::string(name));
       at != metadata.end() && at->first.starts_with(name); ++at) {
    texts.push_back(at->second);
  }
  return texts;
}

std::int64_t number_in(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? 0 : std::stoll(found->second);
}

}  // namespace gsa::pipeline
