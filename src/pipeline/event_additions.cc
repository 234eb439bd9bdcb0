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
// Published generations, and what feedback says of them now.
constexpr const char* kLate = "temp.gsa_late_feedback";
// The published generations with what `l`, joined to it, says of them. No feedback is an answer,
// too: its origin stays 'observed'.
constexpr const char* kWithLate =
    "select g.* replace (coalesce(l.thumbs, g.feedback::varchar) as feedback, "
    "coalesce(l.downloaded, g.downloaded) as downloaded, if(l.downloaded is null, "
    "g.download_origin::varchar, 'observed') as download_origin) from main.raw_generations as g";

// Whether both take the same columns for the same signals.
bool take_the_same(const telemetry::Mapping& a, const telemetry::Mapping& b) {
  return a.name == b.name &&
         std::equal(a.signals.begin(), a.signals.end(), b.signals.begin(), b.signals.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first &&
                             telemetry::described(one.second) == telemetry::described(other.second);
                    });
}

// Units and scales are told from values: whether the published ones fit the new values, too.
bool fits(const telemetry::OpenedEvents& opened, const telemetry::Mapping& found,
          const telemetry::Mapping& published) {
  return std::all_of(
      published.signals.begin(), published.signals.end(), [&](const auto& signal_and_source) {
        const auto& [signal, source] = signal_and_source;
        const telemetry::SignalSource& fresh = found.signals.at(signal);
        if (!fresh.unit.empty() && fresh.unit != source.unit) return false;
        if (!source.scale || fresh.scale == source.scale) return true;
        return std::all_of(
            opened.columns.begin(), opened.columns.end(), [&](const telemetry::ColumnProfile& one) {
              const bool is_read = std::find(source.paths.begin(), source.paths.end(), one.path) !=
                                   source.paths.end();
              return !is_read || !one.low || !one.high ||
                     (*one.low >= source.scale->first && *one.high <= source.scale->second);
            });
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

// Whether all that is published is still in the source, and what is new can be told from it.
bool EventAdditions::find_new_files() {
  now_ = records_of(files_);
  for (const auto& [key, record] : published_.files) {
    const auto same = now_.find(key);
    if (same == now_.end()) return false;
    if (key.first != "events" && key.first != "feedback" && !same->second.same_state(record)) {
      return false;
    }
    if (same->second.same_state(record)) same->second = record;
  }
  for (const auto& [key, record] : now_) {
    const bool may_be_new = key.first == "events" || key.first == "feedback";
    if (!may_be_new && !published_.files.contains(key)) return false;
  }
  // The rows on record, 0 for a new file; null if the file changed otherwise.
  const auto rows_before = [&](const char* source, const prompts::SourceFile& file) {
    const auto found = published_.files.find(record_key(source, file));
    return found == published_.files.end() ? std::optional<std::int64_t>(0)
                                           : rows_on_record(file, found->second);
  };
  const auto is_as_it_was = [&](const char* source, const prompts::SourceFile& file) {
    const auto key = record_key(source, file);
    const auto found = published_.files.find(key);
    return found != published_.files.end() && now_.at(key).same_state(found->second);
  };
  for (const prompts::SourceFile& file : files_.events.files) {
    if (is_as_it_was("events", file)) {
      joins_behind_ = joins_behind_ && new_files_.empty();
      continue;
    }
    const auto rows = rows_before("events", file);
    if (!rows) return false;
    joins_behind_ = joins_behind_ && (*rows == 0 || new_files_.empty());
    new_files_.push_back(file);
    rows_before_.push_back(*rows);
  }
  for (const prompts::SourceFile& file : files_.feedback.files) {
    const auto rows = rows_before("feedback", file);
    if (!rows) return false;
    feedback_rows_before_.push_back(*rows);
    has_new_feedback_ = has_new_feedback_ || !is_as_it_was("feedback", file);
  }
  files_read_ = std::ssize(new_files_);
  if (new_files_.empty() && has_new_feedback_) {
    // A file without a new row tells how events look.
    const auto& all = files_.events.files;
    new_files_ = {*std::min_element(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; })};
    rows_before_ = {now_.at(record_key("events", new_files_.front())).rows};
  }
  return !new_files_.empty();
}

bool EventAdditions::read(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log) {
  if (!find_new_files() || !open(run, seed, log)) return false;
  connection_.execute(fmt::format(
      "create or replace temp table gsa_replaced as {}",
      events_->has("generation_key")
          ? fmt::format(
                "select generation_id, user_id from main.raw_generations semi join {} using "
                "(generation_key)",
                events_->events.name())
          : "select generation_id, user_id from main.raw_generations where false"));
  replaced_ = connection_.query_int64(fmt::format("select count(*) from {}", kReplaced));
  if (replaced_ > 0 && !joins_behind_) return false;  // the published row may be the later one
  if (!take_feedback(run, log)) return false;
  // What new events say of signups is not kept with the published ones.
  if (events_->columns != recorded_totals(connection_, published_.metadata).columns ||
      !events_->has("user_key") || events_->has("signup_at")) {
    return false;
  }
  number_events();
  name_users();
  find_touched();
  if (!take_attributes()) return false;
  read_users(run);
  drop_late_signups();
  prompts::require_unchanged(files_.events.files);
  log.note(fmt::format("read what is new in {} of {}", files_read_,
                       counted(std::ssize(files_.events.files), "file", "files")));
  if (has_new_feedback_) {
    log.note(
        fmt::format("new feedback for {}",
                    counted(connection_.query_int64(fmt::format("select count(*) from {}", kLate)),
                            "published generation", "published generations")));
  }
  return true;
}

bool EventAdditions::open(const prompts::RunQuery& run, std::uint64_t seed, RunLog& log) {
  prompts::require_unchanged(new_files_);
  mapping_ =
      telemetry::read_mapping("ops.materializations", text_in(published_.metadata, "mapping"));
  const telemetry::OpenedEvents opened =
      telemetry::open_events(connection_, run, new_files_, options_.mapping.rows_path());
  const telemetry::Mapping found = options_.mapping.applied_to(opened.found.mapping);
  const bool is_longer = std::any_of(rows_before_.begin(), rows_before_.end(),
                                     [](std::int64_t rows) { return rows > 0; });
  if (!take_the_same(found, mapping_) || !fits(opened, found, mapping_) ||
      (is_longer && found.rows != mapping_.rows)) {
    return false;
  }
  const auto reasons = recorded_reasons(connection_, published_.metadata);
  for (auto& [signal, source] : mapping_.signals) {
    source.reason = text_in(reasons, std::string(telemetry::name_of(signal)));
  }
  mapping_.forgotten = forgotten_;
  for (const std::string& note : opened.rows->notes()) log.note(note);
  add_read("events", new_files_, opened.rows->rows_of_files(), now_);
  opened.rows->leave_out(rows_before_);
  events_ = std::make_unique<telemetry::EventTables>(
      telemetry::read_events(connection_, run, *opened.rows, mapping_, 0, seed));
  if (events_->has_odd) {
    for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping_)) {
      events_->findings.push_back(std::move(odd));
    }
  }
  return true;
}

