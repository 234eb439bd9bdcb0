#include "dbt/project_files.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/file.h"
#include "base/text.h"
#include "dbt/ignore_rules.h"

namespace gsa::dbt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProjectFile = "dbt_project.yml";

// Files that dbt reads by name at the top of a project. They are never ignored, and never read as
// descriptions of models.
bool is_of_the_top(std::string_view path) {
  return path == kProjectFile || path == "selectors.yml" || path == "profiles.yml" ||
         path == "packages.yml" || path == "dependencies.yml";
}

bool is_kept(const fs::path& path) {
  return path.extension() == ".sql" || path.extension() == ".yml" || path.extension() == ".yaml" ||
         path.extension() == ".md";
}

bool is_of_project(const fs::path& path) {
  return is_kept(path) || path.extension() == ".csv" || path.extension() == ".py";
}

// Top-level folders that are not part of the project: those that dbt writes, and hidden ones.
bool is_foreign(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "target" || name == "logs" || name == "dbt_packages" || name.starts_with('.');
}

// The line, and a caret below `column`; for a long line, only the part around the column.
std::string excerpt(const std::string& line, int column) {
  constexpr std::size_t kWidest =
      120;  // a longer line would wrap and move the caret away from its character
  constexpr std::size_t kBefore = 60;
  const std::vector<std::string_view> letters = characters(line);
  const auto at = static_cast<std::size_t>(std::max(column - 1, 0));
  const std::size_t from = letters.size() > kWidest && at > kBefore ? at - kBefore : 0;
  std::string shown = from > 0 ? "…" : "";
  std::size_t before = from > 0 ? 1 : 0;  // columns before the caret
  for (std::size_t i = from; i < letters.size() && i < from + kWidest; ++i) {
    shown += letters[i];
    if (i < at) before += display_width(letters[i]);
  }
  if (letters.size() > from + kWidest) shown += "…";
  if (column <= 0) return "\n" + shown;
  return fmt::format("\n{}\n{}^", shown, std::string(before, ' '));
}

}  // namespace

ProjectFiles::ProjectFiles(std::map<std::string, std::string> texts, std::string display)
    : texts_(std::move(texts)), display_(std::move(display)) {}

ProjectFiles::ProjectFiles(const std::vector<EmbeddedFile>& files, std::string display)
    : display_(std::move(display)) {
  for (const EmbeddedFile& file : files) texts_.emplace(file.path, std::string(file.contents));
}

std::vector<fs::path> ProjectFiles::list(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return paths;
  IgnoreRules ignored;
  if (const fs::path rules = folder / ".dbtignore"; fs::is_regular_file(rules, failed)) {
    ignored = IgnoreRules(read_file(rules));
  }
  const auto is_ignored = [&](const std::string& path) {
    return !is_of_the_top(path) && ignored.ignores_file(path);
  };
  // Follows links, as dbt does. A link that leads back to a folder above it ends at this depth.
  constexpr int kDeepest = 30;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::follow_directory_symlink),
       end;
       at != end; ++at) {
    if (at->is_directory(failed)) {
      const bool is_at_top = at.depth() == 0;
      if ((is_at_top && is_foreign(at->path())) || at.depth() >= kDeepest) {
        at.disable_recursion_pending();
      }
    } else if (is_of_project(at->path()) &&
               !is_ignored(at->path().lexically_relative(folder).generic_string())) {
      paths.push_back(at->path());
    }
  }
  return paths;
}

ProjectFiles ProjectFiles::from_folder(const fs::path& folder, const std::string& display) {
  const std::string shown = display.empty() ? folder.string() : display;
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    throw Error(fmt::format("{}: no such folder", shown),
                "--project takes the folder with dbt_project.yml");
  }
  if (!fs::exists(folder / kProjectFile, failed)) {
    throw Error(fmt::format("{}: not a dbt project, because it has no {}", shown, kProjectFile),
                "gsa init DIR writes one to start from");
  }
  std::map<std::string, std::string> texts;
  std::set<std::string> others;
  for (const fs::path& path : list(folder)) {
    const std::string name = path.lexically_relative(folder).generic_string();
    if (is_kept(path)) {
      texts.emplace(name, read_file(path));
    } else {
      others.insert(name);
    }
  }
  ProjectFiles files(std::move(texts), fs::path(shown).lexically_normal().generic_string());
  files.others_ = std::move(others);
  files.folder_ = fs::absolute(folder).lexically_normal();
  return files;
}

std::string ProjectFiles::read(const std::string& path) const {
  if (const std::string* text = find(path)) return *text;
  return read_file(path_of(path));
}

fs::path ProjectFiles::path_of(const std::string& path) const {
  return folder_.empty() ? fs::path() : folder_ / path;
}

const std::string* ProjectFiles::find(const std::string& path) const {
  const auto found = texts_.find(path);
  return found == texts_.end() ? nullptr : &found->second;
}

std::vector<std::string> ProjectFiles::below(const std::vector<std::string>& folders,
                                             const std::vector<std::string>& extensions) const {
  std::vector<std::string> paths;
  const auto look = [&](const std::string& name) {
    const bool inside = std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
      if (folder == ".") return !is_of_the_top(name);
      return name.starts_with(folder) && name.size() > folder.size() && name[folder.size()] == '/';
    });
    const bool fits =
        std::any_of(extensions.begin(), extensions.end(),
                    [&](const std::string& extension) { return name.ends_with(extension); });
    if (inside && fits) paths.push_back(name);
  };
  for (const auto& [path, text] : texts_) look(path);
  for (const std::string& path : others_) look(path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string ProjectFiles::display(const std::string& path) const {
  if (display_.empty() || display_ == ".") return path;
  return display_.ends_with('/') ? display_ + path : display_ + "/" + path;
}

Error ProjectFiles::error_at(const Place& place, const std::string& what,
                             const std::string& hint) const {
  std::string message = fmt::format("{}: {}", format_place(place), what);
  for (const auto& [path, text] : texts_) {
    if (place.line <= 0 || display(path) != place.file) continue;
    message += excerpt(replace_all(line_of(text, place.line), "\t", " "), place.column);
  }
  return Error(message, hint);
}

std::string_view line_of(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string format_place(const Place& place) {
  if (place.line <= 0) return place.file;
  if (place.column <= 0) return fmt::format("{}:{}", place.file, place.line);
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

}  // namespace gsa::dbt
