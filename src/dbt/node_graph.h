#pragma once

// The edges between nodes, and orders in which nodes can run. Everything here is deterministic:
// among nodes that are ready, the first by name comes first.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

using NodeSet = std::set<std::size_t>;

// The parts of the project that are switched off, for the error of a ref to one.
struct Disabled {
  std::vector<std::string> models;
  std::vector<std::string> sources;  // "raw.users"
  // Names that exist but cannot be built here: "'py' is a Python model (models/py.py)".
  std::map<std::string, std::string> unsupported;
};

// Removes each test that refers to a missing or disabled node, with a warning, as dbt does.
void drop_unresolved_tests(std::vector<Node>& nodes, const std::string& project,
                           const Disabled& disabled, std::vector<std::string>& warnings);

// The nodes that `refs` refer to. Throws Error like connect().
std::vector<std::size_t> resolve(const std::vector<Node>& nodes, const std::string& project,
                                 const Disabled& disabled, const ProjectFiles& files,
                                 const std::vector<Dependency>& refs);

// `refs` refer to the nodes `read`. Throws Error at the place of the first ref to a private model
// whose group is not `group`. An empty `group` means no group, which may use no private model.
void refuse_private(const std::vector<Node>& nodes, const std::vector<Dependency>& refs,
                    const std::vector<std::size_t>& read, const std::string& group,
                    const ProjectFiles& files);

// Fills in depends_on and children from refs. Throws Error at the place of a ref or source without
// a target (the hint is the nearest name), at a ref to another group's private model (a generic
// test belongs to its model's group), and for a cycle: "a → b → a".
void connect(std::vector<Node>& nodes, const std::string& project, const Disabled& disabled,
             const ProjectFiles& files);

// All upstream or downstream nodes up to `depth` edges away, without the nodes themselves.
inline constexpr int kAnyDepth = -1;
NodeSet ancestors(const std::vector<Node>& nodes, const NodeSet& of, int depth = kAnyDepth);
NodeSet descendants(const std::vector<Node>& nodes, const NodeSet& of, int depth = kAnyDepth);

// `chosen` in an order in which every node follows the chosen nodes upstream of it. A test runs as
// early as possible, before the next model, so that the models that it guards are not built yet.
std::vector<std::size_t> run_order(const std::vector<Node>& nodes, const NodeSet& chosen);

// For each test, the models that must wait for it: those downstream of everything that it tests.
// Lists only the nearest ones, ascending, because models downstream of these wait anyway. Instead
// of an ephemeral model, which is never built, lists the models that use it. Ignores severity. A
// unit test reads nothing that its model makes, so its list is that model and the nearest models
// downstream.
std::vector<std::vector<std::size_t>> guarded_models(const std::vector<Node>& nodes);

}  // namespace gsa::dbt
