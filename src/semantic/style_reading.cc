#include "semantic/style_reading.h"

#include <fmt/format.h>

#include "base/error.h"
#include "semantic/meta_values.h"

namespace gsa::semantic {
namespace {

using dbt::Dict;
using dbt::Value;

// The texts by value at a key of meta; each must be in `known`, if that is not empty.
std::map<std::string, std::string> texts_by_value(const dbt::Project& project,
                                                  const dbt::DimensionSpec& spec,
                                                  std::string_view key, std::string_view what,
                                                  const std::vector<std::string>& known) {
  std::map<std::string, std::string> texts;
  const Dict* map = meta_map(project, spec.meta, key, spec.place);
  if (map == nullptr) return texts;
  for (const auto& [value, text] : map->entries()) {
    if (!known.empty()) expect_one_of(project, what, text.str(), known, spec.place);
    texts[value.str()] = text.str();
  }
  return texts;
}

}  // namespace

const std::vector<std::string>& number_formats() {
  static const std::vector<std::string> formats = {"integer", "share",       "points", "ms",
                                                   "money",   "money_small", "ratio",  "minutes"};
  return formats;
}

const std::vector<std::string>& colors() {
  static const std::vector<std::string> colors = {
      "series", "orange",  "blue",    "green",   "grey",    "amber",  "violet",
      "red",    "scale-1", "scale-2", "scale-3", "scale-4", "scale-5"};
  return colors;
}

const std::vector<std::string>& shapes() {
  static const std::vector<std::string> shapes = {"circle", "triangle", "square", "diamond",
                                                  "cross",  "ring",     "plus"};
  return shapes;
}

void read_style(const dbt::Project& project, const dbt::DimensionSpec& spec, Dimension& into) {
  into.words = texts_by_value(project, spec, "words", "the word", {});
  const Value* given = spec.meta.find("colors");
  if (given != nullptr && given->is_sequence()) {
    for (const Value& color : given->as_list()) {
      expect_one_of(project, "the color", color.str(), colors(), spec.place);
      into.palette.push_back(color.str());
    }
  } else {
    into.colors = texts_by_value(project, spec, "colors", "the color", colors());
  }
  into.shapes = texts_by_value(project, spec, "shapes", "the shape", shapes());
  const Dict* signal = meta_map(project, spec.meta, "signal", spec.place);
  if (signal == nullptr) return;
  into.signal.emplace();
  into.signal->name = meta_text(project, *signal, "name", spec.place);
  const Value* place = signal->find("place");
  if (place != nullptr && place->is_integer()) {
    into.signal->place = static_cast<int>(place->as_integer());
  }
}

void read_style(const dbt::Project& project, const dbt::DimensionSpec& spec, const Dict& bins,
                Range& into) {
  const Value* end = bins.find("end");
  if (end != nullptr && !end->is_none()) {
    if (!end->is_number() || end->as_double() <= into.edges.back()) {
      throw project.files().error_at(spec.place, "meta.bins.end is a number above the last edge");
    }
    into.end = end->as_double();
  }
  const Value* fits = bins.find("fits");
  into.fits = fits != nullptr && fits->truth();
  into.has_scale = meta_flag(project, spec.meta, "scale", spec.place);
  if (into.has_scale && !into.end) {
    throw project.files().error_at(spec.place, "meta.scale needs meta.bins.end",
                                   "colors go from the first edge to the end");
  }
}

}  // namespace gsa::semantic
