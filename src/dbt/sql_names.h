#pragma once

// SQL as a list of pieces without comments and blanks, and which of its names are tables or CTEs,
// judged by their positions. Knows no grammar: it may take a name in a list for a table, but never
// a text for a name.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql_scanner.h"

namespace gsa::dbt {

class SqlNames {
 public:
  // `sql` must outlive this object.
  explicit SqlNames(std::string_view sql);

  std::size_t size() const { return pieces_.size(); }
  std::string_view text(std::size_t i) const;                // empty after the end
  std::size_t offset(std::size_t i) const;                   // in the SQL
  std::string unquoted(std::size_t i) const;                 // 'it''s' -> it's, "a" -> a, a -> a
  bool is_word(std::size_t i) const;                         // unquoted: a keyword or a name
  bool is_word(std::size_t i, std::string_view word) const;  // in lower case
  bool is_string(std::size_t i) const;                       // '…'
  bool is_name(std::size_t i) const;                         // unquoted or in double quotes
  // The index after the last part of the name that begins at `i`: for a.b.c, five pieces on.
  std::size_t end_of_chain(std::size_t i) const;
  // After FROM or JOIN; is_table_position() also accepts a comma, which may be that of FROM.
  bool is_sure_table_position(std::size_t i) const;
  bool is_table_position(std::size_t i) const;
  bool is_cte(const std::string& name) const;

 private:
  void find_ctes();

  std::string_view sql_;
  std::vector<SqlPiece> pieces_;
  std::set<std::string> ctes_;  // in lower case
};

}  // namespace gsa::dbt
