#include "pipeline/event_additions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/event_metadata.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/run_log.h"
#include "telemetry/inspection.h"
#include "telemetry/inspection_format.h"

namespace gsa::pipeline {
namespace {

const assets::KeyedChange kPrompts = {"main", "raw_prompts", "prompt_id"};
const assets::KeyedChange kUsers = {"main", "raw_users", "user_id"};
const assets::KeyedChange kGenerations = {"main", "raw_generations", "generation_id"};

// Temporary tables: published generations that new ones replace, and all users and events that are
// touched.
constexpr const char* kReplaced = "temp.gsa_replaced";
constexpr const char* kTouched = "temp.gsa_touched";

// Whether both take the same columns for the same signals. Their units may differ: they are told
// from values, and the published ones were told from more.
bool take_the_same(const telemetry::Mapping& a, const telemetry::Mapping& b) {
  return a.name == b.name &&
         std::equal(a.signals.begin(), a.signals.end(), b.signals.begin(), b.signals.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first &&
                             telemetry::described(one.second) == telemetry::described(other.second);
                    });
}

std::string type_of(duck::Connection& connection, const std::string& expression,
                    const std::string& relation) {
  return connection.query(fmt::format("describe select {} from {}", expression, relation))
      .text(0, 1);
}

std::string text_in(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

}  // namespace

bool EventAdditions::read(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log) {
  if (!files_.feedback.files.empty()) return false;
  const FileRecords now = records_of(files_);
  if (!std::includes(now.begin(), now.end(), published_.files.begin(), published_.files.end())) {
    return false;
  }
  for (const auto& record : now) {
    if (record.first != "events" && !published_.files.contains(record)) return false;
  }
  for (const prompts::SourceFile& file : files_.events.files) {
    if (!published_.files.contains(
            {"events", std::string(trim(prompts::fingerprint_of({file})))})) {
      new_files_.push_back(file);
    }
  }
  if (new_files_.empty() || !open(run, seed, log)) return false;
  connection_.execute(fmt::format(
      "create or replace temp table gsa_replaced as {}",
      events_->has("generation_key")
          ? fmt::format(
                "select generation_id, user_id from main.raw_generations semi join {} using "
                "(generation_key)",
                events_->events.name())
          : "select generation_id, user_id from main.raw_generations where false"));
  replaced_ = connection_.query_int64(fmt::format("select count(*) from {}", kReplaced));
  number_events();
  name_users();
  find_touched();
  if (!take_attributes()) return false;
  read_users(run);
  drop_late_signups();
  prompts::require_unchanged(files_.events.files);
  log.note(fmt::format("read {} of {}: the others are as they were",
                       counted(std::ssize(new_files_), "new file", "new files"),
                       std::ssize(files_.events.files)));
  return true;
}

bool EventAdditions::open(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log) {
  prompts::require_unchanged(new_files_);
  mapping_ =
      telemetry::read_mapping("ops.materializations", text_in(published_.metadata, "mapping"));
  const telemetry::OpenedEvents opened =
      telemetry::open_events(connection_, run, new_files_, options_.mapping.rows_path());
  const telemetry::Mapping found = options_.mapping.applied_to(opened.found.mapping);
  if (!take_the_same(found, mapping_)) return false;
  for (auto& [signal, source] : mapping_.signals) source.reason = found.signals.at(signal).reason;
  mapping_.forgotten = forgotten_;
  for (const std::string& note : opened.rows->notes()) log.note(note);
  try {
    events_ = std::make_unique<telemetry::EventTables>(
        telemetry::read_events(connection_, run, *opened.rows, mapping_, 0, seed));
  } catch (const Error&) {
    return false;  // no row is an event, or none of a user who was not forgotten
  }
  if (events_->has_odd) {
    for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping_)) {
      events_->findings.push_back(std::move(odd));
    }
  }
  // What new events say of signups is not kept with the published ones.
  return events_->columns == recorded_totals(connection_, published_.metadata).columns &&
         events_->has("user_key") && !events_->has("signup_at");
}

// Numbers the new events behind those that are published.
void EventAdditions::number_events() {
  connection_.execute(
      fmt::format("update {} set generation_id = generation_id + 1 + (select "
                  "coalesce(max(generation_id), -1) from main.raw_generations)",
                  events_->events.name()));
}

