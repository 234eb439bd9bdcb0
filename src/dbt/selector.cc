#include "dbt/selector.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/selection.h"
#include "dbt/selector_methods.h"
#include "dbt/selectors_yml.h"

namespace gsa::dbt {
namespace {

void take(std::vector<std::string>& into, const std::vector<std::string>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

// The likely intention behind a term that matches nothing.
std::string hint_for(const Project& project, const NamedSets& named, const SelectionTerm& term) {
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
    if (term.method == "unit_test" && node.is_unit_test()) known.push_back(node.fqn.back());
    if (term.method == "file") known.push_back(node.file.substr(node.file.rfind('/') + 1));
    if (term.method == "fqn" && node.kind != NodeKind::source) {
      const std::string& name = node.is_unit_test() ? node.fqn.back() : node.name;
      take(known, {name, node.fqn.size() > 2 ? node.fqn[1] : name});
    }
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (term.method == "config" && term.arguments.front() == "materialized")
    known = {"view", "table", "incremental", "ephemeral"};
  std::string hint = did_you_mean(term.value, known);
  if (!hint.empty()) return hint;
  // List the choices only if they are few; many would bury the message.
  constexpr std::size_t kListedChoices = 20;
  if (known.empty() || known.size() > kListedChoices) return "";
  return fmt::format("there is: {}", join(known, ", "));
}

class Selection {
 public:
  Selection(const Project& project, const NamedSets& named, std::vector<std::string>& warnings)
      : project_(project), nodes_(project.nodes()), named_(named), warnings_(warnings) {}

  NodeSet of(const SelectionSpec& spec) {
    if (spec.kind == SelectionSpec::Kind::term) return of_term(spec.term);
    std::vector<NodeSet> sets;
    for (const SelectionSpec& part : spec.parts) sets.push_back(of(part));
    NodeSet chosen = combined(spec.kind, sets);
    if (spec.must_match && chosen.empty() && !names_a_set(spec)) warn(spec);
    return chosen;
  }

 private:
  static NodeSet combined(SelectionSpec::Kind kind, const std::vector<NodeSet>& sets) {
    NodeSet chosen;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const NodeSet& set = sets[i];
      if (i == 0 || kind == SelectionSpec::Kind::any) {
        chosen.insert(set.begin(), set.end());
      } else {
        const bool keeps = kind == SelectionSpec::Kind::all;
        std::erase_if(chosen, [&](std::size_t node) { return set.contains(node) != keeps; });
      }
    }
    return chosen;
  }

  NodeSet of_term(const SelectionTerm& term) {
    if (term.method == "exposure") return of_exposure(term);
    const NodeSet* set = find_set(term);
    NodeSet found;
    for (std::size_t i = 0; i < nodes_.size() && set == nullptr; ++i) {
      if (matches(nodes_[i], project_, term)) found.insert(i);
    }
    return with_operators(term, set != nullptr ? *set : found);
  }

  // Adds the nodes and tests that the term's operators imply.
  NodeSet with_operators(const SelectionTerm& term, const NodeSet& found) const {
    NodeSet all = found;
    if (term.up) all.merge(ancestors(nodes_, found, *term.up));
    if (term.down || term.with_at) {
      all.merge(descendants(nodes_, found, term.down.value_or(kAnyDepth)));
    }
    if (term.with_at) all.merge(ancestors(nodes_, all));
    return with_tests(term, std::move(all));
  }

  NodeSet with_tests(const SelectionTerm& term, NodeSet all) const {
    if (term.tests == IndirectTests::none) return all;
    NodeSet readable = all;
    if (term.tests == IndirectTests::buildable) {
      readable.merge(ancestors(nodes_, all));
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].kind == NodeKind::source) readable.insert(i);
      }
    }
    NodeSet tests;
    for (const std::size_t i : all) {
      for (const std::size_t child : nodes_[i].children) {
        if (nodes_[child].kind != NodeKind::test) continue;
        const std::vector<std::size_t>& reads = nodes_[child].depends_on;
        const bool fits = term.tests == IndirectTests::eager ||
                          std::all_of(reads.begin(), reads.end(),
                                      [&](std::size_t read) { return readable.contains(read); });
        if (fits) tests.insert(child);
      }
    }
    all.merge(tests);
    return all;
  }

  // Nothing builds an exposure: only its inputs can be selected, with a + before it.
  NodeSet of_exposure(const SelectionTerm& term) const {
    NodeSet reads;
    for (const Exposure& exposure : project_.exposures()) {
      if (matches_wildcard(exposure.name, term.value)) {
        reads.insert(exposure.depends_on.begin(), exposure.depends_on.end());
      }
    }
    if (!term.up && !term.with_at) return {};
    const int depth = term.with_at ? kAnyDepth : *term.up;
    if (depth != kAnyDepth && depth < 1) return {};
    NodeSet all = reads;
    all.merge(ancestors(nodes_, reads, depth == kAnyDepth ? kAnyDepth : depth - 1));
    return with_tests(term, std::move(all));
  }

  const NodeSet* find_set(const SelectionTerm& term) const {
    if (!term.is_plain || project_.find_model(term.value) != nullptr) return nullptr;
    const auto found = named_.find(term.value);
    return found == named_.end() ? nullptr : &found->second;
  }

  bool names_a_set(const SelectionSpec& spec) const {
    return std::any_of(spec.parts.begin(), spec.parts.end(), [&](const SelectionSpec& part) {
      return part.kind == SelectionSpec::Kind::term && find_set(part.term) != nullptr;
    });
  }

  // Names the first term that matches nothing on its own.
  void warn(const SelectionSpec& spec) {
    for (const SelectionSpec& part : spec.parts) {
      if (!of_term(part.term).empty()) continue;
      const std::string hint = hint_for(project_, named_, part.term);
      warnings_.push_back(
          fmt::format("'{}' selects nothing{}{}", part.text, hint.empty() ? "" : "; ", hint));
      return;
    }
    warnings_.push_back(
        fmt::format("'{}' selects nothing: no node fits all of its parts", spec.text));
  }

  const Project& project_;
  const std::vector<Node>& nodes_;
  const NamedSets& named_;
  std::vector<std::string>& warnings_;
};

