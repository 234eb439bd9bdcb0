#include "api/sql_extent.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {
namespace {

namespace json = boost::json;

// Of a table of the warehouse, whichever.
constexpr double kTableColumns = 40;

struct Extent {
  double columns = 1;
  double leaves = 1;  // of the widest column
  double nodes = 1;   // of the largest expression that a column stands for
  double tables = 0;

  double width() const { return columns * leaves; }
};

// What names stand for, from the inside to the outside.
struct Scope {
  const Scope* outer = nullptr;
  std::map<std::string, Extent> ctes;    // by name in lower case
  std::map<std::string, Extent> tables;  // of FROM
  double leaves = 1;                     // of the widest column that can be named
  double nodes = 1;                      // of the largest

  const Extent* find_cte(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      if (const auto found = scope->ctes.find(name); found != scope->ctes.end()) {
        return &found->second;
      }
    }
    return nullptr;
  }
  const Extent* find_table(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      if (const auto found = scope->tables.find(name); found != scope->tables.end()) {
        return &found->second;
      }
    }
    return nullptr;
  }
  template <typename Member>
  double most(Member member) const {
    double most = 1;
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      most = std::max(most, scope->*member);
    }
    return most;
  }
};

// Of an expression: the leaves of its type, and its nodes.
struct Size {
  double leaves = 1, nodes = 1;
};

// What filters are not pushed through, so that their columns stand for themselves.
constexpr std::array<std::string_view, 24> kAggregates = {
    "any_value", "arg_max", "arg_min",    "array_agg",     "avg",           "bool_and",
    "bool_or",   "count",   "count_star", "first",         "last",          "list",
    "max",       "max_by",  "median",     "min",           "min_by",        "mode",
    "product",   "sum",     "string_agg", "quantile_cont", "quantile_disc", "stddev"};

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? to_lower(std::string(value->get_string())) : "";
}

const json::object* member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

const json::array* list(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_array() : nullptr;
}

Extent checked(const Extent& extent) {
  const auto refuse = [](std::string_view what, double limit) {
    throw ApiError("sql_refused", 403,
                   fmt::format("the query grows beyond {:.0f} {} before it runs", limit, what),
                   "select columns by name, and nest structs and CTEs less");
  };
  if (!(extent.columns <= kMaxColumns)) refuse("columns", kMaxColumns);
  if (!(extent.leaves <= kMaxLeaves)) refuse("members of a struct", kMaxLeaves);
  if (!(extent.nodes <= kMaxNodes)) refuse("parts of an expression", kMaxNodes);
  if (!(extent.tables <= kMaxTables)) refuse("tables and queries", kMaxTables);
  return extent;
}

class Walk {
 public:
  Extent query(const json::object& node, const Scope* outer) {
    Scope scope;
    scope.outer = outer;
    add_ctes(node, scope);
    const std::string type = text(node, "type");
    Extent extent;
    if (type == "select_node") {
      extent = select(node, scope);
    } else if (type == "set_operation_node" || type == "recursive_cte_node") {
      extent = set_operation(node, scope);
    } else if (type == "cte_node") {
      extent = cte_node(node, scope);
    } else {
      add_condition(node, scope, extent);
    }
    modifiers(node, scope, extent);
    ++extent.tables;  // itself, so that what has no table doubles as well
    return checked(extent);
  }

 private:
  void add_ctes(const json::object& node, Scope& scope) {
    const json::object* map = member(node, "cte_map");
    const json::array* entries = map != nullptr ? list(*map, "map") : nullptr;
    if (entries == nullptr) return;
    for (const json::value& entry : *entries) {
      const json::object* pair = entry.if_object();
      if (pair == nullptr) continue;
      const json::object* info = member(*pair, "value");
      const json::object* statement = info != nullptr ? member(*info, "query") : nullptr;
      const json::object* inner = statement != nullptr ? member(*statement, "node") : nullptr;
      if (inner != nullptr) scope.ctes[text(*pair, "key")] = query(*inner, &scope);
    }
  }

  Extent cte_node(const json::object& node, Scope& scope) {
    if (const json::object* inner = member(node, "query")) {
      scope.ctes[text(node, "cte_name")] = query(*inner, &scope);
    }
    const json::object* child = member(node, "child");
    return child != nullptr ? query(*child, &scope) : Extent{};
  }

