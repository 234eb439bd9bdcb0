#include "pipeline/semantic_record.h"

#include <algorithm>
#include <source_location>

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/sql_error.h"
#include "pipeline/open_project.h"
#include "pipeline/word_types.h"
#include "semantic/attribute_dimensions.h"
#include "semantic/currency.h"
#include "semantic/fitted_bins.h"
#include "semantic/layer_binding.h"
#include "semantic/layer_json.h"
#include "semantic/layer_reading.h"
#include "semantic/published_layer.h"

namespace gsa::pipeline {
namespace {

bool stands(duck::Connection& connection, const std::string& relation) {
  try {
    connection.inspect("select * from " + relation);
    return true;
  } catch (const duck::SqlError&) {
    return false;
  }
}

// Checks nothing if a selection leaves out some of the tables.
void check_layer(semantic::Layer layer, duck::Connection& connection,
                 const semantic::RelationOf& relation_of) {
  if (!std::all_of(layer.tables.begin(), layer.tables.end(),
                   [&](const auto& table) { return stands(connection, relation_of(table)); })) {
    return;
  }
  semantic::bind(layer, connection, relation_of);
  semantic::check_values(layer, connection, relation_of);
}

}  // namespace

std::string semantic_record_sql(duck::Connection& connection, const dbt::Project& project,
                                const CurrentName& current_name) {
  const std::optional<semantic::Layer> layer = semantic::read_layer(project);
  if (layer) {
    check_layer(*layer, connection, [&](const semantic::Table& table) {
      return fmt::format("{}.{}", sql_name(table.schema),
                         sql_name(current_name(table.schema, table.name)));
    });
  }
  return semantic::publish_sql(layer);
}

void restate_semantic_record(duck::Connection& connection, const dbt::Project& project) {
  const std::optional<semantic::Layer> layer = semantic::read_layer(project);
  const std::string text = layer ? semantic::to_json(*layer) : "";
  restore_word_types(connection);
  if (!assets::has_records(connection) || semantic::published_text(connection) == text) return;
  if (layer) check_layer(*layer, connection, semantic::relation_sql);
  connection.execute(semantic::publish_sql(layer));
}

semantic::Layer built_in_layer() {
  std::optional<semantic::Layer> layer = semantic::read_layer(load_project({}, Invocation()));
  if (!layer)
    throw Bug("the built-in project says what is measured", std::source_location::current());
  return *std::move(layer);
}

semantic::Layer published_layer(duck::Connection& connection) {
  const std::string text = semantic::published_text(connection);
  semantic::Layer layer = text.empty() ? built_in_layer() : semantic::from_json(text);
  semantic::add_attributes(layer, connection);
  semantic::bind(layer, connection);
  semantic::name_currencies(layer, semantic::read_currencies(layer, connection));
  semantic::fit_bins(layer, connection);
  return layer;
}

}  // namespace gsa::pipeline
