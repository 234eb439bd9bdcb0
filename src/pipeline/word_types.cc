#include "pipeline/word_types.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::pipeline {
namespace {

using Members = std::vector<std::string>;

constexpr const char* kNoWord = "unknown";
constexpr const char* kCurrency = "currency";

// The types of the columns with words, by name.
std::map<std::string, std::string> word_columns(duck::Connection& connection,
                                                const std::string& relation) {
  const duck::Result rows = connection.query("describe select * from " + relation);
  std::map<std::string, std::string> columns;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (is_word_type(rows.text(r, 0))) columns[rows.text(r, 0)] = rows.text(r, 1);
  }
  return columns;
}

// The words of a column in their order.
std::string select_words(const std::string& column, const std::string& type,
                         const std::string& relation) {
  const bool is_enumeration = type.starts_with("ENUM(");
  // The first is the main currency, so costs decide, unless there is but one.
  if (column == kCurrency && (!is_enumeration || type.find(',') != std::string::npos)) {
    return fmt::format(
        "select coalesce({0}::varchar, if(cost is null, null, '{2}')) as word from {1} group by 1 "
        "having word is not null order by count(cost) desc, word",
        column, relation, kNoWord);
  }
  // All of an enumeration, whether or not a row has it; none, if no row has any.
  if (is_enumeration) {
    return fmt::format(
        "select word from (select unnest(enum_range(null::{})) as word) where exists (from {} "
        "where {} is not null)",
        type, relation, column);
  }
  return fmt::format(
      "select {0}::varchar from {1} where {0} is not null group by 1 order by count(*) desc, 1",
      column, relation);
}

void add_words(duck::Connection& connection, const std::string& select, Members& words) {
  std::set<std::string> known(words.begin(), words.end());
  const duck::Result rows = connection.query(select);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::string word = rows.text(r, 0);
    if (known.insert(word).second) words.push_back(std::move(word));
  }
}

// "enum('free', 'pro')"
std::string enumeration(const Members& members) {
  std::vector<std::string> quoted;
  for (const std::string& member : members) quoted.push_back(sql_quote(member));
  return fmt::format("enum({})", join(quoted, ", "));
}

std::string type_sql(const WordType& type) {
  return type.sql.empty() ? enumeration(type.members) : type.sql;
}

// The type `attributes` of schema main; "" if there is none.
std::string published_attributes(duck::Connection& connection) {
  // Without the database, the connection's temporary type of that name is meant.
  const std::string database = connection.query("select current_database()").text(0, 0);
  try {
    return connection
        .query(fmt::format("describe select null::{}.main.{}", sql_name(database), kAttributesType))
        .text(0, 1);
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return "";
  }
}

// The word types of schema main, by name.
std::map<std::string, Members> published_types(duck::Connection& connection) {
  const duck::Result rows = connection.query(
      "select type_name, unnest(labels) from duckdb_types() where database_name = "
      "current_database() and schema_name = 'main' and logical_type = 'ENUM' and not internal");
  std::map<std::string, Members> types;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (is_word_type(rows.text(r, 0))) types[rows.text(r, 0)].push_back(rows.text(r, 1));
  }
  return types;
}

// A kind without words has no members.
std::vector<WordType> words_of(duck::Connection& connection, const std::string& users,
                               const std::string& generations) {
  std::vector<WordType> types;
  for (const std::string_view name : kWordTypes) types.push_back({std::string(name), {}});
  types.push_back({std::string(kAttributesType), {}, "VARCHAR"});
  for (const std::string& relation : {users, generations}) {
    const auto columns = word_columns(connection, relation);
    for (WordType& type : types) {
      const auto column = columns.find(type.name);
      if (column == columns.end()) continue;
      if (!type.sql.empty()) {
        type.sql = column->second;
        continue;
      }
      add_words(connection, select_words(type.name, column->second, relation), type.members);
    }
  }
  return types;
}

}  // namespace

bool is_word_type(std::string_view name) {
  return name == kAttributesType ||
         std::find(kWordTypes.begin(), kWordTypes.end(), name) != kWordTypes.end();
}

std::vector<WordType> read_word_types(duck::Connection& connection, const std::string& raw_users,
                                      const std::string& raw_generations) {
  std::vector<WordType> types = words_of(connection, raw_users, raw_generations);
  for (WordType& type : types) {
    if (type.sql.empty() && type.members.empty()) type.members.emplace_back(kNoWord);
  }
  return types;
}

std::optional<std::vector<WordType>> published_types_with(duck::Connection& connection,
                                                          const std::string& users,
                                                          const std::string& generations) {
  const std::map<std::string, Members> published = published_types(connection);
  std::vector<WordType> types;
  for (WordType& type : words_of(connection, users, generations)) {
    if (!type.sql.empty()) {
      if (published_attributes(connection) != type.sql) return std::nullopt;
      types.push_back(std::move(type));
      continue;
    }
    const auto found = published.find(type.name);
    if (found == published.end()) return std::nullopt;
    const std::set<std::string> known(found->second.begin(), found->second.end());
    for (const std::string& word : type.members) {
      if (!known.contains(word)) return std::nullopt;
    }
    types.push_back({type.name, found->second});
  }
  return types;
}

void create_temporary(duck::Connection& connection, const std::vector<WordType>& types) {
  for (const WordType& type : types) {
    connection.execute(
        fmt::format("create or replace temp type {} as {}", type.name, type_sql(type)));
  }
}

std::vector<std::string> replace_word_types_sql(duck::Connection& connection,
                                                const std::vector<WordType>& types) {
  const std::map<std::string, Members> published = published_types(connection);
  std::vector<std::string> statements;
  for (const WordType& type : types) {
    const auto found = published.find(type.name);
    const bool stands = type.sql.empty() ? found != published.end() && found->second == type.members
                                         : published_attributes(connection) == type.sql;
    if (stands) continue;
    statements.push_back(
        fmt::format("create or replace type main.{} as {}", type.name, type_sql(type)));
  }
  return statements;
}

void restore_word_types(duck::Connection& connection) {
  if (published_types(connection).size() == kWordTypes.size() &&
      !published_attributes(connection).empty()) {
    return;
  }
  std::vector<WordType> types;
  try {
    types = read_word_types(connection, "main.raw_users", "main.raw_generations");
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return;  // the raw tables are missing
  }
  for (const std::string& statement : replace_word_types_sql(connection, types)) {
    connection.execute(statement);
  }
}

}  // namespace gsa::pipeline
