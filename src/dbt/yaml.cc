#include "dbt/yaml.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/yaml_scalar.h"

namespace gsa::dbt {
namespace {

Place place_at(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? Place{file, 0, 0} : Place{file, mark.line + 1, mark.column + 1};
}

constexpr std::size_t kMaxDepth = 200;  // of nested maps and lists, with aliases expanded

// The limit on nodes, with aliases expanded: 4 KB of aliases to aliases can expand to more nodes
// than fit into memory. Without aliases, a document has no more nodes than characters.
std::size_t max_nodes(std::size_t length) { return 100000 + 10 * length; }

bool is_merge(const YAML::Node& key) {
  return key.IsScalar() && key.Scalar() == "<<" && key.Tag() != "!";
}

using Pairs = std::vector<std::pair<YAML::Node, YAML::Node>>;

// A repeated key keeps the first one's position and takes the last one's value, as in a Python
// dict.
void set_pair(Pairs& pairs, std::map<std::string, std::size_t>& at,
              const std::pair<YAML::Node, YAML::Node>& pair) {
  if (!pair.first.IsScalar()) {
    pairs.push_back(pair);
    return;
  }
  const auto [found, fresh] = at.try_emplace(pair.first.Scalar(), pairs.size());
  if (fresh) {
    pairs.push_back(pair);
  } else {
    pairs[found->second] = pair;
  }
}

// Appends the entries of a map after those that `<<` merges in. The last entry of a key wins, so a
// map's own win, then those of the first merged map.
void append_pairs(const YAML::Node& map, Pairs& pairs) {
  for (const auto& entry : map) {
    if (!is_merge(entry.first)) continue;
    std::vector<YAML::Node> merged;
    if (entry.second.IsSequence()) {
      for (const YAML::Node& map_in_list : entry.second) merged.push_back(map_in_list);
    }
    if (entry.second.IsMap()) merged.push_back(entry.second);
    for (auto each = merged.rbegin(); each != merged.rend(); ++each) append_pairs(*each, pairs);
  }
  for (const auto& entry : map) {
    if (!is_merge(entry.first)) pairs.emplace_back(entry.first, entry.second);
  }
}

// The entries of a map and of the maps that it merges, without duplicate keys.
Pairs pairs_of(const YAML::Node& map) {
  Pairs all;
  append_pairs(map, all);
  Pairs pairs;
  std::map<std::string, std::size_t> at;
  for (const auto& pair : all) set_pair(pairs, at, pair);
  return pairs;
}

// Walks through a document once: it must be finite, and a key that occurs twice in one map gives a
// warning.
class Inspection {
 public:
  Inspection(const ProjectFiles& files, const std::string& file, std::size_t length,
             std::vector<std::string>* warnings)
      : files_(files), file_(file), max_nodes_(max_nodes(length)), warnings_(warnings) {}

  void look(const YAML::Node& node, std::size_t depth = 0) {
    if (depth > kMaxDepth) {
      throw files_.error_at(place_at(file_, node.Mark()),
                            "the YAML is nested too deeply, or contains itself through an alias");
    }
    if (++count_ > max_nodes_) {
      throw files_.error_at(place_at(file_, node.Mark()),
                            "the YAML becomes too large when its aliases are expanded");
    }
    if (node.IsSequence()) {
      for (const YAML::Node& item : node) look(item, depth + 1);
    } else if (node.IsMap()) {
      look_into_map(node, depth);
    }
  }

 private:
  void look_into_map(const YAML::Node& map, std::size_t depth) {
    std::map<std::string, Place> seen;
    for (const auto& entry : map) {
      look(entry.second, depth + 1);
      if (is_merge(entry.first)) {
        check_merge(entry.second);
      } else if (entry.first.IsScalar()) {
        const Place place = place_at(file_, entry.first.Mark());
        const auto [first, fresh] = seen.try_emplace(entry.first.Scalar(), place);
        if (!fresh) warn(entry.first, first->second);
      }
    }
  }

