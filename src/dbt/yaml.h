#pragma once

// YAML with places: every value knows its file, line and column, and every error names them. Plain
// scalars get the types of dbt's reader (yaml_scalar.h), and `<<` merges maps.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbt/jinja_names.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

class YamlDocument;
struct YamlNode;

// How the templates of YAML are rendered as its values are read.
struct YamlRendering {
  std::function<Value(const Value&, const Place&)> render;
  std::vector<std::string> late_keys;   // what stands below these stays as it is written
  std::vector<std::string> plain_keys;  // below these, no key is late
};

class Yaml {
 public:
  struct Entry;

  // `files` must outlive the result. Throws Error at the place of invalid YAML. If a key occurs
  // twice in one map, warns, and the last one wins.
  static Yaml parse(const ProjectFiles& files, const std::string& path,
                    std::vector<std::string>* warnings = nullptr);

  // The same, whose values, and those of all that stands in it, are rendered.
  Yaml rendered(std::shared_ptr<const YamlRendering> rendering) const;

  bool is_null() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  Place place() const;
  std::optional<Yaml> find(std::string_view key) const;  // a null counts as absent
  // Each throws Error at this place if the value has another type. An empty value counts as an
  // empty map or list.
  std::vector<Entry> entries() const;
  std::vector<Yaml> items() const;
  std::string string() const;
  bool boolean() const;
  // A list of strings; a single string counts as a list of one.
  std::vector<std::string> strings() const;
  Value value() const;

  // For maps: the text at `key`, or "" if absent.
  std::string string_at(std::string_view key) const;
  // Refuses keys of a map that are not listed; the hint is the nearest listed key.
  void expect_keys(std::string_view what, const std::vector<std::string>& keys) const;
  Error error(const std::string& what, const std::string& hint = "") const;

 private:
  Yaml(const ProjectFiles& files, std::shared_ptr<const YamlDocument> document,
       const YamlNode& node);
  Yaml inner(const YamlNode& node) const;
  Yaml below(const std::string& key, const YamlNode& node) const;
  Value written_scalar() const;

  const ProjectFiles* files_;
  std::shared_ptr<const YamlDocument> document_;
  const YamlNode* node_;                            // of the document
  std::shared_ptr<const YamlRendering> rendering_;  // null: values as they are written
  bool is_below_plain_key_ = false;
};

struct Yaml::Entry {
  std::string key;
  Place place;  // of the key
  Yaml value;
};

}  // namespace gsa::dbt
