#include "dbt/project_yml.h"

#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/config.h"
#include "dbt/required_version.h"

namespace gsa::dbt {
namespace {

// All keys that dbt accepts. Those not read below do not affect models or tests.
const std::vector<std::string> kKeys = {"name",
                                        "version",
                                        "config-version",
                                        "profile",
                                        "model-paths",
                                        "test-paths",
                                        "macro-paths",
                                        "seed-paths",
                                        "analysis-paths",
                                        "snapshot-paths",
                                        "asset-paths",
                                        "docs-paths",
                                        "function-paths",
                                        "target-path",
                                        "log-path",
                                        "packages-install-path",
                                        "clean-targets",
                                        "vars",
                                        "models",
                                        "tests",
                                        "data_tests",
                                        "seeds",
                                        "snapshots",
                                        "sources",
                                        "flags",
                                        "require-dbt-version",
                                        "dispatch",
                                        "quoting",
                                        "on-run-start",
                                        "on-run-end",
                                        "query-comment",
                                        "exposures",
                                        "metrics",
                                        "unit_tests",
                                        "source-paths",
                                        "data-paths",
                                        "analyses",
                                        "functions",
                                        "semantic-models",
                                        "saved-queries",
                                        "packages",
                                        "restrict-access",
                                        "dbt-cloud",
                                        "project-root"};

bool is_identifier(const std::string& name) {
  bool letters = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (const char c : name) {
    letters = letters && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_');
  }
  return letters;
}

void read_paths(const Yaml& root, std::string_view key, std::vector<std::string>& paths) {
  const std::optional<Yaml> found = root.find(key);
  if (!found) return;
  paths = found->strings();
  for (std::string& path : paths) {
    while (path.ends_with('/')) path.pop_back();
    if (path.starts_with("./")) path.erase(0, 2);
  }
}

// Vars below the project's name belong to the project and win over those for all packages.
void read_vars(const Yaml& vars, ProjectYml& project) {
  for (const Yaml::Entry& entry : vars.entries()) {
    if (entry.key != project.name) project.vars.set(Value(entry.key), entry.value.value());
  }
  if (const std::optional<Yaml> own = vars.find(project.name)) {
    for (const Yaml::Entry& entry : own->entries()) {
      project.vars.set(Value(entry.key), entry.value.value());
    }
  }
}

}  // namespace

ProjectYml read_project_yml(const ProjectFiles& files, std::vector<std::string>& warnings) {
  const std::string path = "dbt_project.yml";
  if (files.find(path) == nullptr) {
    throw Error(fmt::format("{}: no such file", files.display(path)),
                "every dbt project has one; gsa init DIR writes a project to start from");
  }
  const Yaml root = Yaml::parse(files, path, &warnings);
  root.expect_keys("dbt_project.yml", kKeys);
  for (const std::string key : {"on-run-start", "on-run-end"}) {
    const std::optional<Yaml> hook = root.find(key);
    if (hook && !hook->strings().empty()) throw hook->error(key + " is not supported", kDbtHasIt);
  }
  ProjectYml project;
  const std::optional<Yaml> name = root.find("name");
  if (!name) throw root.error("the project has no name", "add a line such as `name: my_project`");
  project.name = name->string();
  if (!is_identifier(project.name)) {
    throw name->error(fmt::format("'{}' cannot name a project", project.name),
                      "use letters, digits and _");
  }
  if (const std::optional<Yaml> required = root.find("require-dbt-version")) {
    check_required_version(*required, project.name);
  }
  project.version = root.string_at("version");
  project.profile = root.string_at("profile");
  read_paths(root, "source-paths", project.model_paths);  // the key's name before dbt 1.0
  read_paths(root, "model-paths", project.model_paths);
  read_paths(root, "test-paths", project.test_paths);
  read_paths(root, "macro-paths", project.macro_paths);
  read_paths(root, "analysis-paths", project.analysis_paths);
  read_paths(root, "seed-paths", project.seed_paths);
  read_paths(root, "snapshot-paths", project.snapshot_paths);
  read_paths(root, "docs-paths", project.docs_paths);
  if (const auto target = root.find("target-path")) project.target_path = target->string();
  if (const std::optional<Yaml> vars = root.find("vars")) read_vars(*vars, project);
  project.models = root.find("models");
  project.sources = root.find("sources");
  project.seeds = root.find("seeds");
  project.unit_tests = root.find("unit_tests");
  project.metrics = root.find("metrics");
  project.semantic_models = root.find("semantic-models");
  project.saved_queries = root.find("saved-queries");
  for (const char* key : {"tests", "data_tests"}) {
    if (const std::optional<Yaml> tests = root.find(key)) project.tests.push_back(*tests);
  }
  return project;
}

void override_vars(ProjectYml& project, const std::string& vars,
                   const std::map<std::string, std::string>& options) {
  if (!trim(vars).empty()) {
    const ProjectFiles files(std::map<std::string, std::string>{{"--vars", vars}});
    const Yaml root = Yaml::parse(files, "--vars");
    if (!root.is_map()) {
      throw root.error("the variables must be a map", "for example --vars '{threshold: 30}'");
    }
    read_vars(root, project);
    project.given_vars = root.value().as_dict();
  }
  for (const auto& [name, value] : options) {
    project.vars.set(Value(name), Value(value));
    project.given_vars.set(Value(name), Value(value));
  }
}

}  // namespace gsa::dbt
