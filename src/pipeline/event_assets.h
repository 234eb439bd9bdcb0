#pragma once

// The raw tables of a product's events: reads the events, users and feedback, and makes
// raw_prompts, raw_users and raw_generations of them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assets/unit_maker.h"
#include "base/forgotten_users.h"
#include "duck/database.h"
#include "pipeline/event_additions.h"
#include "pipeline/event_files.h"
#include "pipeline/event_options.h"
#include "prompts/source.h"
#include "prompts/source_rows.h"
#include "telemetry/event_tables.h"
#include "telemetry/mapping.h"

namespace gsa::pipeline {

class RunLog;

class EventAssets {
 public:
  // All arguments must outlive it. Takes a sample of at least `wanted` events; 0: all.
  EventAssets(duck::Connection& connection, const EventOptions& options, const EventFiles& files,
              std::int64_t wanted, std::uint64_t seed, const ForgottenUsers& forgotten)
      : connection_(connection),
        options_(options),
        files_(files),
        wanted_(wanted),
        seed_(seed),
        forgotten_(forgotten) {}

  // Reads all sources, or only the new files if `published` makes that possible. Call it first.
  // Throws Error with file and place, or if a file changed.
  assets::Made make_prompts(const std::string& table,
                            const std::optional<PublishedEvents>& published, RunLog& log);
  assets::Made make_users(const std::string& table);
  assets::Made make_generations(const std::string& table, const std::string& raw_prompts);

  // The files as they were read, for the publication.
  const FileRecords& records() const { return additions_ ? additions_->records() : records_; }

 private:
  telemetry::Mapping mapping_of(const telemetry::GivenMapping& given,
                                const telemetry::Mapping& found) const;
  void read_others(const prompts::RunQuery& run, RunLog& log);
  void describe(const telemetry::Mapping& mapping, RunLog& log) const;
  std::map<std::string, std::string> metadata_of(const telemetry::Mapping& mapping) const;

  duck::Connection& connection_;
  const EventOptions& options_;
  EventFiles files_;
  std::int64_t wanted_;
  std::uint64_t seed_;
  const ForgottenUsers& forgotten_;
  std::unique_ptr<telemetry::EventTables> events_;
  std::optional<EventAdditions> additions_;  // in place of `events_`
  telemetry::Mapping users_mapping_, feedback_mapping_;
  FileRecords records_;
};

}  // namespace gsa::pipeline
