#pragma once

// The columns of a source by name: finds the wanted ones, and reports the missing ones.

#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "prompts/source.h"
#include "prompts/source_values.h"

namespace gsa::prompts {

struct Column {
  std::string name;  // in the file
  std::string sql;   // its name in SQL
  std::string type;  // DuckDB's type; "" for text of unknown content
};

// The columns of a FROM clause.
std::vector<Column> described_columns(duck::Connection& connection, const std::string& from);

// Of a type as DuckDB writes it. A struct's fields are its columns; other types have none.
bool is_struct_type(std::string_view type);
std::vector<Column> struct_fields(duck::Connection& connection, const std::string& type);

// The column of that name in any case; an exact match wins. Null if there is none.
const Column* find_column(const std::vector<Column>& columns, std::string_view name);
// The column for the field: by its name in DiffusionDB, or else by its name in raw_prompts.
const Column* find_field(const std::vector<Column>& columns, const Field& field);

// Throws Error if there is none. `nested` is the path of a prompt within other values, as in
// "input.prompt", or empty.
const Column& prompt_column(const SourceFile& file, const std::vector<Column>& columns,
                            const std::string& nested);
// Throws Error if a column is missing that observations cannot do without.
void require_observations(const SourceFile& file, const std::vector<Column>& columns);

// Safe to show: short, and without characters that would disturb a terminal.
std::string printable(std::string_view text, std::size_t width);

// For Parquet: "input.prompt" if a struct `input` has the prompt.
std::string nested_prompt(const std::vector<Column>& columns);

}  // namespace gsa::prompts
