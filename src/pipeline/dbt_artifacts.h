#pragma once

// dbt's artifacts of a command: manifest.json tells of the project, run_results.json of what was
// made and asked. They lie in the project's target-path, for the tools that read dbt's. A file that
// cannot be written is a warning: the run is what counts.

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

// The folder: that of --target-path, else of DBT_TARGET_PATH, else of the project. Nothing where
// none of them names one: the built-in project has no folder of its own.
std::optional<std::filesystem::path> target_folder(const ProjectOptions& options,
                                                   const dbt::Project& project,
                                                   const Invocation& invocation);

class DbtArtifacts {
 public:
  // The run begins now. `command` is "build". All must outlive it.
  DbtArtifacts(std::string command, const ProjectOptions& options, const dbt::Project& project,
               const CommonOptions& common);

  // What stands before the run decides which models add to their tables.
  void begin(const assets::State& state, bool full_refresh);
  // One call at a time.
  void ended(const assets::StepRecord& step, const dbt::NodeResult& result);

  // Both files, or the first alone. Nobody else renders with the project meanwhile.
  void write(const duck::Database& database);
  void write_manifest(const duck::Database& database);

  // Does the work and writes, also where it fails with an Error, which goes on.
  template <typename Work>
  void write_after(const duck::Database& database, Work work) {
    try {
      work();
    } catch (const Error&) {
      // A connection would open the file anew, and nobody would see that DuckDB's instance ended.
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
  std::set<std::pair<std::string, std::string>> tables_;  // that stood before: schema, name
  dbt::RunResultList results_;
};

}  // namespace gsa::pipeline
