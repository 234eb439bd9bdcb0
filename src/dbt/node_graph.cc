#include "dbt/node_graph.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

using Index = std::map<std::string, std::size_t, std::less<>>;

class Resolver {
 public:
  Resolver(const std::vector<Node>& nodes, const std::string& project, const Disabled& disabled)
      : project_(project), disabled_(disabled) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].kind == NodeKind::model) models_.emplace(nodes[i].name, i);
      if (nodes[i].kind == NodeKind::source) sources_.emplace(nodes[i].name, i);
    }
  }

  // Null if the reference has no target.
  std::optional<std::size_t> find(const Dependency& ref) const {
    if (is_foreign(ref)) return std::nullopt;
    const Index& index = ref.is_source ? sources_ : models_;
    const auto found = index.find(name_of(ref));
    return found == index.end() ? std::nullopt : std::optional(found->second);
  }

  // The targets of all references. Throws Error at the place of a reference without a target.
  std::vector<std::size_t> resolve(const std::vector<Dependency>& refs,
                                   const ProjectFiles& files) const {
    std::vector<std::size_t> found;
    for (const Dependency& ref : refs) {
      const std::optional<std::size_t> node = find(ref);
      if (!node) {
        const auto [what, hint] = complaint(ref);
        throw files.error_at(ref.place, what, hint);
      }
      found.push_back(*node);
    }
    return found;
  }

  // Why find() found nothing: the error, and a hint.
  std::pair<std::string, std::string> complaint(const Dependency& ref) const {
    const std::string name = name_of(ref);
    const char* const kind = ref.is_source ? "source" : "model";
    if (is_foreign(ref)) {
      return {fmt::format("there is no project '{}' here", ref.package),
              fmt::format("this project is '{}'", project_)};
    }
    if (const auto found = disabled_.unsupported.find(name);
        !ref.is_source && found != disabled_.unsupported.end()) {
      return {found->second + ", which is not built here", kDbtHasIt};
    }
    const std::vector<std::string>& off = ref.is_source ? disabled_.sources : disabled_.models;
    if (std::find(off.begin(), off.end(), name) != off.end()) {
      return {fmt::format("the {} '{}' is disabled", kind, name),
              "its configuration says enabled: false"};
    }
    return {fmt::format("there is no {} '{}'", kind, name),
            hint(name, ref.is_source ? sources_ : models_)};
  }

 private:
  bool is_foreign(const Dependency& ref) const {
    return !ref.is_source && !ref.package.empty() && ref.package != project_;
  }

  static std::string name_of(const Dependency& ref) {
    return ref.is_source ? ref.package + "." + ref.name : ref.name;
  }

  static std::string hint(const std::string& name, const Index& index) {
    std::vector<std::string> names;
    for (const auto& [known, i] : index) names.push_back(known);
    return did_you_mean(name, names);
  }

  const std::string& project_;
  const Disabled& disabled_;
  Index models_;
  Index sources_;
};

// The place where `node` refers to `to`.
Place place_of_edge(const std::vector<Node>& nodes, const Node& node, std::size_t to) {
  for (const Dependency& ref : node.refs) {
    if (!ref.is_source && ref.name == nodes[to].name) return ref.place;
  }
  return node.place;
}

// Every node in `left` depends on another one in it. Walking along these edges therefore returns to
// a node already visited, which gives the cycle.
[[noreturn]] void throw_cycle(const std::vector<Node>& nodes, const NodeSet& left,
                              const ProjectFiles& files) {
  std::vector<std::size_t> path;
  std::size_t at = *left.begin();
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    const std::vector<std::size_t>& next = nodes[at].depends_on;
    at = *std::find_if(next.begin(), next.end(), [&](std::size_t i) { return left.contains(i); });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  // Begin with the first node by name, so that the message for a cycle is always the same.
  std::rotate(path.begin(),
              std::min_element(path.begin(), path.end(),
                               [&](auto a, auto b) { return nodes[a].name < nodes[b].name; }),
              path.end());
  path.push_back(path.front());
  std::vector<std::string> names;
  for (const std::size_t i : path) names.push_back(nodes[i].name);
  throw files.error_at(place_of_edge(nodes, nodes[path[0]], path[1]),
                       "these models depend on each other in a circle: " + join(names, " → "),
                       path.size() == 2 ? "a model's own table is {{ this }}" : "");
}

