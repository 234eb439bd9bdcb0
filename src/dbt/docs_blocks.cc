#include "dbt/docs_blocks.h"

#include <algorithm>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/jinja_names.h"

namespace gsa::dbt {
namespace {

class DocsReader {
 public:
  DocsReader(const ProjectFiles& files, DocsBlocks& blocks, std::vector<std::string>& warnings)
      : files_(files), blocks_(blocks) {
    scope_.set_undefined(jinja::undefined_is_empty(warnings));
  }

  void read(const std::string& path) {
    path_ = path;
    shown_ = files_.display(path);
    text_ = *files_.find(path);
    // A block inside a comment does not count.
    static const std::regex kBegin(R"(\{#|\{%-?\s*docs\b\s*(\w*)\s*-?%\})");
    static const std::regex kEnd(R"(\{%-?\s*enddocs\s*-?%\})");
    std::smatch found;
    for (At at = text_.cbegin(); std::regex_search(at, text_.cend(), found, kBegin);) {
      if (found.str() == "{#") {
        const std::size_t end = text_.find("#}", offset(found[0].second));
        if (end == std::string::npos) return;
        at = text_.cbegin() + static_cast<std::ptrdiff_t>(end) + 2;
        continue;
      }
      const std::string name = found[1].str();
      const Place place = place_of(found[0].first);
      const At begin = found[0].second;
      if (name.empty()) {
        throw files_.error_at(place, "these docs have no name", "write {% docs NAME %}");
      }
      if (!std::regex_search(begin, text_.cend(), found, kEnd)) {
        throw files_.error_at(place, fmt::format("the docs '{}' have no end", name),
                              "write {% enddocs %} below the text");
      }
      add(name, place, begin, found[0].first);
      at = found[0].second;
    }
  }

 private:
  using At = std::string::const_iterator;

  std::size_t offset(At at) const { return static_cast<std::size_t>(at - text_.cbegin()); }

  Place place_of(At at) const {
    const auto line = 1 + std::count(text_.cbegin(), at, '\n');
    return {shown_, static_cast<int>(line), 0};
  }

  void add(const std::string& name, const Place& place, At begin, At end) {
    if (const auto [at, fresh] = places_.emplace(name, place); !fresh) {
      throw files_.error_at(place, fmt::format("the docs '{}' are defined twice", name),
                            "the other place is " + format_place(at->second));
    }
    // Pad with blanks up to the block, so that an error in it has the right place in the file.
    std::string padded;
    for (At at = text_.cbegin(); at != begin; ++at) {
      const bool begins_character = (static_cast<unsigned char>(*at) & 0xC0U) != 0x80U;
      if (begins_character) padded += *at == '\n' ? '\n' : ' ';
    }
    padded.append(begin, end);
    const Template block = Template::parse(std::move(padded), shown_);
    blocks_[name] = {std::string(trim(block.render(scope_).text())), path_};
  }

  const ProjectFiles& files_;
  DocsBlocks& blocks_;
  Scope scope_;
  std::map<std::string, Place> places_;
  std::string path_, shown_, text_;  // of the current file
};

}  // namespace

DocsBlocks read_docs_blocks(const ProjectFiles& files, const std::vector<std::string>& folders,
                            std::vector<std::string>& warnings) {
  DocsBlocks blocks;
  DocsReader reader(files, blocks, warnings);
  for (const std::string& path : files.below(folders, {".md"})) reader.read(path);
  return blocks;
}

}  // namespace gsa::dbt
