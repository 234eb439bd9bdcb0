#include "dbt/selector_methods.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/ignore_rules.h"
#include "dbt/node_value.h"

namespace gsa::dbt {
namespace {

using Names = std::vector<std::string>;

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[]") != std::string_view::npos;
}

std::string tail(const Names& parts, std::size_t from) {
  return join({parts.begin() + static_cast<std::ptrdiff_t>(from), parts.end()}, ".");
}

// As in dbt: the whole name, or its leading parts, with wildcards from some part on. A wildcard
// without a dot also matches the name alone.
bool matches_parts(const Names& fqn, const std::string& pattern) {
  if (fqn.back() == pattern) return true;
  Names flat;
  for (const std::string& part : fqn) {
    for (std::string& piece : split(part, '.')) flat.push_back(std::move(piece));
  }
  const Names wanted = split(pattern, '.');
  if (flat.size() < wanted.size()) return false;
  std::size_t i = 0;
  while (i < wanted.size() && !has_wildcard(wanted[i])) {
    if (flat[i] != wanted[i]) return false;
    ++i;
  }
  if (i == wanted.size()) return true;
  if (matches_glob(tail(flat, i), tail(wanted, i))) return true;
  return wanted.size() == 1 && matches_glob(fqn.back(), pattern);
}

// Matches with and without the project.
bool matches_fqn(const Node& node, const std::string& pattern) {
  if (node.kind == NodeKind::source) return false;
  return matches_parts(node.fqn, pattern) ||
         matches_parts({node.fqn.begin() + 1, node.fqn.end()}, pattern);
}

bool matches_source(const Node& node, const Project& project, const SelectionTerm& term) {
  Names parts = split(term.value, '.');
  if (parts.size() > 3) {
    throw Error(fmt::format("'{}' is not a source", term.text),
                "a source is SOURCE, SOURCE.TABLE or PROJECT.SOURCE.TABLE");
  }
  if (node.kind != NodeKind::source) return false;
  if (parts.size() == 3) {
    if (!matches_glob(project.name(), parts[0])) return false;
    parts.erase(parts.begin());
  }
  if (!matches_glob(node.fqn.at(node.fqn.size() - 2), parts[0])) return false;
  return parts.size() == 1 || matches_glob(node.fqn.back(), parts[1]);
}

bool matches_file(const Node& node, const std::string& pattern) {
  const std::string name = node.file.substr(node.file.rfind('/') + 1);
  return matches_glob(name, pattern) || matches_glob(name.substr(0, name.rfind('.')), pattern);
}

bool equals(const Value& value, const std::string& wanted) {
  if (value.kind() == Value::Kind::boolean) {
    return to_lower(wanted) == (value.as_bool() ? "true" : "false");
  }
  return value.is_string() && value.as_string() == wanted;
}

bool matches_config(const Node& node, const SelectionTerm& term) {
  if (node.is_unit_test()) return false;  // as in dbt
  if (term.arguments == Names{"severity"}) {
    return node.kind == NodeKind::test &&
           to_lower(term.value) == (node.test.severity == Severity::warn ? "warn" : "error");
  }
  Value value(config_of(node));
  for (const std::string& key : term.arguments) {
    const Value* inner = value.is_dict() ? value.as_dict().find(key) : nullptr;
    if (inner == nullptr) return false;
    value = Value(*inner);
  }
  if (!value.is_sequence()) return equals(value, term.value);
  const List& list = value.as_list();
  return std::any_of(list.begin(), list.end(),
                     [&](const Value& item) { return equals(item, term.value); });
}

bool matches_test_type(const Node& node, const SelectionTerm& term) {
  static const Names kTypes = {"generic", "schema", "singular", "data", "unit"};
  if (std::find(kTypes.begin(), kTypes.end(), term.value) == kTypes.end()) {
    const std::string hint = did_you_mean(term.value, kTypes);
    throw Error(fmt::format("'{}': there is no such type of test", term.text),
                hint.empty() ? "there is: generic, singular, data, unit" : hint);
  }
  if (node.kind != NodeKind::test) return false;
  if (term.value == "unit" || node.is_unit_test()) {
    return node.is_unit_test() == (term.value == "unit");
  }
  return term.value == "data" || node.is_generic == (term.value != "singular");
}

bool matches_unit_test(const Node& node, const Project& project, const SelectionTerm& term) {
  const Names parts = split(term.value, '.');
  if (parts.size() > 2) {
    throw Error(fmt::format("'{}' is not a unit test", term.text),
                "a unit test is NAME or PROJECT.NAME");
  }
  return node.is_unit_test() && matches_glob(node.fqn.back(), parts.back()) &&
         (parts.size() == 1 || matches_glob(project.name(), parts.front()));
}

bool matches_test_name(const Node& node, const std::string& value) {
  return (node.is_generic && matches_glob(node.spec.name, value)) ||
         (node.is_unit_test() && matches_glob(node.fqn.back(), value));
}

bool matches_resource_type(const Node& node, const SelectionTerm& term) {
  static const Names kTypes = {"all",      "model",    "source",      "test",           "seed",
                               "snapshot", "analysis", "exposure",    "metric",         "unit_test",
                               "function", "group",    "saved_query", "semantic_model", "macro"};
  if (std::find(kTypes.begin(), kTypes.end(), term.value) == kTypes.end()) {
    const std::string hint = did_you_mean(term.value, kTypes);
    throw Error(fmt::format("'{}': there is no such type", term.text),
                hint.empty() ? "there is: model, source, test, unit_test, seed" : hint);
  }
  return term.value == "all" || term.value == resource_type(node);
}

}  // namespace

bool matches(const Node& node, const Project& project, const SelectionTerm& term) {
  const std::string& value = term.value;
  const std::string& method = term.method;
  if (method == "fqn") return matches_fqn(node, value);
  if (method == "path") {
    return matches_path(node.file, value) ||
           (!node.described_in.empty() && matches_path(node.described_in, value));
  }
  if (method == "file") return matches_file(node, value);
  if (method == "tag") {
    return std::any_of(node.tags.begin(), node.tags.end(),
                       [&](const std::string& tag) { return matches_glob(tag, value); });
  }
  if (method == "group") {
    return node.kind != NodeKind::source && !node.group.empty() && matches_glob(node.group, value);
  }
  if (method == "package") {
    return matches_glob(project.name(), value == "this" ? project.name() : value);
  }
  if (method == "access") {
    const Setting* access = node.settings.find("access");
    return resource_type(node) == "model" &&
           value == (access == nullptr ? "protected" : access->value.str());
  }
  if (method == "source") return matches_source(node, project, term);
  if (method == "test_type") return matches_test_type(node, term);
  if (method == "test_name") return matches_test_name(node, value);
  if (method == "unit_test") return matches_unit_test(node, project, term);
  if (method == "resource_type") return matches_resource_type(node, term);
  return method == "config" && matches_config(node, term);
}

}  // namespace gsa::dbt
