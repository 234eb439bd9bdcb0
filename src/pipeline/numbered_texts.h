#pragma once

// A list of texts in the metadata of a materialization, which is a map: "name 0000", "name 0001",
// ….

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::pipeline {

// `name` ends with a blank.
void add_numbered(std::string_view name, const std::string& text,
                  std::map<std::string, std::string>& metadata);
// Those that were added, in their order.
std::vector<std::string> numbered_texts(std::string_view name,
                                        const std::map<std::string, std::string>& metadata);

// The number under this key; 0 if there is none.
std::int64_t number_in(const std::map<std::string, std::string>& metadata, const std::string& key);

}  // namespace gsa::pipeline