  void check_merge(const YAML::Node& merged) const {
    bool maps = merged.IsMap() || merged.IsSequence();
    if (merged.IsSequence()) {
      for (const YAML::Node& item : merged) maps = maps && item.IsMap();
    }
    if (maps) return;
    throw files_.error_at(place_at(file_, merged.Mark()), "<< merges a map, or a list of maps");
  }

  void warn(const YAML::Node& key, const Place& first) {
    if (warnings_ == nullptr) return;
    const std::string warning =
        fmt::format("{}: the key '{}' is repeated (first in line {}), and the last one wins",
                    format_place(place_at(file_, key.Mark())), key.Scalar(), first.line);
    // Aliases make us visit a map more than once.
    if (std::find(warnings_->begin(), warnings_->end(), warning) == warnings_->end()) {
      warnings_->push_back(warning);
    }
  }

  const ProjectFiles& files_;
  const std::string& file_;
  std::size_t max_nodes_;
  std::vector<std::string>* warnings_;
  std::size_t count_ = 0;
};

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
    place = text.front() == '\n' ? Place{file, place.line + 1, 1}
                                 : Place{file, place.line, place.column + 1};
    text.remove_prefix(length);
  }
}

std::string_view line_of(std::string_view text, int line) {
  for (; line > 0; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

// Refuses text after the first document, as PyYAML does. YAML::LoadAll is no help: it makes empty
// documents of a comma after a document until memory is full.
class OneDocument : public YAML::EventHandler {
 public:
  OneDocument(const ProjectFiles& files, const std::string& file, std::string_view text)
      : files_(files), file_(file), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!std::exchange(started_, true)) return;
    const Place place = place_at(file_, mark);
    if (mark.column == 0 && line_of(text_, mark.line).starts_with("---")) {
      throw files_.error_at(place,
                            "a second YAML document begins here, but a file may have only one",
                            "leave out this line");
    }
    throw files_.error_at(place, "not valid YAML: the document ends before this");
  }

  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  const ProjectFiles& files_;
  const std::string& file_;
  std::string_view text_;
  bool started_ = false;
};

void check_one_document(const ProjectFiles& files, const std::string& file,
                        const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  OneDocument document(files, file, text);
  while (parser.HandleNextDocument(document)) {
  }
}

}  // namespace

Yaml::Yaml(const ProjectFiles& files, std::shared_ptr<const std::string> file,
           const YAML::Node& node)
    : files_(&files), file_(std::move(file)), node_(std::make_shared<const YAML::Node>(node)) {}

Yaml Yaml::parse(const ProjectFiles& files, const std::string& path,
                 std::vector<std::string>* warnings) {
  const std::string* text = files.find(path);
  check(text != nullptr, "the file to parse is in the project");
  auto file = std::make_shared<const std::string>(files.display(path));
  check_characters(files, *file, *text);
  try {
    check_one_document(files, *file, *text);
    const YAML::Node root = YAML::Load(*text);
    Inspection(files, *file, text->size(), warnings).look(root);
    return Yaml(files, file, root);
  } catch (const YAML::Exception& error) {
    throw files.error_at(place_at(*file, error.mark), fmt::format("not valid YAML: {}", error.msg));
  }
}

Yaml Yaml::rendered(std::shared_ptr<const YamlRendering> rendering) const {
  Yaml copy = *this;
  copy.rendering_ = std::move(rendering);
  return copy;
}

Yaml Yaml::inner(const YAML::Node& node) const {
  Yaml one(*files_, file_, node);
  one.rendering_ = rendering_;
  one.is_below_plain_key_ = is_below_plain_key_;
  return one;
}

