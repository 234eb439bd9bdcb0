#include "prompts/datasets.h"

#include <algorithm>

namespace gsa::prompts {
namespace {

// Files, sizes and sums belong to this revision. The dataset has not changed since 2022.
constexpr const char* kRevision = "fb620fbe49fa4420e0734bd9c0df11f51176b61f";

Dataset diffusiondb(const char* name, const char* description, const char* path,
                    hub::Expected expected) {
  return {name, description, {"poloclub", "diffusiondb", kRevision, path}, std::move(expected)};
}

}  // namespace

const std::vector<Dataset>& datasets() {
  static const std::vector<Dataset> all = {
      diffusiondb(
          "diffusiondb", "2,000,000 prompts, 195 MB", "metadata.parquet",
          {"eecd341187bc91c07f5994ad0660d40228ea025616fd57a509bef8323677c68f", 194'548'652}),
      diffusiondb(
          "diffusiondb-large", "14,000,000 prompts, 825 MB", "metadata-large.parquet",
          {"146c96f22f7d52d2ed7447b728cb26328234425a481fbba8304a78d0eac61ce8", 824'655'226})};
  return all;
}

const Dataset* find_dataset(std::string_view name) {
  const auto found = std::find_if(datasets().begin(), datasets().end(),
                                  [&](const Dataset& dataset) { return dataset.name == name; });
  return found == datasets().end() ? nullptr : &*found;
}

}  // namespace gsa::prompts
