#include "app/sql_text.h"

#include "base/sql_scanner.h"
#include "base/text.h"

namespace gsa::app {

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> statements;
  std::size_t begin = 0, at = 0;
  bool has_code = false;
  const auto take = [&] {
    if (has_code) statements.emplace_back(trim(sql.substr(begin, at - begin)));
    has_code = false;
  };
  SqlScanner scanner(sql);
  while (const auto piece = scanner.next()) {
    if (piece->text == ";") {
      take();
      begin = at + piece->text.size();
    } else if (piece->kind != SqlPieceKind::blank && piece->kind != SqlPieceKind::comment) {
      has_code = true;
    }
    at += piece->text.size();
  }
  take();
  return statements;
}

}  // namespace gsa::app