// What feedback says of the new events, and of the published ones.
bool EventAdditions::take_feedback(const prompts::RunQuery& run, RunLog& log) {
  connection_.execute(fmt::format(
      "create or replace temp table {} as select null::integer as generation_id, null::varchar as "
      "thumbs, null::boolean as downloaded where false",
      kLate));
  if (files_.feedback.files.empty()) return true;
  if (!forgotten_.empty() || !events_->has("generation_key")) return false;
  prompts::require_unchanged(files_.feedback.files);
  const telemetry::OpenedEvents opened = telemetry::open_events(
      connection_, run, files_.feedback.files, options_.feedback_mapping.rows_path());
  for (const std::string& note : opened.rows->notes()) log.note(note);
  feedback_mapping_ = options_.feedback_mapping.applied_to(opened.found.mapping);
  const telemetry::FeedbackRecords feedback =
      telemetry::read_feedback(connection_, *opened.rows, feedback_mapping_);
  telemetry::add_feedback(connection_, feedback, *events_);
  if (!find_late_feedback(feedback)) return false;
  feedback_without_ = telemetry::feedback_without(connection_, feedback,
                                                  {"main.raw_generations", events_->events.name()});
  add_read("feedback", files_.feedback.files, opened.rows->rows_of_files(), now_);
  opened.rows->leave_out(feedback_rows_before_);
  for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, feedback_mapping_)) {
    events_->findings.push_back(std::move(odd));
  }
  prompts::require_unchanged(files_.feedback.files);
  return true;
}