// Published users keep their ids, new ones come behind them.
void EventAdditions::name_users() {
  const prompts::TempTable ids(connection_, "gsa_user_ids");
  connection_.execute(ids.create_as(fmt::format(
      "select fresh.user_key, coalesce(known.user_id, (select coalesce(max(user_id), -1) from "
      "main.raw_users) + row_number() over (partition by known.user_id is null order by "
      "fresh.first_seen, fresh.user_key))::integer as user_id from {} as fresh left join "
      "main.raw_users as known on known.user_name = fresh.user_key",
      events_->users.name())));
  connection_.execute(fmt::format(
      "update {} as events set user_id = ids.user_id from {} as ids where events.user_key = "
      "ids.user_key",
      events_->events.name(), ids.name()));
}

// The touched users as a table of users, made of all their events.
void EventAdditions::find_touched() {
  connection_.execute(fmt::format(
      "create or replace temp table gsa_touched as select distinct user_id from (select user_id "
      "from {} union all select user_id from {})",
      events_->events.name(), kReplaced));
  std::string traits, of_new, of_old;
  for (const char* trait : {"user_tier", "region", "device_type"}) {
    if (!events_->users_have(trait)) continue;
    of_old += fmt::format(", g.{}", trait);
    of_new += fmt::format(", {}", trait);
    traits += fmt::format(
        ", arg_max({0}, (generated_at, generation_id)) filter ({0} is not null) as {0}", trait);
  }
  const prompts::TempTable users(connection_, "gsa_touched_users");
  connection_.execute(users.create_as(fmt::format(
      "select user_id, any_value(user_key) as user_key, min(generated_at) as first_seen{0} from "
      "(select g.user_id, u.user_name as user_key, g.generated_at, g.generation_id{1} from "
      "main.raw_generations as g semi join {2} as t on g.user_id = t.user_id anti join {3} as r on "
      "g.generation_id = r.generation_id join main.raw_users as u on g.user_id = u.user_id union "
      "all select user_id, user_key, generated_at, generation_id{4} from {5} where user_id is not "
      "null) group by user_id order by user_id",
      traits, of_old, kTouched, kReplaced, of_new, events_->events.name())));
  connection_.execute(events_->users.create_as("select * from " + users.name()));
}

// As published. Traits that users change are attributes, too; if one changes that never did, all is
// to be read.
bool EventAdditions::take_attributes() {
  std::vector<telemetry::Attribute>& attributes = events_->attributes;
  std::erase_if(attributes, [](const telemetry::Attribute& one) {
    return one.column == "user_tier" || one.column == "region" || one.column == "device_type";
  });
  const std::string events = fmt::format(
      "(select user_id, user_tier, region, device_type from main.raw_generations semi join {} "
      "using "
      "(user_id) union all by name from {})",
      kTouched, events_->events.name());
  const auto changing = telemetry::changing_traits(connection_, mapping_, *events_, events);
  for (const auto& [path, column] : telemetry::traits_of(mapping_, *events_)) {
    const bool is_published = published_.attributes.contains(path);
    const bool changes =
        std::find(changing.begin(), changing.end(), std::pair(path, column)) != changing.end();
    if (changes && !is_published) return false;
    if (is_published) telemetry::add_attribute(path, column, attributes);
  }
  return type_of(connection_, attributes_struct(*events_), events_->events.name()) ==
         type_of(connection_, "attributes", "main.raw_generations");
}

// Applies what the source of users says; of users without events, it says nothing new.
void EventAdditions::read_users(const prompts::RunQuery& run) {
  if (files_.users.files.empty()) return;
  const telemetry::OpenedEvents opened = telemetry::open_events(
      connection_, run, files_.users.files, options_.users_mapping.rows_path());
  users_mapping_ = options_.users_mapping.applied_to(opened.found.mapping);
  users_mapping_.forgotten = forgotten_;
  telemetry::add_user_records(connection_, *opened.rows, users_mapping_, *events_);
  connection_.execute(
      fmt::format("delete from {} where user_id not in (select user_id from {} where "
                  "user_id is not null) or first_seen is null",
                  events_->users.name(), kTouched));
}

// Those of published users without an observed signup are counted already.
void EventAdditions::drop_late_signups() {
  if (!events_->users_have("signup_at")) return;
  const std::int64_t newly = connection_.query_int64(fmt::format(
      "select count(*) from {} as fresh left join main.raw_users as known using (user_id) where "
      "fresh.signup_at > fresh.first_seen and coalesce(known.signup_origin = 'observed', true)",
      events_->users.name()));
  Finding late = telemetry::drop_late_signups(connection_, *events_);
  late.count = newly;
  events_->findings.push_back(std::move(late));
}

