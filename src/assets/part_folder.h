#pragma once

// A folder beside a file for what is to take its place: FILE.part. Only the user may enter it, so
// files that DuckDB writes beside the new one are private too. Removed at the end of the scope.

#include <string>

namespace gsa::assets {

class PartFolder {
 public:
  // Throws Error if it cannot be made.
  explicit PartFolder(std::string target);
  ~PartFolder();
  PartFolder(const PartFolder&) = delete;
  PartFolder& operator=(const PartFolder&) = delete;

  std::string file() const;

 private:
  std::string target_;
};

// Removes what a killed process left.
void remove_part_folder(const std::string& target);

}  // namespace gsa::assets
