#pragma once

// A YAML document as a tree of nodes, read in one pass over the events of yaml-cpp.

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbt/project_files.h"

namespace gsa::dbt {

enum class YamlKind { null, scalar, list, map };

struct YamlNode {
  using Pair = std::pair<const YamlNode*, const YamlNode*>;

  YamlKind kind = YamlKind::null;
  int line = 0, column = 0;  // from 1; 0: an empty document
  std::string tag;           // "!" of quoted text, "?" or "" of plain text
  std::string text;          // of a scalar
  std::vector<const YamlNode*> items;
  // Of a map: with what `<<` merges into it, and each key that is text once.
  std::vector<Pair> pairs;
};

// Owns its nodes. An alias is the node of its anchor.
class YamlDocument {
 public:
  // Throws Error at the place of what is not valid YAML, nests too deeply, becomes too large when
  // aliases are expanded, or is a second document. If a key occurs twice in one map, adds a
  // warning. `name` is the file in messages.
  YamlDocument(const ProjectFiles& files, std::string name, std::string_view text,
               std::vector<std::string>* warnings);
  YamlDocument(const YamlDocument&) = delete;
  YamlDocument& operator=(const YamlDocument&) = delete;

  const YamlNode& root() const { return *root_; }
  Place place_of(const YamlNode& node) const { return {name_, node.line, node.column}; }

 private:
  class Builder;
  class Inspection;

  std::string name_;
  std::deque<YamlNode> nodes_;
  const YamlNode* root_ = nullptr;
};

}  // namespace gsa::dbt
