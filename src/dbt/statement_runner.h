#pragma once

// Runs a model's statements one by one. Announces each first, so that an error can be traced to it.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dbt/compile.h"
#include "duck/database.h"

namespace gsa::dbt {

using BeforeStatement = std::function<void(const CompiledSql&)>;

class StatementRunner {
 public:
  // Both must outlive this object.
  StatementRunner(duck::Connection& connection, const BeforeStatement& before)
      : connection_(connection), before_(before) {}

  // Returns the number of rows written.
  std::int64_t run(const CompiledSql& statement);
  std::int64_t run(const std::string& statement);
  // Names and types of the columns of a table or view.
  struct Column {
    std::string name;
    std::string type;
  };
  std::vector<Column> columns_of(const std::string& relation);
  duck::Connection& connection() { return connection_; }

 private:
  duck::Connection& connection_;
  const BeforeStatement& before_;
};

// HEAD (
// query
// )TAIL, each on its own line, so that the query keeps its columns and may end with a comment.
CompiledSql around(const std::string& head, const CompiledSql& query, const std::string& tail = "");

}  // namespace gsa::dbt