  Extent set_operation(const json::object& node, Scope& scope) {
    Extent extent;
    const auto add = [&](const json::object& part) {
      const Extent side = query(part, &scope);
      extent.columns = std::max(extent.columns, side.columns);
      extent.leaves = std::max(extent.leaves, side.leaves);
      extent.nodes = std::max(extent.nodes, side.nodes);
      extent.tables += side.tables;
      // A recursive CTE reads itself, of which the first side is the shape.
      if (text(node, "type") == "recursive_cte_node") scope.ctes[text(node, "cte_name")] = side;
    };
    if (const json::object* left = member(node, "left")) add(*left);
    if (const json::object* right = member(node, "right")) add(*right);
    if (const json::array* children = list(node, "children")) {
      for (const json::value& child : *children) {
        if (child.is_object()) add(child.get_object());
      }
    }
    return extent;
  }

  Extent select(const json::object& node, Scope& scope) {
    Extent from;
    from.columns = 0;
    if (const json::object* table = member(node, "from_table")) from = this->table(*table, scope);
    scope.leaves = std::max(scope.leaves, from.leaves);
    scope.nodes = std::max(scope.nodes, from.nodes);
    Extent extent;
    extent.columns = 0;
    extent.tables = from.tables;
    if (const json::array* items = list(node, "select_list")) {
      for (const json::value& item : *items) add_item(item, scope, from, extent);
    }
    for (const auto& part : node) {
      if (part.key() == "select_list" || part.key() == "from_table" || part.key() == "cte_map" ||
          part.key() == "modifiers") {
        continue;
      }
      add_condition(part.value(), scope, extent);
    }
    return extent;
  }

  // What a query has beside its columns: WHERE, GROUP BY, ORDER BY …
  void add_condition(const json::value& condition, const Scope& scope, Extent& extent) {
    Size size;
    value(condition, scope, extent, size);
    Extent own;
    own.nodes = size.nodes;
    checked(own);
  }

  void add_item(const json::value& item, const Scope& scope, const Extent& from, Extent& extent) {
    const json::object* object = item.if_object();
    if (object == nullptr) return;
    const Size size = expression(*object, scope, extent);
    // A star, also within COLUMNS(), stands for every column of FROM or of a struct.
    extent.columns += has_star_            ? std::max(from.width(), size.leaves)
                      : is_unnest(*object) ? size.leaves
                                           : 1;
    extent.leaves = std::max(extent.leaves, size.leaves);
    extent.nodes = std::max(extent.nodes, size.nodes);
    has_star_ = false;
  }

  static bool is_unnest(const json::object& object) {
    return text(object, "function_name") == "unnest";
  }

  static bool is_aggregate(const std::string& kind, const std::string& function) {
    return kind == "window" ||
           std::find(kAggregates.begin(), kAggregates.end(), function) != kAggregates.end();
  }

  Size expression(const json::object& object, const Scope& scope, Extent& extent) {
    const std::string kind = text(object, "class");
    const std::string function = text(object, "function_name");
    Size size;
    if (kind == "star") {
      has_star_ = true;
      parts(object, scope, extent, size);
      size.leaves = std::max(size.leaves, scope.most(&Scope::leaves));
      size.nodes += scope.most(&Scope::nodes);
    } else if (kind == "column_ref") {
      size = column(object, scope);
    } else if (kind == "subquery") {
      size = subquery(object, scope, extent);
    } else if (function == "struct_pack" || function == "row" || function == "map") {
      size = structure(object, scope, extent);
    } else {
      parts(object, scope, extent, size);
    }
    Extent own;
    own.leaves = size.leaves;
    own.nodes = size.nodes;
    checked(own);
    if (is_aggregate(kind, function)) size.nodes = 1;
    return size;
  }

  Size subquery(const json::object& object, const Scope& scope, Extent& extent) {
    Size size;
    const json::object* statement = member(object, "subquery");
    const json::object* node = statement != nullptr ? member(*statement, "node") : nullptr;
    if (node != nullptr) {
      const bool star = has_star_;
      const Extent inner = query(*node, &scope);
      has_star_ = star;
      extent.tables += inner.tables;
      size = {inner.leaves, inner.nodes + 1};
    }
    // What is on the left of IN or ANY.
    if (const json::value* child = object.if_contains("child")) value(*child, scope, extent, size);
    return size;
  }

  Size structure(const json::object& object, const Scope& scope, Extent& extent) {
    Size size{0, 1};
    const json::array* children = list(object, "children");
    if (children == nullptr) return {};
    for (const json::value& child : *children) {
      if (!child.is_object()) continue;
      const bool star = has_star_;
      has_star_ = false;
      const Size own = expression(child.get_object(), scope, extent);
      // *COLUMNS(…) may be any number of them.
      size.leaves += has_star_ ? own.leaves * kMaxLeaves / 2 : own.leaves;
      size.nodes += own.nodes;
      has_star_ = star;
    }
    return {std::max(size.leaves, 1.0), size.nodes};
  }