Yaml Yaml::below(const std::string& key, const YAML::Node& node) const {
  Yaml one = inner(node);
  if (!rendering_ || is_below_plain_key_) return one;
  const auto has = [&](const std::vector<std::string>& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (has(rendering_->late_keys)) one.rendering_ = nullptr;
  one.is_below_plain_key_ = has(rendering_->plain_keys);
  return one;
}

bool Yaml::is_null() const { return node_->IsNull() || !node_->IsDefined(); }
bool Yaml::is_map() const { return node_->IsMap(); }
bool Yaml::is_list() const { return node_->IsSequence(); }
bool Yaml::is_scalar() const { return node_->IsScalar(); }

Place Yaml::place() const { return place_at(*file_, node_->Mark()); }

Error Yaml::error(const std::string& what, const std::string& hint) const {
  return files_->error_at(place(), what, hint);
}

std::optional<Yaml> Yaml::find(std::string_view key) const {
  if (!is_map()) return std::nullopt;
  for (const auto& [name, value] : pairs_of(*node_)) {
    if (name.IsScalar() && name.Scalar() == key && !value.IsNull()) {
      return below(name.Scalar(), value);
    }
  }
  return std::nullopt;
}

std::vector<Yaml::Entry> Yaml::entries() const {
  if (is_null()) return {};
  if (!is_map()) throw error("a map of keys to values is expected here");
  std::vector<Entry> entries;
  for (const auto& [name, value] : pairs_of(*node_)) {
    const Yaml key(*files_, file_, name);
    if (!key.is_scalar()) throw key.error("a key must be plain text");
    entries.push_back({name.Scalar(), key.place(), below(name.Scalar(), value)});
  }
  return entries;
}

std::vector<Yaml> Yaml::items() const {
  if (is_null()) return {};
  if (!is_list()) throw error("a list is expected here", "each item begins with '- '");
  std::vector<Yaml> items;
  for (const auto& item : *node_) items.push_back(inner(item));
  return items;
}

std::string Yaml::string() const {
  if (!is_scalar()) throw error("text is expected here");
  if (!rendering_) return node_->Scalar();
  return rendering_->render(Value(node_->Scalar()), place()).str();
}

bool Yaml::boolean() const {
  const Value value = this->value();
  if (value.kind() != Value::Kind::boolean) throw error("true or false is expected here");
  return value.as_bool();
}

std::vector<std::string> Yaml::strings() const {
  if (is_scalar()) return {string()};
  std::vector<std::string> strings;
  for (const Yaml& item : items()) strings.push_back(item.string());
  return strings;
}

Value Yaml::written_scalar() const {
  const std::string& tag = node_->Tag();
  if (tag == "!") return Value(node_->Scalar());  // quoted
  try {
    return tag.empty() || tag == "?" ? plain_scalar(node_->Scalar())
                                     : tagged_scalar(tag, node_->Scalar());
  } catch (const Error& wrong) {
    throw error(wrong.message(), wrong.hint());
  }
}

Value Yaml::value() const {
  if (is_null()) return Value();
  if (is_scalar()) {
    const Value written = written_scalar();
    return rendering_ ? rendering_->render(written, place()) : written;
  }
  if (is_list()) {
    List list;
    for (const Yaml& item : items()) list.push_back(item.value());
    return Value(std::move(list));
  }
  Dict dict;
  for (const Entry& entry : entries()) dict.set(Value(entry.key), entry.value.value());
  return Value(std::move(dict));
}

std::string Yaml::string_at(std::string_view key) const {
  const std::optional<Yaml> found = find(key);
  return found ? found->string() : "";
}

void Yaml::expect_keys(std::string_view what, const std::vector<std::string>& keys) const {
  for (const Entry& entry : entries()) {
    bool known = false;
    for (const std::string& key : keys) known = known || key == entry.key;
    if (known) continue;
    std::string hint = did_you_mean(entry.key, keys);
    if (hint.empty()) hint = fmt::format("known are: {}", join(keys, ", "));
    throw files_->error_at(entry.place, fmt::format("unknown key '{}' in {}", entry.key, what),
                           hint);
  }
}

}  // namespace gsa::dbt
