#pragma once

// Metadata of a node that does not affect its SQL: its owner, its meta, and the age that its data
// may reach.
//
// Groups of models and tests are dbt's: `groups:` in a .yml file, `group:` in a configuration.
// Four features are gsa's own and live in meta, which dbt ignores. `meta: {group: …}` is the group
// of a source; it need not be declared. `meta: {freshness: …}` limits the age of a model's data as
// `freshness:` does for a source, with `loaded_at_field` inside. `meta: {partition_by: …}` builds a
// table month by month (partition_by.h). `meta: {incremental_by: …}` makes anew only the rows whose
// inputs changed (incremental_by.h).

#include <map>
#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

class Labeller {
 public:
  // Throws Error at the place of a group that is declared twice. `files` must outlive this object.
  Labeller(const std::vector<GroupSpec>& groups, const ProjectFiles& files);

  // Fills in group, owner, meta, partitions and freshness from the node's settings. For a source,
  // `freshness` has the settings from its YAML, from the farthest to the nearest. Throws Error at
  // the place of a mistake in these, such as an unknown group.
  void label(Node& node, const std::vector<Setting>& freshness = {}) const;

  // Throws Error at `place` if no group is named so.
  void expect_group(const std::string& wanted, const Place& place) const;

 private:
  void label_group(Node& node) const;
  void label_owner(Node& node) const;
  void label_partitions(Node& node) const;
  void label_incremental(Node& node) const;
  void label_freshness(Node& node, const std::vector<Setting>& freshness) const;

  const ProjectFiles& files_;
  std::map<std::string, GroupSpec> groups_;
};

// The text of an owner: text as it is, names in a list, or {name: …, email: …}; else empty.
std::string owner_text(const Value& owner);

}  // namespace gsa::dbt