void refuse_cycles(const std::vector<Node>& nodes, const ProjectFiles& files) {
  std::vector<std::size_t> waiting_for(nodes.size());
  std::vector<std::size_t> ready;
  NodeSet left;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    waiting_for[i] = nodes[i].depends_on.size();
    left.insert(i);
    if (waiting_for[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const std::size_t done = ready.back();
    ready.pop_back();
    left.erase(done);
    for (const std::size_t child : nodes[done].children) {
      if (--waiting_for[child] == 0) ready.push_back(child);
    }
  }
  if (!left.empty()) throw_cycle(nodes, left, files);
}

NodeSet reach(const std::vector<Node>& nodes, const NodeSet& of, int depth,
              std::vector<std::size_t> Node::*edges) {
  NodeSet reached;
  std::vector<std::size_t> frontier(of.begin(), of.end());
  for (int step = 0; !frontier.empty() && step != depth; ++step) {
    std::vector<std::size_t> next;
    for (const std::size_t from : frontier) {
      for (const std::size_t to : nodes[from].*edges) {
        if (reached.insert(to).second) next.push_back(to);
      }
    }
    frontier = std::move(next);
  }
  return reached;
}

// Adds `model`; instead of an ephemeral model, adds the models that use it.
void add_built(const std::vector<Node>& nodes, std::size_t model, NodeSet& built, NodeSet& seen) {
  if (nodes[model].kind != NodeKind::model || !seen.insert(model).second) return;
  if (nodes[model].model.materialized != Materialization::ephemeral) {
    built.insert(model);
    return;
  }
  for (const std::size_t child : nodes[model].children) add_built(nodes, child, built, seen);
}

// The models downstream of each source and model, as a bit for each node: 1.5 MB for 2,000 models
// with 4,000 tests. Searching the graph for each test would take a second.
class ModelsAfter {
 public:
  explicit ModelsAfter(const std::vector<Node>& nodes) : nodes_(nodes), after_(nodes.size()) {
    NodeSet readable;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].kind != NodeKind::test) readable.insert(i);
    }
    const std::vector<std::size_t> order = run_order(nodes, readable);
    for (auto at = order.rbegin(); at != order.rend(); ++at) add_children(*at);
  }

  // The nearest models downstream of all of `of`: those that are not downstream of another such
  // model.
  std::vector<std::size_t> first_after_all(const std::vector<std::size_t>& of) const {
    Bits common = after_[of[0]];
    for (const std::size_t node : of) {
      for (std::size_t word = 0; word < common.size(); ++word) common[word] &= after_[node][word];
    }
    const auto is_common = [&](std::size_t i) { return (common[i / kBits] >> i % kBits & 1) != 0; };
    std::vector<std::size_t> first;
    for (std::size_t word = 0; word < common.size(); ++word) {
      for (std::uint64_t left = common[word]; left != 0; left &= left - 1) {
        const std::size_t i = word * kBits + static_cast<std::size_t>(std::countr_zero(left));
        const std::vector<std::size_t>& above = nodes_[i].depends_on;
        if (std::none_of(above.begin(), above.end(), is_common)) first.push_back(i);
      }
    }
    return first;
  }

 private:
  using Bits = std::vector<std::uint64_t>;
  static constexpr std::size_t kBits = 64;

  void add_children(std::size_t node) {
    Bits& after = after_[node];
    after.resize((nodes_.size() + kBits - 1) / kBits);
    for (const std::size_t child : nodes_[node].children) {
      if (nodes_[child].kind != NodeKind::model) continue;
      after[child / kBits] |= std::uint64_t{1} << child % kBits;
      for (std::size_t word = 0; word < after.size(); ++word) after[word] |= after_[child][word];
    }
  }

  const std::vector<Node>& nodes_;
  std::vector<Bits> after_;  // empty for a test
};

}  // namespace

void drop_unresolved_tests(std::vector<Node>& nodes, const std::string& project,
                           const Disabled& disabled, std::vector<std::string>& warnings) {
  const Resolver resolver(nodes, project, disabled);
  std::erase_if(nodes, [&](const Node& node) {
    if (node.kind != NodeKind::test) return false;
    for (const Dependency& ref : node.refs) {
      if (resolver.find(ref)) continue;
      const auto [what, hint] = resolver.complaint(ref);
      warnings.push_back(fmt::format("{}: the test '{}' is left out: {}{}{}",
                                     format_place(ref.place), node.name, what,
                                     hint.empty() ? "" : "; ", hint));
      return true;
    }
    return false;
  });
}

