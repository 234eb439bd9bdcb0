#include "dbt/sql_names.h"

#include "base/text.h"

namespace gsa::dbt {

SqlNames::SqlNames(std::string_view sql) : sql_(sql) {
  SqlScanner scanner(sql);
  while (const auto piece = scanner.next_code()) pieces_.push_back(*piece);
  find_ctes();
}

std::string_view SqlNames::text(std::size_t i) const {
  return i < pieces_.size() ? pieces_[i].text : std::string_view();
}

std::size_t SqlNames::offset(std::size_t i) const {
  return static_cast<std::size_t>(pieces_[i].text.data() - sql_.data());
}

std::string SqlNames::unquoted(std::size_t i) const {
  const std::string_view given = text(i);
  if (given.size() < 2 || (given.front() != '\'' && given.front() != '"')) {
    return std::string(given);
  }
  const std::string quote(1, given.front());
  return replace_all(std::string(given.substr(1, given.size() - 2)), quote + quote, quote);
}

bool SqlNames::is_word(std::size_t i) const {
  return i < pieces_.size() && pieces_[i].kind == SqlPieceKind::word;
}

bool SqlNames::is_word(std::size_t i, std::string_view word) const {
  return is_word(i) && to_lower(pieces_[i].text) == word;
}

bool SqlNames::is_string(std::size_t i) const {
  return i < pieces_.size() && pieces_[i].kind == SqlPieceKind::quoted &&
         pieces_[i].text.starts_with('\'');
}

bool SqlNames::is_name(std::size_t i) const {
  return is_word(i) || (i < pieces_.size() && pieces_[i].kind == SqlPieceKind::quoted &&
                        pieces_[i].text.starts_with('"'));
}

std::size_t SqlNames::end_of_chain(std::size_t i) const {
  while (text(i + 1) == "." && is_name(i + 2)) i += 2;
  return i + 1;
}

bool SqlNames::is_sure_table_position(std::size_t i) const {
  if (i == 0) return false;
  if (is_word(i - 1, "join")) return true;
  // Excludes `is distinct from x` and `extract(year from x)`.
  return is_word(i - 1, "from") && !(i > 1 && is_word(i - 2, "distinct")) &&
         !(i > 3 && text(i - 3) == "(" && is_word(i - 4, "extract"));
}

bool SqlNames::is_table_position(std::size_t i) const {
  return is_sure_table_position(i) || (i > 0 && text(i - 1) == ",");
}

bool SqlNames::is_cte(const std::string& name) const { return ctes_.contains(to_lower(name)); }

// NAME as (…), NAME(a, b) as (…), NAME as [not] materialized (…)
void SqlNames::find_ctes() {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!is_name(i)) continue;
    std::size_t next = i + 1;
    if (text(next) == "(") {
      while (next < pieces_.size() && text(next) != ")") ++next;
      ++next;
    }
    if (!is_word(next, "as")) continue;
    ++next;
    if (is_word(next, "not")) ++next;
    if (is_word(next, "materialized")) ++next;
    if (text(next) == "(") ctes_.insert(to_lower(unquoted(i)));
  }
}

}  // namespace gsa::dbt
