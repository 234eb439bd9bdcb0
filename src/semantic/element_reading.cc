#include "semantic/element_reading.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/node.h"
#include "semantic/bin_edges.h"
#include "semantic/meta_values.h"
#include "semantic/style_reading.h"

namespace gsa::semantic {
namespace {

using dbt::Dict;
using dbt::Place;
using dbt::Value;

std::string expr_of(const std::string& expr, const std::string& name) {
  return expr.empty() ? name : expr;
}

const dbt::DimensionSpec* find_dimension(const dbt::SemanticModelSpec& spec,
                                         const std::string& name) {
  for (const dbt::DimensionSpec& dimension : spec.dimensions) {
    if (dimension.name == name) return &dimension;
  }
  return nullptr;
}

const dbt::EntitySpec* primary_entity(const dbt::SemanticModelSpec& spec) {
  for (const dbt::EntitySpec& entity : spec.entities) {
    if (entity.type == "primary") return &entity;
  }
  return nullptr;
}

std::optional<DimensionKind> grain_kind(const std::string& grain) {
  if (grain == "hour") return DimensionKind::hour;
  if (grain == "day") return DimensionKind::day;
  if (grain == "week") return DimensionKind::week;
  if (grain == "month") return DimensionKind::month;
  return std::nullopt;
}

}  // namespace

void ElementReader::take_name(std::map<std::string, Place>& taken, const std::string& name,
                              std::string_view what, const Place& place) const {
  const auto [at, is_new] = taken.emplace(name, place);
  if (is_new) return;
  throw project_.files().error_at(place, fmt::format("the {} '{}' is there twice", what, name),
                                  "the other place is " + dbt::format_place(at->second));
}

bool ElementReader::read() {
  const std::vector<dbt::SemanticModelSpec>& specs = project_.semantic().models;
  std::array<const dbt::SemanticModelSpec*, kLevels> found{};
  for (const dbt::SemanticModelSpec& spec : specs) {
    take_name(semantic_models_, spec.name, "semantic model", spec.place);
    for (const dbt::MeasureSpec& measure : spec.measures) {
      take_name(measure_places_, measure.name, "measure", measure.place);
    }
    const dbt::EntitySpec* primary = primary_entity(spec);
    const auto level = std::find_if(kAllLevels.begin(), kAllLevels.end(), [&](Level one) {
      return primary != nullptr && primary->name == entity_of(one);
    });
    if (level == kAllLevels.end()) {
      for (const dbt::MeasureSpec& measure : spec.measures) {
        elsewhere_.emplace(measure.name, measure.place);
      }
      continue;
    }
    const dbt::SemanticModelSpec*& of_level = found[static_cast<std::size_t>(*level)];
    if (of_level != nullptr) {
      throw project_.files().error_at(spec.place,
                                      fmt::format("'{}' and '{}' both have the primary entity '{}'",
                                                  of_level->name, spec.name, primary->name),
                                      "one semantic model says what there is of it");
    }
    of_level = &spec;
  }
  if (found[static_cast<std::size_t>(Level::session)] == nullptr) return false;
  for (const Level level : kAllLevels) {
    const dbt::SemanticModelSpec* spec = found[static_cast<std::size_t>(level)];
    if (spec == nullptr) {
      throw project_.files().error_at(
          found[static_cast<std::size_t>(Level::session)]->place,
          fmt::format("there are sessions, but no semantic model has the primary entity '{}'",
                      entity_of(level)),
          "sessions are of users, and have generations: describe all three");
    }
    read_model(*spec, level);
  }
  return true;
}

void ElementReader::read_model(const dbt::SemanticModelSpec& spec, Level level) {
  read_table(spec, level);
  for (const dbt::DimensionSpec& dimension : spec.dimensions) read_dimension(dimension, level);
  if (level == Level::user) {
    const dbt::EntitySpec* entity = primary_entity(spec);
    Dimension dimension;
    dimension.name = entity->name;
    dimension.label = entity->label.empty() ? entity->name : entity->label;
    dimension.description = entity->description;
    dimension.level = level;
    dimension.kind = DimensionKind::user;
    dimension.type = DimensionType::number;
    dimension.expr = layer_.table(level).key;
    add(std::move(dimension), entity->place);
  }
  for (const dbt::MeasureSpec& measure : spec.measures) measures_[measure.name] = {&measure, level};
}

std::string ElementReader::entity_expr(const dbt::SemanticModelSpec& spec,
                                       std::string_view name) const {
  for (const dbt::EntitySpec& entity : spec.entities) {
    if (entity.name == name) return expr_of(entity.expr, entity.name);
  }
  throw project_.files().error_at(
      spec.place, fmt::format("the semantic model '{}' has no entity '{}'", spec.name, name),
      fmt::format("add - {{name: {}, type: foreign, expr: COLUMN}} to its entities", name));
}

void ElementReader::read_table(const dbt::SemanticModelSpec& spec, Level level) {
  Table& table = layer_.tables[static_cast<std::size_t>(level)];
  const dbt::Node& node = project_.nodes()[spec.node];
  table.schema = node.relation.schema;
  table.name = node.relation.name;
  table.place = dbt::format_place(spec.model_place);
  table.key = entity_expr(spec, entity_of(level));
  if (level != Level::user) table.user = entity_expr(spec, "user");
  if (level == Level::session) table.parent = table.user;
  if (level == Level::generation) table.parent = entity_expr(spec, "session");
  const dbt::DimensionSpec* time = find_dimension(spec, spec.time);
  if (time == nullptr) {
    throw project_.files().error_at(
        spec.place,
        fmt::format("the semantic model '{}' has no time dimension '{}'", spec.name, spec.time),
        "name one as defaults: {agg_time_dimension: …}");
  }
  table.day = table.time = expr_of(time->expr, time->name);
  for (const dbt::DimensionSpec& dimension : spec.dimensions) {
    const Dict* grains = meta_map(project_, dimension.meta, "grains", dimension.place);
    if (grains != nullptr && grains->find("hour") != nullptr) {
      table.time = expr_of(dimension.expr, dimension.name);
    }
  }
  if (!node.model.has_contract) return;
  for (const dbt::ColumnSpec& column : node.columns) {
    table.contract.push_back({column.name, column.data_type, dbt::format_place(column.place)});
  }
}

void ElementReader::add(Dimension dimension, const Place& place) {
  take_name(names_, dimension.name, "dimension", place);
  dimension.index = layer_.dimensions.size();
  dimension.place = dbt::format_place(place);
  layer_.dimensions.push_back(std::move(dimension));
}

void ElementReader::read_dimension(const dbt::DimensionSpec& spec, Level level) {
  expect_one_of(project_, "the type", spec.type, {"categorical", "time"}, spec.place);
  const std::string expr = expr_of(spec.expr, spec.name);
  exprs_[{level, spec.name}] = expr;
  if (const Dict* grains = meta_map(project_, spec.meta, "grains", spec.place)) {
    return read_grains(spec, level, *grains);
  }
  if (spec.type == "time") return;  // orders the rows; pages do not offer it
  if (const Dict* bins = meta_map(project_, spec.meta, "bins", spec.place)) {
    return read_range(spec, level, *bins);
  }
  Dimension dimension;
  dimension.name = spec.name;
  dimension.label = spec.label.empty() ? spec.name : spec.label;
  dimension.description = spec.description;
  dimension.level = level;
  dimension.expr = expr;
  read_values(spec, dimension);
  add(std::move(dimension), spec.expr_place);
}

void ElementReader::read_values(const dbt::DimensionSpec& spec, Dimension& into) const {
  try {
    if (const Value* values = spec.meta.find("values"))
      into.values = semantic::read_values(*values);
  } catch (const Error& error) {
    throw project_.files().error_at(spec.place, "meta.values: " + error.message(), error.hint());
  }
  read_style(project_, spec, into);
}

void ElementReader::read_range(const dbt::DimensionSpec& spec, Level level, const Dict& bins) {
  if (level == Level::user) {
    throw project_.files().error_at(spec.place, "bins are for sessions and generations",
                                    "leave out meta.bins, or describe it in another model");
  }
  Range range;
  range.index = layer_.ranges.size();
  range.name = spec.name;
  range.label = spec.label.empty() ? spec.name : spec.label;
  range.description = spec.description;
  range.unit = meta_text(project_, spec.meta, "unit", spec.place);
  range.format = meta_text(project_, spec.meta, "format", spec.place, "integer");
  expect_one_of(project_, "the format", range.format, number_formats(), spec.place);
  range.level = level;
  range.expr = expr_of(spec.expr, spec.name);
  range.place = dbt::format_place(spec.expr_place);
  for (const auto& [key, edges] :
       {std::pair("edges", &range.edges), {"fine_edges", &range.fine_edges}}) {
    const Value* list = bins.find(key);
    try {
      if (list != nullptr) *edges = read_numbers(*list);
    } catch (const Error& error) {
      throw project_.files().error_at(
          spec.place, fmt::format("meta.bins.{}: {}", key, error.message()), error.hint());
    }
  }
  if (range.fine_edges.empty()) range.fine_edges = range.edges;
  const auto ascends = [](const std::vector<double>& edges) {
    return !edges.empty() &&
           std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
  };
  if (!ascends(range.edges) || !ascends(range.fine_edges)) {
    throw project_.files().error_at(spec.place,
                                    "the edges of bins go up, and there is at least one");
  }
  read_style(project_, spec, bins, range);
  take_name(names_, range.name, "dimension", spec.place);
  layer_.ranges.push_back(std::move(range));
}

void ElementReader::read_grains(const dbt::DimensionSpec& spec, Level level, const Dict& grains) {
  if (level != Level::session || spec.type != "time") {
    throw project_.files().error_at(spec.place, "grains are of the time of sessions alone",
                                    "leave out meta.grains");
  }
  for (const auto& [key, words] : grains.entries()) {
    const std::string grain = key.str();
    const auto kind = grain_kind(grain);
    if (!kind || !words.is_dict()) {
      throw project_.files().error_at(spec.place,
                                      fmt::format("'{}' is no grain with a label", grain),
                                      "grains are hour, day, week and month: {label: …}");
    }
    Dimension dimension;
    dimension.name = grain;
    dimension.label = meta_text(project_, words.as_dict(), "label", spec.place, grain);
    dimension.description = meta_text(project_, words.as_dict(), "description", spec.place);
    dimension.level = level;
    dimension.kind = *kind;
    dimension.type = DimensionType::time;
    dimension.expr = expr_of(spec.expr, spec.name);
    add(std::move(dimension), spec.expr_place);
  }
}

std::string ElementReader::filter_sql(const std::string& filter, Level level,
                                      const Place& place) const {
  std::string sql;
  std::string_view rest = filter;
  for (;;) {
    const std::size_t open = rest.find("{{");
    sql += rest.substr(0, open);
    if (open == std::string_view::npos) return sql;
    const std::size_t close = rest.find("}}", open);
    const std::string_view inner = rest.substr(
        open + 2, close == std::string_view::npos ? std::string_view::npos : close - open - 2);
    const std::size_t first = inner.find_first_of("'\"");
    const std::size_t last =
        first == std::string_view::npos ? first : inner.find(inner[first], first + 1);
    if (close == std::string_view::npos || last == std::string_view::npos ||
        !trim(inner).starts_with("Dimension(")) {
      throw project_.files().error_at(
          place, fmt::format("'{}' is no filter", filter),
          "write {{ Dimension('session__friction_category') }} = 'low'");
    }
    const auto [entity, name] = split_reference(inner.substr(first + 1, last - first - 1));
    const auto found = exprs_.find({level, name});
    if (entity != entity_of(level) || found == exprs_.end()) {
      std::vector<std::string> known;
      for (const auto& [of, expr] : exprs_) {
        if (of.first == level) known.push_back(fmt::format("{}__{}", entity_of(level), of.second));
      }
      const std::string wanted = entity.empty() ? name : entity + "__" + name;
      std::string hint = did_you_mean(wanted, known);
      if (hint.empty()) {
        hint = fmt::format("a measure of {} can be filtered by its own dimensions: {}",
                           to_string(level), join(known, ", "));
      }
      throw project_.files().error_at(
          place,
          fmt::format("the filter reads '{}', which is no dimension of {}", wanted,
                      to_string(level)),
          hint);
    }
    sql += "(" + found->second + ")";
    rest.remove_prefix(close + 2);
  }
}

}  // namespace gsa::semantic
