#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {
namespace {

// A copy of what duckdb_functions() lists, because asking it takes 50 ms. A test compares the two.
constexpr std::string_view kAggregates =
    " "
    "any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max "
    "arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin "
    "array_agg avg bit_and bit_or bit_xor bitstring_agg bool_and bool_or corr count count_if "
    "count_star countif covar_pop covar_samp entropy favg first fsum group_concat histogram "
    "histogram_exact kahan_sum kurtosis kurtosis_pop last list listagg mad max max_by mean "
    "median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy "
    "regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy "
    "reservoir_quantile sem skewness stddev stddev_pop stddev_samp string_agg sum "
    "sum_no_overflow sumkahan var_pop var_samp variance ";

// Whether `is_it` holds for the expression or one inside it, except in subqueries.
template <typename IsIt>
bool any_within(const json::value& value, const IsIt& is_it) {
  if (const json::array* array = value.if_array()) {
    return std::any_of(array->begin(), array->end(),
                       [&is_it](const json::value& each) { return any_within(each, is_it); });
  }
  const json::object* node = value.if_object();
  if (node == nullptr || text(*node, "class") == "SUBQUERY") return false;
  const std::optional<bool> answer = is_it(*node);
  if (answer) return *answer;
  return std::any_of(node->begin(), node->end(), [&is_it](const json::key_value_pair& each) {
    return any_within(each.value(), is_it);
  });
}

bool is_unnest(const json::object& node) {
  const std::string_view name = text(node, "function_name");
  return text(node, "class") == "FUNCTION" && (name == "unnest" || name == "unlist");
}

// unnest(x) makes one column from a list, but one per field from a struct. An unnest of a struct
// has no alias.
bool may_unnest_struct(const json::object& item) {
  return is_unnest(item) && (text(item, "alias").empty() || list(item, "children").size() > 1);
}

std::string name_in(const json::value& entry, std::string_view key) {
  if (entry.is_string()) return to_lower(std::string_view(entry.get_string()));
  return entry.is_object() ? to_lower(text(entry.get_object(), key)) : "";
}

// Renames or replaces a column of a `*`. If the `*` does not list it, it is one of the unlisted
// columns.
NamedOrigin& column_of_star(Table& table, const std::string& name) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [&name](const NamedOrigin& each) { return to_lower(each.name) == name; });
  if (found != table.columns.end()) return *found;
  Origin origin = all_columns(table);
  if (table.unlisted.size() == 1 && !table.unlisted[0].relation.empty()) {
    Scope scope(nullptr, false);
    scope.add_source({"", {}, {{}, table.unlisted, {}}, false});
    origin = scope.column_among(name, 0, 1).value_or(origin);
  }
  table.columns.push_back({name, origin});
  return table.columns.back();
}

}  // namespace

bool is_aggregate_function(std::string_view name) {
  return kAggregates.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

bool has_aggregate(const json::object& expression) {
  return any_within(expression, [](const json::object& node) -> std::optional<bool> {
    // sum(x) over (…) is not an aggregate, but may contain one.
    if (text(node, "class") != "FUNCTION") return std::nullopt;
    return is_aggregate_function(text(node, "function_name")) ? std::optional(true) : std::nullopt;
  });
}

bool has_unnest(const json::object& expression) {
  return any_within(expression, [](const json::object& node) -> std::optional<bool> {
    return is_unnest(node) ? std::optional(true) : std::nullopt;
  });
}

bool has_columns(const json::object& expression) {
  return any_within(expression, [](const json::object& node) -> std::optional<bool> {
    if (text(node, "type") == "OPERATOR_UNPACK")
      return false;  // f(*columns(*)) expands into arguments
    return text(node, "class") == "STAR" ? std::optional(true) : std::nullopt;
  });
}

Walker::SelectList Walker::select_list(const json::object& node, const Context& context,
                                       Scope& scope, Shape& shape) {
  SelectList result;
  for (const json::value& each : list(node, "select_list")) {
    if (each.is_object()) select_item(each.get_object(), context, scope, result, shape);
  }
  return result;
}

void Walker::select_item(const json::object& item, const Context& context, Scope& scope,
                         SelectList& result, Shape& shape) {
  Table& table = result.table;
  const bool aggregate = has_aggregate(item);
  result.has_aggregates = result.has_aggregates || aggregate;
  const bool is_star = text(item, "class") == "STAR";
  const bool has_pattern = is_star && !object(item, "expr").empty();
  if (is_star && !has_pattern) {
    Table star = expand_star(item, context);
    std::move(star.columns.begin(), star.columns.end(), std::back_inserter(table.columns));
    std::move(star.unlisted.begin(), star.unlisted.end(), std::back_inserter(table.unlisted));
    result.aggregates.resize(table.columns.size(), false);
    return;
  }
  Origin origin;
  origin.fingerprint = expression(item, context, origin.from);
  if (has_unnest(item)) shape.add(origin);
  const bool is_several = has_pattern || has_columns(item);
  if (is_several || may_unnest_struct(item)) table.unlisted.push_back({"", origin, 0});
  if (is_several) return;
  const std::string alias(text(item, "alias"));
  const std::vector<std::string> names = texts(item, "column_names");
  const std::string name = !alias.empty() ? alias : !names.empty() ? names.back() : name_of_(item);
  if (!alias.empty()) scope.add_alias({alias, origin});
  table.columns.push_back({name, std::move(origin)});
  result.aggregates.push_back(aggregate);
}

// Applies EXCLUDE, REPLACE and RENAME. If no table is called s, `s.*` means the fields of a struct.
Table Walker::expand_star(const json::object& star, const Context& context) {
  const std::string qualifier = to_lower(text(star, "relation_name"));
  Table table;
  if (!qualifier.empty() && !context.scope->has_source(qualifier)) {
    Origin origin;
    origin.fingerprint = context.scope->resolve({&qualifier, 1}, false, origin.from);
    table.unlisted.push_back({"", origin, 0});
    return table;
  }
  table = context.scope->star(qualifier);
  std::vector<std::string> excluded;
  for (const json::value& each : list(star, "exclude_list")) {
    excluded.push_back(name_in(each, "column"));
  }
  for (const json::value& each : list(star, "qualified_exclude_list")) {
    excluded.push_back(name_in(each, "column"));
  }
  std::erase_if(table.columns, [&excluded](const NamedOrigin& column) {
    return std::find(excluded.begin(), excluded.end(), to_lower(column.name)) != excluded.end();
  });
  for (const json::value& each : list(star, "replace_list")) {
    if (!each.is_object()) continue;
    const json::value* by = each.get_object().if_contains("value");
    NamedOrigin& column = column_of_star(table, name_in(each, "key"));
    column.origin = {};
    if (by != nullptr && by->is_object()) {
      column.origin.fingerprint = expression(by->get_object(), context, column.origin.from);
    }
  }
  for (const json::value& each : list(star, "rename_list")) {
    if (!each.is_object()) continue;
    const json::object& rename = each.get_object();
    column_of_star(table, to_lower(text(object(rename, "key"), "column"))).name =
        text(rename, "value");
  }
  return table;
}

}  // namespace gsa::lineage
