#pragma once

// New rows of events and new feedback that join the published raw tables: of these, only the rows
// that are new or change are made.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assets/unit_maker.h"
#include "base/finding.h"
#include "base/forgotten_users.h"
#include "duck/database.h"
#include "pipeline/event_files.h"
#include "pipeline/event_options.h"
#include "prompts/source_rows.h"
#include "telemetry/event_tables.h"
#include "telemetry/mapping.h"

namespace gsa::pipeline {

class RunLog;

// What the run that made the published raw tables has on record.
struct PublishedEvents {
  std::map<std::string, std::string> metadata;  // of raw_prompts
  std::vector<Finding> findings;
  FileRecords files;
  std::set<std::string> attributes;  // their paths
};

class EventAdditions {
 public:
  // All arguments must outlive it.
  EventAdditions(duck::Connection& connection, const EventOptions& options, const EventFiles& files,
                 const ForgottenUsers& forgotten, PublishedEvents published)
      : connection_(connection),
        options_(options),
        files_(files),
        forgotten_(forgotten),
        published_(std::move(published)) {}

  // Reads the new rows: of events those of new files, and those that were written behind others. Of
  // feedback reads all, if some is new. Returns false if all files must be read: one is gone or was
  // written to otherwise, the source of users changed, the new files have other columns, feedback
  // takes back what it said, or what is published does not tell enough. Throws Error with file and
  // place, or if a file changed meanwhile.
  bool read(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log);

  // The changes of the raw tables, in this order.
  assets::Made make_prompts();
  assets::Made make_users();
  assets::Made make_generations();

  // All files as they were read now or before.
  const FileRecords& records() const { return now_; }

 private:
  bool find_new_files();
  bool take_feedback(const prompts::RunQuery& run, RunLog& log);
  bool find_late_feedback(const telemetry::FeedbackRecords& feedback);
  bool open(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log);
  void number_events();
  void name_users();
  void find_touched();
  bool take_attributes();
  void read_users(const prompts::RunQuery& run);
  void drop_late_signups();
  std::vector<Finding> findings() const;
  std::map<std::string, std::string> metadata() const;
  std::string all_signals() const;
  std::vector<telemetry::Attribute> all_attributes() const;

  duck::Connection& connection_;
  const EventOptions& options_;
  EventFiles files_;
  const ForgottenUsers& forgotten_;
  const PublishedEvents published_;
  telemetry::Mapping mapping_, users_mapping_, feedback_mapping_;
  FileRecords now_;
  std::vector<prompts::SourceFile> new_files_;
  std::vector<std::int64_t> rows_before_;           // in each of them: those that are on record
  std::vector<std::int64_t> feedback_rows_before_;  // in each file of feedback
  bool joins_behind_ = true;  // no published event stands behind a new one in the source
  bool has_new_feedback_ = false;
  std::int64_t files_read_ = 0;  // with new rows
  std::unique_ptr<telemetry::EventTables> events_;
  std::int64_t replaced_ = 0;  // published generations that new ones replace
  std::int64_t late_feedback_ = 0, late_downloads_ = 0;  // published generations that lacked them
  std::optional<Finding> feedback_without_;
};

}  // namespace gsa::pipeline
