#include "dbt/macro_overrides.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

// The macros that dbt calls between a model or test and the statements that it runs. Macros that
// name relations are not listed, because we call those as well.
constexpr std::string_view kAsked[] = {"alter_column_comment",
                                       "alter_relation_add_remove_columns",
                                       "alter_relation_comment",
                                       "collect_freshness",
                                       "create_csv_table",
                                       "create_or_replace_view",
                                       "create_schema",
                                       "create_table_as",
                                       "create_view_as",
                                       "drop_relation",
                                       "get_assert_columns_equivalent",
                                       "get_create_sql",
                                       "get_create_table_as_sql",
                                       "get_create_view_as_sql",
                                       "get_csv_sql",
                                       "get_delete_insert_merge_sql",
                                       "get_incremental_append_sql",
                                       "get_incremental_default_sql",
                                       "get_incremental_delete_insert_sql",
                                       "get_incremental_merge_sql",
                                       "get_insert_into_sql",
                                       "get_merge_sql",
                                       "get_merge_update_columns",
                                       "get_table_columns_and_constraints",
                                       "get_test_sql",
                                       "get_where_subquery",
                                       "incremental_validate_on_schema_change",
                                       "load_csv_rows",
                                       "persist_docs",
                                       "process_schema_changes",
                                       "rename_relation",
                                       "resolve_model_name",
                                       "run_hooks",
                                       "set_sql_header",
                                       "should_full_refresh",
                                       "should_store_failures",
                                       "sync_column_schemas"};
// The generic tests call these, with the adapter's prefix or the default one.
constexpr std::string_view kTests[] = {"test_unique", "test_not_null", "test_accepted_values",
                                       "test_relationships"};

// Macros that unit tests call.
constexpr std::string_view kUnit[] = {"escape_single_quotes",
                                      "format_row",
                                      "get_expected_sql",
                                      "get_fixture_sql",
                                      "get_unit_test_sql",
                                      "get_columns_in_query",
                                      "get_columns_in_relation",
                                      "get_empty_subquery_sql",
                                      "safe_cast",
                                      "string_literal",
                                      "validate_fixture_rows"};

template <typename List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool is_override(std::string_view macro, bool has_unit_tests) {
  const auto is_asked = [&](std::string_view name) {
    return contains(kAsked, name) || (has_unit_tests && contains(kUnit, name));
  };
  for (const std::string_view prefix : {"duckdb__", "default__"}) {
    if (!macro.starts_with(prefix)) continue;
    const std::string_view name = macro.substr(prefix.size());
    return is_asked(name) || contains(kTests, name);
  }
  return is_asked(macro);
}

// The line of `{% macro NAME` in the text.
int line_of(std::string_view text, const std::string& macro) {
  const std::string words = "macro " + macro;
  std::size_t at = text.find(words);
  while (at != std::string_view::npos && at + words.size() < text.size() &&
         is_word_character(text[at + words.size()])) {
    at = text.find(words, at + 1);
  }
  if (at == std::string_view::npos) return 0;
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

void refuse_macro_overrides(const std::map<std::string, std::string>& macros,
                            const std::vector<std::string>& paths, const ProjectFiles& files,
                            bool has_unit_tests) {
  for (const auto& [macro, file] : macros) {
    if (!is_override(macro, has_unit_tests)) continue;
    Place place{file, 0, 0};
    for (const std::string& path : paths) {
      if (files.display(path) == file) place.line = line_of(*files.find(path), macro);
    }
    throw files.error_at(
        place, fmt::format("the macro '{}' overrides dbt's own, which is not supported", macro),
        "dbt build of dbt-core supports it");
  }
}

}  // namespace gsa::dbt
