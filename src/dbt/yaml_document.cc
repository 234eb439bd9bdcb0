#include "dbt/yaml_document.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/error.h"

namespace gsa::dbt {
namespace {

using Pairs = std::vector<YamlNode::Pair>;

constexpr std::size_t kMaxDepth = 200;  // of nested maps and lists, with aliases expanded

// The limit on nodes, with aliases expanded: 4 KB of aliases to aliases can expand to more nodes
// than fit into memory. Without aliases, a document has no more nodes than characters.
std::size_t max_nodes(std::size_t length) { return 100000 + 10 * length; }

// The length of the character at the front; 0 if it is not valid UTF-8 or a control character that
// YAML does not allow.
std::size_t length_of_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) {
    return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  }
  const std::size_t length = first >= 0xC2 && first < 0xE0   ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

// yaml-cpp allocates gigabytes for a few such bytes, and stops reading at others.
void check_characters(const ProjectFiles& files, const std::string& file, std::string_view text) {
  Place place{file, 1, 1};
  while (!text.empty()) {
    const std::size_t length = length_of_character(text);
    if (length == 0) {
      throw files.error_at(place,
                           fmt::format("not valid YAML: the byte 0x{:02X} is not UTF-8 text",
                                       static_cast<unsigned char>(text.front())),
                           "save the file as UTF-8");
    }
    if (text.front() == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
    text.remove_prefix(length);
  }
}

bool is_merge(const YamlNode& key) {
  return key.kind == YamlKind::scalar && key.text == "<<" && key.tag != "!";
}

// A repeated key keeps the first one's position and takes the last one's value, as in a Python
// dict.
void set_pair(Pairs& pairs, std::map<std::string_view, std::size_t>& at,
              const YamlNode::Pair& pair) {
  if (pair.first->kind != YamlKind::scalar) {
    pairs.push_back(pair);
    return;
  }
  const auto [found, fresh] = at.try_emplace(pair.first->text, pairs.size());
  if (fresh) {
    pairs.push_back(pair);
  } else {
    pairs[found->second] = pair;
  }
}

// Appends the entries of a map after those that `<<` merges in. The last entry of a key wins, so a
// map's own win, then those of the first merged map.
void append_pairs(const YamlNode& map, Pairs& pairs) {
  for (const auto& [key, value] : map.pairs) {
    if (!is_merge(*key)) continue;
    if (value->kind == YamlKind::map) append_pairs(*value, pairs);
    for (auto each = value->items.rbegin(); each != value->items.rend(); ++each) {
      append_pairs(**each, pairs);
    }
  }
  for (const YamlNode::Pair& pair : map.pairs) {
    if (!is_merge(*pair.first)) pairs.push_back(pair);
  }
}

}  // namespace

// Makes nodes of events. Refuses text after the first document, as PyYAML does. YAML::LoadAll is no
// help: it makes empty documents of a comma after a document until memory is full.
class YamlDocument::Builder : public YAML::EventHandler {
 public:
  Builder(YamlDocument& into, const ProjectFiles& files, std::string_view text)
      : into_(into), files_(files), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!started_) {
      started_ = true;
      return;
    }
    const Place place{into_.name_, mark.line + 1, mark.column + 1};
    if (mark.column == 0 && line_of(text_, mark.line + 1).starts_with("---")) {
      throw files_.error_at(place,
                            "a second YAML document begins here, but a file may have only one",
                            "leave out this line");
    }
    throw files_.error_at(place, "not valid YAML: the document ends before this");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlKind::null, mark, "", anchor));
  }
  void OnAlias(const YAML::Mark&, YAML::anchor_t anchor) override { add(anchors_.at(anchor)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode* node = make(YamlKind::scalar, mark, tag, anchor);
    node->text = value;
    add(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({make(YamlKind::list, mark, tag, anchor), nullptr});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({make(YamlKind::map, mark, tag, anchor), nullptr});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode* node;
    const YamlNode* key;  // of a map, read before its value
  };

  YamlNode* make(YamlKind kind, const YAML::Mark& mark, const std::string& tag,
                 YAML::anchor_t anchor) {
    YamlNode& node = into_.nodes_.emplace_back();
    node.kind = kind;
    node.tag = tag;
    if (!mark.is_null()) {
      node.line = mark.line + 1;
      node.column = mark.column + 1;
    }
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    return &node;
  }

  void add(const YamlNode* node) {
    if (open_.empty()) {
      into_.root_ = node;
    } else if (open_.back().node->kind == YamlKind::list) {
      open_.back().node->items.push_back(node);
    } else if (open_.back().key == nullptr) {
      open_.back().key = node;
    } else {
      open_.back().node->pairs.emplace_back(open_.back().key, node);
      open_.back().key = nullptr;
    }
  }

  void close() {
    const YamlNode* done = open_.back().node;
    open_.pop_back();
    add(done);
  }

  YamlDocument& into_;
  const ProjectFiles& files_;
  std::string_view text_;
  bool started_ = false;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, const YamlNode*> anchors_;
};

// Walks through a document once: it must be finite, and a key that occurs twice in one map gives a
// warning.
class YamlDocument::Inspection {
 public:
  Inspection(const YamlDocument& document, const ProjectFiles& files, std::size_t length,
             std::vector<std::string>* warnings)
      : document_(document), files_(files), max_nodes_(max_nodes(length)), warnings_(warnings) {}

  void look(const YamlNode& node, std::size_t depth = 0) {
    if (depth > kMaxDepth) {
      throw error(node, "the YAML is nested too deeply, or contains itself through an alias");
    }
    if (++count_ > max_nodes_) {
      throw error(node, "the YAML becomes too large when its aliases are expanded");
    }
    for (const YamlNode* item : node.items) look(*item, depth + 1);
    if (node.kind == YamlKind::map) look_into_map(node, depth);
  }

 private:
  void look_into_map(const YamlNode& map, std::size_t depth) {
    std::map<std::string_view, const YamlNode*> seen;
    for (const auto& [key, value] : map.pairs) {
      look(*value, depth + 1);
      if (is_merge(*key)) {
        check_merge(*value);
      } else if (key->kind == YamlKind::scalar) {
        const auto [first, fresh] = seen.try_emplace(key->text, key);
        if (!fresh) warn(*key, *first->second);
      }
    }
  }

  void check_merge(const YamlNode& merged) const {
    bool maps = merged.kind == YamlKind::map || merged.kind == YamlKind::list;
    for (const YamlNode* item : merged.items) maps = maps && item->kind == YamlKind::map;
    if (!maps) throw error(merged, "<< merges a map, or a list of maps");
  }

  void warn(const YamlNode& key, const YamlNode& first) {
    if (warnings_ == nullptr) return;
    const std::string warning =
        fmt::format("{}: the key '{}' is repeated (first in line {}), and the last one wins",
                    format_place(document_.place_of(key)), key.text, first.line);
    // Aliases make us visit a map more than once.
    if (std::find(warnings_->begin(), warnings_->end(), warning) == warnings_->end()) {
      warnings_->push_back(warning);
    }
  }

  Error error(const YamlNode& node, const std::string& what) const {
    return files_.error_at(document_.place_of(node), what);
  }

  const YamlDocument& document_;
  const ProjectFiles& files_;
  std::size_t max_nodes_;
  std::vector<std::string>* warnings_;
  std::size_t count_ = 0;
};

YamlDocument::YamlDocument(const ProjectFiles& files, std::string name, std::string_view text,
                           std::vector<std::string>* warnings)
    : name_(std::move(name)) {
  check_characters(files, name_, text);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(*this, files, text);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Place place = error.mark.is_null()
                            ? Place{name_, 0, 0}
                            : Place{name_, error.mark.line + 1, error.mark.column + 1};
    throw files.error_at(place, fmt::format("not valid YAML: {}", error.msg));
  }
  if (root_ == nullptr) root_ = &nodes_.emplace_back();
  Inspection(*this, files, text.size(), warnings).look(*root_);
  // All merges are read from the maps as they are written.
  std::map<YamlNode*, Pairs> merged;
  for (YamlNode& node : nodes_) {
    if (node.kind != YamlKind::map) continue;
    Pairs all;
    append_pairs(node, all);
    std::map<std::string_view, std::size_t> at;
    Pairs pairs;
    for (const YamlNode::Pair& pair : all) set_pair(pairs, at, pair);
    if (pairs != node.pairs) merged.emplace(&node, std::move(pairs));
  }
  for (auto& [node, pairs] : merged) node->pairs = std::move(pairs);
}

}  // namespace gsa::dbt
