#include "dbt/relation_names.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dbt/sql_names.h"

namespace gsa::dbt {
namespace {

// The words that may follow a table without an alias in FROM.
bool ends_a_table(const SqlNames& names, std::size_t i) {
  static const std::set<std::string, std::less<>> kWords = {
      "where",   "group",      "order",       "limit",        "having",  "union",     "intersect",
      "except",  "join",       "inner",       "left",         "right",   "full",      "cross",
      "natural", "positional", "asof",        "semi",         "anti",    "on",        "using",
      "window",  "qualify",    "tablesample", "pivot",        "unpivot", "offset",    "fetch",
      "select",  "from",       "lateral",     "at",           "outer",   "returning", "set",
      "when",    "union",      "pivot_wider", "pivot_longer", "then"};
  if (i >= names.size()) return true;
  if (names.is_name(i)) {
    return !names.text(i).starts_with('"') && kWords.contains(to_lower(names.text(i)));
  }
  return true;
}

class Replacer {
 public:
  Replacer(std::string_view text, const std::vector<NameChange>& changes, bool aliases)
      : names_(text), changes_(changes), aliases_(aliases) {}

  struct Replacement {
    std::size_t begin, end;  // in the text
    std::string by;
  };

  std::vector<Replacement> find() const {
    std::vector<Replacement> found;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!names_.is_name(i) || (i > 0 && names_.text(i - 1) == ".")) continue;
      const std::size_t end = names_.end_of_chain(i);
      for (const NameChange& change : changes_) {
        const std::size_t length = matched(i, end, change.shown);
        if (length == 0) continue;
        const std::size_t after = i + 2 * length - 1;  // the piece after the name
        const bool is_table = names_.is_table_position(i);
        found.push_back({names_.offset(i), names_.offset(after - 1) + names_.text(after - 1).size(),
                         replaced(change, is_table, after)});
        i = after - 1;
        break;
      }
    }
    return found;
  }

 private:
  // How many parts of the name chain at `i` match this relation; 0: it is another one.
  std::size_t matched(std::size_t i, std::size_t end, const Relation& relation) const {
    const std::size_t parts = (end - i + 1) / 2;
    const auto is = [&](std::size_t part, const std::string& name) {
      return to_lower(names_.unquoted(i + 2 * part)) == to_lower(name);
    };
    if (parts >= 3 && !relation.database.empty() && is(0, relation.database) &&
        is(1, relation.schema) && is(2, relation.name)) {
      return 3;
    }
    if (parts >= 2 && is(0, relation.schema) && is(1, relation.name)) return 2;
    if (parts == 1 && is(0, relation.name) && names_.is_sure_table_position(i) &&
        names_.text(i + 1) != "(" && !names_.is_cte(names_.unquoted(i))) {
      return 1;
    }
    return 0;
  }

  std::string replaced(const NameChange& change, bool is_table, std::size_t after) const {
    const bool is_query = !change.query.empty();
    const bool renamed = is_query || (aliases_ && change.current.name != change.shown.name);
    if (renamed && names_.text(after) == ".") return sql_name(change.shown.name);
    std::string name = is_query ? "(" + change.query + ")" : to_sql(change.current);
    if (!renamed || !is_table || !ends_a_table(names_, after)) return name;
    return name + " as " + sql_name(change.shown.name);
  }

  SqlNames names_;
  const std::vector<NameChange>& changes_;
  bool aliases_;
};

}  // namespace

std::string quoted_name(const Relation& relation) {
  std::vector<std::string> parts;
  for (const std::string* part : {&relation.database, &relation.schema, &relation.name}) {
    if (!part->empty()) parts.push_back(sql_name(*part));
  }
  return join(parts, ".");
}

void append_with_names(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
                       std::size_t to, const std::vector<NameChange>& changes, bool aliases,
                       CompiledSql& sql) {
  const std::string_view text = std::string_view(rendered->text()).substr(from, to - from);
  std::size_t at = from;
  for (const Replacer::Replacement& found : Replacer(text, changes, aliases).find()) {
    sql.append(rendered, at, from + found.begin);
    sql.replace(rendered, from + found.begin, found.by);
    at = from + found.end;
  }
  sql.append(rendered, at, to);
}

}  // namespace gsa::dbt
