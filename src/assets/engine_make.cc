#include <algorithm>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/engine.h"
#include "assets/engine_step.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// DuckDB writes groups of rows that are full, and what is left of a table when it closes the file.
constexpr std::int64_t kRowsOfAGroup = 122'880;

// Whether the code holds what SQL reads beside the inputs: under its published name, too, a view of
// that shows what there is now. See pipeline/outside_versions.h.
bool reads_outside(const Asset& asset) {
  return std::any_of(asset.code.begin(), asset.code.end(), [](const auto& part) {
    return part.first.starts_with("file ") || part.first.starts_with("table ") ||
           part.first.starts_with("value of ");
  });
}

}  // namespace

void Engine::make_unit(EngineStep& step, duck::Connection& connection) {
  const Asset& asset = options_.graph[step.asset];
  const Unit& unit = step.planned->unit;
  if (step.planned->depends_on_outcome) {
    const auto reason =
        stale_reason(asset, unit, inputs_now(asset, unit.partition), options_.state);
    if (!reason) {
      step.status = StepStatus::fresh;
      step.record.reason = "its inputs came out the same";
      return;
    }
    step.record.reason = *reason;
  } else {
    step.record.reason = step.planned->reason.value_or("");
  }
  const auto [schema, name] = relation_of(asset, unit.partition);
  hide(schema, name);
  record("info", asset.name, "asset_started", step.record.reason,
         unit.partition.empty() ? Fields{} : Fields{{"partition", unit.partition}});
  if (!take_over(step, connection)) {
    with_retries(step, [&] { make_once(step, connection); });
  }
  step.status = StepStatus::done;
}

// A partition that an earlier run made of the same code and inputs, and did not live to publish.
bool Engine::take_over(EngineStep& step, duck::Connection& connection) {
  const Asset& asset = options_.graph[step.asset];
  const Unit& unit = step.planned->unit;
  const auto found = options_.state.left_behind.find(unit);
  if (unit.partition.empty() || step.planned->is_refreshed ||
      found == options_.state.left_behind.end()) {
    return false;
  }
  const auto [schema, name] = relation_of(asset, unit.partition);
  const Standing* standing = options_.state.find(schema, hidden(name));
  Materialization made = found->second;
  if (standing == nullptr || made.rows != standing->rows ||
      made.code_version != code_version_of(asset.code) ||
      made.inputs != inputs_now(asset, unit.partition)) {
    return false;
  }
  // A later run may have made the table anew and died before it was on record.
  if (contents_of(connection, current_relation(unit)).data_version != made.data_version) {
    return false;
  }
  made.reason = fmt::format("{}; taken over from run {}", step.record.reason, made.run_id);
  step.record.reason = made.reason;
  step.record.rows = made.rows;
  note_made(step, made);
  return true;
}

void Engine::make_once(EngineStep& step, duck::Connection& connection) {
  const Asset& asset = options_.graph[step.asset];
  const Unit& unit = step.planned->unit;
  const auto [schema, name] = relation_of(asset, unit.partition);
  const bool adds = asset.kind == AssetKind::incremental;
  const Stopwatch watch;
  Materialization made;
  made.unit = unit;
  std::optional<duck::Transaction> transaction;
  if (adds) {
    transaction.emplace(connection);  // so that a second attempt adds nothing twice
  } else if (step.record.attempts > 1 || options_.state.find(schema, hidden(name)) != nullptr) {
    connection.execute(fmt::format("drop {} if exists {}",
                                   asset.kind == AssetKind::view ? "view" : "table",
                                   sql_relation(schema, hidden(name))));
  }
  made.code_version = code_version_of(asset.code);
  made.inputs = inputs_now(asset, unit.partition);
  made.reason = step.record.reason;
  Made result = work_.make(unit, connection);
  made.rows = result.rows;
  made.metadata = std::move(result.metadata);
  note_contents(asset, connection, result.sum, made);
  if (transaction) transaction->commit();
  made.seconds = watch.seconds();
  {
    const std::lock_guard lock(mutex_);
    made.peak_memory_bytes = std::max(peaks_[step.record.lane], resident_bytes());
  }
  step.record.rows = made.rows;
  note_made(step, made);
  if (made.rows) compare_rows(made);
}

void Engine::note_contents(const Asset& asset, duck::Connection& connection,
                           const std::optional<RowSum>& sum, Materialization& made) {
  const std::string relation = current_relation(made.unit);
  if (asset.kind != AssetKind::view) {
    const Contents contents = contents_of(connection, relation, sum);
    made.rows = contents.rows;
    made.checksum = contents.checksum;
    made.data_version = contents.data_version;
    if (contents.rows >= kRowsOfAGroup) made.bytes = bytes_on_disk(connection, relation);
    return;
  }
  // A view has the rows of its inputs, seen through its SQL. Where only that changed, whether it
  // made a difference is worth a look at the rows.
  Code version = {{"code", made.code_version}};
  for (const auto& [input, data_version] : made.inputs) version["input " + input] = data_version;
  made.data_version = code_version_of(version);
  const auto before = options_.state.published.find(made.unit);
  if (before == options_.state.published.end() || before->second.inputs != made.inputs) return;
  if (before->second.code_version == made.code_version ||
      (!reads_outside(asset) && shows_the_same(asset, connection))) {
    made.data_version = before->second.data_version;
  }
}

// Whether the view that this run made has the rows of the one that is published.
bool Engine::shows_the_same(const Asset& asset, duck::Connection& connection) const {
  const Standing* standing = options_.state.find(asset.schema, asset.relation);
  if (standing == nullptr || !standing->is_view) return false;
  const Contents made = contents_of(connection, current_relation({asset.name, ""}));
  try {
    return contents_of(connection, sql_relation(asset.schema, asset.relation)).data_version ==
           made.data_version;
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return false;  // what it reads is gone, and made anew
  }
}

void Engine::note_made(EngineStep& step, const Materialization& made) {
  const Asset& asset = options_.graph[step.asset];
  {
    const std::lock_guard lock(mutex_);
    versions_[made.unit] = made.data_version;
    made_[made.unit] = made;
  }
  if (recorder_ == nullptr) return;
  recorder_->materialization(made, asset.code);
  record("info", asset.name, "asset_made", made.rows ? with_thousands(*made.rows) + " rows" : "",
         {{"data_version", made.data_version}, {"code_version", made.code_version}});
  // Only what is on record can be taken over by a later run.
  if (!made.unit.partition.empty()) flush_is_due_ = true;
}

// The view by which the partitions of an asset are read as one.
void Engine::join_partitions(EngineStep& step, duck::Connection& connection) {
  const Asset& asset = options_.graph[step.asset];
  const auto is_fresh = [&](std::size_t before) {
    return steps_[before]->status == StepStatus::fresh;
  };
  if (!step.is_due && std::all_of(step.after.begin(), step.after.end(), is_fresh)) {
    step.status = StepStatus::fresh;
    return;
  }
  step.record.reason = "its partitions as one";
  std::vector<std::pair<std::string, std::string>> versions;
  std::vector<std::string> relations;
  for (const std::string& partition : asset.partitions) {
    versions.emplace_back(partition, version_now(asset.name, partition));
    relations.push_back(current_relation({asset.name, partition}));
  }
  connection.execute(fmt::format("create or replace view {} as\n{}",
                                 sql_relation(asset.schema, hidden(asset.relation)),
                                 select_partitions(asset, relations)));
  hide(asset.schema, asset.relation);
  const std::lock_guard lock(mutex_);
  versions_[{asset.name, ""}] = combined_version(versions);
  step.status = StepStatus::done;
}

}  // namespace gsa::assets
