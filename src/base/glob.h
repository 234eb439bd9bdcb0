#pragma once

// Names of files by pattern, as a shell matches them: * and ? (any characters, one), [a-z] and
// [!a-z], and ** for any number of folders, also none. Names are bytes: they need not be UTF-8.
//
// A name that begins with a dot is matched only by a part of the pattern that does too, and so is a
// name that begins with an underscore, since writers of data sets name their own files so
// (_SUCCESS, _temporary, _delta_log). ** follows no links to folders.

#include <string>
#include <string_view>
#include <vector>

namespace gsa {

struct GlobMatches {
  std::vector<std::string> files;        // sorted
  std::vector<std::string> folders;      // that the pattern matches as a whole
  std::vector<std::string> broken;       // links to what is not there
  std::vector<std::string> underscored;  // files that are left out for their first character alone
  std::vector<std::string> unreadable;  // folders, with the system's reason: "x: Permission denied"
};

bool has_wildcard(std::string_view path);

// Whether the pattern matches the path, of files that are elsewhere.
bool matches_path(const std::string& pattern, const std::string& path);

// Throws nothing: what is not there matches nothing.
GlobMatches match_files(const std::string& pattern);

}  // namespace gsa
