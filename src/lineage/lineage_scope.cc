#include "lineage/lineage_scope.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "base/text.h"

namespace gsa::lineage {
namespace {

std::uint64_t relation_column(const std::string& relation, const std::string& column) {
  return Digest("column").add(relation).add(column).value();
}

Origin origin_of(const Unlisted& unlisted, const std::string& name) {
  if (unlisted.relation.empty()) {
    return {unlisted.origin.from,
            Digest("one of").add(unlisted.origin.fingerprint).add(name).value()};
  }
  const std::uint64_t column = relation_column(unlisted.relation, name);
  return {{{unlisted.relation, name}},
          unlisted.salt == 0 ? column : Digest("again").add(column).add(unlisted.salt).value()};
}

// Whether `qualifier` may refer to the source: `t` or `main.t`; also `main.t` if FROM just says
// `t`.
bool is_called(const Source& source, std::span<const std::string> qualifier) {
  if (qualifier.size() == 1) return source.alias == qualifier[0];
  if (source.path.empty() || source.path.back() != source.alias) return false;
  const std::size_t common = std::min(source.path.size(), qualifier.size());
  return std::equal(qualifier.end() - static_cast<std::ptrdiff_t>(common), qualifier.end(),
                    source.path.end() - static_cast<std::ptrdiff_t>(common));
}

// Names that DuckDB reads as functions if there is no such column.
bool is_value_function(const std::string& name) {
  constexpr std::array<std::string_view, 11> kFunctions = {
      "current_catalog", "current_date", "current_role", "current_schema",
      "current_time",    "current_user", "localtime",    "current_timestamp",
      "localtimestamp",  "session_user", "user"};
  return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

}  // namespace

Digest& Digest::add(std::string_view text) {
  bytes_ += std::to_string(text.size());
  bytes_ += ':';
  bytes_ += text;
  return *this;
}

Digest& Digest::add(std::uint64_t number) {
  bytes_ += '#';
  bytes_ += std::to_string(number);
  bytes_ += ';';
  return *this;
}

std::uint64_t Digest::value() const { return stable_hash(bytes_); }

void add(ColumnRefs& refs, const Origin& more) { refs.insert(more.from.begin(), more.from.end()); }

Table table_of_relation(const std::string& relation,
                        const std::optional<std::vector<std::string>>& columns) {
  Table table;
  table.shape.fingerprint = Digest("relation").add(relation).value();
  if (!columns) {
    table.unlisted.push_back({relation, {{{relation, "*"}}, relation_column(relation, "*")}, 0});
    return table;
  }
  for (const std::string& column : *columns) {
    const std::string name = to_lower(column);
    table.columns.push_back({column, {{{relation, name}}, relation_column(relation, name)}});
  }
  return table;
}

Origin all_columns(const Table& table) {
  Origin all;
  Digest digest("all");
  for (const NamedOrigin& column : table.columns) {
    add(all.from, column.origin);
    digest.add(column.origin.fingerprint);
  }
  for (const Unlisted& unlisted : table.unlisted) {
    add(all.from, unlisted.origin);
    digest.add(unlisted.origin.fingerprint);
  }
  all.fingerprint = digest.value();
  return all;
}

void rename_columns(Table& table, std::span<const std::string> names) {
  if (!table.unlisted.empty() && !names.empty()) {
    // The positions of the columns are unknown.
    const Origin all = all_columns(table);
    table.columns.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::uint64_t fingerprint = Digest("at").add(i).add(all.fingerprint).value();
      table.columns.push_back({names[i], {all.from, fingerprint}});
    }
    return;
  }
  for (std::size_t i = 0; i < std::min(names.size(), table.columns.size()); ++i) {
    table.columns[i].name = names[i];
  }
}

void Scope::add_source(Source source) {
  Table& table = source.table;
  const std::uint64_t ordinal = sources_.size();
  has_unlisted_ = has_unlisted_ || !table.unlisted.empty();
  std::set<std::uint64_t> own;
  for (NamedOrigin& column : table.columns) {
    std::uint64_t& fingerprint = column.origin.fingerprint;
    own.insert(fingerprint);
    // After an unlisted column, nothing tells which columns are the same, so all get different
    // fingerprints.
    const auto found = seen_.find(fingerprint);
    const std::uint64_t again = has_unlisted_ ? ordinal : found != seen_.end() ? found->second : 0;
    if (again > 0) fingerprint = Digest("again").add(fingerprint).add(again).value();
  }
  for (const std::uint64_t fingerprint : own) ++seen_[fingerprint];
  for (Unlisted& unlisted : table.unlisted) {
    if (ordinal == 0) continue;
    unlisted.salt = Digest("salt").add(unlisted.salt).add(ordinal).value();
    std::uint64_t& fingerprint = unlisted.origin.fingerprint;
    fingerprint = Digest("again").add(fingerprint).add(ordinal).value();
  }
  sources_.push_back(std::move(source));
}

void Scope::hide(std::size_t first) {
  for (std::size_t i = first; i < sources_.size(); ++i) sources_[i].hidden = true;
}

std::size_t Scope::look_first_from(std::size_t first) { return std::exchange(first_, first); }

void Scope::merge(Merged merged) {
  // In a join b using (k) join c using (k), all three have a single k.
  std::erase_if(merged_, [&merged](const Merged& before) {
    const bool same = before.name == merged.name && !before.sources.empty() &&
                      merged.sources.contains(*before.sources.begin());
    if (same) merged.sources.insert(before.sources.begin(), before.sources.end());
    return same;
  });
  merged_.push_back(std::move(merged));
}

void Scope::add_alias(NamedOrigin alias) {
  alias.name = to_lower(alias.name);
  aliases_.push_back(std::move(alias));
}

bool Scope::has_source(const std::string& qualifier) const {
  return std::any_of(sources_.begin(), sources_.end(), [&qualifier](const Source& source) {
    return !source.hidden && source.alias == qualifier;
  });
}

Table Scope::star(const std::string& qualifier) const {
  Table all;
  std::set<const Merged*> given;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (source.hidden || (!qualifier.empty() && source.alias != qualifier)) continue;
    for (const NamedOrigin& column : source.table.columns) {
      const auto merged = std::find_if(merged_.begin(), merged_.end(), [&](const Merged& each) {
        return each.sources.contains(i) && each.name == to_lower(column.name);
      });
      if (!qualifier.empty() || merged == merged_.end()) {
        all.columns.push_back(column);
      } else if (given.insert(&*merged).second) {
        all.columns.push_back({column.name, merged->origin});
      }
    }
    all.unlisted.insert(all.unlisted.end(), source.table.unlisted.begin(),
                        source.table.unlisted.end());
  }
  return all;
}

