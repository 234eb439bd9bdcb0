#pragma once

// The datasets that users can select by a short name.

#include <string>
#include <string_view>
#include <vector>

#include "hub/cache.h"
#include "hub/hub_file.h"

namespace gsa::prompts {

struct Dataset {
  std::string name;         // the value for --source
  std::string description;  // "2,000,000 prompts, 195 MB"
  hub::HubFile file;        // at a revision that never changes
  hub::Expected expected;   // size and sum at that revision
};

// diffusiondb, diffusiondb-large: the metadata tables of DiffusionDB (Wang et al., "DiffusionDB: A
// Large-scale Prompt Gallery Dataset for Text-to-Image Generative Models", 2022; CC0).
const std::vector<Dataset>& datasets();

// Null if no dataset has that name.
const Dataset* find_dataset(std::string_view name);

}  // namespace gsa::prompts
