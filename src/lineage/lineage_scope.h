#pragma once

// What the names within a query stand for: the tables that a SELECT reads, and which of them a
// column belongs to. Names here are in lower case unless said otherwise.

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

// A hash of parts, each set off from the next.
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

// Columns that are there, but not known by name.
struct Unlisted {
  std::string relation;  // they are those of this one; empty: each may come from all of `origin`
  Origin origin;
  std::uint64_t salt = 0;  // tells them from those of the same relation where it is read again
};

// What a relation, a CTE or a subquery gives.
struct Table {
  std::vector<NamedOrigin> columns;
  std::vector<Unlisted> unlisted;  // empty: `columns` are all, in their order
  Origin shape;
};

Table table_of_relation(const std::string& relation,
                        const std::optional<std::vector<std::string>>& columns);
// All columns together.
Origin all_columns(const Table& table);
// Adds `more.from`.
void add(ColumnRefs& refs, const Origin& more);
// Gives the first columns other names, as in `t(a, b)`.
void rename_columns(Table& table, std::span<const std::string> names);

// A table in FROM.
struct Source {
  std::string alias;              // what its columns are qualified with
  std::vector<std::string> path;  // of a relation: [catalog,] [schema,] name; else empty
  Table table;
  bool hidden = false;  // the right side of a semi join, once its condition was read
};

// A column that USING makes of several.
struct Merged {
  std::string name;
  Origin origin;
  std::set<std::size_t> sources;
};

// The names that an expression sees. `outer`, the scope of the query around it, must outlive it.
class Scope {
 public:
  // In a subquery of an expression, a name may well be one of the query's around it, even where a
  // table of the subquery might have it; in a subquery of FROM it is not.
  Scope(const Scope* outer, bool in_expression) : outer_(outer), in_expression_(in_expression) {}

  const Scope* outer() const { return outer_; }

  // Columns that are read from the same place a second time get another fingerprint, since `a.x`
  // and `b.x` differ in `t as a join t as b`.
  void add_source(Source source);
  const std::vector<Source>& sources() const { return sources_; }
  void hide(std::size_t first);  // the sources from this one on
  // What a join's condition sees: the sources from this one on before the others. Returns the
  // setting before.
  std::size_t look_first_from(std::size_t first);
  void merge(Merged merged);
  // The column `name` of the sources from `begin` to before `end`, merged ones first.
  std::optional<Origin> column_among(const std::string& name, std::size_t begin,
                                     std::size_t end) const;

  void add_alias(NamedOrigin alias);  // of a column of the SELECT

  // The columns of `*`, or of `t.*` where `qualifier` is given: merged ones once.
  Table star(const std::string& qualifier) const;
  bool has_source(const std::string& qualifier) const;

  // The column `names`, as in `t.s.field`, qualified or not. Adds what it comes from to `from` and
  // returns its fingerprint. `alias_first` as in ORDER BY: an alias wins over a column.
  std::uint64_t resolve(std::span<const std::string> names, bool alias_first,
                        ColumnRefs& from) const;
  // The same where it may as well be no column at all.
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
  std::unordered_map<std::uint64_t, std::uint64_t> seen_;  // fingerprint → sources that have it
  bool has_unlisted_ = false;
};

}  // namespace gsa::lineage
