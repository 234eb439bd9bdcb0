#include "dbt/relation.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// Words that DuckDB does not accept as the name of a table (duckdb_keywords(), category reserved).
const std::set<std::string, std::less<>> kReserved = {
    "all",          "analyse",     "analyze", "and",       "any",        "array",      "as",
    "asc",          "asymmetric",  "both",    "case",      "cast",       "check",      "collate",
    "column",       "constraint",  "create",  "default",   "deferrable", "desc",       "describe",
    "distinct",     "do",          "else",    "end",       "except",     "false",      "fetch",
    "for",          "foreign",     "from",    "group",     "having",     "in",         "initially",
    "intersect",    "into",        "lambda",  "lateral",   "leading",    "limit",      "not",
    "null",         "offset",      "on",      "only",      "or",         "order",      "pivot",
    "pivot_longer", "pivot_wider", "placing", "primary",   "qualify",    "references", "returning",
    "select",       "show",        "some",    "summarize", "symmetric",  "table",      "then",
    "to",           "trailing",    "true",    "union",     "unique",     "unpivot",    "using",
    "variadic",     "when",        "where",   "window",    "with"};

std::string quoted_if_needed(const std::string& name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                     std::all_of(name.begin(), name.end(), is_word) &&
                     !kReserved.contains(to_lower(name));
  return plain ? name : sql_name(name);
}

}  // namespace

std::string to_sql(const Relation& relation) {
  std::string sql;
  if (!relation.database.empty()) sql += quoted_if_needed(relation.database) + ".";
  if (!relation.schema.empty()) sql += quoted_if_needed(relation.schema) + ".";
  return sql + quoted_if_needed(relation.name);
}

}  // namespace gsa::dbt
