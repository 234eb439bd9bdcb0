#pragma once

// Prints the log of a run to stderr, in dbt's words, with the progress bar below it.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "assets/engine.h"
#include "base/progress.h"
#include "dbt/project.h"
#include "dbt/runner.h"
#include "pipeline/asset_catalog.h"

namespace gsa::pipeline {

// A further listener of a run, such as the dashboard. Gets one call at a time, after the log.
class RunAudience : public assets::Listener {
 public:
  // The run has this id in the records from now on.
  virtual void run_began(std::int64_t id) = 0;
  // The run has ended, and its end is on record. Also called if it never began.
  virtual void run_ended() noexcept = 0;
};

class DbtArtifacts;

// Any thread may call any function; calls are serialized.
class RunLog : public assets::Listener {
 public:
  // `raw` is the connection that builds raw tables, null if the lanes do. `audience` and
  // `artifacts` may be null. All arguments must outlive it.
  RunLog(const Catalog& catalog, const dbt::Project& project, const TextOutput& output, bool quiet,
         const duck::Connection* raw, RunAudience* audience = nullptr,
         DbtArtifacts* artifacts = nullptr);
  ~RunLog() override;

  // Keeps the result of a node until its step ends.
  void keep(dbt::NodeResult result);
  // Names the work on an asset and its number of rows (0: unknown), for the progress bar.
  void working(const std::string& asset, const std::string& label, std::int64_t rows);
  // Prints a line after the time of day.
  void line(const std::string& text);

  void begun(const assets::StepRecord& step) override;
  void ended(const assets::StepRecord& step, const Error* failure, std::size_t number,
             std::size_t total) override;
  void note(const std::string& text) override;
  void pulse(const std::vector<duck::Connection>& lanes) override;

  // Prints the failures and the totals; with --quiet only if something failed.
  void summarize();
  // The failure of a raw table; every other asset depends on one.
  const std::optional<Error>& raw_failure() const { return raw_failure_; }
  const dbt::RunResult& result() const { return result_; }

 private:
  void print(const std::string& text);
  dbt::NodeResult result_of(const assets::StepRecord& step);
  void end_raw(const assets::StepRecord& step, const Error* failure, std::size_t number,
               std::size_t total);

  const Catalog& catalog_;
  const dbt::Project& project_;
  TextOutput output_;
  bool quiet_;
  std::mutex mutex_;  // guards the output and the members below
  std::map<std::string, dbt::NodeResult> kept_;
  std::map<std::int64_t, std::string> running_;  // by lane
  std::map<std::string, Work> work_;             // by asset or check in progress
  const duck::Connection* raw_;
  RunAudience* audience_;
  DbtArtifacts* artifacts_;
  std::string shown_;  // label of the bar
  std::unique_ptr<Progress> progress_;
  dbt::RunResult result_;
  std::optional<Error> raw_failure_;
};

}  // namespace gsa::pipeline
