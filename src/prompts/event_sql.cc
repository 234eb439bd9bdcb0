#include "prompts/event_sql.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::prompts {

std::string EventSql::add(const EventValue& value) {
  std::string sql = value.column.sql;
  if (value.pointers.empty()) {
    sql = add_column(sql);
  } else {
    if (sql != event_) sql = fmt::format("gsa_json_object({})", sql);
    for (std::size_t level = 0; level < value.pointers.size(); ++level) {
      if (level > 0) sql = fmt::format("gsa_json_object({})", sql);
      sql = add_pointer(level, sql, value.pointers[level]);
    }
  }
  return value.instead.empty() ? sql
                               : fmt::format("coalesce({}, {})", sql, add_column(value.instead));
}

std::string EventSql::add_column(const std::string& sql) {
  const auto found = std::find(columns_.begin(), columns_.end(), sql);
  const auto index = found - columns_.begin();
  if (found == columns_.end()) columns_.push_back(sql);
  return fmt::format("d{}", index);
}

std::string EventSql::add_pointer(std::size_t level, const std::string& sql,
                                  const std::string& pointer) {
  if (levels_.size() == level) levels_.emplace_back();
  std::vector<Text>& texts = levels_[level];
  auto text =
      std::find_if(texts.begin(), texts.end(), [&](const Text& known) { return known.sql == sql; });
  if (text == texts.end()) {
    texts.push_back({sql, fmt::format("x{}_{}", level, texts.size()), {}});
    text = texts.end() - 1;
  }
  const auto found = std::find(text->pointers.begin(), text->pointers.end(), pointer);
  const auto index = found - text->pointers.begin();
  if (found == text->pointers.end()) text->pointers.push_back(pointer);
  return fmt::format("{}[{}]", text->name, index + 1);
}

std::string EventSql::select() const {
  std::string list = fmt::format("{} as event_row", row_);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    list += fmt::format(", {} as d{}", columns_[i], i);
  std::string sql = from_;
  for (std::size_t level = 0; level < std::max<std::size_t>(levels_.size(), 1); ++level) {
    if (level > 0) list = "*";
    for (std::size_t i = 0; level < levels_.size() && i < levels_[level].size(); ++i) {
      const Text& text = levels_[level][i];
      std::vector<std::string> pointers;
      for (const std::string& pointer : text.pointers) pointers.push_back(sql_quote(pointer));
      list += fmt::format(", json_extract_string({}, [{}]) as {}", text.sql, join(pointers, ", "),
                          text.name);
    }
    sql = fmt::format("select {} from {}", list, level == 0 ? sql : fmt::format("({})", sql));
  }
  return sql;
}

std::string cast_event_value(const std::string& value, std::string_view from, std::string_view to) {
  if (from == to) return value;
  // A time without a zone is in UTC.
  if (from == "TIMESTAMP WITH TIME ZONE" && to == "TIMESTAMP") {
    return fmt::format("make_timestamp(epoch_us({}))", value);
  }
  return fmt::format("({})::{}", value, to);
}

}  // namespace gsa::prompts
