#include "dbt/sql_failure.h"

#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// The double-quoted words in `text` from `from` on.
std::vector<std::string> quoted_words(std::string_view text, std::size_t from) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = text.find('"', from);
    if (begin == std::string_view::npos) return words;
    const std::size_t end = text.find('"', begin + 1);
    if (end == std::string_view::npos) return words;
    words.emplace_back(text.substr(begin + 1, end - begin - 1));
    from = end + 1;
  }
}

std::optional<std::string> quoted_after(const std::string& text, std::string_view marker) {
  const std::size_t at = text.find(marker);
  if (at == std::string::npos) return std::nullopt;
  const std::vector<std::string> words = quoted_words(text, at + marker.size());
  return words.empty() ? std::nullopt : std::optional(words.front());
}

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

// The columns that DuckDB suggests, and those that the project describes for the node's inputs.
std::vector<std::string> columns_near(const std::string& text, const Node& node,
                                      const Project& project) {
  std::vector<std::string> columns;
  if (const std::size_t at = text.find("Candidate bindings:"); at != std::string::npos) {
    for (const std::string& word : quoted_words(text, at)) columns.push_back(last_part(word));
  }
  for (const std::size_t parent : node.depends_on) {
    for (const ColumnSpec& column : project.nodes()[parent].columns) columns.push_back(column.name);
  }
  return columns;
}

std::string hint_for(const std::string& text, const Node& node, const Project& project) {
  for (const std::string_view marker : {"Referenced column ", "column named "}) {
    if (const auto name = quoted_after(text, marker)) {
      std::vector<std::string> columns = columns_near(text, node, project);
      // Suggesting the described column that does not exist would not help.
      std::erase(columns, last_part(*name));
      return did_you_mean(last_part(*name), columns);
    }
  }
  constexpr std::string_view kTable = "Table with name ";
  if (const std::size_t at = text.find(kTable); at != std::string::npos) {
    const std::string_view rest = std::string_view(text).substr(at + kTable.size());
    const std::string name =
        last_part(replace_all(rest.substr(0, rest.find_first_of(" !")), "\"", ""));
    std::vector<std::string> relations;
    for (const Node& other : project.nodes()) {
      if (other.kind != NodeKind::test) relations.push_back(other.relation.name);
      if (other.kind == NodeKind::source && other.relation.name == name) {
        return fmt::format("it is the source {}, declared at {}, which must exist before the run",
                           other.name, format_place(other.place));
      }
    }
    if (project.find_model(name) != nullptr) {
      return "it is a model of the project, but has not been built";
    }
    if (const std::string hint = did_you_mean(name, relations); !hint.empty()) return hint;
  }
  if (const auto meant = quoted_after(text, "Did you mean ")) {
    return fmt::format("did you mean '{}'?", *meant);
  }
  return "";
}

// `text` with the project's names in place of those that the hook gave.
std::string with_own_names(std::string text, const Project& project, const RelationHook& hook) {
  if (!hook) return text;
  for (const Node& node : project.nodes()) {
    if (node.kind == NodeKind::test) continue;
    const std::string made = hook(node.relation).name;
    if (made != node.relation.name) text = replace_all(text, made, node.relation.name);
  }
  return text;
}

}  // namespace

namespace {

// For a seed, DuckDB names the line of the file and explains the error in two lines.
std::optional<Error> explain_csv_error(const std::string& text, const Node& node) {
  constexpr std::string_view kBegin = "CSV Error on Line: ";
  if (!node.is_seed() || !text.starts_with(kBegin)) return std::nullopt;
  const std::vector<std::string> lines = split(text, '\n');
  const std::string what = lines.size() > 2 ? lines[2] : lines[0];
  return Error(fmt::format("{}:{}: {}", node.place.file, lines[0].substr(kBegin.size()), what),
               "give the column another type below column_types: of the seed");
}

}  // namespace

Error explain_sql_error(const duck::SqlError& error, const CompiledSql& statement, const Node& node,
                        const Project& project, const RelationHook& hook) {
  const std::string text = with_own_names(error.summary(), project, hook);
  if (const auto explained = explain_csv_error(text, node)) return *explained;
  const std::string first_line = text.substr(0, text.find('\n'));
  std::string hint = hint_for(text, node, project);
  if (hint.empty() && (error.kind() == duck::SqlErrorKind::out_of_memory ||
                       error.kind() == duck::SqlErrorKind::disk_full)) {
    hint = error.hint();
  }
  Place place = node.place;
  if (!node.is_generic && !node.is_unit_test()) place.line = 0;  // only the file is certain
  if (const std::optional<int> line = error.line()) {
    if (const auto found = statement.place_of(*line, error.column().value_or(1))) {
      // The built-in tests have no file, so the place is that of the test in its schema file.
      if (found->file.ends_with(".sql")) {
        place = *found;
        if (!error.column()) place.column = 0;
      }
    }
  }
  Error explained = project.files().error_at(place, first_line, hint);
  return Error(explained.message(), explained.hint(), error.code());
}

}  // namespace gsa::dbt
