#include "assets/unit_maker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "assets/change_maker.h"
#include "assets/checksum.h"
#include "assets/step_retries.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// DuckDB writes full row groups at once, and the rest of a table when it closes the file.
constexpr std::int64_t kRowsOfAGroup = 122'880;

// Whether the code has parts for things that SQL reads beside its inputs
// (pipeline/outside_versions.h). The published view of such an asset shows their current state, so
// comparing with it proves nothing.
bool reads_outside(const Asset& asset) {
  return std::any_of(asset.code.begin(), asset.code.end(), [](const auto& part) {
    return part.first.starts_with("file ") || part.first.starts_with("table ") ||
           part.first.starts_with("value of ");
  });
}

}  // namespace

UnitMaker::UnitMaker(const Graph& graph, const State& published, const Make& make, RunState& state,
                     Pulse& pulse, RunEvents& events)
    : graph_(graph),
      published_(published),
      make_(make),
      state_(state),
      pulse_(pulse),
      events_(events) {}

std::optional<Materialization> UnitMaker::make(const PlannedUnit& planned, StepRecord& step,
                                               duck::Connection& connection) {
  const Unit& unit = planned.unit;
  const Asset& asset = graph_[graph_.at(unit.asset)];
  step.reason = planned.reason.value_or("");
  if (planned.depends_on_outcome) {
    const auto reason = stale_reason(asset, unit, state_.inputs(asset, unit.partition), published_);
    step.reason = reason.value_or("its inputs came out the same");
    if (!reason) return std::nullopt;
  }
  const auto [schema, name] = relation_of(asset, unit.partition);
  state_.hide(schema, name);
  events_.record("info", asset.name, "asset_started", step.reason,
                 unit.partition.empty() ? Fields{} : Fields{{"partition", unit.partition}});
  Materialization made;
  if (const auto left = take_over(planned, asset, connection)) {
    made = *left;
    made.reason = fmt::format("{}; taken over from run {}", step.reason, made.run_id);
    step.reason = made.reason;
  } else {
    with_retries(step, events_, pulse_, [&] { made = make_once(asset, unit, step, connection); });
  }
  step.rows = made.rows;
  state_.add(made);
  put_on_record(asset, made);
  return made;
}

// A partition that a killed run built from the same code and inputs but did not publish.
std::optional<Materialization> UnitMaker::take_over(const PlannedUnit& planned, const Asset& asset,
                                                    duck::Connection& connection) const {
  const Unit& unit = planned.unit;
  const auto found = published_.left_behind.find(unit);
  if (unit.partition.empty() || planned.is_refreshed || found == published_.left_behind.end()) {
    return std::nullopt;
  }
  const auto [schema, name] = relation_of(asset, unit.partition);
  const Standing* standing = published_.find(schema, hidden(name));
  const Materialization& made = found->second;
  if (standing == nullptr || made.rows != standing->rows ||
      made.code_version != code_version_of(asset.code) ||
      made.inputs != state_.inputs(asset, unit.partition)) {
    return std::nullopt;
  }
  // A later run may have rebuilt the table and died before recording it.
  const Contents contents = contents_of(connection, state_.current_relation(unit));
  return contents.data_version == made.data_version ? std::optional(made) : std::nullopt;
}

Materialization UnitMaker::make_once(const Asset& asset, const Unit& unit, StepRecord& step,
                                     duck::Connection& connection) {
  const auto [schema, name] = relation_of(asset, unit.partition);
  const Stopwatch watch;
  std::optional<duck::Transaction> transaction;
  if (asset.kind == AssetKind::incremental) {
    transaction.emplace(connection);  // a second attempt must not insert twice
  } else if (step.attempts > 1 || published_.find(schema, hidden(name)) != nullptr) {
    drop_hidden(connection, [&](const std::string& of, const std::string& relation) {
      return of == schema && relation == name;
    });
  }
  Materialization made;
  made.unit = unit;
  made.code_version = code_version_of(asset.code);
  made.inputs = state_.inputs(asset, unit.partition);
  made.reason = step.reason;
  Made result = make_(unit, connection);
  made.rows = result.rows;
  made.metadata = std::move(result.metadata);
  made.findings = std::move(result.findings);
  if (result.change) {
    state_.add_change(asset.name, *result.change);
    result.sum = show_change(connection, *result.change, published_.published.at(unit));
    made.metadata["values made anew"] = fmt::format(
        "{}", connection.query_int64("select count(*) from " + result.change->values()));
  }
  note_contents(asset, connection, result.sum, made);
  if (transaction) transaction->commit();
  made.seconds = watch.seconds();
  made.peak_memory_bytes = pulse_.peak_of(static_cast<std::size_t>(step.lane - 1));
  return made;
}

void UnitMaker::note_contents(const Asset& asset, duck::Connection& connection,
                              const std::optional<RowSum>& sum, Materialization& made) const {
  const std::string relation = state_.current_relation(made.unit);
  if (asset.kind != AssetKind::view) {
    const Contents contents = contents_of(connection, relation, sum);
    made.rows = contents.rows;
    made.checksum = contents.checksum;
    made.data_version = contents.data_version;
    if (state_.change_of(asset.name)) {
      made.bytes = published_.published.at(made.unit).bytes;  // most of its blocks stay
    } else if (contents.rows >= kRowsOfAGroup) {
      made.bytes = bytes_on_disk(connection, relation);
    }
    return;
  }
  // A view has the rows of its inputs, filtered by its SQL. If only the SQL changed, comparing rows
  // tells whether the change made a difference.
  Code version = {{"code", made.code_version}};
  for (const auto& [input, data_version] : made.inputs) version["input " + input] = data_version;
  made.data_version = code_version_of(version);
  const auto before = published_.published.find(made.unit);
  if (before == published_.published.end() || before->second.inputs != made.inputs) return;
  if (before->second.code_version == made.code_version ||
      (!reads_outside(asset) && shows_the_same(asset, connection))) {
    made.data_version = before->second.data_version;
  }
}

// Whether the view that this run built has the rows of the published one.
bool UnitMaker::shows_the_same(const Asset& asset, duck::Connection& connection) const {
  const Standing* standing = published_.find(asset.schema, asset.relation);
  if (standing == nullptr || !standing->is_view) return false;
  const Contents made = contents_of(connection, state_.current_relation({asset.name, ""}));
  try {
    return contents_of(connection, sql_relation(asset.schema, asset.relation)).data_version ==
           made.data_version;
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return false;  // a relation that it reads was dropped and rebuilt
  }
}

void UnitMaker::put_on_record(const Asset& asset, const Materialization& made) {
  if (events_.recorder() == nullptr) return;
  events_.recorder()->materialization(made, asset.code);
  events_.record("info", asset.name, "asset_made",
                 made.rows ? with_thousands(*made.rows) + " rows" : "",
                 {{"data_version", made.data_version}, {"code_version", made.code_version}});
  // A later run can only take over partitions that are on record.
  if (!made.unit.partition.empty()) pulse_.flush_soon();
}

}  // namespace gsa::assets
