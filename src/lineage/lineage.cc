#include "lineage/lineage.h"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {

std::string_view text(const json::object& node, std::string_view key) {
  const json::value* value = node.if_contains(key);
  const json::string* found = value != nullptr ? value->if_string() : nullptr;
  return found != nullptr ? std::string_view(*found) : std::string_view();
}

const json::array& list(const json::object& node, std::string_view key) {
  static const json::array kNone;
  const json::value* value = node.if_contains(key);
  const json::array* found = value != nullptr ? value->if_array() : nullptr;
  return found != nullptr ? *found : kNone;
}

const json::object& object(const json::object& node, std::string_view key) {
  static const json::object kNone;
  const json::value* value = node.if_contains(key);
  const json::object* found = value != nullptr ? value->if_object() : nullptr;
  return found != nullptr ? *found : kNone;
}

std::vector<std::string> texts(const json::object& node, std::string_view key) {
  std::vector<std::string> all;
  for (const json::value& each : list(node, key)) {
    if (each.is_string()) all.emplace_back(std::string_view(each.get_string()));
  }
  return all;
}

bool is_true(const json::object& node, std::string_view key) {
  const json::value* value = node.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

namespace {

namespace json = boost::json;

// DuckDB allows expressions 1,000 deep; a level takes up to 5 levels of JSON, as in CASE.
constexpr std::size_t kDeepest = 10'000;

json::value parse(const std::string& text, json::storage_ptr storage) {
  json::parse_options options;
  options.max_depth = kDeepest;
  return json::parse(text, std::move(storage), options);
}

// The parse tree of the only statement.
json::value serialized(duck::Connection& connection, const std::string& select,
                       const json::storage_ptr& storage) {
  const std::string text =
      connection.query(fmt::format("select json_serialize_sql({})", sql_quote(select))).text(0, 0);
  json::value tree = parse(text, storage);
  const json::object& root = tree.as_object();
  if (is_true(root, "error")) {
    throw Error(fmt::format("the query cannot be read: {}", lineage::text(root, "error_message")));
  }
  const std::size_t statements = list(root, "statements").size();
  if (statements != 1) throw Error(fmt::format("one SELECT is expected, not {}", statements));
  return tree;
}

// DuckDB gives a column without an alias the text of its expression as its name.
std::string expression_text(duck::Connection& connection, const json::object& expression) {
  const json::value select = {
      {"error", false},
      {"statements",
       {{{"node",
          {{"type", "SELECT_NODE"},
           {"modifiers", json::array()},
           {"cte_map", {{"map", json::array()}}},
           {"select_list", json::array({expression})},
           {"from_table", {{"type", "EMPTY"}, {"alias", ""}, {"sample", nullptr}}},
           {"aggregate_handling", "STANDARD_HANDLING"}}},
         {"named_param_map", json::array()}}}}};
  constexpr std::string_view kSelect = "SELECT ";
  try {
    std::string text = connection
                           .query(fmt::format("select json_deserialize_sql({})",
                                              sql_quote(json::serialize(select))))
                           .text(0, 0);
    return text.starts_with(kSelect) ? text.substr(kSelect.size()) : text;
  } catch (const Error&) {
    return "";  // harmless: no other column refers to such a name
  }
}

}  // namespace

QueryLineage lineage_of(duck::Connection& connection, const std::string& select,
                        const ColumnsOf& columns_of) {
  json::monotonic_resource memory;
  const json::value tree = serialized(connection, select, &memory);
  const json::object& statement = list(tree.get_object(), "statements")[0].as_object();
  Walker walker(columns_of, [&connection](const json::object& expression) {
    return expression_text(connection, expression);
  });
  const Table table = walker.query(object(statement, "node"), {}, Role::whole);
  QueryLineage result;
  for (const auto& [name, origin] : table.columns) {
    result.columns.push_back({name, origin.from, origin.fingerprint});
  }
  for (const Unlisted& unlisted : table.unlisted) {
    result.columns.push_back({"*", unlisted.origin.from, unlisted.origin.fingerprint});
  }
  result.shape_from = table.shape.from;
  result.shape = table.shape.fingerprint;
  return result;
}

}  // namespace gsa::lineage