std::vector<std::size_t> resolve(const std::vector<Node>& nodes, const std::string& project,
                                 const Disabled& disabled, const ProjectFiles& files,
                                 const std::vector<Dependency>& refs) {
  return Resolver(nodes, project, disabled).resolve(refs, files);
}

void refuse_private(const std::vector<Node>& nodes, const std::vector<Dependency>& refs,
                    const std::vector<std::size_t>& read, const std::string& group,
                    const ProjectFiles& files) {
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const Node& model = nodes[read[i]];
    if (model.kind != NodeKind::model || model.model.access != Access::private_) continue;
    if (!group.empty() && group == model.group) continue;
    const std::string owner = model.group.empty() ? "itself, because it has no group"
                                                  : fmt::format("the group '{}'", model.group);
    throw files.error_at(
        refs[i].place, fmt::format("the model '{}' is private to {}", model.name, owner),
        fmt::format("the node that refers to it has {}; access: protected opens the model to the "
                    "whole project",
                    group.empty() ? "no group" : fmt::format("the group '{}'", group)));
  }
}

void connect(std::vector<Node>& nodes, const std::string& project, const Disabled& disabled,
             const ProjectFiles& files) {
  const Resolver resolver(nodes, project, disabled);
  for (Node& node : nodes) {
    const std::vector<std::size_t> read = resolver.resolve(node.refs, files);
    const bool is_attached = node.is_generic || node.is_unit_test();
    refuse_private(nodes, node.refs, read, is_attached ? nodes[node.tested].group : node.group,
                   files);
    NodeSet depends_on(read.begin(), read.end());
    if (is_attached) depends_on.insert(node.tested);
    node.depends_on.assign(depends_on.begin(), depends_on.end());
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::size_t parent : nodes[i].depends_on) nodes[parent].children.push_back(i);
  }
  refuse_cycles(nodes, files);
}

NodeSet ancestors(const std::vector<Node>& nodes, const NodeSet& of, int depth) {
  return reach(nodes, of, depth, &Node::depends_on);
}

NodeSet descendants(const std::vector<Node>& nodes, const NodeSet& of, int depth) {
  return reach(nodes, of, depth, &Node::children);
}

std::vector<std::size_t> run_order(const std::vector<Node>& nodes, const NodeSet& chosen) {
  // Order all nodes, so that the chosen ones also keep an order that passes through unchosen nodes.
  using Key = std::tuple<int, std::string, std::size_t>;
  const auto key = [&](std::size_t i) {
    const int rank = nodes[i].kind == NodeKind::source ? 0
                     : nodes[i].kind == NodeKind::test ? 1
                                                       : 2;
    return Key(chosen.contains(i) ? rank : 0, nodes[i].name, i);
  };
  std::vector<std::size_t> waiting_for(nodes.size());
  std::set<Key> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    waiting_for[i] = nodes[i].depends_on.size();
    if (waiting_for[i] == 0) ready.insert(key(i));
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = std::get<2>(*ready.begin());
    ready.erase(ready.begin());
    if (chosen.contains(next)) order.push_back(next);
    for (const std::size_t child : nodes[next].children) {
      if (--waiting_for[child] == 0) ready.insert(key(child));
    }
  }
  return order;
}

std::vector<std::vector<std::size_t>> guarded_models(const std::vector<Node>& nodes) {
  const ModelsAfter models_after(nodes);
  std::vector<std::vector<std::size_t>> guarded(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind != NodeKind::test || nodes[i].depends_on.empty()) continue;
    NodeSet built, seen;
    // The model's children must wait too, for a run that does not build the model itself.
    if (nodes[i].is_unit_test()) {
      add_built(nodes, nodes[i].tested, built, seen);
      for (const std::size_t child : nodes[nodes[i].tested].children) {
        add_built(nodes, child, built, seen);
      }
      guarded[i].assign(built.begin(), built.end());
      continue;
    }
    for (const std::size_t model : models_after.first_after_all(nodes[i].depends_on)) {
      add_built(nodes, model, built, seen);
    }
    guarded[i].assign(built.begin(), built.end());
  }
  return guarded;
}

}  // namespace gsa::dbt
