#pragma once

// Builds models and runs data tests into a publication: everything that is made stands under hidden
// names until publish() shows it at once.

#include <set>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/query_watch.h"
#include "assets/warehouse.h"
#include "dbt/project.h"
#include "dbt/runner.h"
#include "duck/database.h"

namespace gsa::app {

struct ModelRunOptions {
  const ProjectOptions& project;
  bool full_refresh = false;
  bool quiet = false;
  std::vector<std::string> raw_tables;  // made by this run, hidden as well: sources read them there
};

struct ModelRun {
  dbt::RunResult result;
  std::vector<assets::PublishedRelation> relations;  // models that were built, to be published
  bool complete = false;                             // all models of the project are among them
};

// Throw Error where the warehouse lacks tables that the selection reads and does not make: sources
// for models, models for tests.
void require_sources(duck::Connection& connection, const dbt::Project& project,
                     const ProjectOptions& options);
void require_tested(duck::Connection& connection, const dbt::Project& project,
                    const ProjectOptions& options);

// Models and their tests, in order. What fails is in the result.
ModelRun build_models(duck::Connection& connection, const dbt::Project& project,
                      const ModelRunOptions& options, QueryWatch& watch);

// Data tests on what is published.
dbt::RunResult test_models(duck::Connection& connection, const dbt::Project& project,
                           const ProjectOptions& options, bool quiet, QueryWatch& watch);

// Throws Error, with ErrorCode::tests_failed where only data tests failed, unless all is well.
// `outcome` ends the message: "nothing was published".
void require_success(const dbt::RunResult& result, const std::string& outcome);

// Publishes what was built, with the raw tables `kept` from before; where something failed, drops
// it and throws as require_success.
void publish_models(duck::Connection& connection, const ModelRun& models,
                    std::vector<assets::PublishedRelation> kept,
                    const assets::Provenance& provenance, QueryWatch& watch);

}  // namespace gsa::app
