#pragma once

// Walks the tree that json_serialize_sql() gives for a query. A query becomes a table
// (lineage_query.cc), FROM the sources of a scope (lineage_from.cc), and an expression its origins
// (lineage_expression.cc).
//
// Why fingerprints are reliable: a column's fingerprint hashes its expression, with the
// fingerprints of the columns in place of their names, down to the relations. Two different columns
// can have the same fingerprint only if they apply the same expression to different rows. Then
// either the lists of tables in FROM differ, and so do the shapes; or two tables of the same FROM
// provide the columns, and Scope gives these different fingerprints.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "lineage/lineage_scope.h"

namespace gsa::lineage {

namespace json = boost::json;

// Members of a node; empty if absent or of another type.
std::string_view text(const json::object& node, std::string_view key);
const json::array& list(const json::object& node, std::string_view key);
const json::object& object(const json::object& node, std::string_view key);
std::vector<std::string> texts(const json::object& node, std::string_view key);
bool is_true(const json::object& node, std::string_view key);

// The CTEs that a query can use, including those of enclosing queries.
struct Ctes {
  const Ctes* outer = nullptr;
  std::map<std::string, Table> tables;  // by lower-case name

  const Table* find(const std::string& name) const;
};

// The parameters of the lambdas that enclose an expression.
struct Parameters {
  const Parameters* outer = nullptr;
  std::vector<std::string> names;
};

// The surroundings of a part of a query.
struct Context {
  const Ctes* ctes = nullptr;
  const Scope* scope = nullptr;
  const Parameters* parameters = nullptr;
  bool alias_first = false;
};

// Collects what decides about the rows of a query.
struct Shape {
  ColumnRefs from;
  Digest digest{"rows"};

  void add(const Origin& origin);
};

// Where a query appears. Its ORDER BY matters unless it is the whole statement.
enum class Role { whole, in_from, in_expression };

class Walker {
 public:
  // Gives DuckDB's name for a column without an alias, from its expression.
  using NameOf = std::function<std::string(const json::object&)>;
  Walker(const ColumnsOf& columns_of, NameOf name_of)
      : columns_of_(columns_of), name_of_(std::move(name_of)) {}

  Table query(const json::object& node, const Context& context, Role role);

 private:
  struct SelectList {
    Table table;
    std::vector<bool> aggregates;  // for each column: whether it is an aggregate
    bool has_aggregates = false;
  };

  // lineage_query.cc
  void read_ctes(const json::object& node, const Context& context, Ctes& ctes);
  Table select(const json::object& node, const Context& context, Role role);
  void filter(const json::object& node, const SelectList& list, const Context& context,
              Shape& shape);
  void group(const json::object& node, const SelectList& list, const Context& context,
             Shape& shape);
  void modify(const json::object& node, const Table& table, const Context& context, Role role,
              Shape& shape);
  void sort(const json::object& modifier, const Table& table, const Context& context, Shape& shape);
  Origin column_or_expression(const json::value& value, const Table& table, const Context& context);
  Table set_operation(const json::object& node, const Context& context, Role role);
  Table recursive(const json::object& node, const Context& context, Role role);
  Table unknown_query(const json::object& node, const Context& context);

  // lineage_select_list.cc
  SelectList select_list(const json::object& node, const Context& context, Scope& scope,
                         Shape& shape);
  void select_item(const json::object& item, const Context& context, Scope& scope, SelectList& list,
                   Shape& shape);
  Table expand_star(const json::object& star, const Context& context);

  // lineage_from.cc
  void from_table(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_relation(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_query(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_join(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_function(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_values(const json::object& ref, const Context& context, Scope& scope, Shape& shape);
  void from_unknown(const json::object& ref, const Context& context, Scope& scope, Shape& shape);

  // lineage_expression.cc: these add to `from` and return the fingerprint.
  std::uint64_t expression(const json::object& node, const Context& context, ColumnRefs& from);
  Origin origin(const json::value& value, const Context& context);
  // The same for any value that contains expressions.
  void parts(const json::value& value, const Context& context, ColumnRefs& from, Digest& digest);
  void members(const json::object& node, const Context& context, ColumnRefs& from, Digest& digest);
  std::uint64_t column(const json::object& node, const Context& context, ColumnRefs& from);
  std::uint64_t star(const json::object& node, const Context& context, ColumnRefs& from);
  std::uint64_t position(const json::object& node, const Context& context, ColumnRefs& from);
  std::uint64_t function(const json::object& node, const Context& context, ColumnRefs& from);
  std::uint64_t lambda(const json::object& node, const Context& context, ColumnRefs& from);
  std::uint64_t subquery(const json::object& node, const Context& context, ColumnRefs& from);
  // For nodes that the walker does not know: takes every name anywhere below.
  void anything(const json::value& value, const Context& context, ColumnRefs& from, Digest& digest);

  const ColumnsOf& columns_of_;
  NameOf name_of_;
  std::uint64_t recursion_ = 0;  // number of enclosing recursive CTEs
};

// Whether an expression calls such a function, subqueries excluded.
bool has_aggregate(const json::object& expression);
bool has_unnest(const json::object& expression);
// Whether one expression makes several columns, as min(columns(*)) does.
bool has_columns(const json::object& expression);

// Aggregate functions of DuckDB, by name.
bool is_aggregate_function(std::string_view name);

}  // namespace gsa::lineage
