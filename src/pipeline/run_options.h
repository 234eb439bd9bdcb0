#pragma once

// What commands share: the warehouse that they work on, who carries them out, the dbt project, and
// what goes on record.

#include <string>
#include <vector>

#include "assets/warehouse.h"
#include "pipeline/host.h"

namespace gsa::pipeline {

struct CommonOptions {
  assets::WarehouseOptions warehouse{"data/warehouse.duckdb", 0, ""};
  bool quiet = false;
  Host* host = nullptr;  // who carries the command out; set before it begins

  const Invocation& invocation() const { return host->invocation(); }
  std::FILE* out() const { return invocation().out.file(); }
  std::FILE* err() const { return invocation().err.file(); }
  duck::Database open(assets::Access access) const { return host->open(warehouse, access, quiet); }
  duck::Database open_to_read() const { return host->open_to_read(warehouse, quiet); }

  // A line on stderr: the text, with the time before it, "note: " or "warning: ". Only a warning is
  // printed where `quiet`.
  void say(const std::string& text) const;
  void note(const std::string& text) const;
  void warn(const std::string& text) const;
};

// For commands that put what they do on record.
struct RecordOptions {
  bool wait = false;      // for another process that holds the warehouse
  int history_days = 90;  // how long runs stay on record
};

// For commands that read a dbt project.
struct ProjectOptions {
  std::string folder;  // empty: the built-in project
  std::string vars;    // YAML that overrides the project's vars
  std::vector<std::string> select;
  std::vector<std::string> exclude;
  std::string selector;     // the name of one in the project's selectors.yml
  std::string target;       // of the project's profiles.yml; empty: the profile's own choice
  std::string target_path;  // of dbt's artifacts; empty: as the environment or the project says
};

}  // namespace gsa::pipeline
