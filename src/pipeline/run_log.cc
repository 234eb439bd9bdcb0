#include "pipeline/run_log.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "dbt/report.h"
#include "pipeline/dbt_artifacts.h"
#include "pipeline/raw_assets.h"

namespace gsa::pipeline {
namespace {

dbt::Status status_of(assets::StepStatus status) {
  switch (status) {
    case assets::StepStatus::fresh:
      return dbt::Status::fresh;
    case assets::StepStatus::skipped:
      return dbt::Status::skip;
    case assets::StepStatus::warn:
      return dbt::Status::warn;
    case assets::StepStatus::fail:
      return dbt::Status::fail;
    case assets::StepStatus::error:
      return dbt::Status::error;
    case assets::StepStatus::running:
    case assets::StepStatus::success:
    case assets::StepStatus::interrupted:
      return dbt::Status::pass;
  }
  return dbt::Status::pass;
}

}  // namespace

RunLog::RunLog(const Catalog& catalog, const dbt::Project& project, const TextOutput& output,
               bool quiet, const duck::Connection* raw, RunAudience* audience,
               DbtArtifacts* artifacts)
    : catalog_(catalog),
      project_(project),
      output_(output),
      quiet_(quiet),
      raw_(raw),
      audience_(audience),
      artifacts_(artifacts) {}

RunLog::~RunLog() = default;

void RunLog::keep(dbt::NodeResult result) {
  const std::lock_guard lock(mutex_);
  const std::string unit = to_string(assets::Unit{result.name, result.part});
  kept_[unit] = std::move(result);
}

void RunLog::working(const std::string& asset, const std::string& label, std::int64_t rows) {
  const std::lock_guard lock(mutex_);
  work_[asset] = {label, rows};
}

void RunLog::print(const std::string& text) {
  if (progress_) progress_->wipe();
  fmt::print(output_.file(), "{}\n", text.empty() ? clock_now() : clock_now() + "  " + text);
}

void RunLog::line(const std::string& text) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  print(text);
}

void RunLog::note(const std::string& text) {
  if (audience_ != nullptr) {
    const std::lock_guard lock(mutex_);
    audience_->note(text);
  }
  line(fmt::format("{} {}", output_.paint(Ink::yellow, "note:"), text));
}

void RunLog::begun(const assets::StepRecord& step) {
  const std::lock_guard lock(mutex_);
  running_[step.lane] = step.name;
  if (audience_ != nullptr) audience_->begun(step);
}

// The result of a step's node, whether or not it ran.
dbt::NodeResult RunLog::result_of(const assets::StepRecord& step) {
  const std::string unit = to_string(assets::Unit{step.name, step.partition});
  if (const auto kept = kept_.find(unit); kept != kept_.end()) return kept->second;
  const auto& nodes = step.kind == "check" ? catalog_.tests : catalog_.models;
  const auto node = nodes.find(step.name);
  dbt::NodeResult result;
  if (node != nodes.end()) result = dbt::result_of(project_.nodes()[node->second]);
  result.status = status_of(step.status);
  result.name = step.name;
  result.part = step.partition;
  result.message = step.message;
  return result;
}

void RunLog::end_raw(const assets::StepRecord& step, const Error* failure, std::size_t number,
                     std::size_t total) {
  if (failure != nullptr) {
    if (!raw_failure_) raw_failure_ = *failure;
    return;
  }
  const std::string name = to_string(assets::Unit{step.name, step.partition});
  if (quiet_ || step.status == assets::StepStatus::skipped) return;
  print(step.status == assets::StepStatus::fresh
            ? fmt::format("{} of {} Kept {}: {}", number, total, name, step.reason)
            : fmt::format("{} of {} Made {}, {} rows [{:.2f}s]", number, total, name,
                          with_thousands(step.rows.value_or(0)), step.seconds.value_or(0)));
}

void RunLog::ended(const assets::StepRecord& step, const Error* failure, std::size_t number,
                   std::size_t total) {
  const std::lock_guard lock(mutex_);
  running_.erase(step.lane);
  if (audience_ != nullptr) audience_->ended(step, failure, number, total);
  if (step.kind == "asset" && is_raw_table(step.name)) return end_raw(step, failure, number, total);
  dbt::NodeResult result = result_of(step);
  if (failure != nullptr && result.status != dbt::Status::error) {
    result.status = dbt::Status::error;
    result.message = failure->message();
    result.hint = failure->hint();
  }
  result.seconds = step.seconds.value_or(0);
  if (artifacts_ != nullptr) artifacts_->ended(step, result);
  for (const dbt::TemplateMessage& said : result.said) {
    if (said.is_warning) {
      print(fmt::format("{} {}", output_.paint(Ink::yellow, "warning:"), said.text));
    } else if (!quiet_) {
      print(said.text);
    }
  }
  // After a raw table failed nothing else ran; the failure says enough.
  if (!quiet_ && !(raw_failure_ && result.status == dbt::Status::skip)) {
    print(dbt::end_line(result, number, total, &output_));
  }
  result_.nodes.push_back(std::move(result));
}

// One bar for everything in progress; with rows if only one thing is.
void RunLog::pulse(const std::vector<duck::Connection>& lanes) {
  const std::lock_guard lock(mutex_);
  if (audience_ != nullptr) audience_->pulse(lanes);
  if (quiet_ || running_.empty()) return progress_.reset();
  std::vector<std::string> names;
  double least = 1;
  Work work;
  for (const auto& [lane, name] : running_) {
    const duck::Connection& connection =
        raw_ != nullptr && is_raw_table(name) ? *raw_ : lanes[static_cast<std::size_t>(lane - 1)];
    least = std::min(least, connection.progress().fraction);
    const auto known = work_.find(name);
    work = known == work_.end() ? Work{name, 0} : known->second;
    names.push_back(work.label);
  }
  if (names.size() > 1) work = {join(names, ", "), 0};
  if (work.label != shown_ || !progress_) {
    progress_.reset();
    progress_ = std::make_unique<Progress>(work, output_, true);
    shown_ = work.label;
  }
  progress_->update(least);
}

void RunLog::summarize() {
  const std::lock_guard lock(mutex_);
  progress_.reset();
  if (raw_failure_ || (quiet_ && result_.succeeded())) return;
  for (const std::string& text : dbt::summary_lines(result_, &output_)) {
    if (quiet_) {
      fmt::print(output_.file(), "{}\n", text);
    } else {
      print(text);
    }
  }
}

}  // namespace gsa::pipeline
