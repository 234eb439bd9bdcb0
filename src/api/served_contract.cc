#include "api/served_contract.h"

#include <vector>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa {

std::vector<EmbeddedFile> embedded_contract();  // openapi.yaml

}  // namespace gsa

namespace gsa::api {
namespace {

std::vector<std::string> names_of(const Layer& layer, std::string_view what) {
  if (what == "measures") return listed_measures(layer);
  if (what == "dimensions") return layer.dimension_names();
  if (what == "ranges") return layer.range_names();
  check(what == "averages", "the contract enumerates what the layer has");
  std::vector<std::string> names;
  for (const Measure& measure : layer.measures) {
    if (measure.splits && !measure.hidden) names.push_back(measure.name);
  }
  return names;
}

}  // namespace

std::string contract_yaml(const Layer& layer) {
  constexpr std::string_view kMark = "x-enum-of: ";
  std::string text;
  for (const std::string& line : split(embedded_contract().front().contents, '\n')) {
    const std::size_t mark = line.find(kMark);
    if (mark == std::string::npos) {
      text += line;
    } else {
      const auto names = names_of(layer, std::string_view(line).substr(mark + kMark.size()));
      text += fmt::format("{}enum: [{}]", line.substr(0, mark), join(names, ", "));
    }
    text += '\n';
  }
  text.pop_back();
  return text;
}

}  // namespace gsa::api
