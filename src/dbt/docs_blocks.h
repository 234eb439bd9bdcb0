#pragma once

// Texts that descriptions share as {{ doc('NAME') }}: `{% docs NAME %} … {% enddocs %}` in the .md
// files of a project. Text between the blocks is only for readers of the file.

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

// The blocks of the .md files in or below `folders`, each rendered as a template and stripped of
// surrounding white space. Throws Error at the place of a block without an end or a name, or with a
// name that is taken. An undefined name in a block becomes empty text and gives a warning.
DocsBlocks read_docs_blocks(const ProjectFiles& files, const std::vector<std::string>& folders,
                            std::vector<std::string>& warnings);

}  // namespace gsa::dbt
