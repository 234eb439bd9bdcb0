#pragma once

// Builds a model's view or table. Starts no transaction: the caller decides what becomes visible
// when.

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

// Wraps a table's query while the table is written: "select … from (" and ") …".
struct Frame {
  std::string head, tail;
};
// Called for each query, right before it runs.
using FrameHook = std::function<std::optional<Frame>(const CompiledSql& query)>;

enum class RelationKind { table, view };

// The relations in the database. Read once; whoever changes the database must update it. Any thread
// may use it. Compares names without case, as DuckDB does.
class Relations {
 public:
  explicit Relations(duck::Connection& connection);
  Relations(const Relations&) = delete;
  Relations& operator=(const Relations&) = delete;
  std::optional<RelationKind> find(const Relation& relation) const;
  void set(const Relation& relation, RelationKind kind);

  // Creates the schema if it does not exist. Only one connection does so at a time, because two
  // that create the same schema conflict.
  void need_schema(duck::Connection& connection, const Relation& relation);
  // Drops a relation with this name but of the other kind, which CREATE OR REPLACE refuses to
  // replace.
  void make_way(duck::Connection& connection, const Relation& relation, RelationKind kind);

 private:
  std::string key(const Relation& relation) const;

  std::string database_;  // the current one
  mutable std::mutex kinds_mutex_;
  std::map<std::string, RelationKind> kinds_;
  std::mutex schemas_mutex_;
  std::set<std::string> schemas_;  // known to exist
};

// Builds `relation` from `query`, or from a seed's file. With `incremental`, adds to the existing
// table. A query that creates a table is wrapped by the frame, if there is one. Announces each
// statement to `before`, so that an error can be traced to it. Returns the number of rows written;
// null for a view. Throws SqlError, and Error for invalid settings.
std::optional<std::int64_t> materialize(duck::Connection& connection, Relations& relations,
                                        const ProjectFiles& files, const Node& node,
                                        const Relation& relation, const CompiledSql& query,
                                        bool incremental, const FrameHook& frame,
                                        const std::function<void(const CompiledSql&)>& before);

// The comment statements for a relation and its columns that `persist_docs` requests; none if it
// requests nothing. `columns` are the relation's columns.
std::vector<std::string> comments_on(const Node& node, const std::string& relation, bool is_view,
                                     const std::vector<std::string>& columns);

}  // namespace gsa::dbt
