#include "pipeline/event_assets.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/numbered_texts.h"
#include "pipeline/run_log.h"
#include "telemetry/coverage.h"
#include "telemetry/inspection.h"
#include "telemetry/inspection_format.h"

namespace gsa::pipeline {
namespace {

// In the metadata of raw_prompts: each option, as its name, a tab and its value; each signal of
// each source, as JSON.
constexpr std::string_view kOption = "event option ", kSignal = "signal ";

std::string signal_json(const std::string& source, telemetry::Signal signal,
                        const telemetry::SignalSource& of, const std::string& known) {
  const std::string unit = telemetry::unit_of(of);
  return fmt::format(R"({{"source":{},"signal":{},"column":{},"unit":{},"known":{},"reason":{}}})",
                     json_quote(source), json_quote(telemetry::name_of(signal)),
                     json_quote(telemetry::described(of)), unit.empty() ? "null" : json_quote(unit),
                     known, json_quote(of.reason));
}

}  // namespace

void EventAssets::read_others(const prompts::RunQuery& run, RunLog& log) {
  const auto read = [&](const prompts::SourceFiles& files, const telemetry::GivenMapping& given,
                        telemetry::Mapping& mapping, const auto& add_records) {
    if (files.files.empty()) return;
    prompts::require_unchanged(files.files);
    const telemetry::OpenedEvents opened =
        telemetry::open_events(connection_, run, files.files, given.rows_path());
    for (const std::string& note : opened.rows->notes()) log.note(note);
    mapping = given.applied_to(opened.found.mapping);
    add_records(connection_, *opened.rows, mapping, *events_);
    for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping)) {
      events_->findings.push_back(std::move(odd));
    }
    prompts::require_unchanged(files.files);
  };
  read(files_.users, options_.users_mapping, users_mapping_, telemetry::add_user_records);
  read(files_.feedback, options_.feedback_mapping, feedback_mapping_,
       telemetry::add_feedback_records);
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
  for (const Finding& finding : events_->findings) log.note(telemetry::described(finding));
}

EventAssets::Metadata EventAssets::metadata_of(const telemetry::Mapping& mapping) {
  Metadata metadata = {
      {"source", prompts::describe_files(files_.events.files)},
      {"rows_in_source", fmt::format("{}", events_->rows_in_source)},
      {"rows_skipped", fmt::format("{}", events_->rows_in_source - events_->event_count)},
      {"mapping", telemetry::write_mapping(mapping)}};
  if (!mapping.name.empty()) metadata["export"] = mapping.name;
  std::map<telemetry::Signal, std::int64_t> known;
  for (const auto& [signal, count] : telemetry::coverage_of(connection_, *events_, mapping)) {
    known[signal] = count;
  }
  for (const auto& [signal, of] : mapping.signals) {
    const auto count = known.find(signal);
    add_numbered(kSignal,
                 signal_json("events", signal, of,
                             count == known.end() ? "null" : fmt::format("{}", count->second)),
                 metadata);
  }
  for (const auto& [source, others] :
       {std::pair("users", &users_mapping_), std::pair("feedback", &feedback_mapping_)}) {
    for (const auto& [signal, of] : others->signals) {
      add_numbered(kSignal, signal_json(source, signal, of, "null"), metadata);
    }
  }
  for (const auto& [name, value] : options_.pairs()) {
    add_numbered(kOption, name + '\t' + value, metadata);
  }
  return metadata;
}

assets::Made EventAssets::make_prompts(const std::string& table, RunLog& log) {
  const prompts::RunQuery run = [&](const std::string&, std::int64_t, const std::string& sql) {
    connection_.execute(sql);
  };
  prompts::require_unchanged(files_.events.files);
  const telemetry::OpenedEvents opened =
      telemetry::open_events(connection_, run, files_.events.files, options_.mapping.rows_path());
  for (const std::string& note : files_.events.notes) log.note(note);
  for (const std::string& note : opened.rows->notes()) log.note(note);
  const telemetry::Mapping mapping = options_.mapping.applied_to(opened.found.mapping);
  events_.emplace(telemetry::read_events(connection_, run, *opened.rows, mapping, wanted_, seed_));
  read_others(run, log);
  events_->findings.push_back(telemetry::drop_late_signups(connection_, *events_));
  connection_.execute(create_event_prompts(table, *events_));
  for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping)) {
    events_->findings.push_back(std::move(odd));
  }
  prompts::require_unchanged(files_.events.files);
  std::erase_if(events_->findings, [](const Finding& finding) { return finding.count == 0; });
  describe(mapping, log);
  return {std::nullopt, metadata_of(mapping), std::nullopt, events_->findings};
}

assets::Made EventAssets::make_users(const std::string& table) {
  check(events_.has_value(), "make_prompts() reads the events");
  connection_.execute(create_event_users(table, *events_, options_.missing));
  return {events_->user_count,
          {{"period", event_period(connection_, *events_)},
           {"observed", event_signals(connection_, *events_)}}};
}

assets::Made EventAssets::make_generations(const std::string& table,
                                           const std::string& raw_prompts) {
  check(events_.has_value(), "make_prompts() reads the events");
  const std::optional<telemetry::PriceTable> prices = options_.price_table();
  connection_.execute(create_event_generations(table, raw_prompts, *events_,
                                               prices ? &*prices : nullptr, options_.missing));
  return {events_->event_count, {}};
}

EventOptions recorded_event_options(const std::map<std::string, std::string>& metadata) {
  EventOptions::Pairs pairs;
  for (const std::string& option : numbered_texts(kOption, metadata)) {
    const std::size_t tab = option.find('\t');
    pairs.emplace_back(option.substr(0, tab), option.substr(tab + 1));
  }
  return EventOptions::from_pairs(pairs);
}

}  // namespace gsa::pipeline
