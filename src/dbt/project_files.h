#pragma once

// The files of a dbt project as text, from a folder or compiled into the program. Paths are
// relative to the project, with forward slashes.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "base/error.h"
#include "dbt/jinja_names.h"

namespace gsa::dbt {

class ProjectFiles {
 public:
  // `display` is what messages put before each path: the folder as the user typed it, or "".
  explicit ProjectFiles(std::map<std::string, std::string> texts, std::string display = "");
  explicit ProjectFiles(const std::vector<EmbeddedFile>& files, std::string display = "");
  // The project's files below `folder` (.sql, .yml, .md, .csv, .py), as paths that begin with the
  // folder. Leaves out what dbt itself writes there and what .dbtignore excludes. Empty if it is
  // not a folder.
  static std::vector<std::filesystem::path> list(const std::filesystem::path& folder);
  // Reads these files. Messages name the folder as `display`, or by its path if that is empty.
  // Throws Error if `folder` is not a folder or has no dbt project.
  static ProjectFiles from_folder(const std::filesystem::path& folder,
                                  const std::string& display = "");

  // The text of an .sql, .yml or .md file; null if there is none.
  const std::string* find(const std::string& path) const;
  // The text of any file of the project. Other kinds are read again each time, because they may be
  // large.
  std::string read(const std::string& path) const;
  // The path of a file on disk; empty if the project is only in memory.
  std::filesystem::path path_of(const std::string& path) const;
  // The files in or below `folders` with one of `extensions` (".sql"), sorted, without duplicates.
  std::vector<std::string> below(const std::vector<std::string>& folders,
                                 const std::vector<std::string>& extensions) const;
  // The path as shown in messages.
  std::string display(const std::string& path) const;

  // "FILE:LINE:COLUMN: what", that line, and a caret below the column. `place` names the file as
  // display() does. Column 0 means unknown. If the file is unknown, only the message is shown.
  Error error_at(const Place& place, const std::string& what, const std::string& hint = "") const;

 private:
  std::map<std::string, std::string> texts_;
  std::set<std::string> others_;  // files whose text is not kept
  std::filesystem::path folder_;  // absolute; empty: in memory
  std::string display_;
};

// "FILE:LINE:COLUMN", or as much of it as is known.
std::string format_place(const Place& place);
// The line with that number, from 1, without its line end; empty if the text has fewer.
std::string_view line_of(std::string_view text, int number);

}  // namespace gsa::dbt
