#pragma once

// target/run_results.json as dbt writes it (schema v6): how each node of a run ended.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "dbt/artifact_values.h"
#include "dbt/manifest_nodes.h"
#include "dbt/runner.h"

namespace gsa::dbt {

// What a run made, asked and left out. One thread at a time.
class RunResultList {
 public:
  // `lane` is the number of the thread, from 0. Parts of one model become one result.
  void add(const NodeResult& result, std::chrono::system_clock::time_point began, std::size_t lane);

  // `arguments` is what the command was told: which, select, vars, ….
  std::string json(const Project& project, const ArtifactRun& run, const CompiledCode& compiled,
                   const Dict& arguments) const;
  // The SQL that unit tests ran, which is theirs alone.
  void take_unit_tests(CompiledCode& compiled) const;

 private:
  struct Entry {
    NodeResult result;
    std::chrono::system_clock::time_point began;
    std::size_t lane = 0;
  };
  static Value value(const Entry& entry, const std::map<std::string, Value>& relations,
                     const CompiledCode& compiled);

  std::vector<Entry> entries_;                // in the order in which they ended
  std::map<std::string, std::size_t> by_id_;  // of models
};

}  // namespace gsa::dbt
