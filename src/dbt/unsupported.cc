#include "dbt/unsupported.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include <fmt/format.h>

#include "dbt/config.h"

namespace gsa::dbt {
namespace {

namespace fs = std::filesystem;

struct Unsupported {
  std::string kind;  // "Python model", "snapshot", "package"
  std::string name;
  Place place;
};

// The folders in which a package keeps its nodes by default.
constexpr const char* kBuiltFolders[] = {"models", "seeds", "snapshots"};

// `{% snapshot NAME %}`; a file may have several.
void add_snapshots(const ProjectFiles& files, const std::string& path,
                   std::vector<Unsupported>& into) {
  static const std::regex kBlock(R"(\{%-?\s*snapshot\s+(\w+)\s*-?%\})");
  const std::string& text = *files.find(path);
  for (std::sregex_iterator at(text.begin(), text.end(), kBlock), end; at != end; ++at) {
    const auto line = 1 + std::count(text.begin(), text.begin() + at->position(), '\n');
    into.push_back({"snapshot", (*at)[1].str(), {files.display(path), static_cast<int>(line), 0}});
  }
}

bool holds_files(const fs::path& folder) {
  std::error_code failed;
  const fs::recursive_directory_iterator all(folder, failed);
  return !failed && std::any_of(begin(all), end(all), [](const fs::directory_entry& entry) {
    const fs::path extension = entry.path().extension();
    return extension == ".sql" || extension == ".py" || extension == ".csv";
  });
}

// Whether dbt_project.yml switches the models of a package off.
bool is_disabled(const ProjectYml& yml, const std::string& package) {
  if (!yml.models) return false;
  const std::optional<Yaml> own = yml.models->find(package);
  if (!own || !own->is_map()) return false;
  for (const char* key : {"+enabled", "enabled"}) {
    const std::optional<Yaml> enabled = own->find(key);
    if (enabled && enabled->is_scalar() && !enabled->value().truth()) return true;
  }
  return false;
}

void add_packages(const ProjectFiles& files, const ProjectYml& yml,
                  std::vector<Unsupported>& into) {
  const fs::path installed = files.path_of("dbt_packages");
  std::error_code failed;
  if (installed.empty() || !fs::is_directory(installed, failed)) return;
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(installed)) {
    if (entry.is_directory(failed)) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    const bool builds = std::any_of(std::begin(kBuiltFolders), std::end(kBuiltFolders),
                                    [&](const char* built) { return holds_files(folder / built); });
    if (!builds || is_disabled(yml, name)) continue;
    into.push_back({"package", name, {files.display("dbt_packages/" + name), 0, 0}});
  }
}

// Sorted by place.
std::vector<Unsupported> unsupported_parts(const ProjectFiles& files, const ProjectYml& yml) {
  std::vector<Unsupported> parts;
  for (const std::string& path : files.below(yml.model_paths, {".py"})) {
    parts.push_back({"Python model", fs::path(path).stem().string(), {files.display(path), 0, 0}});
  }
  for (const std::string& path : files.below(yml.snapshot_paths, {".sql"})) {
    add_snapshots(files, path, parts);
  }
  add_packages(files, yml, parts);
  return parts;
}

}  // namespace

std::map<std::string, std::string> name_unsupported(const ProjectFiles& files,
                                                    const ProjectYml& yml,
                                                    std::vector<std::string>& warnings) {
  std::map<std::string, std::string> refs;
  for (const Unsupported& part : unsupported_parts(files, yml)) {
    const std::string place = format_place(part.place);
    warnings.push_back(fmt::format("{}: the {} '{}' is not built here; {}", place, part.kind,
                                   part.name, kDbtHasIt));
    if (part.kind != "package") {
      refs[part.name] = fmt::format("'{}' is a {} ({})", part.name, part.kind, place);
    }
  }
  return refs;
}

}  // namespace gsa::dbt
