#include "dbt/statement_runner.h"

namespace gsa::dbt {

std::int64_t StatementRunner::run(const CompiledSql& statement) {
  before_(statement);
  const duck::Result result = connection_.query(statement.text());
  // CREATE TABLE AS returns its row count like a query: in one cell named Count.
  const bool counts = result.rows() == 1 && result.columns() == 1 && result.name(0) == "Count";
  return counts ? result.int64(0, 0) : result.rows_changed();
}

std::int64_t StatementRunner::run(const std::string& statement) {
  CompiledSql sql;
  sql.append(statement);
  return run(sql);
}

std::vector<StatementRunner::Column> StatementRunner::columns_of(const std::string& relation) {
  const duck::Result rows = connection_.query("describe " + relation);
  std::vector<Column> columns;
  for (std::size_t r = 0; r < rows.rows(); ++r)
    columns.push_back({rows.text(r, 0), rows.text(r, 1)});
  return columns;
}

CompiledSql around(const std::string& head, const CompiledSql& query, const std::string& tail) {
  CompiledSql sql;
  sql.append(head + "\n");
  sql.append(query);
  sql.append("\n" + tail);
  return sql;
}

}  // namespace gsa::dbt
