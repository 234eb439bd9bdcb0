#pragma once

// The files of a dbt project as text, whether they lie in a folder or are compiled into the
// program. Paths are relative to the project, with forward slashes.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/embedded.h"
#include "base/error.h"
#include "dbt/jinja_names.h"

namespace gsa::dbt {

class ProjectFiles {
 public:
  // `display` is what messages put before each path: the folder as the user named it, or nothing.
  explicit ProjectFiles(std::map<std::string, std::string> texts, std::string display = "");
  explicit ProjectFiles(const std::vector<EmbeddedFile>& files, std::string display = "");
  // The files below `folder` that make a project (.sql, .yml, .md, .csv, .py), as paths that begin
  // with it, leaving out what dbt itself writes there and what .dbtignore names; none if it is no
  // folder.
  static std::vector<std::filesystem::path> list(const std::filesystem::path& folder);
  // Reads them; messages name the folder as the user did, by `display`, or else as it is. Throws
  // Error if it is no folder, or no dbt project.
  static ProjectFiles from_folder(const std::filesystem::path& folder,
                                  const std::string& display = "");

  // The text of an .sql, .yml or .md file; null if there is no such file.
  const std::string* find(const std::string& path) const;
  // The text of any file of the project: the others are not kept, for they may be large.
  std::string read(const std::string& path) const;
  // Where a file lies; empty where the project is in memory alone.
  std::filesystem::path path_of(const std::string& path) const;
  // The files in or below any of `folders` with one of `extensions` (".sql"), sorted, each once.
  std::vector<std::string> below(const std::vector<std::string>& folders,
                                 const std::vector<std::string>& extensions) const;
  // The path as messages show it.
  std::string display(const std::string& path) const;

  // "FILE:LINE:COLUMN: what", that line, and a caret below the column. `place` names the file as
  // display() does; column 0 stands for an unknown one, and nothing is shown of an unknown file.
  Error error_at(const Place& place, const std::string& what, const std::string& hint = "") const;

 private:
  std::map<std::string, std::string> texts_;
  std::set<std::string> others_;  // files whose text is not kept
  std::filesystem::path folder_;  // absolute; empty: in memory
  std::string display_;
};

// "FILE:LINE:COLUMN", as far as it is known.
std::string format_place(const Place& place);

}  // namespace gsa::dbt
