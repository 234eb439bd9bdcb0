#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {
namespace {

// The number n in `order by n`.
std::optional<std::size_t> column_number(const json::object& expression) {
  if (text(expression, "class") != "CONSTANT") return std::nullopt;
  const json::value* number = object(expression, "value").if_contains("value");
  if (number == nullptr || !number->is_int64() || number->get_int64() < 1) return std::nullopt;
  return static_cast<std::size_t>(number->get_int64());
}

bool sorts_by_all(const json::object& expression) { return text(expression, "class") == "STAR"; }

// The origin of columns at the same position of both sides, or at unknown positions.
Origin together(std::string_view how, const Origin& left, const Origin& right) {
  Origin both = left;
  add(both.from, right);
  both.fingerprint = Digest(how).add(left.fingerprint).add(right.fingerprint).value();
  return both;
}

const NamedOrigin* named(const Table& table, const std::string& name) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [&name](const NamedOrigin& each) { return to_lower(each.name) == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

Table by_name(std::string_view how, const Table& left, const Table& right) {
  Table both;
  for (const auto& [name, origin] : left.columns) {
    const NamedOrigin* other = named(right, to_lower(name));
    const Origin none = right.unlisted.empty() ? Origin{} : all_columns(right);
    both.columns.push_back({name, together(how, origin, other != nullptr ? other->origin : none)});
  }
  for (const auto& [name, origin] : right.columns) {
    if (named(left, to_lower(name)) != nullptr) continue;
    const Origin none = left.unlisted.empty() ? Origin{} : all_columns(left);
    both.columns.push_back({name, together(how, none, origin)});
  }
  both.unlisted = left.unlisted;
  both.unlisted.insert(both.unlisted.end(), right.unlisted.begin(), right.unlisted.end());
  return both;
}

// Pairs columns by position. The names are those of the left side.
Table by_position(std::string_view how, const Table& left, const Table& right) {
  Table both;
  const bool aligned = left.unlisted.empty() && right.unlisted.empty();
  const Origin all = all_columns(right);
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    const auto& [name, origin] = left.columns[i];
    const bool has_other = aligned && i < right.columns.size();
    both.columns.push_back(
        {name, together(how, origin, has_other ? right.columns[i].origin : all)});
  }
  both.unlisted = left.unlisted;
  if (!left.unlisted.empty()) both.unlisted.push_back({"", all, 0});
  return both;
}

// The columns of a recursive CTE as seen by itself: markers, which expand() replaces later.
Table markers_of(const Table& table, const std::string& marker) {
  Table markers;
  markers.shape.fingerprint = Digest("recursive rows").add(marker).value();
  const auto mark = [&marker](const std::string& column) {
    return Origin{{{marker, column}}, Digest("recursive").add(marker).add(column).value()};
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    markers.columns.push_back({table.columns[i].name, mark(std::to_string(i))});
  }
  if (!table.unlisted.empty()) markers.unlisted.push_back({"", mark("*"), 0});
  return markers;
}

// Replaces the markers in `from` by the origins of the columns of `table`, which may contain
// markers themselves.
void expand(ColumnRefs& from, const Table& table, const std::string& marker) {
  ColumnRefs done;
  const auto next = [&]() {
    return std::find_if(from.begin(), from.end(), [&](const ColumnRef& ref) {
      return ref.relation == marker && !done.contains(ref);
    });
  };
  for (auto ref = next(); ref != from.end(); ref = next()) {
    done.insert(*ref);
    const std::string column = ref->column;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (column == "*" || column == std::to_string(i)) add(from, table.columns[i].origin);
    }
    if (column != "*") continue;
    for (const Unlisted& unlisted : table.unlisted) add(from, unlisted.origin);
  }
  std::erase_if(from, [&marker](const ColumnRef& ref) { return ref.relation == marker; });
}

}  // namespace

const Table* Ctes::find(const std::string& name) const {
  for (const Ctes* ctes = this; ctes != nullptr; ctes = ctes->outer) {
    const auto found = ctes->tables.find(name);
    if (found != ctes->tables.end()) return &found->second;
  }
  return nullptr;
}

void Shape::add(const Origin& origin) {
  lineage::add(from, origin);
  digest.add(origin.fingerprint);
}

