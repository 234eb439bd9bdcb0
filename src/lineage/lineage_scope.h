#pragma once

// The meaning of names within a query: the tables that a SELECT reads, and the table that a column
// belongs to. Names are in lower case unless stated otherwise.

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lineage/lineage.h"

namespace gsa::lineage {

// A hash of parts that keeps the parts apart.
class Digest {
 public:
  explicit Digest(std::string_view what) { add(what); }
  Digest& add(std::string_view text);
  Digest& add(std::uint64_t number);
  std::uint64_t value() const;

 private:
  std::string bytes_;
};

struct Origin {
  ColumnRefs from;
  std::uint64_t fingerprint = 0;
};

struct NamedOrigin {
  std::string name;  // as written
  Origin origin;
};

// Columns that exist, but whose names are unknown.
struct Unlisted {
  std::string relation;  // all of them belong to it; empty: each may come from all of `origin`
  Origin origin;
  std::uint64_t salt = 0;  // differs each time the same relation is read
};

// The columns and rows of a relation, a CTE or a subquery.
struct Table {
  std::vector<NamedOrigin> columns;
  std::vector<Unlisted> unlisted;  // empty: `columns` is complete and in order
  Origin shape;
};

Table table_of_relation(const std::string& relation,
                        const std::optional<std::vector<std::string>>& columns);
// The common origin of all columns.
Origin all_columns(const Table& table);
// Adds `more.from`.
void add(ColumnRefs& refs, const Origin& more);
// Renames the first columns, as `t(a, b)` does.
void rename_columns(Table& table, std::span<const std::string> names);

// A table in FROM.
struct Source {
  std::string alias;              // the qualifier of its columns
  std::vector<std::string> path;  // for a relation: [catalog,] [schema,] name; otherwise empty
  Table table;
  bool hidden = false;  // the right side of a semi join, after its condition
};

// A column that USING merges from several.
struct Merged {
  std::string name;
  Origin origin;
  std::set<std::size_t> sources;
};

// The names that an expression can use. `outer`, the scope of the enclosing query, must outlive it.
class Scope {
 public:
  // In a subquery of an expression, a name may belong to the enclosing query, even if a table of
  // the subquery might have it. In a subquery of FROM it cannot.
  Scope(const Scope* outer, bool in_expression) : outer_(outer), in_expression_(in_expression) {}

  const Scope* outer() const { return outer_; }

  // A second read of the same table gives its columns other fingerprints, because `a.x` and `b.x`
  // differ in `t as a join t as b`.
  void add_source(Source source);
  const std::vector<Source>& sources() const { return sources_; }
  void hide(std::size_t first);  // the sources from this index on
  // For the condition of a join: look into the sources from this index on before the others.
  // Returns the previous setting.
  std::size_t look_first_from(std::size_t first);
  void merge(Merged merged);
  // The column `name` of the sources in [begin, end). Prefers merged columns.
  std::optional<Origin> column_among(const std::string& name, std::size_t begin,
                                     std::size_t end) const;

  void add_alias(NamedOrigin alias);  // an alias of the SELECT list

  // The columns of `*`, or of `t.*` if `qualifier` is set. Merged columns appear once.
  Table star(const std::string& qualifier) const;
  bool has_source(const std::string& qualifier) const;

  // Resolves the column `names`, as in `t.s.field`, qualified or not. Adds its origin to `from` and
  // returns its fingerprint. `alias_first`: an alias wins over a column, as in ORDER BY.
  std::uint64_t resolve(std::span<const std::string> names, bool alias_first,
                        ColumnRefs& from) const;
  // The same, for names that need not be a column.
  std::optional<std::uint64_t> resolve_if_column(std::span<const std::string> names,
                                                 ColumnRefs& from) const;

 private:
  using Names = std::span<const std::string>;
  struct Found;
  void find(Names names, bool alias_first, Found& found) const;
  void find_qualified(Names names, Found& found) const;
  void find_unqualified(Names names, std::size_t begin, std::size_t end, Found& found) const;
  Found find_anywhere(Names names, bool alias_first) const;
  std::uint64_t unclaimed(Names names, ColumnRefs& from) const;

  const Scope* outer_;
  bool in_expression_;
  std::size_t first_ = 0;
  std::vector<Source> sources_;
  std::vector<Merged> merged_;
  std::vector<NamedOrigin> aliases_;
  std::unordered_map<std::uint64_t, std::uint64_t> seen_;  // fingerprint → its sources
  bool has_unlisted_ = false;
};

}  // namespace gsa::lineage