// Published generations of which feedback says something new; those that are replaced have it
// already. Returns false if it no longer tells what is published of some: whether it told that
// before, or the event, is not on record.
bool EventAdditions::find_late_feedback(const telemetry::FeedbackRecords& feedback) {
  std::string is_new, is_lacking;
  const auto add = [&](const char* column, const std::string& told, const std::string& published) {
    const bool has = std::find(feedback.columns.begin(), feedback.columns.end(), column) !=
                     feedback.columns.end();
    if (!has) return std::string("null");
    const char* separator = is_new.empty() ? "" : " or ";
    is_new += fmt::format("{}({} is not null and {} is distinct from {})", separator, told, told,
                          published);
    is_lacking += fmt::format("{}({} is null and {} is not null)", separator, told, published);
    return told;
  };
  // What is simulated is no answer: an observed one takes its place, even if it is the same.
  constexpr const char* kDownloaded = "if(g.download_origin = 'observed', g.downloaded, null)";
  const std::string thumbs =
      add("feedback", "case r.feedback when 0 then 'thumbs_up' when 1 then 'thumbs_down' end",
          "g.feedback::varchar");
  const std::string downloaded = add("downloaded", "r.downloaded", kDownloaded);
  if (is_new.empty()) return true;
  const std::string from = fmt::format(
      "from main.raw_generations as g join {} as r on g.generation_key = r.generation_key anti "
      "join "
      "{} as replaced on g.generation_id = replaced.generation_id",
      feedback.last.name(), kReplaced);
  if (connection_.query_int64(fmt::format("select count(*) {} where {}", from, is_lacking)) > 0) {
    return false;
  }
  connection_.execute(fmt::format(
      "create or replace temp table {} as select g.generation_id, {}::varchar as thumbs, "
      "{}::boolean as downloaded, g.feedback is null as lacked_thumbs, {} is null as "
      "lacked_downloaded {} where {}",
      kLate, thumbs, downloaded, kDownloaded, from, is_new));
  const duck::Result gained = connection_.query(fmt::format(
      "select count(thumbs) filter (lacked_thumbs), count(downloaded) filter (lacked_downloaded) "
      "from {}",
      kLate));
  late_feedback_ = gained.int64(0, 0);
  late_downloads_ = gained.int64(0, 1);
  return true;
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
  if (feedback_without_) {
    std::erase_if(all, [&](const Finding& one) { return one.what == feedback_without_->what; });
    all.push_back(*feedback_without_);
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
  for (const auto& [signal, late] :
       {std::pair("feedback", late_feedback_), std::pair("downloaded", late_downloads_)}) {
    const auto known = totals.known.find(signal);
    if (known != totals.known.end()) known->second += late;
  }
  if (replaced_ > 0) totals.known.clear();  // what the replaced ones told is not on record
  return event_metadata(files_, options_, {&mapping_, &users_mapping_, &feedback_mapping_}, totals);
}

// The signals of all events, as event_signals() reads them.
std::string EventAdditions::all_signals() const {
  const std::string published =
      fmt::format("({} left join {} as l using (generation_id) anti join {} using (generation_id))",
                  kWithLate, kLate, kReplaced);
  return fmt::format("({} union all by name {})", select_observed(published),
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
  connection_.execute(fmt::format("insert into {} by name {} join {} as l using (generation_id)",
                                  kGenerations.rows(), kWithLate, kLate));
  connection_.execute(fmt::format(
      "create or replace table {} as select generation_id from {} union all select generation_id "
      "from {}",
      kGenerations.values(), kGenerations.rows(), kReplaced));
  assets::Made made{std::nullopt, attribute_metadata(all_attributes())};
  made.change = kGenerations;
  return made;
}

}  // namespace gsa::pipeline