void Walker::read_ctes(const json::object& node, const Context& context, Ctes& ctes) {
  for (const json::value& entry : list(object(node, "cte_map"), "map")) {
    if (!entry.is_object()) continue;
    const json::object& cte = object(entry.get_object(), "value");
    Context inner = context;
    inner.ctes = &ctes;
    Table table = query(object(object(cte, "query"), "node"), inner, Role::in_from);
    rename_columns(table, texts(cte, "aliases"));
    ctes.tables.insert_or_assign(to_lower(text(entry.get_object(), "key")), std::move(table));
  }
}

Table Walker::query(const json::object& node, const Context& context, Role role) {
  Ctes ctes{context.ctes, {}};
  read_ctes(node, context, ctes);
  Context inner = context;
  inner.ctes = &ctes;
  inner.alias_first = false;
  const std::string_view kind = text(node, "type");
  if (kind == "SELECT_NODE") return select(node, inner, role);
  if (kind == "SET_OPERATION_NODE") return set_operation(node, inner, role);
  if (kind == "RECURSIVE_CTE_NODE") return recursive(node, inner, role);
  return unknown_query(node, inner);
}

Table Walker::unknown_query(const json::object& node, const Context& context) {
  Shape shape;
  anything(node, context, shape.from, shape.digest);
  Table table;
  table.shape = {shape.from, shape.digest.value()};
  table.unlisted.push_back({"", table.shape, 0});
  return table;
}

Table Walker::select(const json::object& node, const Context& context, Role role) {
  Scope scope(context.scope, role == Role::in_expression);
  Shape shape;
  Context inner = context;
  inner.scope = &scope;
  from_table(object(node, "from_table"), inner, scope, shape);
  SelectList list = select_list(node, inner, scope, shape);
  filter(node, list, inner, shape);
  modify(node, list.table, inner, role, shape);
  list.table.shape = {std::move(shape.from), shape.digest.value()};
  return std::move(list.table);
}

void Walker::filter(const json::object& node, const SelectList& list, const Context& context,
                    Shape& shape) {
  group(node, list, context, shape);
  constexpr std::string_view kElsewhere[] = {
      "type",       "modifiers",         "cte_map",    "select_list",
      "from_table", "group_expressions", "group_sets", "aggregate_handling"};
  // WHERE, HAVING, QUALIFY, SAMPLE, and everything else that decides about rows.
  for (const auto& [key, value] : node) {
    if (value.is_null() ||
        std::ranges::find(kElsewhere, std::string_view(key)) != std::end(kElsewhere))
      continue;
    shape.digest.add(key);
    shape.add(origin(value, context));
  }
}

void Walker::group(const json::object& node, const SelectList& select, const Context& context,
                   Shape& shape) {
  const bool by_all = text(node, "aggregate_handling") == "FORCE_AGGREGATES";
  const json::array& groups = list(node, "group_expressions");
  if (groups.empty() && !by_all) {
    if (select.has_aggregates) shape.digest.add("one row");
    return;
  }
  shape.digest.add("group by").add(groups.size());
  for (const json::value& each : groups) {
    shape.add(column_or_expression(each, select.table, context));
  }
  if (const json::value* sets = node.if_contains("group_sets")) {
    shape.digest.add(json::serialize(*sets));
  }
  if (!by_all) return;
  for (std::size_t i = 0; i < select.aggregates.size(); ++i) {
    if (!select.aggregates[i]) shape.add(select.table.columns[i].origin);
  }
  for (const Unlisted& unlisted : select.table.unlisted) shape.add(unlisted.origin);
}

// Resolves an item of GROUP BY, ORDER BY or DISTINCT ON: the number of a column, or an expression.
Origin Walker::column_or_expression(const json::value& value, const Table& table,
                                    const Context& context) {
  if (const json::object* expression = value.if_object()) {
    if (const std::optional<std::size_t> number = column_number(*expression)) {
      const bool known = table.unlisted.empty() && *number <= table.columns.size();
      return known ? table.columns[*number - 1].origin : all_columns(table);
    }
  }
  return origin(value, context);
}

