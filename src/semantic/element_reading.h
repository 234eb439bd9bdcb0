#pragma once

// Reads the semantic models: tables, dimensions, ranges, and the measures that metrics are built
// from.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// A measure as written, with the level of its rows.
struct ReadMeasure {
  const dbt::MeasureSpec* spec = nullptr;
  Level level = Level::session;
};

class ElementReader {
 public:
  ElementReader(const dbt::Project& project, Layer& layer) : project_(project), layer_(layer) {}

  // Returns whether the project describes sessions.
  bool read();

  // By name: measures() has those of the three levels. is_elsewhere() tells whether a semantic
  // model of another level has the measure; nothing else is kept of those.
  const std::map<std::string, ReadMeasure>& measures() const { return measures_; }
  bool is_elsewhere(const std::string& measure) const { return elsewhere_.contains(measure); }

  // Replaces `{{ Dimension('session__x') }}` in an expression on rows of this level by the
  // expression of x.
  std::string filter_sql(const std::string& filter, Level level, const dbt::Place& place) const;

 private:
  void read_model(const dbt::SemanticModelSpec& spec, Level level);
  void read_table(const dbt::SemanticModelSpec& spec, Level level);
  std::string entity_expr(const dbt::SemanticModelSpec& spec, std::string_view name) const;
  void read_dimension(const dbt::DimensionSpec& spec, Level level);
  void read_range(const dbt::DimensionSpec& spec, Level level, const dbt::Dict& bins);
  void read_grains(const dbt::DimensionSpec& spec, Level level, const dbt::Dict& grains);
  void read_values(const dbt::DimensionSpec& spec, Dimension& into) const;
  void add(Dimension dimension, const dbt::Place& place);
  void take_name(std::map<std::string, dbt::Place>& taken, const std::string& name,
                 std::string_view what, const dbt::Place& place) const;

  const dbt::Project& project_;
  Layer& layer_;
  std::map<std::string, dbt::Place> semantic_models_, names_, measure_places_;
  std::map<std::string, ReadMeasure> measures_;
  std::map<std::string, dbt::Place> elsewhere_;
  std::map<std::pair<Level, std::string>, std::string> exprs_;  // of dimensions and ranges
};

}  // namespace gsa::semantic
