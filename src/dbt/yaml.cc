#include "dbt/yaml.h"

#include <algorithm>
#include <source_location>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/yaml_document.h"
#include "dbt/yaml_scalar.h"

namespace gsa::dbt {

Yaml::Yaml(const ProjectFiles& files, std::shared_ptr<const YamlDocument> document,
           const YamlNode& node)
    : files_(&files), document_(std::move(document)), node_(&node) {}

Yaml Yaml::parse(const ProjectFiles& files, const std::string& path,
                 std::vector<std::string>* warnings) {
  const std::string* text = files.find(path);
  if (text == nullptr) {
    throw Bug("the file to parse is in the project", std::source_location::current());
  }
  const auto document =
      std::make_shared<const YamlDocument>(files, files.display(path), *text, warnings);
  return Yaml(files, document, document->root());
}

Yaml Yaml::rendered(std::shared_ptr<const YamlRendering> rendering) const {
  Yaml copy = *this;
  copy.rendering_ = std::move(rendering);
  return copy;
}

Yaml Yaml::inner(const YamlNode& node) const {
  Yaml one(*files_, document_, node);
  one.rendering_ = rendering_;
  one.is_below_plain_key_ = is_below_plain_key_;
  return one;
}

Yaml Yaml::below(const std::string& key, const YamlNode& node) const {
  Yaml one = inner(node);
  if (!rendering_ || is_below_plain_key_) return one;
  const auto has = [&](const std::vector<std::string>& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (has(rendering_->late_keys)) one.rendering_ = nullptr;
  one.is_below_plain_key_ = has(rendering_->plain_keys);
  return one;
}

bool Yaml::is_null() const { return node_->kind == YamlKind::null; }
bool Yaml::is_map() const { return node_->kind == YamlKind::map; }
bool Yaml::is_list() const { return node_->kind == YamlKind::list; }
bool Yaml::is_scalar() const { return node_->kind == YamlKind::scalar; }

Place Yaml::place() const { return document_->place_of(*node_); }

Error Yaml::error(const std::string& what, const std::string& hint) const {
  return files_->error_at(place(), what, hint);
}

std::optional<Yaml> Yaml::find(std::string_view key) const {
  if (!is_map()) return std::nullopt;
  for (const auto& [name, value] : node_->pairs) {
    if (name->kind == YamlKind::scalar && name->text == key && value->kind != YamlKind::null) {
      return below(name->text, *value);
    }
  }
  return std::nullopt;
}

std::vector<Yaml::Entry> Yaml::entries() const {
  if (is_null()) return {};
  if (!is_map()) throw error("a map of keys to values is expected here");
  std::vector<Entry> entries;
  for (const auto& [name, value] : node_->pairs) {
    const Place place = document_->place_of(*name);
    if (name->kind != YamlKind::scalar) throw files_->error_at(place, "a key must be plain text");
    entries.push_back({name->text, place, below(name->text, *value)});
  }
  return entries;
}

std::vector<Yaml> Yaml::items() const {
  if (is_null()) return {};
  if (!is_list()) throw error("a list is expected here", "each item begins with '- '");
  std::vector<Yaml> items;
  for (const YamlNode* item : node_->items) items.push_back(inner(*item));
  return items;
}

std::string Yaml::string() const {
  if (!is_scalar()) throw error("text is expected here");
  if (!rendering_) return node_->text;
  return rendering_->render(Value(node_->text), place()).str();
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
  const std::string& tag = node_->tag;
  if (tag == "!") return Value(node_->text);  // quoted
  try {
    return tag.empty() || tag == "?" ? plain_scalar(node_->text) : tagged_scalar(tag, node_->text);
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
