#pragma once

// How a model becomes a view or a table. Starts no transaction: what is visible when is the
// caller's decision.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dbt/compile.h"
#include "duck/database.h"

namespace gsa::dbt {

// What a table's query is read through when the table is written: "select … from (" and ") …".
struct Frame {
  std::string head, tail;
};
// Asked for each query, right before it runs.
using FrameHook = std::function<std::optional<Frame>(const CompiledSql& query)>;

enum class RelationKind { table, view };

// What there is in the database, read once and kept up to date by those who change it, from any
// thread. Names are compared without case, as DuckDB does.
class Relations {
 public:
  explicit Relations(duck::Connection& connection);
  Relations(const Relations&) = delete;
  Relations& operator=(const Relations&) = delete;
  std::optional<RelationKind> find(const Relation& relation) const;
  void set(const Relation& relation, RelationKind kind);

  // Creates the schema if it is not there; once, and one at a time, since two connections that
  // create the same one at the same time conflict.
  void need_schema(duck::Connection& connection, const Relation& relation);
  // Drops what has this name but is of the other kind: CREATE OR REPLACE refuses to replace it.
  void make_way(duck::Connection& connection, const Relation& relation, RelationKind kind);

 private:
  std::string key(const Relation& relation) const;

  std::string database_;  // the current one
  mutable std::mutex kinds_mutex_;
  std::map<std::string, RelationKind> kinds_;
  std::mutex schemas_mutex_;
  std::set<std::string> schemas_;  // that are known to be there
};

// Builds `relation` from `query`, or from the file of a seed; `incremental` adds to the table that
// is there. What makes a table anew is read through the frame, if there is one. Each statement is
// announced to `before` first, so that an error can be traced to it. Returns the rows written;
// nothing for a view.
std::optional<std::int64_t> materialize(duck::Connection& connection, Relations& relations,
                                        const ProjectFiles& files, const Node& node,
                                        const Relation& relation, const CompiledSql& query,
                                        bool incremental, const FrameHook& frame,
                                        const std::function<void(const CompiledSql&)>& before);

// The statements that comment on a relation and its columns as `persist_docs` asks; none where it
// asks for nothing. `columns` are those that the relation has.
std::vector<std::string> comments_on(const Node& node, const std::string& relation, bool is_view,
                                     const std::vector<std::string>& columns);

}  // namespace gsa::dbt
