#include "assets/keyed_change.h"

#include <fmt/format.h>

#include "assets/state.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// DuckDB skips what has no value between the least and the greatest, if both are compared by `=`.
std::string same_key(const KeyedChange& change) {
  return fmt::format("gsa_all.{0} {1} gsa_values.{0}", sql_name(change.key),
                     change.has_null ? "is not distinct from" : "=");
}

std::string joined_by_key(const std::string& relation, const char* join,
                          const KeyedChange& change) {
  return fmt::format("select gsa_all.* from {} as gsa_all {} join {} as gsa_values on {}", relation,
                     join, change.values(), same_key(change));
}

}  // namespace

std::string KeyedChange::published() const { return sql_relation(schema, relation); }
std::string KeyedChange::shown() const { return sql_relation(schema, hidden(relation)); }
std::string KeyedChange::values() const {
  return sql_relation(schema, hidden(relation) + " values");
}
std::string KeyedChange::rows() const { return sql_relation(schema, hidden(relation) + " rows"); }

std::string KeyedChange::affected(const std::string& of) const {
  return joined_by_key(of, "semi", *this);
}

std::string KeyedChange::unaffected(const std::string& of) const {
  return joined_by_key(of, "anti", *this);
}

std::vector<std::string> KeyedChange::publish() const {
  return {fmt::format("delete from {} as gsa_all using {} as gsa_values where {}", published(),
                      values(), same_key(*this)),
          fmt::format("insert into {} select * from {}", published(), rows()),
          "drop view " + shown(), "drop table " + values(), "drop table " + rows()};
}

}  // namespace gsa::assets
