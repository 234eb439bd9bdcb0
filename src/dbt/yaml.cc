#include "dbt/yaml.h"

#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

Place place_at(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? Place{file, 0, 0} : Place{file, mark.line + 1, mark.column + 1};
}

// A plain scalar's value by the rules of YAML 1.1, as far as projects use them.
Value typed(const std::string& text) {
  static const std::set<std::string, std::less<>> kNull = {"", "~", "null", "Null", "NULL"};
  static const std::set<std::string, std::less<>> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                           "YES",  "on",   "On",   "ON"};
  static const std::set<std::string, std::less<>> kFalse = {"false", "False", "FALSE", "no", "No",
                                                            "NO",    "off",   "Off",   "OFF"};
  if (kNull.contains(text)) return Value();
  if (kTrue.contains(text)) return Value(true);
  if (kFalse.contains(text)) return Value(false);
  const std::size_t first = text.find_first_not_of("+-");
  if (first > 1) return Value(text);  // more than a sign, or nothing but signs
  if ((text[first] < '0' || text[first] > '9') && text[first] != '.') return Value(text);
  const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(begin, end, integer);
      read.ec == std::errc() && read.ptr == end) {
    return Value(integer);
  }
  double number = 0;
  if (const auto read = std::from_chars(begin, end, number);
      read.ec == std::errc() && read.ptr == end && text.find('.') != std::string::npos) {
    return Value(number);
  }
  return Value(text);
}

}  // namespace

Yaml::Yaml(const ProjectFiles& files, std::shared_ptr<const std::string> file,
           const YAML::Node& node)
    : files_(&files), file_(std::move(file)), node_(std::make_shared<const YAML::Node>(node)) {}

Yaml Yaml::parse(const ProjectFiles& files, const std::string& path) {
  const std::string* text = files.find(path);
  check(text != nullptr, "the file to parse is in the project");
  auto file = std::make_shared<const std::string>(files.display(path));
  try {
    return Yaml(files, file, YAML::Load(*text));
  } catch (const YAML::Exception& error) {
    throw files.error_at(place_at(*file, error.mark), fmt::format("not valid YAML: {}", error.msg));
  }
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
  for (const auto& entry : *node_) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key && !entry.second.IsNull()) {
      return Yaml(*files_, file_, entry.second);
    }
  }
  return std::nullopt;
}

std::vector<Yaml::Entry> Yaml::entries() const {
  if (is_null()) return {};
  if (!is_map()) throw error("a map of keys to values is expected here");
  std::vector<Entry> entries;
  std::set<std::string> seen;
  for (const auto& entry : *node_) {
    const Yaml key(*files_, file_, entry.first);
    if (!key.is_scalar()) throw key.error("a key must be plain text");
    if (!seen.insert(entry.first.Scalar()).second) {
      throw key.error(fmt::format("the key '{}' stands here a second time", entry.first.Scalar()));
    }
    entries.push_back({entry.first.Scalar(), key.place(), Yaml(*files_, file_, entry.second)});
  }
  return entries;
}

std::vector<Yaml> Yaml::items() const {
  if (is_null()) return {};
  if (!is_list()) throw error("a list is expected here", "each item begins with '- '");
  std::vector<Yaml> items;
  for (const auto& item : *node_) items.push_back(Yaml(*files_, file_, item));
  return items;
}

std::string Yaml::string() const {
  if (!is_scalar()) throw error("text is expected here");
  return node_->Scalar();
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

Value Yaml::value() const {
  if (is_null()) return Value();
  if (is_scalar()) {
    return node_->Tag() == "!" ? Value(node_->Scalar()) : typed(node_->Scalar());
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
