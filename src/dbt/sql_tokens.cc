#include "dbt/sql_tokens.h"

#include "base/sql_scanner.h"

namespace gsa::dbt {
namespace {

// A string that continues on the next line is one string; with a space there it would be two.
std::string_view separator(SqlPieceKind before, bool gap, SqlPieceKind kind) {
  if (kind == SqlPieceKind::continued) return "\n";
  // Lexers disagree whether 0xFF is one token, or 0 named xFF, so it stays as written.
  return before == SqlPieceKind::number && kind == SqlPieceKind::word && !gap ? "" : " ";
}

}  // namespace

std::string normalized_sql(std::string_view sql) {
  std::string tokens;
  SqlScanner scanner(sql);
  SqlPieceKind before = SqlPieceKind::blank;
  bool gap = false;
  while (const auto piece = scanner.next()) {
    const bool is_gap = piece->kind == SqlPieceKind::blank || piece->kind == SqlPieceKind::comment;
    if (is_gap && piece->closed) {
      gap = true;
      continue;
    }
    if (!tokens.empty()) tokens += separator(before, gap, piece->kind);
    tokens += piece->text;
    before = piece->kind;
    gap = false;
  }
  return tokens;
}

}  // namespace gsa::dbt
