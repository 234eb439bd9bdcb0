#include "prompts/source_columns.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

std::string listed(const std::vector<Column>& columns) {
  constexpr std::size_t kMost = 20, kWidth = 40;
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (names.size() == kMost) {
      names.push_back(fmt::format("… ({} in all)", columns.size()));
      break;
    }
    names.push_back(printable(column.name, kWidth));
  }
  return join(names, ", ");
}

// A column that the user probably means: "prompts", "Prompt_text", "text", "caption".
std::string likely_prompt(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    const std::string name = to_lower(column.name);
    if (name.find("prompt") != std::string::npos && !name.ends_with("nsfw")) return column.name;
  }
  for (const std::string_view usual : {"text", "caption", "description", "query", "input"}) {
    if (const Column* column = find_column(columns, usual)) return column->name;
  }
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return nearest("prompt", names).value_or("");
}

// How to extract a prompt that is at "input.prompt" or "data[].input.prompt" in JSON.
std::string hint_on_nested(const std::string& nested) {
  std::string what = fmt::format("the prompt is nested, at {}", clip(nested, 60));
  const bool plain = std::all_of(nested.begin(), nested.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '[' ||
           c == ']';
  });
  if (!plain) return what;
  const std::size_t array = nested.rfind("[]");
  const std::size_t begin = array == std::string::npos ? 0 : array + 2;
  const std::string elements = begin == 0 ? "." : "." + nested.substr(0, begin);
  const std::string within = (begin == 0 ? "." : "") + nested.substr(begin);
  const std::string filter = within == ".prompt" ? elements
                             : begin == 0
                                 ? fmt::format(". + {{prompt: {}}}", within)
                                 : fmt::format("{} | . + {{prompt: {}}}", elements, within);
  return fmt::format("{}; extract it: jq -c '{}'", what, filter);
}

}  // namespace

std::string printable(std::string_view text, std::size_t width) {
  std::string shown = clip(text, width);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return shown;
}

std::vector<Column> described_columns(duck::Connection& connection, const std::string& from) {
  const duck::Result result = connection.query(
      fmt::format("select column_name, column_type from (describe select * from {})", from));
  std::vector<Column> columns;
  for (std::size_t row = 0; row < result.rows(); ++row) {
    columns.push_back({result.text(row, 0), sql_name(result.text(row, 0)), result.text(row, 1)});
  }
  return columns;
}

bool is_struct_type(std::string_view type) {
  return type.starts_with("STRUCT(") && type.ends_with(')');
}

std::vector<Column> struct_fields(duck::Connection& connection, const std::string& type) {
  if (!is_struct_type(type)) return {};
  return described_columns(connection, fmt::format("(select unnest(null::{}))", type));
}

const Column* find_column(const std::vector<Column>& columns, std::string_view name) {
  const Column* found = nullptr;
  for (const Column& column : columns) {
    if (column.name == name) return &column;
    if (found == nullptr && to_lower(column.name) == name) found = &column;
  }
  return found;
}

const Column* find_field(const std::vector<Column>& columns, const Field& field) {
  const Column* found = find_column(columns, field.source);
  return found != nullptr ? found : find_column(columns, field.target);
}

const Column& prompt_column(const SourceFile& file, const std::vector<Column>& columns,
                            const std::string& nested) {
  if (const Column* found = find_column(columns, "prompt")) return *found;
  if (!nested.empty()) {
    throw Error(
        fmt::format("{}: no column is named 'prompt'; the columns are: {}", file.path,
                    listed(columns)),
        file.kind == FileKind::parquet
            ? fmt::format(
                  "the prompt is nested in a column, at {}: write it as a column of its own",
                  clip(nested, 60))
            : hint_on_nested(nested));
  }
  const std::string likely = likely_prompt(columns);
  throw Error(fmt::format("{}: no column is named 'prompt'; the columns are: {}", file.path,
                          listed(columns)),
              !likely.empty()
                  ? fmt::format("rename '{}' to 'prompt', if that is it", clip(likely, 40))
              : file.kind == FileKind::csv ? "a CSV file begins with a line that names its columns"
                                           : "");
}

void require_observations(const SourceFile& file, const std::vector<Column>& columns) {
  for (const Field& field : observation_fields()) {
    const Column* found = find_field(columns, field);
    if (field.target != "user_name" && field.target != "asked_at") continue;
    if (found == nullptr) {
      throw Error(fmt::format("{}: no column is named '{}'; the columns are: {}", file.path,
                              field.source, listed(columns)),
                  "without users and times, only --behavior simulated is possible");
    }
    if (field.type == "timestamp" && !may_hold_times(found->type)) {
      throw Error(fmt::format("{}: the column '{}' is {}, not a time", file.path, found->name,
                              clip(found->type, 60)));
    }
  }
}

std::string nested_prompt(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    const std::string type = to_lower(column.type);
    if (type.starts_with("struct(prompt ") ||
        (type.starts_with("struct(") && type.find(", prompt ") != std::string::npos)) {
      return column.name + ".prompt";
    }
  }
  return "";
}

}  // namespace gsa::prompts
