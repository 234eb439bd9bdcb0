#include "pipeline/event_assets.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/event_metadata.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/run_log.h"
#include "telemetry/inspection.h"
#include "telemetry/inspection_format.h"

namespace gsa::pipeline {

telemetry::Mapping EventAssets::mapping_of(const telemetry::GivenMapping& given,
                                           const telemetry::Mapping& found) const {
  telemetry::Mapping mapping = given.applied_to(found);
  mapping.forgotten = forgotten_;
  return mapping;
}

void EventAssets::read_others(const prompts::RunQuery& run, RunLog& log) {
  const auto read = [&](const prompts::SourceFiles& files, const telemetry::GivenMapping& given,
                        telemetry::Mapping& mapping, const auto& add_records) {
    if (files.files.empty()) return;
    prompts::require_unchanged(files.files);
    const telemetry::OpenedEvents opened =
        telemetry::open_events(connection_, run, files.files, given.rows_path());
    for (const std::string& note : opened.rows->notes()) log.note(note);
    mapping = mapping_of(given, opened.found.mapping);
    add_records(*opened.rows, mapping);
    for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping)) {
      events_->findings.push_back(std::move(odd));
    }
    prompts::require_unchanged(files.files);
  };
  read(files_.users, options_.users_mapping, users_mapping_,
       [&](const prompts::EventRows& rows, const telemetry::Mapping& mapping) {
         telemetry::add_user_records(connection_, rows, mapping, *events_);
       });
  read(files_.feedback, options_.feedback_mapping, feedback_mapping_,
       [&](const prompts::EventRows& rows, const telemetry::Mapping& mapping) {
         const telemetry::FeedbackRecords feedback =
             telemetry::read_feedback(connection_, rows, mapping);
         telemetry::add_feedback(connection_, feedback, *events_);
         events_->findings.push_back(
             telemetry::feedback_without(connection_, feedback, {events_->events.name()}));
         add_read("feedback", files_.feedback.files, rows.rows_of_files(), records_);
       });
}

// Tells what was taken for what, and what is made up.
void EventAssets::describe(const telemetry::Mapping& mapping, RunLog& log) const {
  for (const auto& [signal, source] : mapping.signals) {
    log.note(fmt::format("{}: {}{}{}", telemetry::name_of(signal), telemetry::described(source),
                         source.reason.empty() ? "" : ", ", source.reason));
  }
  if (const auto prices = options_.price_table()) {
    log.note(fmt::format("costs that the source lacks are estimated by {} of {}, in {}",
                         prices->name, prices->date, prices->currency));
  }
  if (!options_.missing.empty()) {
    log.note(fmt::format("simulated where the source lacks it: {}",
                         replace_all(options_.missing.text(), ",", ", ")));
  }
  std::vector<std::string> left_out, dimensions;
  for (const telemetry::Attribute& one : events_->attributes) {
    if (one.is_left_out) left_out.push_back(one.path);
    if (one.is_dimension) dimensions.push_back(one.path);
  }
  if (!dimensions.empty()) {
    log.note(fmt::format("also to group and filter by: {}", join(dimensions, ", ")));
  }
  if (!left_out.empty()) {
    log.note(
        fmt::format("left out, because they tell the keys of users: {}", join(left_out, ", ")));
  }
  for (const Finding& finding : events_->findings) log.note(telemetry::described(finding));
}

std::map<std::string, std::string> EventAssets::metadata_of(
    const telemetry::Mapping& mapping) const {
  return event_metadata(files_, options_, {&mapping, &users_mapping_, &feedback_mapping_},
                        totals_of(connection_, *events_, mapping));
}

assets::Made EventAssets::make_prompts(const std::string& table,
                                       const std::optional<PublishedEvents>& published,
                                       RunLog& log) {
  const prompts::RunQuery run = [&](const std::string&, std::int64_t, const std::string& sql) {
    connection_.execute(sql);
  };
  if (published) {
    EventAdditions additions(connection_, options_, files_, forgotten_, *published);
    if (additions.read(run, seed_, log)) {
      additions_.emplace(std::move(additions));
      return additions_->make_prompts();
    }
  }
  prompts::require_unchanged(files_.events.files);
  const telemetry::OpenedEvents opened =
      telemetry::open_events(connection_, run, files_.events.files, options_.mapping.rows_path());
  for (const std::string& note : files_.events.notes) log.note(note);
  for (const std::string& note : opened.rows->notes()) log.note(note);
  const telemetry::Mapping mapping = mapping_of(options_.mapping, opened.found.mapping);
  events_ = std::make_unique<telemetry::EventTables>(
      telemetry::read_events(connection_, run, *opened.rows, mapping, wanted_, seed_));
  telemetry::require_events(*events_);
  records_ = records_of(files_);
  add_read("events", files_.events.files, opened.rows->rows_of_files(), records_);
  read_others(run, log);
  events_->findings.push_back(telemetry::drop_late_signups(connection_, *events_));
  connection_.execute(create_event_prompts(table, *events_));
  if (events_->has_odd) {
    for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping)) {
      events_->findings.push_back(std::move(odd));
    }
  }
  prompts::require_unchanged(files_.events.files);
  std::erase_if(events_->findings, [](const Finding& finding) { return finding.count == 0; });
  describe(mapping, log);
  return {std::nullopt, metadata_of(mapping), std::nullopt, events_->findings};
}

assets::Made EventAssets::make_users(const std::string& table) {
  if (additions_) return additions_->make_users();
  check(events_ != nullptr, "make_prompts() reads the events");
  connection_.execute(create_event_users(table, *events_, options_.missing));
  const std::string observed = "(" + select_observed(*events_) + ")";
  return {events_->user_count,
          {{"period", period_of(connection_, observed)},
           {"observed", event_signals(connection_, observed)}}};
}

assets::Made EventAssets::make_generations(const std::string& table,
                                           const std::string& raw_prompts) {
  if (additions_) return additions_->make_generations();
  check(events_ != nullptr, "make_prompts() reads the events");
  const std::optional<telemetry::PriceTable> prices = options_.price_table();
  connection_.execute(create_event_generations(table, raw_prompts, *events_,
                                               prices ? &*prices : nullptr, options_.missing));
  return {events_->event_count, attribute_metadata(events_->attributes)};
}

}  // namespace gsa::pipeline
