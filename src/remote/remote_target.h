#pragma once

// Models on Trino: makes them from the raw tables of the warehouse, asks their tests, and publishes
// them. gsa's own tables (raw tables, records, and a copy of each model, which reports and the
// dashboard read) stay in the warehouse.
//
// A project is rendered twice: for DuckDB, by which gsa plans and follows columns, and for Trino. A
// node of the first is found in the second by its id.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "assets/publication.h"
#include "assets/state.h"
#include "base/invocation.h"
#include "dbt/compile.h"
#include "dbt/project.h"
#include "dbt/runner.h"
#include "duck/database.h"
#include "remote/lake_files.h"
#include "remote/portable.h"
#include "remote/raw_upload.h"
#include "remote/store_versions.h"
#include "remote/target_settings.h"
#include "remote/trino_session.h"

namespace gsa::remote {

// Of the record of a materialization.
using Metadata = std::map<std::string, std::string>;

// What a run knows of the warehouse.
struct Warehouse {
  // The parts of a raw table as they stand now; empty if it is none of gsa's.
  std::function<std::vector<RawPart>(const std::string& table)> raw_parts;
  // The metadata of a model's table, or of each of its months: as this run made it, or else as it
  // is published; and as it is published. Empty if it was not made.
  std::function<std::vector<Metadata>(const std::string&)> current, published;
  std::function<void(const std::string&)> said;
};

// A model that was made.
struct MadeThere {
  std::int64_t rows = 0;
  Metadata metadata;  // its version and columns
  // Its rows in the types of Trino, as SQL for DuckDB, which reads these files.
  std::string copy;
  std::unique_ptr<LocalFiles> files;
};

class Target {
 public:
  // `there` is the project as Trino gets it, `home` as DuckDB does, which must outlive it. `owner`
  // names the warehouse: what its lost runs left, its next run sweeps. Files on their way are in
  // the folder `scratch`. `said` gets lines for the user until begin() names another.
  Target(const dbt::Project& home, dbt::Project there, const std::string& owner,
         const Invocation& invocation, const std::filesystem::path& scratch,
         std::function<void(const std::string&)> said);
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  // "Trino at http://localhost:8080, iceberg.gsa"
  std::string place() const;

  // Connects, and reads what is published. Models that the warehouse has on record, and Trino does
  // not show, are then missing in `state`. If this process `writes`, makes what is missing of the
  // schemas, and sweeps.
  void open(assets::State& state, bool writes);
  // What Trino runs for a node, for its code; names stay as templates see them.
  std::string code_of(const dbt::Node& node);
  // Throws Error if Trino cannot make a model of this kind.
  void check_kind(const dbt::Node& node) const;

  // Before make() and ask().
  void begin(Warehouse warehouse, duck::Connection connection);
  // Makes a model, or its rows for which the condition holds, if there is one.
  MadeThere make(const dbt::Node& node, const std::string& condition);
  // Asks a data test of a model or a raw table.
  dbt::NodeResult ask(const dbt::Node& node);

  // Makes what the publication shows visible on Trino, in one commit. Call it right before the
  // publication of the warehouse. What is held back stays as it is published.
  void publish(const assets::Publication& publication, const std::set<std::string>& held_back);

 private:
  struct Made {
    std::vector<StoreColumn> columns;
    std::set<std::string> versions;
  };
  const dbt::Node& node_there(const dbt::Node& home) const;
  std::string rows_of(const dbt::Node& there);
  std::string rows_of_raw(const std::string& table);
  void say(const std::string& text) const;
  static std::optional<Made> made_of(const std::vector<Metadata>& all);
  void show_raw_tables(const std::set<std::string>& held_back, Published& all);
  void show_views(std::set<std::string> names);
  std::string attempt();
  dbt::CompiledSql compile(const dbt::Node& there);
  dbt::CompiledTest compile_test(const dbt::Node& there);
  std::vector<StoreColumn> columns_of(const dbt::CompiledSql& sql, const dbt::Node& there);
  template <typename Work>
  auto explained(const dbt::CompiledSql& sql, int first_line, const dbt::Node& node, Work work);
  bool is_proved_with_others(const dbt::Node& there, const dbt::RowTest& test);
  void copy(const std::string& model, const std::vector<StoreColumn>& columns,
            const std::string& version, MadeThere& made);

  const dbt::Project& home_;
  const dbt::Project there_;
  const Places places_;
  mutable std::mutex saying_;  // guards the next
  std::function<void(const std::string&)> said_;
  const std::stop_token stop_;
  Session session_;
  Versions versions_;
  LakeFiles files_;
  Warehouse warehouse_;
  std::unique_ptr<duck::Connection> connection_;
  RawUpload raw_;
  Published published_;
  const std::string owner_, run_;
  const std::chrono::system_clock::time_point begun_ = std::chrono::system_clock::now();
  std::mutex mutex_;  // guards the members below
  int attempts_ = 0;
  std::recursive_mutex compiling_;  // templates are rendered one after the other
  std::mutex proving_;              // guards the two below
  std::set<std::string> models_asked_;
  std::set<dbt::RowTest> proved_;
};

}  // namespace gsa::remote
