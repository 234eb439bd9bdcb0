#pragma once

// Edges between nodes, and orders in which they can run. Everything here is deterministic: among
// nodes that are ready, the alphabet decides.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

using NodeSet = std::set<std::size_t>;

// What of the project is switched off: a ref to it is told so.
struct Disabled {
  std::vector<std::string> models;
  std::vector<std::string> sources;  // "raw.users"
  // What there is of a name and is not built here: "'py' is a Python model (models/py.py)".
  std::map<std::string, std::string> unsupported;
};

// Takes out each test that refers to what is not there or switched off, with a warning, as dbt
// does.
void drop_unresolved_tests(std::vector<Node>& nodes, const std::string& project,
                           const Disabled& disabled, std::vector<std::string>& warnings);

// The nodes that these lead to. Throws Error as connect().
std::vector<std::size_t> resolve(const std::vector<Node>& nodes, const std::string& project,
                                 const Disabled& disabled, const ProjectFiles& files,
                                 const std::vector<Dependency>& refs);

// Throws Error at the place of the first of `refs`, which lead to `read`, to a model that is
// private to another group than `group`; empty: none, to which nothing is private.
void refuse_private(const std::vector<Node>& nodes, const std::vector<Dependency>& refs,
                    const std::vector<std::size_t>& read, const std::string& group,
                    const ProjectFiles& files);

// Fills in depends_on and children from refs. Throws Error at the place of a ref or source that
// leads nowhere, with the nearest name as the hint, of one to another group's private model (a
// generic test is of its model's group), and of a cycle: "a → b → a".
void connect(std::vector<Node>& nodes, const std::string& project, const Disabled& disabled,
             const ProjectFiles& files);

// Everything that the nodes depend on, or that depends on them, up to `depth` edges away; without
// the nodes themselves.
inline constexpr int kAnyDepth = -1;
NodeSet ancestors(const std::vector<Node>& nodes, const NodeSet& of, int depth = kAnyDepth);
NodeSet descendants(const std::vector<Node>& nodes, const NodeSet& of, int depth = kAnyDepth);

// `chosen`, each after those of `chosen` that it depends on, directly or through others. A test
// runs as soon as it can, before the next model: what it guards has then not been built yet.
std::vector<std::size_t> run_order(const std::vector<Node>& nodes, const NodeSet& chosen);

// For each node that is a test, the models that must wait for it: those that come after all that it
// tests. Only the nearest are listed, ascending, since what comes after these waits anyway. In the
// place of an ephemeral model, which is never built, stand those that use it. Whether a failure
// would matter (severity) is not looked at. For a unit test, which reads nothing that its model
// makes, it is that model and the nearest that come after it.
std::vector<std::vector<std::size_t>> guarded_models(const std::vector<Node>& nodes);

}  // namespace gsa::dbt
