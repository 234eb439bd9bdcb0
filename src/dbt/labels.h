#pragma once

// What is said of a node and changes nothing of its SQL: whose it is, what its meta says, and how
// old its data may be.
//
// Groups are dbt's, of models and tests: `groups:` in a .yml file, `group:` in a configuration.
// Three things are gsa's own, and lie in meta, of which dbt takes no notice: the group of a source
// is `meta: {group: …}`, which need not be declared; a model's data may be said to age, by `meta:
// {freshness: …}`, as that of a source, with `loaded_at_field` inside; and a table may be made
// month by month, by `meta: {partition_by: …}` (partition_by.h).

#include <map>
#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

class Labeller {
 public:
  // Throws Error at the place of a group that is declared twice. `files` must outlive the labeller.
  Labeller(const std::vector<GroupSpec>& groups, const ProjectFiles& files);

  // Fills in group, owner, meta, partitions and freshness from the node's settings and, for a
  // source, `freshness` as its YAML has it, from the farthest to the nearest. Throws Error at the
  // place of what is wrong with these, such as a group that there is not.
  void label(Node& node, const std::vector<Setting>& freshness = {}) const;

 private:
  void label_group(Node& node) const;
  void label_owner(Node& node) const;
  void label_partitions(Node& node) const;
  void label_freshness(Node& node, const std::vector<Setting>& freshness) const;

  const ProjectFiles& files_;
  std::map<std::string, GroupSpec> groups_;
};

// Text, names in a list, or what {name: …, email: …} says of an owner; else empty.
std::string owner_text(const Value& owner);

}  // namespace gsa::dbt
