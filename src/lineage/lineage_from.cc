#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "lineage/lineage_walker.h"

namespace gsa::lineage {
namespace {

// Table functions with one column, which has the function's name.
constexpr std::array<std::string_view, 4> kOneColumn = {"generate_series", "range", "unlist",
                                                        "unnest"};

// Adds a table to FROM under its alias, or else under `name`.
void add_to(Scope& scope, const json::object& ref, const std::string& name,
            std::vector<std::string> path, Table table) {
  rename_columns(table, texts(ref, "column_name_alias"));
  const std::string alias = to_lower(text(ref, "alias"));
  scope.add_source({alias.empty() ? name : alias, std::move(path), std::move(table), false});
}

Origin both(const Origin& left, const Origin& right) {
  Origin all = left;
  add(all.from, right);
  all.fingerprint = Digest("coalesce").add(left.fingerprint).add(right.fingerprint).value();
  return all;
}

bool takes_left(std::string_view join_type) {
  return join_type == "INNER" || join_type == "LEFT" || join_type == "SEMI" || join_type == "ANTI";
}

// The origin of the column that USING merges from two.
Origin merged_origin(std::string_view join_type, const Origin& left, const Origin& right) {
  if (join_type == "RIGHT") return right;
  return takes_left(join_type) ? left : both(left, right);
}

bool has_column(const Scope& scope, std::size_t begin, std::size_t end, const std::string& name) {
  return std::any_of(
      scope.sources().begin() + static_cast<std::ptrdiff_t>(begin),
      scope.sources().begin() + static_cast<std::ptrdiff_t>(end), [&name](const Source& source) {
        const auto& columns = source.table.columns;
        return std::any_of(columns.begin(), columns.end(),
                           [&name](const auto& each) { return to_lower(each.name) == name; });
      });
}

bool has_unlisted(const Scope& scope, std::size_t begin, std::size_t end) {
  return std::any_of(scope.sources().begin() + static_cast<std::ptrdiff_t>(begin),
                     scope.sources().begin() + static_cast<std::ptrdiff_t>(end),
                     [](const Source& source) { return !source.table.unlisted.empty(); });
}

// The columns that both sides of a NATURAL join have, or may have.
std::vector<std::string> shared_columns(const Scope& scope, std::size_t begin, std::size_t middle,
                                        std::size_t end) {
  const bool left_may = has_unlisted(scope, begin, middle);
  const bool right_may = has_unlisted(scope, middle, end);
  std::vector<std::string> shared;
  for (std::size_t i = begin; i < end; ++i) {
    for (const NamedOrigin& column : scope.sources()[i].table.columns) {
      const std::string name = to_lower(column.name);
      const bool left = left_may || has_column(scope, begin, middle, name);
      const bool right = right_may || has_column(scope, middle, end, name);
      if (left && right && std::find(shared.begin(), shared.end(), name) == shared.end()) {
        shared.push_back(name);
      }
    }
  }
  return shared;
}

}  // namespace

void Walker::from_table(const json::object& ref, const Context& context, Scope& scope,
                        Shape& shape) {
  const std::string_view kind = text(ref, "type");
  if (kind == "BASE_TABLE") {
    from_relation(ref, context, scope, shape);
  } else if (kind == "SUBQUERY") {
    from_query(ref, context, scope, shape);
  } else if (kind == "JOIN") {
    from_join(ref, context, scope, shape);
  } else if (kind == "TABLE_FUNCTION") {
    from_function(ref, context, scope, shape);
  } else if (kind == "EXPRESSION_LIST") {
    from_values(ref, context, scope, shape);
  } else if (kind != "EMPTY") {
    from_unknown(ref, context, scope, shape);
  }
  for (const std::string_view key : {"sample", "at_clause"}) {
    const json::value* value = ref.if_contains(key);
    if (value != nullptr && !value->is_null()) shape.add(origin(*value, context));
  }
}

void Walker::from_relation(const json::object& ref, const Context& context, Scope& scope,
                           Shape& shape) {
  std::vector<std::string> path;
  for (const std::string_view key : {"catalog_name", "schema_name", "table_name"}) {
    if (const std::string_view part = text(ref, key); !part.empty()) {
      path.push_back(to_lower(part));
    }
  }
  if (path.empty()) return;
  const std::string name = path.back();
  // recurring.x means all rows of the recursive CTE x so far.
  const bool may_be_cte = path.size() == 1 || (path.size() == 2 && path[0] == "recurring");
  const Table* cte = may_be_cte && context.ctes != nullptr ? context.ctes->find(name) : nullptr;
  if (cte != nullptr) {
    shape.add(cte->shape);
    add_to(scope, ref, name, {}, *cte);
    return;
  }
  const std::string relation = join(path, ".");
  Table table = table_of_relation(relation, columns_of_(relation));
  shape.add(table.shape);
  add_to(scope, ref, name, std::move(path), std::move(table));
}

void Walker::from_query(const json::object& ref, const Context& context, Scope& scope,
                        Shape& shape) {
  Table table = query(object(object(ref, "subquery"), "node"), context, Role::in_from);
  shape.add(table.shape);
  add_to(scope, ref, "", {}, std::move(table));
}

void Walker::from_join(const json::object& ref, const Context& context, Scope& scope,
                       Shape& shape) {
  const std::string_view kind = text(ref, "join_type");
  shape.digest.add("join").add(text(ref, "ref_type")).add(kind);
  const std::size_t begin = scope.sources().size();
  from_table(object(ref, "left"), context, scope, shape);
  const std::size_t middle = scope.sources().size();
  from_table(object(ref, "right"), context, scope, shape);
  const std::size_t end = scope.sources().size();

  std::vector<std::string> names = texts(ref, "using_columns");
  bool may_be_others = false;  // the merged columns are unknown
  if (text(ref, "ref_type") == "NATURAL") {
    names = shared_columns(scope, begin, middle, end);
    may_be_others = has_unlisted(scope, begin, end);
    for (std::size_t i = begin; i < end && may_be_others; ++i) {
      shape.add(all_columns(scope.sources()[i].table));
    }
  }
  for (std::string& name : names) {
    name = to_lower(name);
    const Origin left = scope.column_among(name, begin, middle).value_or(Origin{});
    const Origin right = scope.column_among(name, middle, end).value_or(Origin{});
    shape.add(left);
    shape.add(right);
    const bool is_either = may_be_others && !takes_left(kind);
    Merged merged{name, merged_origin(is_either ? "" : kind, left, right), {}};
    for (std::size_t i = begin; i < end; ++i) merged.sources.insert(i);
    scope.merge(std::move(merged));
  }
  const std::size_t before = scope.look_first_from(begin);
  const json::value* condition = ref.if_contains("condition");
  if (condition != nullptr && !condition->is_null()) shape.add(origin(*condition, context));
  scope.look_first_from(before);
  if (kind == "SEMI" || kind == "ANTI") scope.hide(middle);
}

void Walker::from_function(const json::object& ref, const Context& context, Scope& scope,
                           Shape& shape) {
  const json::object& call = object(ref, "function");
  Origin origin;
  origin.fingerprint = expression(call, context, origin.from);
  shape.add(origin);
  const std::string name = to_lower(text(call, "function_name"));
  Table table;
  const bool one_column =
      std::find(kOneColumn.begin(), kOneColumn.end(), name) != kOneColumn.end() &&
      text(ref, "with_ordinality") == "WITHOUT_ORDINALITY";
  if (one_column) {
    table.columns.push_back({name, std::move(origin)});
  } else {
    table.unlisted.push_back({"", std::move(origin), 0});
  }
  add_to(scope, ref, name, {}, std::move(table));
}

void Walker::from_values(const json::object& ref, const Context& context, Scope& scope,
                         Shape& shape) {
  Table table;
  const json::array& rows = list(ref, "values");
  std::vector<Digest> digests;
  for (const json::value& row : rows) {
    if (!row.is_array()) continue;
    for (std::size_t i = 0; i < row.get_array().size(); ++i) {
      if (i == table.columns.size()) {
        table.columns.push_back({"col" + std::to_string(i), {}});
        digests.emplace_back("values");
      }
      const Origin value = origin(row.get_array()[i], context);
      add(table.columns[i].origin.from, value);
      digests[i].add(value.fingerprint);
    }
  }
  for (std::size_t i = 0; i < digests.size(); ++i) {
    table.columns[i].origin.fingerprint = digests[i].value();
  }
  shape.digest.add("values").add(rows.size());
  add_to(scope, ref, to_lower(text(ref, "alias")), {}, std::move(table));
}

// For PIVOT, DESCRIBE and similar: each of its columns may come from everything that it reads.
void Walker::from_unknown(const json::object& ref, const Context& context, Scope& scope,
                          Shape& shape) {
  Shape below;
  anything(ref, context, below.from, below.digest);
  const Origin all = {below.from, below.digest.value()};
  shape.add(all);
  Table table;
  table.unlisted.push_back({"", all, 0});
  add_to(scope, ref, "", {}, std::move(table));
}

}  // namespace gsa::lineage