struct Scope::Found {
  bool certain = false;   // it is certainly this column
  bool possible = false;  // it is this column if a table with unknown columns has it
  ColumnRefs from;
  std::set<std::uint64_t> fingerprints;

  bool anything() const { return certain || possible; }

  // `fields` are the names after the column, as in `t.s.field`.
  void take(const Origin& origin, Names fields) {
    lineage::add(from, origin);
    Digest digest("field");
    digest.add(origin.fingerprint);
    for (const std::string& field : fields) digest.add(field);
    fingerprints.insert(fields.empty() ? origin.fingerprint : digest.value());
  }

  // Returns whether the table certainly has the column.
  bool look_in(const Table& table, const std::string& name, Names fields) {
    bool has = false;
    for (const NamedOrigin& column : table.columns) {
      if (to_lower(column.name) != name) continue;
      take(column.origin, fields);
      has = true;
    }
    return has;
  }

  void look_in_unlisted(const Table& table, const std::string& name, Names fields) {
    for (const Unlisted& unlisted : table.unlisted) {
      take(origin_of(unlisted, name), fields);
      possible = true;
    }
  }

  std::uint64_t fingerprint() const {
    if (fingerprints.size() == 1) return *fingerprints.begin();
    Digest digest("any of");
    for (const std::uint64_t each : fingerprints) digest.add(each);
    return digest.value();
  }
};

