#pragma once

// The columns of a source by their names: finding those that are wanted, and saying what is
// missing.

#include <string>
#include <string_view>
#include <vector>

#include "prompts/source.h"
#include "prompts/source_values.h"

namespace gsa::prompts {

struct Column {
  std::string name;  // in the file
  std::string sql;   // how SQL names it
  std::string type;  // DuckDB's, "" where any text
};

// The column of that name, any case; one in exactly this case comes first. Null: there is none.
const Column* find_column(const std::vector<Column>& columns, std::string_view name);
// The column of the field: by its name in DiffusionDB, else by that in raw_prompts.
const Column* find_field(const std::vector<Column>& columns, const Field& field);

// Throws Error where there is none. `nested`: where a prompt is within other values,
// "input.prompt"; empty where it is not.
const Column& prompt_column(const SourceFile& file, const std::vector<Column>& columns,
                            const std::string& nested);
// Throws Error where a column is missing without which nothing was observed.
void require_observations(const SourceFile& file, const std::vector<Column>& columns);

// As the user may see it: short, and without what would disturb a terminal.
std::string printable(std::string_view text, std::size_t width);

// Of Parquet: "input.prompt" where a struct `input` has the prompt.
std::string nested_prompt(const std::vector<Column>& columns);

}  // namespace gsa::prompts
