#include "dbt/selector.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

struct Term {
  std::string text;  // as written
  std::string method;
  std::string value;
  bool is_plain = false;  // no METHOD stands in it
  bool at = false;
  std::optional<int> up;
  std::optional<int> down;
};

const std::vector<std::string> kMethods = {"fqn",    "path",      "file",          "tag",
                                           "source", "test_type", "resource_type", "test_name"};

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "" stands for any depth.
int depth_of(std::string_view digits) {
  if (digits.empty()) return kAnyDepth;
  constexpr std::size_t kLongestDepth = 6;  // no graph is a million models deep
  return digits.size() > kLongestDepth ? kAnyDepth : std::stoi(std::string(digits));
}

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

Term parse_term(const std::string& text) {
  Term term;
  term.text = text;
  std::string_view rest = text;
  if (rest.starts_with('@')) {
    term.at = true;
    rest.remove_prefix(1);
  } else if (const std::size_t plus = rest.find('+');
             plus != std::string_view::npos && is_digits(rest.substr(0, plus))) {
    term.up = depth_of(rest.substr(0, plus));
    rest.remove_prefix(plus + 1);
  }
  if (const std::size_t plus = rest.rfind('+');
      plus != std::string_view::npos && is_digits(rest.substr(plus + 1))) {
    term.down = depth_of(rest.substr(plus + 1));
    rest = rest.substr(0, plus);
  }
  if (term.at && term.down) {
    throw Error(fmt::format("'{}': @ already includes what is downstream", text),
                "leave out the + at its end");
  }
  const std::size_t colon = rest.find(':');
  term.is_plain = colon == std::string_view::npos;
  if (colon != std::string_view::npos) {
    term.method = std::string(rest.substr(0, colon));
    rest.remove_prefix(colon + 1);
    const bool known = std::find(kMethods.begin(), kMethods.end(), term.method) != kMethods.end();
    if (!known && !term.method.starts_with("config.")) {
      std::string hint = did_you_mean(term.method, kMethods);
      if (hint.empty()) {
        hint = fmt::format("known are: {} and config.KEY", join(kMethods, ", "));
      }
      throw Error(fmt::format("'{}': there is no selection by '{}'", text, term.method), hint);
    }
  } else if (rest.find('/') != std::string_view::npos) {
    term.method = "path";
  } else {
    term.method = rest.ends_with(".sql") || rest.ends_with(".yml") ? "file" : "fqn";
  }
  term.value = std::string(rest);
  if (term.value.empty()) throw Error(fmt::format("'{}' names nothing to select", text));
  return term;
}

// As dbt: the name, or leading parts of project.folder.name, with wildcards from some part on.
bool matches_fqn(const std::vector<std::string>& fqn, const std::string& pattern) {
  if (matches_wildcard(fqn.back(), pattern)) return true;
  const std::vector<std::string> parts = split(pattern, '.');
  for (std::size_t skip = 0; skip < 2; ++skip) {  // with and without the project
    if (fqn.size() < skip + parts.size()) continue;
    std::size_t i = 0;
    while (i < parts.size() && !has_wildcard(parts[i]) && parts[i] == fqn[skip + i]) ++i;
    if (i == parts.size()) return true;
    if (!has_wildcard(parts[i])) continue;
    const auto from = [&](const std::vector<std::string>& all, std::size_t begin) {
      return join({all.begin() + static_cast<std::ptrdiff_t>(begin), all.end()}, ".");
    };
    if (matches_wildcard(from(fqn, skip + i), from(parts, i))) return true;
  }
  return false;
}

bool matches_path(const std::string& file, std::string pattern) {
  if (pattern.starts_with("./")) pattern.erase(0, 2);
  while (pattern.ends_with('/')) pattern.pop_back();
  return file == pattern || file.starts_with(pattern + "/") ||
         (has_wildcard(pattern) &&
          (matches_wildcard(file, pattern) || matches_wildcard(file, pattern + "/*")));
}

bool matches_source(const Node& node, const Project& project, const std::string& pattern) {
  if (node.kind != NodeKind::source) return false;
  std::vector<std::string> parts = split(pattern, '.');
  if (parts.size() == 3 && parts[0] == project.name()) parts.erase(parts.begin());
  const std::size_t dot = node.name.find('.');
  if (!matches_wildcard(node.name.substr(0, dot), parts[0])) return false;
  return parts.size() == 1 || matches_wildcard(node.name.substr(dot + 1), parts[1]);
}

bool matches_config(const Node& node, const std::string& key, const std::string& value) {
  if (key == "materialized" && node.kind == NodeKind::model) {
    return to_string(node.model.materialized) == value;
  }
  if (key == "severity" && node.kind == NodeKind::test) {
    return to_lower(value) == (node.test.severity == Severity::warn ? "warn" : "error");
  }
  const Setting* setting = node.settings.find(key);
  if (setting == nullptr || setting->value.is_none()) return false;
  if (setting->value.is_sequence()) {
    const List& list = setting->value.as_list();
    return std::any_of(list.begin(), list.end(),
                       [&](const Value& item) { return item.str() == value; });
  }
  return to_lower(setting->value.str()) == to_lower(value);
}