void Walker::modify(const json::object& node, const Table& table, const Context& context, Role role,
                    Shape& shape) {
  Context inner = context;
  inner.alias_first = true;
  bool order_matters = role != Role::whole;
  const json::array& modifiers = list(node, "modifiers");
  for (const json::value& each : modifiers) {
    const json::object* modifier = each.if_object();
    if (modifier == nullptr) continue;
    const std::string_view kind = text(*modifier, "type");
    const bool distinct_on =
        kind == "DISTINCT_MODIFIER" && !list(*modifier, "distinct_on_targets").empty();
    order_matters = order_matters || distinct_on || kind.starts_with("LIMIT");
  }
  for (const json::value& each : modifiers) {
    const json::object* modifier = each.if_object();
    if (modifier == nullptr) continue;
    const std::string_view kind = text(*modifier, "type");
    if (kind == "ORDER_MODIFIER" && !order_matters) continue;
    shape.digest.add(kind);
    if (kind == "ORDER_MODIFIER") {
      sort(*modifier, table, inner, shape);
    } else if (kind == "DISTINCT_MODIFIER") {
      const json::array& targets = list(*modifier, "distinct_on_targets");
      if (targets.empty()) shape.add(all_columns(table));
      for (const json::value& on : targets) shape.add(column_or_expression(on, table, inner));
    } else {
      shape.add(origin(each, inner));
    }
  }
}

void Walker::sort(const json::object& modifier, const Table& table, const Context& context,
                  Shape& shape) {
  for (const json::value& each : list(modifier, "orders")) {
    if (!each.is_object()) continue;
    const json::object& order = each.get_object();
    shape.digest.add(text(order, "type")).add(text(order, "null_order"));
    const json::value* by = order.if_contains("expression");
    if (by == nullptr) continue;
    shape.add(by->is_object() && sorts_by_all(by->get_object())
                  ? all_columns(table)
                  : column_or_expression(*by, table, context));
  }
}

Table Walker::set_operation(const json::object& node, const Context& context, Role role) {
  const std::string_view kind = text(node, "setop_type");
  const bool keeps_all = is_true(node, "setop_all");
  const Table left = query(object(node, "left"), context, role);
  const Table right = query(object(node, "right"), context, role);
  Table both =
      kind == "UNION_BY_NAME" ? by_name(kind, left, right) : by_position(kind, left, right);
  if (kind == "EXCEPT") {  // the right side only decides which rows remain
    both.columns = left.columns;
    both.unlisted = left.unlisted;
  }
  Shape shape;
  shape.digest.add(kind).add(keeps_all ? "all" : "distinct");
  shape.add(left.shape);
  shape.add(right.shape);
  if (!keeps_all || !kind.starts_with("UNION")) {
    shape.add(all_columns(left));
    shape.add(all_columns(right));
  }
  Scope scope(context.scope, role == Role::in_expression);
  for (const NamedOrigin& column : both.columns) scope.add_alias(column);
  Context inner = context;
  inner.scope = &scope;
  modify(node, both, inner, role, shape);
  both.shape = {std::move(shape.from), shape.digest.value()};
  return both;
}

// The CTE is read only once, with markers for its own columns, so this terminates.
Table Walker::recursive(const json::object& node, const Context& context, Role role) {
  Table left = query(object(node, "left"), context, role);
  rename_columns(left, texts(node, "aliases"));
  const std::string marker = fmt::format("\x01{}", ++recursion_);
  Ctes ctes{context.ctes, {}};
  ctes.tables.emplace(to_lower(text(node, "cte_name")), markers_of(left, marker));
  Context inner = context;
  inner.ctes = &ctes;
  const Table right = query(object(node, "right"), inner, role);
  --recursion_;

  Table both = by_position("recursive", left, right);
  Shape shape;
  shape.digest.add(is_true(node, "union_all") ? "all" : "distinct");
  shape.add(left.shape);
  shape.add(right.shape);
  if (!is_true(node, "union_all")) shape.add(all_columns(both));
  if (const json::value* keys = node.if_contains("key_targets")) {
    Scope scope(context.scope, false);
    for (const NamedOrigin& column : both.columns) scope.add_alias(column);
    inner.scope = &scope;
    shape.add(origin(*keys, inner));
  }
  // In a step of the recursion, a column may be computed from any column of the step before.
  const std::uint64_t definition = all_columns(both).fingerprint;
  const Table unexpanded = both;
  for (NamedOrigin& column : both.columns) {
    expand(column.origin.from, unexpanded, marker);
    column.origin.fingerprint = Digest("of").add(column.origin.fingerprint).add(definition).value();
  }
  for (Unlisted& unlisted : both.unlisted) expand(unlisted.origin.from, unexpanded, marker);
  expand(shape.from, unexpanded, marker);
  both.shape = {std::move(shape.from), shape.digest.value()};
  return both;
}

}  // namespace gsa::lineage
