#pragma once

// `nodes` and `disabled` of manifest.json: models, seeds, analyses and data tests.

#include <map>
#include <string>
#include <vector>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

// The SQL of nodes by unique id, with the names under which readers find relations.
using CompiledCode = std::map<std::string, std::string, std::less<>>;

class NodesInManifest {
 public:
  // All must outlive it. `created_at` is in seconds since 1970.
  NodesInManifest(const Project& project, const std::vector<Node>& analyses,
                  const CompiledCode& compiled, double created_at);

  Value nodes() const;
  Value disabled() const;

 private:
  Value node(const Node& node) const;
  std::string path_of(const Node& node) const;
  void write_head(const Node& node, Dict& dict) const;
  void write_described(const Node& node, const Value* docs, Dict& dict) const;
  void write_sql(const Node& node, Dict& dict) const;
  void write_compiled(const Node& node, Dict& dict) const;
  void write_model(const Node& node, Dict& dict) const;
  void write_seed(Dict& dict) const;
  void write_generic_test(const Node& node, Dict& dict) const;
  Value refs_of(const Node& node, bool sources) const;
  Value depends_on(const Node& node) const;
  Value extra_ctes(const Node& node) const;
  void add_ephemeral(const Node& node, std::vector<const Node*>& found) const;
  const ModelSpec* written(const Node& node) const;
  const Node& tested(const Node& test) const;

  const Project& project_;
  const std::vector<Node>& analyses_;
  const CompiledCode& compiled_;
  double created_at_;
  std::map<std::string, const ModelSpec*> written_;  // by "model.NAME", "seed.NAME", "test.NAME"
  // Generic tests, by the unique id of what they test.
  std::map<std::string, std::vector<const Node*>> tests_;
};

}  // namespace gsa::dbt
