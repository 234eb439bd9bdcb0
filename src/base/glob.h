#pragma once

// Finds files by pattern, with the rules of a shell: * and ? (any characters, one character), [a-z]
// and [!a-z], and ** for any number of folders, none included. Names are bytes and need not be
// UTF-8.
//
// Only a leading dot in the pattern matches a leading dot in a name. The same holds for a leading
// underscore, because writers of data sets name their own files so (_SUCCESS, _temporary,
// _delta_log). ** does not follow links to folders.

#include <string>
#include <string_view>
#include <vector>

namespace gsa {

struct GlobMatches {
  std::vector<std::string> files;        // sorted
  std::vector<std::string> folders;      // matched by the whole pattern
  std::vector<std::string> broken;       // links without a target
  std::vector<std::string> underscored;  // files skipped only because they begin with an underscore
  std::vector<std::string> unreadable;  // folders, with the system's reason: "x: Permission denied"
};

bool has_wildcard(std::string_view path);

// Compares the pattern with the text of a path. Looks at no files.
bool matches_path(const std::string& pattern, const std::string& path);

// Never throws: a folder that does not exist matches nothing.
GlobMatches match_files(const std::string& pattern);

}  // namespace gsa
