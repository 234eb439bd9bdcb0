#include "pipeline/event_metadata.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/numbered_texts.h"
#include "semantic/layer_binding.h"
#include "telemetry/coverage.h"
#include "telemetry/inspection_format.h"

namespace gsa::pipeline {
namespace {

// In the metadata: each option, as its name, a tab and its value; each attribute, as JSON; the
// columns of EventTables,
// separated by commas.
constexpr std::string_view kOptionKey = "event option ", kAttributeKey = "attribute ";
constexpr const char* kColumnsKey = "columns";

std::string signal_json(const char* source, telemetry::Signal signal,
                        const telemetry::SignalSource& of, const std::string& known) {
  const std::string unit = telemetry::unit_of(of);
  return fmt::format(R"({{"source":{},"signal":{},"column":{},"unit":{},"known":{},"reason":{}}})",
                     json_quote(source), json_quote(telemetry::name_of(signal)),
                     json_quote(telemetry::described(of)), unit.empty() ? "null" : json_quote(unit),
                     known, json_quote(of.reason));
}

struct RecordedSignal {
  std::string name, reason;
  std::optional<std::int64_t> known;
};

// Of the events.
std::vector<RecordedSignal> recorded_signals(duck::Connection& connection,
                                             const std::map<std::string, std::string>& metadata) {
  std::vector<RecordedSignal> signals;
  for (const std::string& signal : numbered_texts(kSignalEntry, metadata)) {
    const duck::Result row = connection.query(fmt::format(
        "select s->>'signal', s->>'reason', (s->>'known')::bigint from (select {}::json as s) "
        "where s->>'source' = 'events'",
        sql_quote(signal)));
    if (row.rows() == 0) continue;
    signals.push_back({row.text(0, 0), row.text(0, 1), {}});
    if (!row.is_null(0, 2)) signals.back().known = row.int64(0, 2);
  }
  return signals;
}

}  // namespace

void EventTotals::add(const EventTotals& more) {
  rows_in_source += more.rows_in_source;
  rows_skipped += more.rows_skipped;
  for (auto& [signal, count] : known) {
    const auto found = more.known.find(signal);
    if (found != more.known.end()) count += found->second;
  }
}

EventTotals totals_of(duck::Connection& connection, const telemetry::EventTables& events,
                      const telemetry::Mapping& mapping) {
  EventTotals totals{
      events.rows_in_source, events.rows_in_source - events.event_count, {}, events.columns};
  for (const auto& [signal, count] : telemetry::coverage_of(connection, events, mapping)) {
    totals.known[std::string(telemetry::name_of(signal))] = count;
  }
  return totals;
}

std::map<std::string, std::string> event_metadata(const EventFiles& files,
                                                  const EventOptions& options,
                                                  const EventMappings& mappings,
                                                  const EventTotals& totals) {
  std::map<std::string, std::string> metadata = {
      {"source", prompts::describe_files(files.events.files)},
      {"rows_in_source", fmt::format("{}", totals.rows_in_source)},
      {"rows_skipped", fmt::format("{}", totals.rows_skipped)},
      {"mapping", telemetry::write_mapping(*mappings.events)},
      {kColumnsKey, join(totals.columns, ",")}};
  if (!mappings.events->name.empty()) metadata["export"] = mappings.events->name;
  for (const auto& [source, mapping] :
       {std::pair("events", mappings.events), std::pair("users", mappings.users),
        std::pair("feedback", mappings.feedback)}) {
    if (mapping == nullptr) continue;
    for (const auto& [signal, of] : mapping->signals) {
      const auto count = totals.known.find(std::string(telemetry::name_of(signal)));
      const bool is_counted = mapping == mappings.events && count != totals.known.end();
      add_numbered(
          kSignalEntry,
          signal_json(source, signal, of, is_counted ? fmt::format("{}", count->second) : "null"),
          metadata);
    }
  }
  for (const auto& [name, value] : options.pairs()) {
    add_numbered(kOptionKey, name + '\t' + value, metadata);
  }
  return metadata;
}

static_assert(telemetry::kMostValues == semantic::kMostValues);

std::map<std::string, std::string> attribute_metadata(
    const std::vector<telemetry::Attribute>& attributes) {
  std::map<std::string, std::string> metadata;
  for (const telemetry::Attribute& one : attributes) {
    if (one.is_left_out) continue;
    add_numbered(
        kAttributeKey,
        fmt::format(R"({{"field":{},"path":{},"values":{},"dimension":{}}})", json_quote(one.field),
                    json_quote(one.path), one.values, one.is_dimension),
        metadata);
  }
  return metadata;
}

std::set<std::string> recorded_attributes(duck::Connection& connection,
                                          const std::map<std::string, std::string>& metadata) {
  std::set<std::string> paths;
  for (const std::string& attribute : numbered_texts(kAttributeKey, metadata)) {
    paths.insert(
        connection.query(fmt::format("select {}::json->>'path'", sql_quote(attribute))).text(0, 0));
  }
  return paths;
}

EventTotals recorded_totals(duck::Connection& connection,
                            const std::map<std::string, std::string>& metadata) {
  EventTotals totals{
      number_in(metadata, "rows_in_source"), number_in(metadata, "rows_skipped"), {}, {}};
  if (const auto columns = metadata.find(kColumnsKey); columns != metadata.end()) {
    totals.columns = split(columns->second, ',');
  }
  for (const RecordedSignal& signal : recorded_signals(connection, metadata)) {
    if (signal.known) totals.known[signal.name] = *signal.known;
  }
  return totals;
}

std::map<std::string, std::string> recorded_reasons(
    duck::Connection& connection, const std::map<std::string, std::string>& metadata) {
  std::map<std::string, std::string> reasons;
  for (RecordedSignal& signal : recorded_signals(connection, metadata)) {
    reasons[std::move(signal.name)] = std::move(signal.reason);
  }
  return reasons;
}

EventOptions recorded_event_options(const std::map<std::string, std::string>& metadata) {
  EventOptions::Pairs pairs;
  for (const std::string& option : numbered_texts(kOptionKey, metadata)) {
    const std::size_t tab = option.find('\t');
    pairs.emplace_back(option.substr(0, tab), option.substr(tab + 1));
  }
  return EventOptions::from_pairs(pairs);
}

}  // namespace gsa::pipeline
