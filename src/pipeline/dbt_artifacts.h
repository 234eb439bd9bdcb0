#pragma once

// Writes dbt's artifacts of a command: manifest.json describes the project, run_results.json the
// models built and the tests run. They go to the project's target-path, for tools that read dbt's
// files. Failure to write one is a warning, because the run matters more.

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "assets/recorder.h"
#include "assets/state.h"
#include "base/error.h"
#include "dbt/project.h"
#include "dbt/run_results_json.h"
#include "duck/database.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

// The folder: --target-path, else DBT_TARGET_PATH, else the project's setting. Nullopt if none of
// them is set: the built-in project has no folder of its own.
std::optional<std::filesystem::path> target_folder(const ProjectOptions& options,
                                                   const dbt::Project& project,
                                                   const Invocation& invocation);

class DbtArtifacts {
 public:
  // The run begins now. `command` is "build". All other arguments must outlive this object.
  DbtArtifacts(std::string command, const ProjectOptions& options, const dbt::Project& project,
               const CommonOptions& common);

  // Notes the relations that exist before the run: they decide which models are built
  // incrementally.
  void begin(const assets::State& state, bool full_refresh);
  // One call at a time, from any worker.
  void ended(const assets::StepRecord& step, const dbt::NodeResult& result);

  // Writes both files, or only the manifest. Nobody else may render with the project meanwhile.
  void write(const duck::Database& database);
  void write_manifest(const duck::Database& database);

  // Does the work and then writes, even if the work throws an Error, which is rethrown.
  template <typename Work>
  void write_after(const duck::Database& database, Work work) {
    try {
      work();
    } catch (const Error&) {
      // Connecting would reopen the file, and hide from the caller that DuckDB's instance ended.
      if (!database.is_invalidated()) write(database);
      throw;
    }
    write(database);
  }

 private:
  dbt::CompiledCode compiled_code(const duck::Database& database) const;
  dbt::Dict arguments() const;
  template <typename Work>
  void warn_of_failure(Work work) const;

  std::string command_;
  const ProjectOptions& options_;
  const dbt::Project& project_;
  const CommonOptions& common_;
  std::optional<std::filesystem::path> folder_;
  dbt::ArtifactRun run_;
  bool full_refresh_ = false;
  std::set<std::pair<std::string, std::string>> tables_;  // before the run: schema, name
  dbt::RunResultList results_;
};

}  // namespace gsa::pipeline
