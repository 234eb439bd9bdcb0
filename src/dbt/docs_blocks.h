#pragma once

// The text that descriptions share, as {{ doc('NAME') }}: `{% docs NAME %} … {% enddocs %}` in the
// .md files of a project. What stands between the blocks is for people alone.

#include <map>
#include <string>
#include <vector>

#include "dbt/project_files.h"

namespace gsa::dbt {

struct DocsBlock {
  std::string text;
  std::string file;  // within the project
};
using DocsBlocks = std::map<std::string, DocsBlock, std::less<>>;

// The blocks of the .md files in or below `folders`, each rendered as a template and without the
// white space around it. Throws Error at the place of a block that has no end, no name, or the name
// of another. Names in it that nobody defines are empty text, and are warned of.
DocsBlocks read_docs_blocks(const ProjectFiles& files, const std::vector<std::string>& folders,
                            std::vector<std::string>& warnings);

}  // namespace gsa::dbt