const SelectionSpec& named_selection(const NamedSelections& known, const std::string& name) {
  const auto found = known.by_name.find(name);
  if (found != known.by_name.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [other, spec] : known.by_name) names.push_back(other);
  std::string hint = did_you_mean(name, names);
  if (hint.empty() && !names.empty()) hint = "there is: " + join(names, ", ");
  throw Error(fmt::format("there is no selector '{}' in selectors.yml", name), hint);
}

}  // namespace

bool has_default_selector(const Project& project) {
  return !read_selectors_yml(project.files()).by_default.empty();
}

NodeSet select_nodes(const Project& project, const SelectionRequest& request,
                     const NamedSets& named, std::vector<std::string>& warnings) {
  Selection selection(project, named, warnings);
  const bool asks = !trim(request.select).empty() || !trim(request.exclude).empty();
  if (!request.selector.empty() || !asks) {
    const NamedSelections known = read_selectors_yml(project.files());
    const std::string& name = request.selector.empty() ? known.by_default : request.selector;
    if (!name.empty()) {
      NodeSet chosen = selection.of(named_selection(known, name));
      if (chosen.empty())
        warnings.push_back(fmt::format("the selector '{}' selects nothing", name));
      return chosen;
    }
  }
  NodeSet chosen;
  if (trim(request.select).empty()) {
    for (std::size_t i = 0; i < project.nodes().size(); ++i) chosen.insert(i);
  } else {
    chosen = selection.of(parse_selection(request.select));
  }
  for (const std::size_t i : selection.of(parse_selection(request.exclude))) chosen.erase(i);
  return chosen;
}

}  // namespace gsa::dbt