std::vector<Finding> EventAdditions::findings() const {
  std::vector<Finding> all = published_.findings;
  for (const Finding& finding : events_->findings) {
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const Finding& one) { return one.what == finding.what; });
    if (same == all.end()) {
      all.push_back(finding);
    } else {
      same->count += finding.count;
    }
  }
  const auto add = [&](std::string_view what, std::int64_t count) {
    for (Finding& finding : all) {
      if (finding.what == what) finding.count += count;
    }
  };
  add(telemetry::kRepeatedKeys, replaced_);
  add(telemetry::kWithoutUser, -connection_.query_int64(fmt::format(
                                   "select count(*) from {} where user_id is null", kReplaced)));
  std::erase_if(all, [](const Finding& finding) { return finding.count == 0; });
  return all;
}

std::map<std::string, std::string> EventAdditions::metadata() const {
  EventTotals totals = recorded_totals(connection_, published_.metadata);
  totals.add(totals_of(connection_, *events_, mapping_));
  totals.rows_skipped += replaced_;
  if (replaced_ > 0) totals.known.clear();  // what the replaced ones told is not on record
  return event_metadata(files_, options_, {&mapping_, &users_mapping_, nullptr}, totals);
}

// The signals of all events, as event_signals() reads them.
std::string EventAdditions::all_signals() const {
  return fmt::format("({} union all by name {})",
                     select_observed(fmt::format("(select * from main.raw_generations anti join {} "
                                                 "using (generation_id))",
                                                 kReplaced)),
                     select_observed(*events_));
}

assets::Made EventAdditions::make_prompts() {
  connection_.execute(fmt::format("drop table if exists {}", kPrompts.rows()));
  connection_.execute(create_event_prompts(kPrompts.rows(), *events_));
  connection_.execute(fmt::format(
      "create or replace table {} as select prompt_id from {} union select generation_id from {}",
      kPrompts.values(), kPrompts.rows(), kReplaced));
  assets::Made made{std::nullopt, metadata(), std::nullopt, findings()};
  made.change = kPrompts;
  return made;
}

assets::Made EventAdditions::make_users() {
  connection_.execute(fmt::format("drop table if exists {}", kUsers.rows()));
  connection_.execute(create_event_users(kUsers.rows(), *events_, options_.missing));
  connection_.execute(
      fmt::format("create or replace table {} as select user_id from {} where user_id is not null",
                  kUsers.values(), kTouched));
  assets::Made made{std::nullopt,
                    {{"period", period_of(connection_, all_signals())},
                     {"observed", event_signals(connection_, all_signals())}}};
  made.change = kUsers;
  return made;
}

// With the values of all generations.
std::vector<telemetry::Attribute> EventAdditions::all_attributes() const {
  std::vector<telemetry::Attribute> attributes = events_->attributes;
  std::erase_if(attributes, [](const telemetry::Attribute& one) { return one.is_left_out; });
  if (attributes.empty()) return attributes;
  std::vector<std::string> list;
  for (const telemetry::Attribute& one : attributes) {
    list.push_back(fmt::format("attributes.{} as {}", sql_name(one.field), one.column));
  }
  telemetry::choose_dimensions(
      connection_,
      fmt::format("(select {0} from main.raw_generations anti join {1} using (generation_id) union "
                  "all select {0} from {2})",
                  join(list, ", "), kReplaced, kGenerations.rows()),
      mapping_, attributes);
  return attributes;
}

assets::Made EventAdditions::make_generations() {
  const std::optional<telemetry::PriceTable> prices = options_.price_table();
  connection_.execute(fmt::format("drop table if exists {}", kGenerations.rows()));
  connection_.execute(create_event_generations(kGenerations.rows(), kPrompts.rows(), *events_,
                                               prices ? &*prices : nullptr, options_.missing));
  connection_.execute(fmt::format(
      "create or replace table {} as select generation_id from {} union all select generation_id "
      "from {}",
      kGenerations.values(), kGenerations.rows(), kReplaced));
  assets::Made made{std::nullopt, attribute_metadata(all_attributes())};
  made.change = kGenerations;
  return made;
}

}  // namespace gsa::pipeline