// The longest qualifier wins: schema.table.column is tried before table.column.field.
void Scope::find_qualified(Names names, Found& found) const {
  constexpr std::size_t kLongest = 3;  // catalog.schema.table
  for (std::size_t size = std::min(kLongest, names.size() - 1); size > 0; --size) {
    for (const Source& source : sources_) {
      if (source.hidden || !is_called(source, names.first(size))) continue;
      const Names fields = names.subspan(size + 1);
      if (found.look_in(source.table, names[size], fields)) {
        found.certain = true;
      } else {
        found.look_in_unlisted(source.table, names[size], fields);
      }
    }
    if (found.certain) return;
  }
}

void Scope::find_unqualified(Names names, std::size_t begin, std::size_t end, Found& found) const {
  const Names fields = names.subspan(1);
  for (const Merged& merged : merged_) {
    const auto first = merged.sources.lower_bound(begin);
    if (merged.name != names[0] || first == merged.sources.end() || *first >= end) continue;
    found.take(merged.origin, fields);
    found.certain = true;
  }
  if (found.certain) return;
  // If several sources have it, the query is wrong, and it may be any of them.
  for (std::size_t i = begin; i < end; ++i) {
    if (sources_[i].hidden) continue;
    found.certain = found.look_in(sources_[i].table, names[0], fields) || found.certain;
  }
}

std::optional<Origin> Scope::column_among(const std::string& name, std::size_t begin,
                                          std::size_t end) const {
  Found found;
  find_unqualified(Names(&name, 1), begin, end, found);
  for (std::size_t i = begin; i < end && !found.certain; ++i) {
    if (!sources_[i].hidden) found.look_in_unlisted(sources_[i].table, name, {});
  }
  if (!found.anything()) return std::nullopt;
  return Origin{found.from, found.fingerprint()};
}

void Scope::find(Names names, bool alias_first, Found& found) const {
  const bool possible_before = found.possible;
  const auto take_alias = [&] {
    const auto alias =
        std::find_if(aliases_.begin(), aliases_.end(),
                     [&names](const NamedOrigin& each) { return each.name == names[0]; });
    if (alias == aliases_.end()) return false;
    found.take(alias->origin, names.subspan(1));
    found.certain = true;
    return true;
  };
  if (alias_first && names.size() == 1 && take_alias()) return;
  find_qualified(names, found);
  if (found.certain) return;
  find_unqualified(names, first_, sources_.size(), found);
  if (!found.certain) find_unqualified(names, 0, first_, found);
  if (found.certain) return;
  if (!found.possible && !possible_before) {
    for (const Source& source : sources_) {
      if (!source.hidden) found.look_in_unlisted(source.table, names[0], names.subspan(1));
    }
  }
  if (take_alias() || names.size() > 1) return;
  for (const Source& source : sources_) {  // the name means a whole row
    if (source.hidden || source.alias != names[0]) continue;
    found.take(all_columns(source.table), {});
    found.certain = true;
  }
}

Scope::Found Scope::find_anywhere(Names names, bool alias_first) const {
  Found found;
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    scope->find(names, alias_first && scope == this, found);
    if (found.certain || (found.possible && !scope->in_expression_)) break;
  }
  return found;
}

// No table has the name: it is rowid, or a column that columns_of does not know.
std::uint64_t Scope::unclaimed(Names names, ColumnRefs& from) const {
  Digest digest("unclaimed");
  for (const std::string& name : names) digest.add(name);
  if (names.size() == 1 && is_value_function(names[0])) return digest.value();
  for (const bool qualified : {true, false}) {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer_) {
      const std::size_t before = from.size();
      for (const Source& source : scope->sources_) {
        if (source.path.empty()) continue;
        if (qualified && (names.size() == 1 || !is_called(source, names.first(1)))) continue;
        from.insert({join(source.path, "."), names[qualified ? 1 : 0]});
      }
      if (from.size() > before) return digest.value();
    }
  }
  return digest.value();
}

std::uint64_t Scope::resolve(Names names, bool alias_first, ColumnRefs& from) const {
  Found found = find_anywhere(names, alias_first);
  if (!found.anything()) return unclaimed(names, from);
  from.merge(found.from);
  return found.fingerprint();
}

std::optional<std::uint64_t> Scope::resolve_if_column(Names names, ColumnRefs& from) const {
  Found found = find_anywhere(names, false);
  if (!found.anything()) return std::nullopt;
  from.merge(found.from);
  return found.fingerprint();
}

}  // namespace gsa::lineage
