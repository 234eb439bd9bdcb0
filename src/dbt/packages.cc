#include "dbt/packages.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/project_yml.h"
#include "dbt/yaml.h"

namespace gsa::dbt {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> folders_below(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code failed;
  if (parent.empty() || !fs::is_directory(parent, failed)) return folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent)) {
    const bool is_project = fs::is_regular_file(entry.path() / "dbt_project.yml", failed);
    if (entry.is_directory(failed) && is_project) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

// The packages in packages.yml or dependencies.yml, installed or not: "dbt_utils" for
// dbt-labs/dbt_utils.
std::vector<std::string> declared_packages(const ProjectFiles& files) {
  std::vector<std::string> names;
  for (const char* file : {"packages.yml", "dependencies.yml"}) {
    if (files.find(file) == nullptr) continue;
    const auto packages = Yaml::parse(files, file).find("packages");
    if (!packages || !packages->is_list()) continue;
    for (const Yaml& package : packages->items()) {
      if (!package.is_map()) continue;
      for (const char* key : {"package", "git", "local"}) {
        std::string name = package.string_at(key);
        if (name.empty()) continue;
        if (name.ends_with(".git")) name.resize(name.size() - 4);
        names.push_back(replace_all(name.substr(name.rfind('/') + 1), "-", "_"));
      }
    }
  }
  return names;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void add_packages(const ProjectFiles& files, Context& context, std::vector<std::string>& warnings) {
  const std::vector<std::string> declared = declared_packages(files);
  for (const fs::path& folder : folders_below(files.path_of("dbt_packages"))) {
    const std::string shown = files.display("dbt_packages/" + folder.filename().string());
    try {
      const ProjectFiles own = ProjectFiles::from_folder(folder);
      std::vector<std::string> its_business;  // warnings of the package about itself
      const ProjectYml yml = read_project_yml(own, its_business);
      std::vector<std::string> roots = yml.macro_paths;
      for (const std::string& path : yml.test_paths) roots.push_back(path + "/generic");
      std::vector<MacroFile> macros;
      for (const std::string& path : own.below(roots, {".sql"})) {
        try {
          macros.push_back({yml.name, path, Template::parse(*own.find(path), shown + "/" + path)});
        } catch (const Error& error) {
          warnings.push_back(fmt::format("{}; the macros of this file cannot be used here",
                                         first_line(error.message())));
        }
      }
      context.add_package(yml.name, macros);
    } catch (const Error& error) {
      warnings.push_back(fmt::format("{}: the package cannot be used here: {}", shown,
                                     first_line(error.message())));
    }
  }
  for (const std::string& name : declared) context.miss_package(name);
}

}  // namespace gsa::dbt
