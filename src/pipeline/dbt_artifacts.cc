#include "pipeline/dbt_artifacts.h"

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/file.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/manifest_json.h"
#include "pipeline/outside_versions.h"

namespace gsa::pipeline {
namespace {

namespace fs = std::filesystem;
using dbt::Value;

dbt::Value list_of(const std::vector<std::string>& texts) { return dbt::list_of_texts(texts); }

}  // namespace

std::optional<fs::path> target_folder(const ProjectOptions& options, const dbt::Project& project,
                                      const Invocation& invocation) {
  std::string path = options.target_path;
  if (path.empty()) path = invocation.environment.text("DBT_TARGET_PATH");
  const fs::path file = project.files().path_of("dbt_project.yml");
  if (!file.empty()) {
    if (path.empty()) {
      path = project.context()
                 .render_yaml(Value(project.yml().target_path), {"dbt_project.yml", 1, 1})
                 .str();
    }
    return file.parent_path() / path;
  }
  if (path.empty()) return std::nullopt;
  return fs::absolute(invocation.path(path));
}

DbtArtifacts::DbtArtifacts(std::string command, const ProjectOptions& options,
                           const dbt::Project& project, const CommonOptions& common)
    : command_(std::move(command)), options_(options), project_(project), common_(common) {
  run_.began = std::chrono::system_clock::now();
  run_.invocation_id = project.context().invocation_id();
  run_.environment = common.invocation().environment;
  warn_of_failure([&] { folder_ = target_folder(options, project, common.invocation()); });
}

void DbtArtifacts::begin(const assets::State& state, bool full_refresh) {
  full_refresh_ = full_refresh;
  for (const auto& [name, standing] : state.relations) {
    if (!standing.is_view) tables_.insert(name);
  }
}

void DbtArtifacts::ended(const assets::StepRecord& step, const dbt::NodeResult& result) {
  if (!folder_ || !step.started_at) return;
  results_.add(result, *step.started_at, static_cast<std::size_t>(step.lane - 1));
}

template <typename Work>
void DbtArtifacts::warn_of_failure(Work work) const {
  std::string message;
  try {
    return work();
  } catch (const Error& error) {
    message = error.message();
  } catch (const fs::filesystem_error& error) {
    message = error.what();
  }
  if (common_.quiet) return;
  common_.warn("dbt's artifacts are not written: " + message);
}

// Compiled for readers, with the name of the database before relations. Nodes that do not compile
// have no code here; their results say why.
dbt::CompiledCode DbtArtifacts::compiled_code(const duck::Database& database) const {
  duck::Connection connection = database.connect();
  prepare_session(connection, project_);
  dbt::CompileOptions options;
  options.full_refresh = full_refresh_;
  options.names_as_shown = true;
  options.exists_as_table = [this](const dbt::Relation& relation) {
    return tables_.contains({relation.schema, relation.name});
  };
  dbt::Compiler compiler(project_, options);
  dbt::CompiledCode compiled;
  for (const dbt::Node& node : project_.nodes()) {
    if (node.kind == dbt::NodeKind::source || node.is_seed() || node.is_unit_test()) continue;
    try {
      compiled.emplace(node.unique_id, compiler.compile(node, &connection).text());
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) throw;
    }
  }
  return compiled;
}

dbt::Dict DbtArtifacts::arguments() const {
  dbt::Dict arguments;
  const auto set = [&](const char* key, Value value) {
    arguments.set(Value(key), std::move(value));
  };
  set("which", Value(command_));
  set("select", list_of(options_.select));
  set("exclude", list_of(options_.exclude));
  set("selector", dbt::text_or_null(options_.selector));
  set("target", dbt::text_or_null(options_.target));
  set("vars", Value(project_.yml().given_vars));
  set("full_refresh", Value(full_refresh_));
  set("project_dir", dbt::text_or_null(options_.folder));
  set("target_path", Value(folder_ ? folder_->string() : ""));
  set("invocation_command", Value("gsa " + command_));
  return arguments;
}

void DbtArtifacts::write_manifest(const duck::Database& database) {
  if (!folder_) return;
  warn_of_failure([&] {
    run_.ended = std::chrono::system_clock::now();
    make_folder(*folder_);
    write_file(*folder_ / "manifest.json",
               dbt::manifest_json(project_, run_, compiled_code(database)));
  });
}

void DbtArtifacts::write(const duck::Database& database) {
  if (!folder_) return;
  warn_of_failure([&] {
    run_.ended = std::chrono::system_clock::now();
    make_folder(*folder_);
    dbt::CompiledCode compiled = compiled_code(database);
    write_file(*folder_ / "manifest.json", dbt::manifest_json(project_, run_, compiled));
    results_.take_unit_tests(compiled);
    for (auto& [id, code] : compiled) code = replace_all(code, assets::kHiddenPrefix, "");
    write_file(*folder_ / "run_results.json", results_.json(project_, run_, compiled, arguments()));
  });
}

}  // namespace gsa::pipeline
