#include "dbt/labels.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {

std::string owner_text(const Value& owner) {
  if (owner.is_string()) return owner.as_string();
  if (owner.is_sequence()) {
    std::vector<std::string> names;
    for (const Value& one : owner.as_list()) {
      if (one.is_string()) names.push_back(one.as_string());
    }
    return join(names, ", ");
  }
  if (!owner.is_dict()) return "";
  for (const char* key : {"name", "email"}) {
    const Value* value = owner.as_dict().find(key);
    const std::string text = value == nullptr || value->is_dict() ? "" : owner_text(*value);
    if (!text.empty()) return text;
  }
  return "";
}

Labeller::Labeller(const std::vector<GroupSpec>& groups, const ProjectFiles& files)
    : files_(files) {
  for (const GroupSpec& group : groups) {
    const auto [at, fresh] = groups_.emplace(group.name, group);
    if (fresh) continue;
    throw files.error_at(group.place, fmt::format("the group '{}' is declared twice", group.name),
                         "the other place is " + format_place(at->second.place));
  }
}

void Labeller::label(Node& node, const std::vector<Setting>& freshness) const {
  const LabelConfig config = label_config(node.settings, files_);
  node.meta = config.meta;
  node.group = config.group;
  if (const Value* group = node.meta.find("group");
      node.kind == NodeKind::source && group != nullptr && group->is_string()) {
    node.group = group->as_string();
  }
  label_group(node);
  label_owner(node);
  label_partitions(node);
  label_incremental(node);
  label_freshness(node, freshness);
}

void Labeller::label_group(Node& node) const {
  if (node.kind == NodeKind::source || node.group.empty()) return;
  expect_group(node.group, node.settings.find("group")->place);
}

void Labeller::expect_group(const std::string& wanted, const Place& place) const {
  if (groups_.contains(wanted)) return;
  std::vector<std::string> names;
  for (const auto& [name, group] : groups_) names.push_back(name);
  std::string hint = did_you_mean(wanted, names);
  if (hint.empty()) {
    hint = names.empty() ? "declare it below groups: in a .yml file beside the models"
                         : "there is: " + join(names, ", ");
  }
  throw files_.error_at(place, fmt::format("there is no group '{}'", wanted), hint);
}

void Labeller::label_owner(Node& node) const {
  if (const auto found = groups_.find(node.group); found != groups_.end()) {
    node.owner = found->second.owner;
  } else if (const Value* owner = node.meta.find("owner")) {
    node.owner = owner_text(*owner);
  }
}

void Labeller::label_partitions(Node& node) const {
  const Value* given = node.meta.find("partition_by");
  if (node.kind != NodeKind::model || given == nullptr || given->is_none()) return;
  const Place place = node.settings.find("meta")->place;
  node.partition_by = read_partition_by({*given, place}, files_);
  if (node.model.materialized == Materialization::table) return;
  throw files_.error_at(place,
                        fmt::format("only a table has partitions, and '{}' is materialized as {}",
                                    node.name, to_string(node.model.materialized)),
                        "give it materialized: table, or leave out partition_by");
}

void Labeller::label_incremental(Node& node) const {
  const Value* given = node.meta.find("incremental_by");
  if (node.kind != NodeKind::model || given == nullptr || given->is_none()) return;
  node.incremental_by = read_incremental_by({*given, node.settings.find("meta")->place}, files_);
}

void Labeller::label_freshness(Node& node, const std::vector<Setting>& freshness) const {
  if (node.kind == NodeKind::model) {
    const Value* own = node.meta.find("freshness");
    if (own == nullptr) return;
    node.freshness =
        read_freshness({{*own, node.settings.find("meta")->place}}, files_, {"loaded_at_field"});
  }
  if (node.kind == NodeKind::source) {
    node.freshness = read_freshness(freshness, files_);
    if (node.freshness) node.freshness->loaded_at_field = loaded_at_field(node.settings, files_);
  }
}

}  // namespace gsa::dbt