  static Size column(const json::object& object, const Scope& scope) {
    const json::array* names = list(object, "column_names");
    Size size{scope.most(&Scope::leaves), scope.most(&Scope::nodes)};
    if (names == nullptr || names->empty() || !names->back().is_string()) return size;
    const std::string last = to_lower(std::string(names->back().get_string()));
    if (const Extent* row = scope.find_table(last)) {
      size.leaves = std::max(size.leaves, row->width());
      size.nodes = std::max(size.nodes, row->columns * row->nodes);
    }
    return size;
  }

  // Adds all expressions below: the widest of their leaves, the sum of their nodes.
  void parts(const json::object& object, const Scope& scope, Extent& extent, Size& size) {
    for (const auto& part : object) value(part.value(), scope, extent, size);
  }

  void value(const json::value& any, const Scope& scope, Extent& extent, Size& size) {
    if (const json::array* array = any.if_array()) {
      for (const json::value& element : *array) value(element, scope, extent, size);
    } else if (const json::object* object = any.if_object()) {
      if (!object->contains("class")) return parts(*object, scope, extent, size);
      const Size own = expression(*object, scope, extent);
      size.leaves = std::max(size.leaves, own.leaves);
      size.nodes += own.nodes;
    }
  }

  void modifiers(const json::object& node, const Scope& scope, Extent& extent) {
    if (const json::value* list = node.if_contains("modifiers")) {
      add_condition(*list, scope, extent);
    }
    has_star_ = false;
  }

  Extent table(const json::object& node, Scope& scope) {
    const std::string type = text(node, "type");
    Extent extent;
    extent.columns = kTableColumns;
    extent.tables = 1;
    std::string name = text(node, "alias");
    if (type == "base_table") {
      const std::string own = text(node, "table_name");
      if (name.empty()) name = own;
      if (const Extent* cte = scope.find_cte(own)) extent = *cte;
    } else if (type == "subquery") {
      const json::object* statement = member(node, "subquery");
      const json::object* inner = statement != nullptr ? member(*statement, "node") : nullptr;
      if (inner != nullptr) extent = query(*inner, &scope);
    } else if (type == "join") {
      extent = join_of(node, scope);
    } else if (type == "empty") {
      extent.columns = extent.tables = 0;
    } else {
      extent = other_table(node, scope);
    }
    if (!name.empty()) scope.tables[name] = extent;
    scope.leaves = std::max(scope.leaves, extent.leaves);
    scope.nodes = std::max(scope.nodes, extent.nodes);
    return checked(extent);
  }

  Extent join_of(const json::object& node, Scope& scope) {
    Extent extent;
    extent.columns = 0;
    for (const char* side : {"left", "right"}) {
      const json::object* inner = member(node, side);
      if (inner == nullptr) continue;
      const Extent own = table(*inner, scope);
      extent.columns += own.columns;
      extent.leaves = std::max(extent.leaves, own.leaves);
      extent.nodes = std::max(extent.nodes, own.nodes);
      extent.tables += own.tables;
    }
    if (const json::value* condition = node.if_contains("condition")) {
      add_condition(*condition, scope, extent);
    }
    return extent;
  }

  // VALUES, table functions, PIVOT: a column for each expression, and those of what is pivoted.
  Extent other_table(const json::object& node, Scope& scope) {
    Extent extent;
    extent.tables = 1;
    if (const json::object* source = member(node, "source")) {
      extent = table(*source, scope);
      extent.columns += kTableColumns;  // the values that become columns
    }
    Size size{extent.leaves, extent.nodes};
    for (const auto& part : node) {
      if (part.key() != "source") value(part.value(), scope, extent, size);
    }
    const json::array* rows = list(node, "values");
    if (rows != nullptr && !rows->empty() && rows->front().is_array()) {
      extent.columns += static_cast<double>(rows->front().get_array().size());
      size.nodes = 1;  // rows of a list
    }
    extent.leaves = size.leaves;
    extent.nodes = size.nodes;
    extent.columns = std::max(extent.columns, size.leaves);  // unnest() of a struct
    return extent;
  }

  bool has_star_ = false;  // in the expression that was walked last
};

}  // namespace

void check_extent(const boost::json::value& query) {
  if (query.is_object()) Walk().query(query.get_object(), nullptr);
}

}  // namespace gsa::api
