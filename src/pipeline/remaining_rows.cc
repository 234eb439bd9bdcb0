#include "pipeline/remaining_rows.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/forgotten_users.h"
#include "base/text.h"
#include "pipeline/event_metadata.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/raw_assets.h"

namespace gsa::pipeline {
namespace {

// The key by which each raw table is a user's.
std::string_view key_of(std::string_view table) {
  return table == "raw_prompts" ? "prompt_id" : "user_id";
}

// SQL on raw_generations and raw_prompts: the value of a signal as the events gave it. Signals that
// are not here are in neither.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kStanding = {
    {{"generation", "generation_key"},
     {"user", "user_id"},
     {"session", "session_key"},
     {"time", "generated_at"},
     {"latency", "if(latency_origin = 'observed', latency_ms, null)"},
     {"status", "if(status_origin = 'observed', status, null)"},
     {"cost", "if(cost_origin = 'observed', cost, null)"},
     {"currency", "if(cost_origin = 'observed', currency, null)"},
     {"retries", "if(retry_origin = 'observed', retry_count, null)"},
     {"feedback", "if(feedback_origin = 'observed', feedback, null)"},
     {"downloaded", "if(download_origin = 'observed', downloaded, null)"},
     {"prompt", "prompt"},
     {"negative_prompt", "negative_prompt"},
     {"model", "if(model_origin = 'observed', model_version, null)"},
     {"size", "width"},
     {"width", "width"},
     {"height", "height"},
     {"steps", "step"},
     {"guidance", "cfg"},
     {"seed", "generation_seed"},
     {"images", "image_count"},
     {"tier", "user_tier"},
     {"region", "region"},
     {"device", "device_type"}}};

// The number of generations of forgotten users that know each signal.
std::map<std::string, std::int64_t, std::less<>> known_of(duck::Connection& connection,
                                                          const std::string& where) {
  std::string counts;
  for (const auto& [signal, value] : kStanding) {
    counts += fmt::format("{}count({})", counts.empty() ? "" : ", ", value);
  }
  const duck::Result row = connection.query(fmt::format(
      "select {} from main.raw_generations left join main.raw_prompts using (prompt_id) where {}",
      counts, where));
  std::map<std::string, std::int64_t, std::less<>> known;
  for (std::size_t i = 0; i < kStanding.size(); ++i) {
    known.emplace(kStanding[i].first, row.int64(0, i));
  }
  return known;
}

// A signal on record, as JSON, with `fewer` less than the generations that knew it.
std::string with_fewer(const std::string& json,
                       const std::map<std::string, std::int64_t, std::less<>>& fewer) {
  constexpr std::string_view kKnown = ",\"known\":", kSignal = ",\"signal\":\"";
  const std::size_t at = json.find(kKnown), signal_at = json.find(kSignal);
  if (at == std::string::npos || signal_at == std::string::npos) return json;
  const std::size_t from = at + kKnown.size(), until = json.find(',', from);
  const std::string known = json.substr(from, until - from);
  if (known == "null") return json;
  const std::size_t name = signal_at + kSignal.size();
  const auto found = fewer.find(json.substr(name, json.find('"', name) - name));
  const std::string now =
      found == fewer.end() ? "null" : fmt::format("{}", std::stoll(known) - found->second);
  return json.substr(0, from) + now + json.substr(until);
}

// Adds to the count of the same finding, if there is one.
void add_finding(Finding finding, std::vector<Finding>& findings) {
  const auto same = std::ranges::find(findings, finding.what, &Finding::what);
  if (same != findings.end()) {
    same->count += finding.count;
  } else {
    findings.push_back(std::move(finding));
  }
}

}  // namespace

RowsOfUsers::RowsOfUsers(const std::vector<std::int64_t>& users)
    : users_(fmt::format("{}", fmt::join(users, ", "))) {}

std::string RowsOfUsers::by(std::string_view column) const {
  if (column == "user_id") return fmt::format("user_id in ({})", users_);
  return fmt::format("{0} in (select {0} from main.raw_generations where user_id in ({1}))", column,
                     users_);
}

void RemainingRows::restate_signals(duck::Connection& connection, Metadata& metadata) const {
  const auto known = known_of(connection, forgotten_.by("user_id"));
  for (auto& [name, value] : metadata) {
    if (name.starts_with(kSignalEntry)) value = with_fewer(value, known);
  }
}

void RemainingRows::restate_period(duck::Connection& connection, bool of_events,
                                   Metadata& metadata) const {
  const std::string rest = fmt::format(
      "(select * from main.raw_generations where ({}) is not true)", forgotten_.by("user_id"));
  metadata["period"] = period_of(connection, rest);
  if (of_events)
    metadata["observed"] = event_signals(connection, "(" + select_observed(rest) + ")");
}

assets::Made RemainingRows::make(const assets::Unit& unit, duck::Connection& connection,
                                 const assets::RunState& state, assets::RowSums& /*sums*/,
                                 RunLog& /*log*/) {
  const assets::Materialization& published = state_.published.at(unit);
  const auto [schema, name] = assets::relation_of(raw_asset(unit.asset), unit.partition);
  const std::string standing = assets::sql_relation(schema, name),
                    is_theirs = fmt::format("({}) is true", forgotten_.by(key_of(unit.asset)));
  connection.execute(fmt::format("create table {} as select * from {} where not {}",
                                 state.current_relation(unit), standing, is_theirs));
  assets::Made made{std::nullopt, published.metadata, std::nullopt, published.findings};
  const auto code = state_.codes.find(published.code_version);
  const bool of_events = code != state_.codes.end() && code->second.contains("telemetry");
  if (unit.asset == "raw_users" && made.metadata.contains("period")) {
    restate_period(connection, of_events, made.metadata);
  }
  if (unit.asset != "raw_prompts") return made;
  if (of_events) restate_signals(connection, made.metadata);
  // The first value may be theirs, and how many are is not known.
  for (Finding& finding : made.findings) finding.place = finding.example = "";
  // Each of their generations was a row of the source; in a month, each of their prompts.
  const std::string rows = unit.partition.empty()
                               ? "main.raw_generations where " + forgotten_.by("user_id")
                               : standing + " where " + is_theirs;
  add_finding(forgotten_rows(connection.query_int64("select count(*) from " + rows)),
              made.findings);
  return made;
}

}  // namespace gsa::pipeline
