#include "dbt/profile.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "dbt/config.h"
#include "dbt/yaml.h"

namespace gsa::dbt {
namespace {

constexpr const char* kFile = "profiles.yml";
constexpr const char* kTrino = "trino";

// Keys that do not affect rows, or that gsa decides itself: --warehouse names the database.
const std::vector<std::string> kUnused = {"type",
                                          "path",
                                          "database",
                                          "keep_open",
                                          "retries",
                                          "threads",
                                          "schema",
                                          "settings",
                                          "extensions",
                                          "disable_transactions",
                                          "temp_schema_name"};

class ProfileReader {
 public:
  ProfileReader(Context& context, Target& target, std::vector<std::string>& warnings)
      : context_(context), target_(target), warnings_(warnings) {}

  void read(const Yaml& profile, const std::string& name) {
    target_.name = name;
    if (name.empty()) target_.name = text_at(profile, "target");
    if (target_.name.empty()) target_.name = "default";
    const std::optional<Yaml> outputs = profile.find("outputs");
    if (!outputs) throw profile.error("the profile has no outputs");
    const std::optional<Yaml> output = outputs->find(target_.name);
    if (!output) {
      std::vector<std::string> names;
      for (const Yaml::Entry& entry : outputs->entries()) names.push_back(entry.key);
      throw outputs->error(fmt::format("the profile has no target '{}'", target_.name),
                           "there is: " + join(names, ", "));
    }
    read_output(*output);
  }

 private:
  Value rendered(const Yaml& yaml) const {
    return context_.render_yaml(yaml.value(), yaml.place());
  }

  std::string text_at(const Yaml& map, const std::string& key) const {
    const std::optional<Yaml> found = map.find(key);
    return found ? rendered(*found).str() : "";
  }

  void read_output(const Yaml& output) {
    const std::string type = text_at(output, "type");
    if (type == kTrino) return read_trino(output);
    if (type != "duckdb") {
      throw output.error(
          fmt::format("the target '{}' is of type '{}', but gsa builds only in DuckDB and Trino",
                      target_.name, type),
          kDbtHasIt);
    }
    if (target_.type != type) throw output.error("the target is not on " + target_.type);
    if (const std::string schema = text_at(output, "schema"); !schema.empty()) {
      target_.schema = schema;
    }
    if (const auto threads = output.find("threads"); threads && rendered(*threads).is_integer()) {
      target_.threads = static_cast<int>(rendered(*threads).as_integer());
    }
    if (const auto settings = output.find("settings")) {
      for (const Yaml::Entry& entry : settings->entries()) {
        target_.settings.emplace_back(entry.key, rendered(entry.value).str());
      }
    }
    if (const auto extensions = output.find("extensions")) read_extensions(*extensions);
    if (const auto attached = output.find("attach"); attached && !attached->items().empty()) {
      throw attached->error("databases to attach are not supported", kDbtHasIt);
    }
    for (const Yaml::Entry& entry : output.entries()) {
      const bool known = entry.key == "attach" ||
                         std::find(kUnused.begin(), kUnused.end(), entry.key) != kUnused.end();
      if (known || !entry.value.value().truth()) continue;
      warnings_.push_back(fmt::format("{}: '{}' of the profile is not used here; {}",
                                      format_place(entry.place), entry.key, kDbtHasIt));
    }
  }

  void read_trino(const Yaml& output) {
    for (const Yaml::Entry& entry : output.entries()) {
      target_.output.set(Value(entry.key), rendered(entry.value));
    }
    for (const char* key : {"host", "database", "schema"}) {
      if (text_at(output, key).empty()) {
        throw output.error(fmt::format("the target '{}' has no {}", target_.name, key));
      }
    }
    if (const auto threads = output.find("threads"); threads && rendered(*threads).is_integer()) {
      target_.threads = static_cast<int>(rendered(*threads).as_integer());
    }
    if (target_.type != kTrino) return;
    target_.database = text_at(output, "database");
    target_.schema = text_at(output, "schema");
  }

  void read_extensions(const Yaml& extensions) {
    for (const Yaml& item : extensions.items()) {
      if (item.is_map()) {
        target_.extensions.push_back(text_at(item, "name"));
      } else {
        target_.extensions.push_back(rendered(item).str());
      }
    }
  }

  Context& context_;
  Target& target_;
  std::vector<std::string>& warnings_;
};

// profiles.yml in a folder other than the project's; null if there is none.
std::optional<ProjectFiles> profiles_in(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kFile;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) return std::nullopt;
  const std::map<std::string, std::string> texts = {{kFile, read_file(file)}};
  return ProjectFiles(texts, folder.string() + "/");
}

}  // namespace

void read_profile(const ProjectFiles& files, Context& context, const std::string& name,
                  Target& target, std::vector<std::string>& warnings,
                  const Environment& environment, const std::string& relative_to) {
  // In dbt's order: $DBT_PROFILES_DIR, the project's folder, ~/.dbt.
  std::optional<ProjectFiles> beside;
  bool of_home = false;
  const bool in_a_folder = !files.path_of("dbt_project.yml").empty() || !name.empty();
  const bool has_own = !files.path_of("dbt_project.yml").empty() && files.find(kFile) != nullptr;
  if (const auto folder = environment.find("DBT_PROFILES_DIR"); in_a_folder && folder) {
    beside = profiles_in(std::filesystem::path(relative_to) / *folder);
    if (!beside) {
      throw Error(fmt::format("{}/{} does not exist", *folder, kFile),
                  "DBT_PROFILES_DIR names the folder");
    }
  } else if (in_a_folder && !has_own) {
    if (!name.empty()) beside = profiles_in(relative_to.empty() ? "." : relative_to);
    if (const auto home = environment.find("HOME"); home && !beside) {
      beside = profiles_in(std::filesystem::path(*home) / ".dbt");
      of_home = beside.has_value();
    }
  }
  const ProjectFiles& found = beside ? *beside : files;
  std::optional<Yaml> profile;
  if (found.find(kFile) != nullptr) profile = Yaml::parse(found, kFile).find(target.profile);
  if (profile) {
    const Target before = target;
    try {
      return ProfileReader(context, target, warnings).read(*profile, name);
    } catch (const Error& error) {
      // The profile may be meant for another engine.
      if (!of_home || !name.empty()) throw;
      target = before;
      warnings.push_back(fmt::format("{}/.dbt/{} is not used: {}", environment.text("HOME"), kFile,
                                     error.message().substr(0, error.message().find('\n'))));
      return;
    }
  }
  if (!name.empty()) {
    throw Error(fmt::format("there is no target '{}': {} has no profile '{}'", name,
                            found.display(kFile), target.profile));
  }
}

}  // namespace gsa::dbt
