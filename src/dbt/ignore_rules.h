#pragma once

// A .dbtignore file: paths that dbt does not read, in the language of .gitignore.
//
//   pattern := ["!"] ["/"] segments ["/"]
//
// * and ? and [a-z] stand for letters within one part of a path, ** for any parts. A pattern with a
// / in front or within is of the whole path; any other is of a name at any depth. With / at its end
// it means folders only. A folder that matches takes all below it with it. The last pattern that
// matches decides, and ! lets a path in again. A # begins a comment line.

#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

class IgnoreRules {
 public:
  IgnoreRules() = default;  // ignores nothing
  explicit IgnoreRules(std::string_view text);

  // `path` is relative to the folder of the file, with forward slashes.
  bool ignores_file(const std::string& path) const;

 private:
  struct Rule {
    std::vector<std::string> parts;  // "**" stands for any number of them
    bool folders_only = false;
    bool lets_in = false;
  };
  bool ignores(const std::vector<std::string>& parts, std::size_t count, bool is_folder) const;

  std::vector<Rule> rules_;
};

// Whether a name matches a pattern of * ? and [a-z], [!a-z], with \ before what stands for itself.
bool matches_glob(std::string_view name, std::string_view pattern);

// Whether a path, or a folder that it is in, matches a pattern of the whole path: models/*/stg_*.
bool matches_path(const std::string& path, std::string pattern);

}  // namespace gsa::dbt