bool matches(const Node& node, const Project& project, const Term& term) {
  const std::string& value = term.value;
  if (term.method == "fqn") {
    return node.kind != NodeKind::source && matches_fqn(node.fqn, value);
  }
  if (term.method == "path") return matches_path(node.file, value);
  if (term.method == "file") {
    return matches_wildcard(node.file.substr(node.file.rfind('/') + 1), value);
  }
  if (term.method == "tag") {
    return std::any_of(node.tags.begin(), node.tags.end(),
                       [&](const std::string& tag) { return matches_wildcard(tag, value); });
  }
  if (term.method == "source") return matches_source(node, project, value);
  if (term.method == "test_type") {
    return node.kind == NodeKind::test &&
           (value == "data" || value == (node.is_generic ? "generic" : "singular"));
  }
  if (term.method == "test_name") {
    return node.is_generic && matches_wildcard(node.spec.name, value);
  }
  if (term.method == "resource_type") {
    return value == "all" || value == (node.kind == NodeKind::source  ? "source"
                                       : node.kind == NodeKind::model ? "model"
                                                                      : "test");
  }
  return matches_config(node, term.method.substr(std::string("config.").size()), value);
}

// What the term stands for without its operators.
NodeSet core_of_term(const Project& project, const Term& term) {
  NodeSet found;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) {
    if (matches(project.nodes()[i], project, term)) found.insert(i);
  }
  return found;
}

// `found` with what the term's operators and the tests add to it.
NodeSet with_operators(const std::vector<Node>& nodes, const Term& term, const NodeSet& found) {
  NodeSet all = found;
  if (term.up) all.merge(ancestors(nodes, found, *term.up));
  if (term.down || term.at) all.merge(descendants(nodes, found, term.down.value_or(kAnyDepth)));
  if (term.at) all.merge(ancestors(nodes, all));
  // A test goes with each of what it tests, even if it reads other models too.
  NodeSet tests;
  for (const std::size_t i : all) {
    for (const std::size_t child : nodes[i].children) {
      if (nodes[child].kind == NodeKind::test) tests.insert(child);
    }
  }
  all.merge(tests);
  return all;
}

void take(std::vector<std::string>& into, const std::vector<std::string>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

// Of what was probably meant by a term that matches nothing.
std::string hint_for(const Project& project, const NamedSets& named, const Term& term) {
  std::vector<std::string> known;
  if (term.is_plain) {
    for (const auto& [name, set] : named) known.push_back(name);
  }
  for (const Node& node : project.nodes()) {
    if (term.method == "tag") take(known, node.tags);
    if (term.method == "source" && node.kind == NodeKind::source) {
      take(known, {node.name, node.name.substr(0, node.name.find('.'))});
    }
    if (term.method == "path") take(known, {node.file, node.file.substr(0, node.file.rfind('/'))});
    if (term.method == "file") known.push_back(node.file.substr(node.file.rfind('/') + 1));
    if (term.method == "fqn" && node.kind != NodeKind::source) {
      take(known, {node.name, node.fqn.size() > 2 ? node.fqn[1] : node.name});
    }
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (term.method == "config.materialized") known = {"view", "table", "incremental", "ephemeral"};
  if (term.method == "test_type") known = {"generic", "singular", "data"};
  std::string hint = did_you_mean(term.value, known);
  if (!hint.empty()) return hint;
  // Few choices are best simply listed; many would bury the message.
  constexpr std::size_t kListedChoices = 20;
  if (known.empty() || known.size() > kListedChoices) return "";
  return fmt::format("there is: {}", join(known, ", "));
}

class Selection {
 public:
  Selection(const Project& project, const NamedSets& named) : project_(project), named_(named) {}

  // A union of intersections. Empty text selects nothing.
  NodeSet of_text(const std::string& text, bool must_match) {
    NodeSet chosen;
    for (const std::string& part : split(text, ' ')) {
      if (!trim(part).empty()) chosen.merge(of_intersection(part, must_match));
    }
    return chosen;
  }

  bool names_a_set() const { return names_a_set_; }

 private:
  NodeSet of_intersection(const std::string& part, bool must_match) {
    NodeSet both;
    bool first = true, may_be_empty = !must_match;
    for (const std::string& item : split(part, ',')) {
      const Term term = parse_term(item);
      const NodeSet* set = find_set(term);
      may_be_empty = may_be_empty || set != nullptr;
      const NodeSet found = with_operators(project_.nodes(), term,
                                           set != nullptr ? *set : core_of_term(project_, term));
      if (found.empty() && set == nullptr && must_match) {
        throw Error(fmt::format("'{}' selects nothing", term.text),
                    hint_for(project_, named_, term));
      }
      if (first) {
        both = found;
      } else {
        std::erase_if(both, [&](std::size_t node) { return !found.contains(node); });
      }
      first = false;
    }
    if (both.empty() && !may_be_empty) {
      throw Error(fmt::format("'{}' selects nothing: no node fits all of its parts", part));
    }
    return both;
  }

  const NodeSet* find_set(const Term& term) {
    if (!term.is_plain || project_.find_model(term.value) != nullptr) return nullptr;
    const auto found = named_.find(term.value);
    if (found == named_.end()) return nullptr;
    names_a_set_ = true;
    return &found->second;
  }

  const Project& project_;
  const NamedSets& named_;
  bool names_a_set_ = false;
};

}  // namespace

NodeSet select_nodes(const Project& project, const std::string& select, const std::string& exclude,
                     const NamedSets& named) {
  Selection selection(project, named);
  NodeSet chosen;
  if (trim(select).empty()) {
    for (std::size_t i = 0; i < project.nodes().size(); ++i) chosen.insert(i);
  } else {
    chosen = selection.of_text(select, true);
  }
  for (const std::size_t i : selection.of_text(exclude, false)) chosen.erase(i);
  if (chosen.empty() && !selection.names_a_set()) {
    throw Error(trim(exclude).empty()
                    ? "the project has no models and no tests"
                    : fmt::format("nothing is left to do after --exclude {}", exclude));
  }
  return chosen;
}

}  // namespace gsa::dbt
