#pragma once

// Options that commands share: the warehouse, the host, the dbt project and the records.

#include <string>
#include <vector>

#include "assets/warehouse.h"
#include "pipeline/host.h"

namespace gsa::pipeline {

struct CommonOptions {
  assets::WarehouseOptions warehouse{"data/warehouse.duckdb", 0, ""};
  bool quiet = false;
  Host* host = nullptr;  // where the command runs; set before it begins; not owned

  const Invocation& invocation() const { return host->invocation(); }
  std::FILE* out() const { return invocation().out.file(); }
  std::FILE* err() const { return invocation().err.file(); }
  duck::Database open(assets::Access access) const { return host->open(warehouse, access, quiet); }
  duck::Database open_to_read() const { return host->open_to_read(warehouse, quiet); }

  // Prints a line to stderr: the text, after the time, "note: " or "warning: ". If `quiet`, prints
  // only warnings.
  void say(const std::string& text) const;
  void note(const std::string& text) const;
  void warn(const std::string& text) const;
};

// For commands that record what they do.
struct RecordOptions {
  bool wait = false;      // for another process that has the warehouse open
  int history_days = 90;  // days to keep the records of runs
};

// For commands that read a dbt project.
struct ProjectOptions {
  std::string folder;      // empty: the built-in project
  std::string vars;        // YAML that overrides the project's vars
  std::string session_by;  // that var, by its own option; empty: as the project or `vars` say
  std::vector<std::string> select;
  std::vector<std::string> exclude;
  std::string selector;     // a name in the project's selectors.yml
  std::string target;       // in the project's profiles.yml; empty: its default
  std::string target_path;  // for dbt's artifacts; empty: from the environment or the project
};

}  // namespace gsa::pipeline
