#include "api/sql_extent.h"

#include <algorithm>
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
  double tables = 0;

  double width() const { return columns * leaves; }
};

// What names stand for, from the inside to the outside.
struct Scope {
  const Scope* outer = nullptr;
  std::map<std::string, Extent> ctes;    // by name in lower case
  std::map<std::string, Extent> tables;  // of FROM
  double leaves = 1;                     // of the widest column that can be named

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
  double widest() const {
    double widest = 1;
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      widest = std::max(widest, scope->leaves);
    }
    return widest;
  }
};

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
  if (!(extent.tables <= kMaxTables)) refuse("tables", kMaxTables);
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
      expressions(node, scope, extent);
    }
    modifiers(node, scope, extent);
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
      extent.tables += side.tables + 1;
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
    Extent extent{0, 1, from.tables};
    if (const json::array* items = list(node, "select_list")) {
      for (const json::value& item : *items) add_item(item, scope, from, extent);
    }
    for (const auto& part : node) {
      if (part.key() == "select_list" || part.key() == "from_table" || part.key() == "cte_map" ||
          part.key() == "modifiers") {
        continue;
      }
      Extent unused;
      unused.tables = 0;
      value(part.value(), scope, unused);
      extent.tables += unused.tables;
    }
    return extent;
  }

  void add_item(const json::value& item, const Scope& scope, const Extent& from, Extent& extent) {
    const json::object* object = item.if_object();
    if (object == nullptr) return;
    Extent own;
    own.tables = 0;
    const double leaves = expression(*object, scope, own);
    extent.tables += own.tables;
    // A star, also within COLUMNS(), stands for every column of FROM or of a struct.
    extent.columns += has_star_ ? std::max(from.width(), leaves) : is_unnest(*object) ? leaves : 1;
    extent.leaves = std::max(extent.leaves, leaves);
    has_star_ = false;
  }

  static bool is_unnest(const json::object& object) {
    return text(object, "function_name") == "unnest";
  }

  // The leaves of an expression's type, at most.
  double expression(const json::object& object, const Scope& scope, Extent& extent) {
    const std::string kind = text(object, "class");
    if (kind == "star") {
      has_star_ = true;
      double leaves = scope.widest();
      value_of_children(object, scope, extent, leaves);
      return leaves;
    }
    if (kind == "column_ref") return column(object, scope);
    if (kind == "subquery") {
      const json::object* statement = member(object, "subquery");
      const json::object* node = statement != nullptr ? member(*statement, "node") : nullptr;
      double leaves = 1;
      if (node != nullptr) {
        const bool star = has_star_;
        const Extent inner = query(*node, &scope);
        has_star_ = star;
        extent.tables += inner.tables;
        leaves = inner.leaves;
      }
      return leaves;
    }
    double leaves = 1;
    const std::string function = text(object, "function_name");
    if (function == "struct_pack" || function == "row") {
      leaves = 0;
      const json::array* children = list(object, "children");
      if (children == nullptr) return 1;
      for (const json::value& child : *children) {
        const bool star = has_star_;
        has_star_ = false;
        const double own = child.is_object() ? expression(child.get_object(), scope, extent) : 1;
        leaves += has_star_ ? own * kMaxLeaves : own;  // *COLUMNS(…) may be any number of them
        has_star_ = star;
        if (leaves > kMaxLeaves) checked({1, leaves, 0});
      }
      return leaves;
    }
    value_of_children(object, scope, extent, leaves);
    return leaves;
  }

  double column(const json::object& object, const Scope& scope) {
    const json::array* names = list(object, "column_names");
    double leaves = scope.widest();
    if (names == nullptr || names->empty() || !names->back().is_string()) return leaves;
    const std::string last = to_lower(std::string(names->back().get_string()));
    if (const Extent* row = scope.find_table(last)) leaves = std::max(leaves, row->width());
    return leaves;
  }

  // The widest of all expressions below.
  void value_of_children(const json::object& object, const Scope& scope, Extent& extent,
                         double& leaves) {
    for (const auto& part : object) value(part.value(), scope, extent, &leaves);
  }

  void value(const json::value& any, const Scope& scope, Extent& extent, double* leaves = nullptr) {
    if (const json::array* array = any.if_array()) {
      for (const json::value& element : *array) value(element, scope, extent, leaves);
    } else if (const json::object* object = any.if_object()) {
      if (object->contains("class")) {
        const double own = expression(*object, scope, extent);
        if (leaves != nullptr) *leaves = std::max(*leaves, own);
      } else {
        for (const auto& part : *object) value(part.value(), scope, extent, leaves);
      }
    }
  }

  void expressions(const json::object& node, const Scope& scope, Extent& extent) {
    for (const auto& part : node) value(part.value(), scope, extent);
  }

  void modifiers(const json::object& node, const Scope& scope, Extent& extent) {
    if (const json::value* list = node.if_contains("modifiers")) value(*list, scope, extent);
    has_star_ = false;
  }

  Extent table(const json::object& node, Scope& scope) {
    const std::string type = text(node, "type");
    Extent extent{kTableColumns, 1, 1};
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
      extent = {0, 1, 0};
    } else {
      extent = other_table(node, scope);
    }
    if (!name.empty()) scope.tables[name] = extent;
    scope.leaves = std::max(scope.leaves, extent.leaves);
    return checked(extent);
  }

  Extent join_of(const json::object& node, Scope& scope) {
    Extent extent{0, 1, 0};
    for (const char* side : {"left", "right"}) {
      const json::object* inner = member(node, side);
      if (inner == nullptr) continue;
      const Extent own = table(*inner, scope);
      extent.columns += own.columns;
      extent.leaves = std::max(extent.leaves, own.leaves);
      extent.tables += own.tables;
    }
    if (const json::value* condition = node.if_contains("condition")) {
      value(*condition, scope, extent);
    }
    return extent;
  }

  // VALUES, table functions, PIVOT: a column for each expression, and those of what is pivoted.
  Extent other_table(const json::object& node, Scope& scope) {
    Extent extent{1, 1, 1};
    if (const json::object* source = member(node, "source")) {
      extent = table(*source, scope);
      extent.columns += kTableColumns;  // the values that become columns
    }
    double leaves = extent.leaves;
    for (const auto& part : node) {
      if (part.key() == "source") continue;
      value(part.value(), scope, extent, &leaves);
    }
    const json::array* rows = list(node, "values");
    if (rows != nullptr && !rows->empty() && rows->front().is_array()) {
      extent.columns += static_cast<double>(rows->front().get_array().size());
    }
    extent.leaves = leaves;
    extent.columns = std::max(extent.columns, leaves);  // unnest() of a struct
    return extent;
  }

  bool has_star_ = false;  // in the expression that was walked last
};

}  // namespace

void check_extent(const boost::json::value& query) {
  if (query.is_object()) Walk().query(query.get_object(), nullptr);
}

}  // namespace gsa::api
