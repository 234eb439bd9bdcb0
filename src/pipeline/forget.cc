#include "pipeline/forget.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "assets/history.h"
#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/rewritten_file.h"
#include "assets/snapshot.h"
#include "assets/state.h"
#include "base/text.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/asset_run.h"
#include "pipeline/dbt_artifacts.h"
#include "pipeline/forget_reach.h"
#include "pipeline/forgotten_persons.h"
#include "pipeline/open_project.h"
#include "pipeline/record_scrubbing.h"
#include "pipeline/remaining_rows.h"

namespace gsa::pipeline {
namespace {

constexpr std::int64_t kManyRuns = 1'000'000;

// The project of the last publication, with its options, where the command names none.
ProjectOptions published_project(duck::Connection& connection, ProjectOptions options) {
  const auto provenance = assets::read_provenance(connection);
  const bool is_built_in = !provenance || provenance->project == describe_project({});
  if (options.folder.empty() && !is_built_in) options.folder = provenance->project;
  for (const assets::RunRecord& run : assets::runs(connection, kManyRuns)) {
    if (!run.published || run.command == "export") continue;
    for (const assets::RunOption& option : run.option_values) {
      const auto take = [&](const char* name, std::string& into) {
        if (option.name == name && into.empty()) into = option.value;
      };
      take("--vars", options.vars);
      take("--session", options.session_by);
      take("--target", options.target);
    }
    break;
  }
  return options;
}

// For the records; without the names of users.
std::vector<assets::RunOption> given_of(const ProjectOptions& options) {
  std::vector<assets::RunOption> given;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) given.push_back({name, value});
  };
  add("--project", options.folder);
  add("--vars", options.vars);
  add("--session", options.session_by);
  add("--target", options.target);
  return given;
}

// The published raw tables, as a run would make them that leaves out these users as well.
std::vector<assets::Asset> raw_assets_without(const assets::State& state,
                                              const ForgottenUsers& users) {
  std::vector<assets::Asset> raw = published_raw_assets(state);
  for (assets::Asset& asset : raw) asset.code[kForgottenCode] = users.fingerprint();
  return raw;
}

// Whether deleted bytes remain in the file, and perhaps in exports.
bool has_remains(duck::Connection& connection) {
  const auto records = assets::forgotten_records(connection);
  return std::any_of(records.begin(), records.end(),
                     [](const auto& record) { return record.erased_at.empty(); });
}

class Forgetting {
 public:
  Forgetting(const ForgetOptions& options, const duck::Database& database)
      : options_(options),
        database_(database),
        connection_(database.connect()),
        state_(assets::read_state(connection_)),
        project_options_(published_project(connection_, options.project)),
        project_(load_project(project_options_, options.common.invocation(),
                              options.common.warehouse.path)),
        named_(find_persons(connection_, state_, options.users)),
        rows_(ids()) {
    report_.users = std::ssize(named_.persons);
    report_.already = std::ssize(named_.hashes);
  }

  // Fills the report but for what is done later.
  void look();
  void publish();
  bool has_remains() { return pipeline::has_remains(connection_); }
  void renew_exports();
  ForgetReport& report() { return report_; }

 private:
  std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> ids;
    for (const Person& person : named_.persons) ids.push_back(person.user_id);
    return ids;
  }
  bool has_snapshot() const {
    std::error_code ignored;
    return std::filesystem::exists(assets::snapshot_path(options_.common.warehouse.path), ignored);
  }
  assets::Plan make_plan();
  std::vector<std::string> statements();

  const ForgetOptions& options_;
  duck::Database database_;
  duck::Connection connection_;
  assets::State state_;
  ProjectOptions project_options_;
  dbt::Project project_;
  NamedPersons named_;
  RowsOfUsers rows_;
  std::vector<std::string> statements_of_others_;  // see OtherTables
  Catalog catalog_;
  assets::Versions sources_;
  assets::Plan plan_;
  ForgetReport report_;
};

assets::Plan Forgetting::make_plan() {
  ForgottenUsers users = assets::forgotten_users(connection_);
  for (const Person& person : named_.persons) users.add(person.hash);
  catalog_ = make_catalog(project_, raw_assets_without(state_, users),
                          OutsideVersions(project_, state_, connection_));
  leave_out_built_in_unit_tests(catalog_, project_);
  sources_ = versions_of_sources(connection_, catalog_, state_, true);
  assets::PlanOptions planning;
  planning.sources = sources_;
  return assets::make_plan(catalog_.graph, catalog_.checks, state_, planning);
}

