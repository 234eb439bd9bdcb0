#include "assets/keyed_change.h"

#include <fmt/format.h>

#include "assets/state.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

std::string joined_by_key(const std::string& relation, const char* join,
                          const KeyedChange& change) {
  return fmt::format(
      "select gsa_all.* from {0} as gsa_all {1} join {2} as gsa_values on gsa_all.{3} is not "
      "distinct from gsa_values.{3}",
      relation, join, change.values(), sql_name(change.key));
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
  return {fmt::format("delete from {0} as gsa_all using {1} as gsa_values where gsa_all.{2} is not "
                      "distinct from gsa_values.{2}",
                      published(), values(), sql_name(key)),
          fmt::format("insert into {} select * from {}", published(), rows()),
          "drop view " + shown(), "drop table " + values(), "drop table " + rows()};
}

}  // namespace gsa::assets
