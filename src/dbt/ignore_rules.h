#pragma once

// A .dbtignore file: the paths that dbt must not read, in the language of .gitignore.
//
//   pattern := ["!"] ["/"] segments ["/"]
//
// * and ? and [a-z] match letters within one part of a path, ** matches any parts. A pattern with a
// / at its start or inside applies to the whole path; any other applies to a name at any depth.
// With a / at its end it matches only folders. A matching folder includes everything below it. The
// last matching pattern decides, and ! lets a path in again. A # begins a comment line.

#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

class IgnoreRules {
 public:
  IgnoreRules() = default;  // ignores nothing
  explicit IgnoreRules(std::string_view text);

  // `path` is relative to the folder of .dbtignore, with forward slashes.
  bool ignores_file(const std::string& path) const;

 private:
  struct Rule {
    std::vector<std::string> parts;  // "**" matches any number of parts
    bool folders_only = false;
    bool lets_in = false;
  };
  bool ignores(const std::vector<std::string>& parts, std::size_t count, bool is_folder) const;

  std::vector<Rule> rules_;
};

// Whether a name matches a pattern of * ? [a-z] and [!a-z]; a \ escapes the next character.
bool matches_glob(std::string_view name, std::string_view pattern);

// Whether a path, or a folder above it, matches a pattern for the whole path: models/*/stg_*.
bool matches_path(const std::string& path, std::string pattern);

}  // namespace gsa::dbt
