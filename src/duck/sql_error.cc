#include "duck/sql_error.h"

#include <cstdlib>
#include <string_view>

#include "base/text.h"

namespace gsa::duck {
namespace {

// "Binder Error: Referenced column …" -> "Referenced column …"
std::string without_prefix(std::string_view message) {
  const std::size_t at = message.find("Error: ");
  if (at != std::string_view::npos && message.find('\n') > at && at < 40) {
    message.remove_prefix(at + 7);
  }
  return std::string(message);
}

std::string summary_of(const std::string& raw) {
  std::string text = raw.substr(0, raw.find("\nLINE "));
  return std::string(trim(without_prefix(text)));
}

}  // namespace

SqlError::SqlError(SqlErrorKind kind, const std::string& raw)
    : Error(summary_of(raw), "",
            kind == SqlErrorKind::interrupted ? ErrorCode::interrupted : ErrorCode::failed),
      kind_(kind),
      summary_(message()),
      details_(trim(without_prefix(raw))) {
  const std::size_t at = raw.find("\nLINE ");
  if (at == std::string::npos) return;
  const std::string_view excerpt = std::string_view(raw).substr(at + 1);
  line_ = std::atoi(excerpt.data() + 5);
  // The excerpt is "LINE 3: text" with a caret below; a long line is cut at its start ("...text"),
  // and then its columns are not known.
  const std::size_t text = excerpt.find(": ");
  const std::size_t newline = excerpt.find('\n');
  if (text == std::string_view::npos || newline == std::string_view::npos) return;
  const std::size_t caret = excerpt.find('^', newline);
  if (caret == std::string_view::npos || excerpt.substr(text + 2, 3) == "...") return;
  column_ = static_cast<int>(caret - newline - 1 - (text + 2)) + 1;
}

}  // namespace gsa::duck
