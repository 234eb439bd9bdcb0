#include "semantic/attribute_dimensions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "duck/sql_error.h"

namespace gsa::semantic {
namespace {

constexpr std::string_view kColumn = "attributes";

// Parameters of the pages' addresses, where filters stand by the names of dimensions.
constexpr std::array<std::string_view, 15> kReserved = {
    "from", "to",    "compare", "token", "moved", "split", "drivers",    "top",
    "sort", "asset", "run",     "q",     "view",  "find",  "metric_time"};

// A name as dbt accepts it: small letters, digits and single underscores, a letter first.
std::string legal_name(const std::string& field) {
  std::string name;
  for (const char c : to_lower(field)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with('_')) name.pop_back();
  if (name.size() < 2 || !std::islower(static_cast<unsigned char>(name.front()))) {
    name = name.empty() ? "column" : "column_" + name;
  }
  return name;
}

// "app_version" → "App version"
std::string readable(const std::string& field) {
  std::string label = replace_all(replace_all(field, "_", " "), ".", " ");
  label = std::string(trim(label));
  if (label.empty()) return "Column";
  label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
  return label;
}

// The text, or the first of "text 2", "text 3", … that is not taken, whatever the case of letters.
std::string free_of(const std::string& text, std::string_view separator,
                    std::set<std::string>& taken) {
  std::string free = text;
  for (int number = 2; !taken.insert(to_lower(free)).second; ++number) {
    free = fmt::format("{}{}{}", text, separator, number);
  }
  return free;
}

// The fields of the struct in the table; none if the project leaves the attributes out.
std::set<std::string> fields_of(const Table& table, duck::Connection& connection) {
  std::set<std::string> fields;
  try {
    const duck::Result rows = connection.query(
        fmt::format("describe select unnest({}) from {}", kColumn, relation_sql(table)));
    for (std::size_t r = 0; r < rows.rows(); ++r) fields.insert(rows.text(r, 0));
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
  }
  return fields;
}

// A signal's dimension has the signal's name.
void name_columns(Layer& layer, duck::Connection& connection) {
  for (const std::string& text : recorded_texts(connection, "raw_prompts", "signal ")) {
    const boost::json::value signal = boost::json::parse(text);
    for (Dimension& dimension : layer.dimensions) {
      if (signal.at("source").as_string() != "events") continue;
      if (dimension.name != std::string_view(signal.at("signal").as_string())) continue;
      dimension.column = std::string(signal.at("column").as_string());
    }
  }
}

void offer(const Dimension& dimension, Layer& layer) {
  for (Chart& chart : layer.charts) {
    if (chart.takes_attributes.value_or(false)) chart.dimensions.push_back(dimension.name);
  }
}

}  // namespace

std::vector<std::string> recorded_texts(duck::Connection& connection, const std::string& asset,
                                        const std::string& name) {
  std::vector<std::string> texts;
  if (!connection.has_table("ops", "materializations")) return texts;
  const duck::Result rows = connection.query(fmt::format(
      "select entry.value from (select unnest(map_entries(metadata)) as entry from (select "
      "metadata from ops.materializations where asset = {} and published order by run_id desc "
      "limit 1)) where starts_with(entry.key, {}) order by entry.key",
      sql_quote(asset), sql_quote(name)));
  for (std::size_t r = 0; r < rows.rows(); ++r) texts.push_back(rows.text(r, 0));
  return texts;
}

std::vector<Attribute> published_attributes(duck::Connection& connection) {
  std::vector<Attribute> attributes;
  for (const std::string& text : recorded_texts(connection, "raw_generations", "attribute ")) {
    const boost::json::value one = boost::json::parse(text);
    attributes.push_back({std::string(one.at("field").as_string()),
                          std::string(one.at("path").as_string()), one.at("values").as_int64(),
                          one.at("dimension").as_bool()});
  }
  return attributes;
}

void add_attributes(Layer& layer, duck::Connection& connection) {
  name_columns(layer, connection);
  const std::vector<Attribute> attributes = published_attributes(connection);
  if (attributes.empty()) return;
  const std::set<std::string> fields = fields_of(layer.table(Level::generation), connection);
  std::set<std::string> names(kReserved.begin(), kReserved.end()), labels;
  const auto take = [&](const auto& elements) {
    for (const auto& one : elements) {
      names.insert(one.name);
      labels.insert(to_lower(one.label));
    }
  };
  take(layer.dimensions);
  take(layer.ranges);
  take(layer.measures);
  for (const Attribute& attribute : attributes) {
    if (!attribute.is_dimension || !fields.contains(attribute.field)) continue;
    Dimension dimension;
    dimension.index = layer.dimensions.size();
    dimension.name = free_of(legal_name(attribute.field), "_", names);
    dimension.label = free_of(readable(attribute.field), " ", labels);
    dimension.description = fmt::format("The column {} of the source.", attribute.path);
    dimension.column = attribute.path;
    dimension.level = Level::generation;
    dimension.expr =
        fmt::format("{}.{}.{}", alias_of(Level::generation), kColumn, name_sql(attribute.field));
    dimension.place = fmt::format("the column {} of the source", attribute.path);
    offer(dimension, layer);
    layer.dimensions.push_back(std::move(dimension));
  }
}

}  // namespace gsa::semantic
