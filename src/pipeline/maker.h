#pragma once

// Connects a run to the engine: builds raw tables and models, and runs tests.
//
// One thread constructs and destroys it. The engine's workers call the private functions, each on
// its own lane.

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assets/engine.h"
#include "assets/recorder.h"
#include "assets/row_sums.h"
#include "dbt/compile.h"
#include "dbt/runner.h"
#include "duck/database.h"
#include "pipeline/asset_run.h"
#include "pipeline/run_log.h"
#include "pipeline/word_types.h"
#include "remote/remote_target.h"

namespace gsa::pipeline {

class Maker {
 public:
  // All arguments must outlive it. Null `recorder`: nothing is recorded.
  Maker(const duck::Database& database, const AssetRun& run, assets::Recorder* recorder);

  assets::Engine& engine() { return engine_; }
  const assets::Engine& engine() const { return engine_; }
  RunLog& log() { return log_; }

  // After the run: gives a connection the words of the data as types, as the lanes have them, and
  // returns the statements that publish them. Does nothing if the run made nothing that may name
  // them.
  std::vector<std::string> publish_words(duck::Connection& connection);

 private:
  dbt::NodeRunOptions node_options();
  assets::EngineOptions engine_options() const;
  assets::Work work();
  assets::Made make(const assets::Unit& unit, duck::Connection& lane);
  void prepare(duck::Connection& lane);
  // Gives the lane the words of the data, if the asset may name them.
  void give_words(const std::string& asset, duck::Connection& lane);
  const std::vector<WordType>& words(duck::Connection& connection);
  std::optional<std::vector<WordType>> words_after_changes(duck::Connection& connection);
  dbt::Part part_of(const dbt::Node& node, const assets::Unit& unit) const;
  void copy_published(const dbt::Node& node, duck::Connection& lane);
  // The models of another engine.
  void begin_remote(const duck::Database& database);
  std::vector<remote::RawPart> raw_parts(const std::string& table);
  assets::Made make_there(const assets::Unit& unit, const dbt::Node& node, duck::Connection& lane);
  dbt::NodeResult run_test(const assets::Check& check, const dbt::Node& node,
                           duck::Connection& lane);
  // Builds only the rows of changed values of the asset's key, into change.rows().
  std::optional<assets::KeyedChange> change_of(const assets::Asset& asset, duck::Connection& lane);
  dbt::TableBuild build_of(const assets::Asset& asset, const assets::KeyedChange& change,
                           duck::Connection& lane) const;
  std::optional<dbt::ChangedRows> changed_rows(const assets::Check& check) const;
  double age_of(const dbt::Node& node, const std::string& asset, duck::Connection& lane) const;
  void ask_age(const assets::Check& check, duck::Connection& lane, assets::CheckRecord& outcome);
  void ask(const assets::Check& check, duck::Connection& lane, assets::CheckRecord& outcome);

  const AssetRun& run_;
  RunLog log_;
  duck::Connection connection_;
  assets::RowSums sums_;
  std::mutex preparing_;
  std::set<const duck::Connection*> prepared_;  // lanes whose session has the project's settings
  // The assets that are made after both raw tables with words.
  std::set<std::string> read_words_;
  std::mutex words_mutex_;  // guards the three below
  std::optional<std::vector<WordType>> words_;
  bool words_are_published_ = false;
  std::set<const duck::Connection*> have_words_;
  dbt::NodeRunner runner_;
  dbt::Compiler published_;
  const assets::Work work_;
  assets::Engine engine_;
};

// Throws the error of a node that could not run; assets::TransientError if it may pass.
void throw_if_failed(const dbt::NodeResult& result);

// The Error that sums up a failed run. `outcome` ends its message: "nothing was published".
Error failure_of(const assets::EngineResult& result, const RunLog& log, const std::string& outcome);

}  // namespace gsa::pipeline
