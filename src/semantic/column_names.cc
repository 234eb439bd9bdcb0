#include "semantic/column_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/text.h"

namespace gsa::semantic {
namespace {

// Keywords that begin or end an expression, even if a column has such a name.
constexpr std::array<std::string_view, 17> kWords = {
    "case", "when", "then", "else", "end",  "and",   "or",   "not",    "null",
    "is",   "in",   "like", "as",   "true", "false", "from", "between"};

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || c == '_' || byte >= 0x80;
}

class Qualifier {
 public:
  Qualifier(std::string_view sql, std::string_view alias, const std::vector<std::string>& columns)
      : sql_(sql), alias_(alias) {
    for (const std::string& column : columns) columns_.insert(to_lower(column));
  }

  std::string take() {
    while (at_ < sql_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = sql_[at_];
    if (c == '\'') return copy(end_of_quotes('\''));
    if (c == '"') return name(end_of_quotes('"'), true);
    if (sql_.substr(at_).starts_with("--")) return copy(sql_.find('\n', at_));
    if (sql_.substr(at_).starts_with("/*")) {
      const std::size_t end = sql_.find("*/", at_ + 2);
      return copy(end == std::string_view::npos ? end : end + 2);
    }
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      std::size_t end = at_;
      while (end < sql_.size() &&
             (std::isalnum(static_cast<unsigned char>(sql_[end])) != 0 || sql_[end] == '.')) {
        ++end;
      }
      last_word_.clear();
      return copy(end);
    }
    if (!is_letter(c)) {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) last_word_.clear();
      return copy(at_ + 1);
    }
    std::size_t end = at_;
    while (end < sql_.size() &&
           (is_letter(sql_[end]) || std::isdigit(static_cast<unsigned char>(sql_[end])) != 0)) {
      ++end;
    }
    name(end, false);
  }

  std::size_t end_of_quotes(char quote) const {
    std::size_t end = at_ + 1;
    for (; end < sql_.size(); ++end) {
      if (sql_[end] != quote) continue;
      if (end + 1 < sql_.size() && sql_[end + 1] == quote) {
        ++end;
      } else {
        return end + 1;
      }
    }
    return end;
  }

  void copy(std::size_t end) {
    end = std::min(end, sql_.size());
    out_ += sql_.substr(at_, end - at_);
    at_ = end;
  }

  void name(std::size_t end, bool is_quoted) {
    const std::string_view written = sql_.substr(at_, end - at_);
    const std::string name =
        is_quoted && written.size() > 1
            ? to_lower(replace_all(written.substr(1, written.size() - 2), "\"\"", "\""))
            : to_lower(written);
    const std::size_t next = sql_.find_first_not_of(" \t\r\n", end);
    const char follows = next == std::string_view::npos ? '\0' : sql_[next];
    const bool is_word =
        !is_quoted && std::find(kWords.begin(), kWords.end(), name) != kWords.end();
    const std::string_view before = trim(out_);
    const bool is_type = last_word_ == "as" || before.ends_with("::");
    if (columns_.contains(name) && !is_word && !is_type && !before.ends_with('.') &&
        follows != '(' && follows != '.') {
      out_ += alias_;
      out_ += '.';
    }
    last_word_ = is_quoted ? "" : name;
    copy(end);
  }

  std::string_view sql_, alias_;
  std::set<std::string> columns_;
  std::size_t at_ = 0;
  std::string out_, last_word_;
};

}  // namespace

std::string enclosed(const std::string& expression) {
  std::string sql(trim(expression));
  const std::string lower = to_lower(sql);
  if (lower.starts_with("case ") && lower.ends_with(" end")) return sql;
  // What follows the name must be nothing, or parentheses that end with the expression.
  std::size_t at = 0;
  while (at < sql.size() && (is_letter(sql[at]) || sql[at] == '.' ||
                             std::isdigit(static_cast<unsigned char>(sql[at])) != 0)) {
    ++at;
  }
  if (at == sql.size()) return sql;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = at; i < sql.size() && sql[at] == '('; ++i) {
    if (sql[i] == '\'') in_text = !in_text;
    if (in_text) continue;
    depth += sql[i] == '(' ? 1 : sql[i] == ')' ? -1 : 0;
    if (depth == 0) return i + 1 == sql.size() ? sql : "(" + sql + ")";
  }
  return "(" + sql + ")";
}

std::string qualify(std::string_view expression, std::string_view alias,
                    const std::vector<std::string>& columns) {
  return Qualifier(expression, alias, columns).take();
}

}  // namespace gsa::semantic
