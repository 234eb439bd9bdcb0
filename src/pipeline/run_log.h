#pragma once

// What a run says on stderr while it goes on, in dbt's words, and the progress below it.

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

// Whoever else is told how a run goes: a dashboard. One call at a time, after the log's own.
class RunAudience : public assets::Listener {
 public:
  // It is on record from now on, under this id.
  virtual void run_began(std::int64_t id) = 0;
  // It has ended, and that is on record. Called also where it never began.
  virtual void run_ended() noexcept = 0;
};

class DbtArtifacts;

class RunLog : public assets::Listener {
 public:
  // `raw` is the connection on which raw tables are made, if not on a lane. `audience` and
  // `artifacts` may be null.
  RunLog(const Catalog& catalog, const dbt::Project& project, const TextOutput& output, bool quiet,
         const duck::Connection* raw, RunAudience* audience = nullptr,
         DbtArtifacts* artifacts = nullptr);
  ~RunLog() override;

  // The result of a node, before its step ends.
  void keep(dbt::NodeResult result);
  // What is being made of an asset, and of how many rows (0: not known), for the progress.
  void working(const std::string& asset, const std::string& label, std::int64_t rows);
  // A line, with the time before it.
  void line(const std::string& text);

  void begun(const assets::StepRecord& step) override;
  void ended(const assets::StepRecord& step, const Error* failure, std::size_t number,
             std::size_t total) override;
  void note(const std::string& text) override;
  void pulse(const std::vector<duck::Connection>& lanes) override;

  // What went wrong, and the totals; under --quiet only where something did.
  void summarize();
  // The failure of a raw table, which all others wait for.
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
  std::mutex mutex_;  // of the output and of what follows
  std::map<std::string, dbt::NodeResult> kept_;
  std::map<std::size_t, std::string> running_;  // by lane
  std::map<std::string, Work> work_;            // by name of what runs
  const duck::Connection* raw_;
  RunAudience* audience_;
  DbtArtifacts* artifacts_;
  std::string shown_;  // what the bar is of
  std::unique_ptr<Progress> progress_;
  dbt::RunResult result_;
  std::optional<Error> raw_failure_;
};

}  // namespace gsa::pipeline
