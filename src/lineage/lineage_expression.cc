#include <algorithm>
#include <array>

#include "base/text.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {
namespace {

// Expressions that are determined by their members alone.
constexpr std::array<std::string_view, 11> kPlain = {
    "BETWEEN",  "CASE",    "CAST",     "COLLATE",   "COMPARISON", "CONJUNCTION",
    "CONSTANT", "DEFAULT", "OPERATOR", "PARAMETER", "WINDOW"};

// Functions whose argument x -> f(x) is a lambda; elsewhere, -> is JSON's operator.
constexpr std::array<std::string_view, 11> kTakesLambda = {
    "apply",      "array_apply", "array_filter", "array_reduce",   "array_transform", "filter",
    "list_apply", "list_filter", "list_reduce",  "list_transform", "reduce"};

template <std::size_t kSize>
bool is_among(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> lower_names(const json::object& column) {
  std::vector<std::string> names = texts(column, "column_names");
  for (std::string& name : names) name = to_lower(name);
  return names;
}

// The parameters of `x -> …` and `(x, i) -> …`.
std::vector<std::string> parameter_names(const json::object& lhs) {
  if (text(lhs, "class") == "COLUMN_REF") return lower_names(lhs);
  std::vector<std::string> names;
  for (const json::value& child : list(lhs, "children")) {
    if (child.is_object()) names.push_back(join(lower_names(child.get_object()), "."));
  }
  return names;
}

}  // namespace

Origin Walker::origin(const json::value& value, const Context& context) {
  Origin all;
  const json::object* node = value.if_object();
  if (node != nullptr && node->contains("class")) {
    all.fingerprint = expression(*node, context, all.from);
    return all;
  }
  Digest digest("parts");
  parts(value, context, all.from, digest);
  all.fingerprint = digest.value();
  return all;
}

void Walker::parts(const json::value& value, const Context& context, ColumnRefs& from,
                   Digest& digest) {
  if (const json::array* array = value.if_array()) {
    digest.add("[").add(array->size());
    for (const json::value& each : *array) parts(each, context, from, digest);
  } else if (const json::object* node = value.if_object()) {
    if (node->contains("class")) {
      // An alias within an expression names an argument or a field, so it counts.
      digest.add(to_lower(text(*node, "alias"))).add(expression(*node, context, from));
    } else {
      digest.add("{").add(node->size());
      members(*node, context, from, digest);
    }
  } else {
    digest.add(json::serialize(value));
  }
}

void Walker::members(const json::object& node, const Context& context, ColumnRefs& from,
                     Digest& digest) {
  for (const auto& [key, value] : node) {
    if (key == "query_location" || (key == "alias" && node.contains("class"))) continue;
    digest.add(key);
    parts(value, context, from, digest);
  }
}

std::uint64_t Walker::expression(const json::object& node, const Context& context,
                                 ColumnRefs& from) {
  const std::string_view kind = text(node, "class");
  if (kind == "COLUMN_REF") return column(node, context, from);
  if (kind == "FUNCTION") return function(node, context, from);
  if (kind == "SUBQUERY") return subquery(node, context, from);
  if (kind == "STAR") return star(node, context, from);
  if (kind == "POSITIONAL_REFERENCE") return position(node, context, from);
  Digest digest("expression");
  if (is_among(kPlain, kind) || kind == "LAMBDA") {
    members(node, context, from, digest);
    return digest.value();
  }
  anything(node, context, from, digest);
  for (const Scope* scope = context.scope; scope != nullptr; scope = scope->outer()) {
    const Origin all = all_columns(scope->star(""));
    add(from, all);
    digest.add(all.fingerprint);
  }
  return digest.value();
}

std::uint64_t Walker::column(const json::object& node, const Context& context, ColumnRefs& from) {
  const std::vector<std::string> names = lower_names(node);
  if (names.empty()) return Digest("no column").value();
  std::uint64_t depth = 0;
  for (const Parameters* each = context.parameters; each != nullptr; each = each->outer, ++depth) {
    const auto found = std::find(each->names.begin(), each->names.end(), names[0]);
    if (found == each->names.end()) continue;
    Digest digest("parameter");
    digest.add(depth).add(static_cast<std::uint64_t>(found - each->names.begin()));
    for (std::size_t i = 1; i < names.size(); ++i) digest.add(names[i]);
    return digest.value();
  }
  return context.scope->resolve(names, context.alias_first, from);
}

std::uint64_t Walker::star(const json::object& node, const Context& context, ColumnRefs& from) {
  Digest digest("star");
  members(node, context, from, digest);
  const Origin all = all_columns(expand_star(node, context));
  add(from, all);
  return digest.add(all.fingerprint).value();
}

// #1: the first column of FROM.
std::uint64_t Walker::position(const json::object& node, const Context& context, ColumnRefs& from) {
  const Table table = context.scope->star("");
  const json::value* index = node.if_contains("index");
  const std::size_t at =
      index != nullptr && index->is_number() ? index->to_number<std::size_t>() : 0;
  if (table.unlisted.empty() && at >= 1 && at <= table.columns.size()) {
    const Origin& found = table.columns[at - 1].origin;
    add(from, found);
    return found.fingerprint;
  }
  const Origin all = all_columns(table);
  add(from, all);
  return Digest("at").add(at).add(all.fingerprint).value();
}

std::uint64_t Walker::function(const json::object& node, const Context& context, ColumnRefs& from) {
  const std::string_view name = text(node, "function_name");
  Digest digest("function");
  digest.add(name);
  for (const json::value& child : list(node, "children")) {
    const json::object* argument = child.if_object();
    if (argument != nullptr && text(*argument, "class") == "LAMBDA" &&
        is_among(kTakesLambda, name)) {
      digest.add(lambda(*argument, context, from));
      continue;
    }
    if (argument != nullptr && name == "struct_pack" && text(*argument, "alias").empty()) {
      // struct_pack(a) names the field after the column.
      const std::vector<std::string> names = lower_names(*argument);
      digest.add(names.empty() ? "" : names.back());
    }
    parts(child, context, from, digest);
  }
  for (const auto& [key, value] : node) {
    if (key == "children" || key == "alias" || key == "query_location") continue;
    digest.add(key);
    parts(value, context, from, digest);
  }
  // In t.column.list_sum(), "column" looks like the schema of list_sum.
  const std::string schema = to_lower(text(node, "schema"));
  if (schema.empty() || schema == "main" || schema == "pg_catalog") return digest.value();
  std::vector<std::string> names;
  if (!text(node, "catalog").empty()) names.push_back(to_lower(text(node, "catalog")));
  names.push_back(schema);
  if (const auto found = context.scope->resolve_if_column(names, from)) digest.add(*found);
  return digest.value();
}

std::uint64_t Walker::lambda(const json::object& node, const Context& context, ColumnRefs& from) {
  const Parameters parameters = {context.parameters, parameter_names(object(node, "lhs"))};
  Context inner = context;
  inner.parameters = &parameters;
  Digest digest("lambda");
  digest.add(parameters.names.size());
  return digest.add(expression(object(node, "expr"), inner, from)).value();
}

std::uint64_t Walker::subquery(const json::object& node, const Context& context, ColumnRefs& from) {
  const std::string_view kind = text(node, "subquery_type");
  const Table table = query(object(object(node, "subquery"), "node"), context, Role::in_expression);
  Digest digest("subquery");
  digest.add(kind).add(text(node, "comparison_type")).add(table.shape.fingerprint);
  add(from, table.shape);
  if (kind != "EXISTS" && kind != "NOT_EXISTS") {
    const Origin all = all_columns(table);
    add(from, all);
    digest.add(all.fingerprint);
  }
  if (const json::value* child = node.if_contains("child")) parts(*child, context, from, digest);
  return digest.value();
}

void Walker::anything(const json::value& value, const Context& context, ColumnRefs& from,
                      Digest& digest) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& each : *array) anything(each, context, from, digest);
    return;
  }
  const json::object* node = value.if_object();
  if (node == nullptr) {
    digest.add(json::serialize(value));
    return;
  }
  if (text(*node, "type") == "BASE_TABLE") {
    Scope scope(nullptr, false);
    Shape shape;
    from_relation(*node, context, scope, shape);
    const Origin all = all_columns(scope.star(""));
    add(from, all);
    from.merge(shape.from);
    digest.add(all.fingerprint).add(shape.digest.value());
    return;
  }
  if (text(*node, "class") == "COLUMN_REF") {
    const std::vector<std::string> names = lower_names(*node);
    if (!names.empty() && context.scope != nullptr) {
      context.scope->resolve_if_column(names, from);
    }
  }
  for (const auto& [key, each] : *node) {
    if (key == "query_location") continue;
    digest.add(key);
    anything(each, context, from, digest);
  }
}

}  // namespace gsa::lineage
