#include "app/sql_text.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace gsa::app {
namespace {

// Where the quoted or commented stretch that begins at `at` ends; `at` if none begins there.
std::size_t skip_comment(std::string_view sql, std::size_t at) {
  if (sql.substr(at, 2) == "--") return std::min(sql.find('\n', at), sql.size());
  if (sql.substr(at, 2) != "/*") return at;
  int depth = 0;
  for (std::size_t i = at; i < sql.size(); ++i) {
    if (sql.substr(i, 2) == "/*") {
      ++depth, ++i;
    } else if (sql.substr(i, 2) == "*/") {
      --depth, ++i;
      if (depth == 0) return i + 1;
    }
  }
  return sql.size();
}

std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const char quote = sql[at];
  if (quote == '\'' || quote == '"') {
    // A doubled quote ends one stretch and begins the next: the same in effect.
    const std::size_t end = sql.find(quote, at + 1);
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  if (quote != '$') return at;
  std::size_t tag_end = at + 1;
  while (tag_end < sql.size() &&
         (std::isalnum(static_cast<unsigned char>(sql[tag_end])) != 0 || sql[tag_end] == '_')) {
    ++tag_end;
  }
  if (tag_end >= sql.size() || sql[tag_end] != '$') return at;
  const std::string_view tag = sql.substr(at, tag_end + 1 - at);
  const std::size_t end = sql.find(tag, tag_end + 1);
  return end == std::string_view::npos ? sql.size() : end + tag.size();
}

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> statements;
  std::size_t begin = 0, at = 0;
  bool has_words = false;
  const auto take = [&](std::size_t end) {
    if (has_words) statements.emplace_back(trim(sql.substr(begin, end - begin)));
    has_words = false;
    begin = end + 1;
  };
  while (at < sql.size()) {
    if (const std::size_t after = skip_comment(sql, at); after != at) {
      at = after;
    } else if (const std::size_t quoted = skip_quoted(sql, at); quoted != at) {
      has_words = true;
      at = quoted;
    } else {
      if (sql[at] == ';') {
        take(at);
      } else if (std::isspace(static_cast<unsigned char>(sql[at])) == 0) {
        has_words = true;
      }
      ++at;
    }
  }
  take(sql.size());
  return statements;
}

}  // namespace gsa::app