void Forgetting::look() {
  require_own_raw_tables(project_options_, state_);
  plan_ = make_plan();
  const OtherTables others(connection_, state_, named_.persons);
  statements_of_others_ = others.statements();
  report_.rows =
      rows_by_table(connection_, tables_to_export(state_, project_, ExportFormat::parquet), rows_);
  for (const auto& [table, rows] : others.rows()) report_.rows[table] = rows;
  for (const std::string& name : plan_.stale()) {
    const assets::Asset& asset = catalog_.graph[catalog_.graph.at(name)];
    const bool has_rows =
        asset.kind == assets::AssetKind::table || asset.kind == assets::AssetKind::incremental;
    if (has_rows && !report_.rows.contains(name)) report_.remade.insert(name);
  }
  report_.beyond_reach = beyond_reach(state_, project_, project_options_, others, has_snapshot());
}

std::vector<std::string> Forgetting::statements() {
  std::vector<std::string> statements = scrub_records(
      connection_,
      std::make_shared<const PrivateTexts>(texts_of(connection_, named_.persons, rows_)));
  statements.insert(statements.end(), statements_of_others_.begin(), statements_of_others_.end());
  for (const Person& person : named_.persons) {
    statements.push_back(assets::forget_sql(person.hash, report_.rows));
  }
  return statements;
}

void Forgetting::publish() {
  RemainingRows raw(database_, state_, rows_);
  AssetRun run{"forget",
               given_of(project_options_),
               options_.common,
               options_.record,
               project_,
               catalog_,
               state_,
               plan_,
               sources_,
               &raw,
               true,
               true,
               "forget"};
  run.whole = true;
  run.statements = statements();
  DbtArtifacts artifacts("run", project_options_, project_, options_.common);
  artifacts.begin(state_, true);
  run.artifacts = &artifacts;
  auto provenance = assets::read_provenance(connection_).value_or(assets::Provenance{});
  provenance.project = describe_project(project_options_);
  artifacts.write_after(database_, [&] { run_assets(database_, run, std::move(provenance)); });
}

void Forgetting::renew_exports() {
  RenewedExports renewed = pipeline::renew_exports(connection_, project_);
  report_.exports = std::move(renewed.files);
  report_.beyond_reach.insert(report_.beyond_reach.begin(), renewed.out_of_reach.begin(),
                              renewed.out_of_reach.end());
}

void erase(const ForgetOptions& options, const duck::Database& database, ForgetReport& report) {
  const CommonOptions& common = options.common;
  common.say("writing the warehouse's file anew, without what was removed");
  try {
    assets::rewrite_file(database, [&](const std::function<void()>& swap) {
      common.host->replace_file(database, common.warehouse.path, swap);
    });
    report.erased = true;
  } catch (const Error& error) {
    report.not_erased = error;
  }
}

}  // namespace

ForgetReport forget(const ForgetOptions& options) {
  const duck::Database database =
      open_for_run(options.common, options.record,
                   options.dry_run ? assets::Access::read : assets::Access::change);
  try {
    std::optional<Forgetting> forgetting(std::in_place, options, database);
    if (forgetting->report().users > 0) forgetting->look();
    if (options.dry_run) return std::move(forgetting->report());
    if (forgetting->report().users > 0) forgetting->publish();
    const bool has_remains = forgetting->has_remains();
    if (has_remains) forgetting->renew_exports();
    ForgetReport report = std::move(forgetting->report());
    forgetting.reset();  // and its connections
    report.erased = !has_remains;
    if (has_remains) erase(options, database, report);
    return report;
  } catch (const Error& error) {
    assets::end_broken_run(database, error);
    throw;
  }
}

std::int64_t take_in_again(const ForgetOptions& options) {
  const duck::Database database =
      open_for_run(options.common, options.record, assets::Access::change);
  duck::Connection connection = database.connect();
  const std::vector<assets::ForgottenRecord> records = assets::forgotten_records(connection);
  std::set<std::string> hashes;
  std::vector<std::string> unknown;
  for (const std::string& name : options.users) {
    const std::string hash = forgotten_as(connection, records, name);
    if (hash.empty()) unknown.push_back(name);
    hashes.insert(hash);
  }
  if (!unknown.empty()) {
    throw Error(fmt::format("not forgotten: {}", join(unknown, ", ")),
                "gsa forget --list shows who is; nothing was changed");
  }
  duck::Transaction transaction(connection);
  for (const std::string& hash : hashes) assets::lift_forgotten(connection, hash);
  transaction.commit();
  return std::ssize(hashes);
}

}  // namespace gsa::pipeline
