#pragma once

// Semantic models one by one: tables, dimensions, ranges, and the measures that metrics are made
// of.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// A measure as written, and whose rows it is of.
struct ReadMeasure {
  const dbt::MeasureSpec* spec = nullptr;
  Level level = Level::session;
};

class ElementReader {
 public:
  ElementReader(const dbt::Project& project, Layer& layer) : project_(project), layer_(layer) {}

  // Whether the project describes sessions.
  bool read();

  // By name, also those of semantic models of other levels, of which nothing is held.
  const std::map<std::string, ReadMeasure>& measures() const { return measures_; }
  bool is_elsewhere(const std::string& measure) const { return elsewhere_.contains(measure); }

  // An expression of rows of that level with `{{ Dimension('session__x') }}` replaced by what x is.
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

// Text and truth in meta; throw Error at `place` for something else.
std::string meta_text(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                      const dbt::Place& place, std::string fallback = "");
bool meta_flag(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
               const dbt::Place& place);
// The map at a key; empty where there is none.
const dbt::Dict* meta_map(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                          const dbt::Place& place);
// Throws Error, with the nearest as the hint, unless `text` is one of them.
void expect_one_of(const dbt::Project& project, std::string_view what, const std::string& text,
                   const std::vector<std::string>& known, const dbt::Place& place);
// What pages can show numbers as.
const std::vector<std::string>& number_formats();
// "{{ Dimension('session__x') }}" and the like: entity and name.
std::pair<std::string, std::string> split_reference(std::string_view quoted);
std::string_view entity_of(Level level);  // "user", "session", "generation"

}  // namespace gsa::semantic
