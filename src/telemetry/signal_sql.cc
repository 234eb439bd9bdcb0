#include "telemetry/signal_sql.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/function.h"
#include "prompts/source_values.h"
#include "telemetry/detection.h"
#include "telemetry/reached_path.h"
#include "telemetry/vocabulary.h"

namespace gsa::telemetry {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

constexpr std::uint8_t kUnknown = 255;
constexpr std::string_view kLeftUnknown = "left unknown", kLeftOut = "left out";

void fill_status(const Arguments& in, Output& out) {
  const duck::Texts statuses = in.texts(0), errors = in.texts(1), codes = in.texts(2);
  auto* values = out.data<std::uint8_t>();
  for (std::size_t row = 0; row < in.rows(); ++row) {
    const auto read = read_status(statuses[row], errors[row], codes[row]);
    values[row] = read.status ? static_cast<std::uint8_t>(*read.status) : kUnknown;
  }
}

void fill_knows_status(const Arguments& in, Output& out) {
  const duck::Texts statuses = in.texts(0), errors = in.texts(1), codes = in.texts(2);
  auto* values = out.data<bool>();
  for (std::size_t row = 0; row < in.rows(); ++row) {
    values[row] = read_status(statuses[row], errors[row], codes[row]).is_known;
  }
}

// The columns of the source that the events are made of: c0, c1, … and their types.
class SourceColumns {
 public:
  SourceColumns(const prompts::EventRows& rows, const Mapping& mapping,
                const std::vector<Attribute>& attributes) {
    std::vector<std::string> wanted = mapping.paths();
    for (const Attribute& attribute : attributes) wanted.push_back(attribute.path);
    for (const std::string& path : wanted) {
      const ReachedPath reached = split_path(path);
      const prompts::EventColumn* column = rows.find(reached.base);
      if (column == nullptr && is_column_path(reached.base)) throw no_column(rows, path);
      const std::string base = column == nullptr ? reached.base : column->path;
      auto at = std::find(paths_.begin(), paths_.end(), base);
      if (at == paths_.end()) at = paths_.insert(paths_.end(), base);
      const std::string name = fmt::format("c{}", at - paths_.begin());
      const bool is_whole = reached.rest.empty();
      values_[path] = {is_whole ? name : reached_sql(name, reached),
                       is_whole && column != nullptr ? column->type : "VARCHAR"};
    }
  }

  const std::vector<std::string>& paths() const { return paths_; }
  const std::string& sql(const std::string& path) const { return values_.at(path).sql; }
  const std::string& type(const std::string& path) const { return values_.at(path).type; }
  std::string text(const std::string& path) const { return sql(path) + "::varchar"; }

 private:
  struct Value {
    std::string sql, type;
  };

  // Whether only a column can be meant: the path leads into no list.
  static bool is_column_path(const std::string& path) { return path.find('[') == path.npos; }
  static Error no_column(const prompts::EventRows& rows, const std::string& path) {
    std::vector<std::string> names;
    for (const prompts::EventColumn& column : rows.columns()) names.push_back(column.path);
    return Error(fmt::format("the source has no column '{}'", path), did_you_mean(path, names));
  }
  static std::string reached_sql(const std::string& column, const ReachedPath& reached) {
    const std::string text = fmt::format("case when json_valid({0}) then {0} end", column);
    std::string value =
        fmt::format("json_extract_string({}, {})", text, sql_quote("$" + reached.rest));
    if (reached.rest.find('*') == std::string::npos) return value;
    return fmt::format("list_filter({}, lambda x: x is not null)[1]", value);
  }

  std::vector<std::string> paths_;
  std::map<std::string, Value> values_;
};

bool is_number_type(std::string_view type) {
  constexpr std::array<std::string_view, 12> kTypes = {
      "TINYINT",   "SMALLINT", "INTEGER", "BIGINT",   "HUGEINT", "UTINYINT",
      "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",   "DOUBLE"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end() ||
         type.starts_with("DECIMAL");
}

bool is_integer_type(std::string_view type) {
  return is_number_type(type) && type != "FLOAT" && type != "DOUBLE" &&
         !type.starts_with("DECIMAL");
}

double us_of(std::string_view unit) {
  return unit == "s" ? 1e6 : unit == "ms" ? 1e3 : unit == "us" ? 1 : unit == "ns" ? 1e-3 : 60e6;
}

class Builder {
 public:
  Builder(const prompts::EventRows& rows, const Mapping& mapping, std::int64_t latest_us,
          const std::vector<Attribute>& attributes)
      : rows_(rows),
        mapping_(mapping),
        attributes_(attributes),
        columns_(rows, mapping, attributes),
        latest_us_(latest_us) {}

  EventSql build();

 private:
  void add(const std::string& name, const std::string& sql) {
    list_ += fmt::format(",\n    {} as {}", sql, name);
    result_.columns.push_back(name);
  }
  // A column of the inner SELECT, which the outer one may read more than once.
  void add_inner(const std::string& name, const std::string& sql) {
    inner_sql_[name] = sql;
    inner_ += fmt::format(",\n        {} as {}", sql, name);
    inner_names_ += fmt::format(",\n    {}", name);
  }
  void add_odd(Signal signal, std::string_view what, std::string_view rule,
               const std::string& condition, const std::string& text) {
    add_odd(signal, what, rule, condition, text, fmt::format("coalesce({}, false)", condition));
  }
  // What was not taken although the column `raw` has a value. The flag reads that only if need be.
  void add_not_taken(Signal signal, std::string_view what, std::string_view rule,
                     const std::string& condition, const std::string& raw) {
    add_odd(signal, what, rule, fmt::format("{} and gsa_is_value({})", condition, raw), raw,
            fmt::format("case when {} then coalesce(gsa_is_value({}), false) else false end",
                        condition, inner_sql_.at(raw)));
  }
  void add_odd(Signal signal, std::string_view what, std::string_view rule,
               const std::string& condition, const std::string& text, const std::string& flag) {
    const SignalSource* source = mapping_.find(signal);
    result_.odd.push_back({signal, source->paths.empty() ? source->until : source->paths.front(),
                           what, rule, condition, text});
    result_.is_odd += (result_.is_odd.empty() ? "" : " or ") + flag;
  }

  std::string text_of(const SignalSource& source) const;
  std::string whole_of(const SignalSource& source, const std::string& raw,
                       const std::string& type) const;
  std::string with_words(const SignalSource& source, const std::string& text) const;
  std::string time_of(const std::string& path, const std::string& unit) const;
  std::string duration_of(const std::string& path, const std::string& unit) const;
  void add_text(Signal signal, const std::string& name);
  void add_whole(Signal signal, const std::string& name, const std::string& type);
  void add_time(Signal signal, const std::string& name, std::string_view rule);
  void add_latency();
  void add_status();
  void add_cost();
  void add_retries();
  void add_feedback();
  void add_downloaded();
  void add_size();
  void add_attributes();

  const prompts::EventRows& rows_;
  const Mapping& mapping_;
  const std::vector<Attribute>& attributes_;
  SourceColumns columns_;
  std::int64_t latest_us_;
  std::string list_, inner_, inner_names_;
  std::map<std::string, std::string> inner_sql_;  // by name
  EventSql result_;
};

// The first value among the paths, as text without blanks around it; null if there is none.
std::string Builder::text_of(const SignalSource& source) const {
  std::vector<std::string> texts;
  for (const std::string& path : source.paths) {
    texts.push_back(is_integer_type(columns_.type(path))
                        ? columns_.text(path)
                        : fmt::format("case when gsa_is_trimmed({0}) then {0} else "
                                      "nullif(trim({0}), '') end",
                                      columns_.text(path)));
  }
  std::string text =
      texts.size() == 1 ? texts.front() : fmt::format("coalesce({})", join(texts, ", "));
  if (!source.pattern.empty()) {
    text = fmt::format("nullif(regexp_extract({}, {}, 1), '')", text, sql_quote(source.pattern));
  }
  return text;
}

// A number from 0 up; `raw` is the column with its text.
std::string Builder::whole_of(const SignalSource& source, const std::string& raw,
                              const std::string& type) const {
  const std::string& path = source.paths.front();
  if (source.paths.size() == 1 && source.pattern.empty() && is_integer_type(columns_.type(path))) {
    return fmt::format("case when {0} >= 0 then try_cast({0} as {1}) end", columns_.sql(path),
                       type);
  }
  return fmt::format("try_cast(gsa_whole({}) as {})", raw, type);
}

std::string Builder::with_words(const SignalSource& source, const std::string& text) const {
  if (source.words.empty()) return text;
  std::string sql = fmt::format("case lower({})", text);
  for (const auto& [word, meaning] : source.words) {
    sql += fmt::format(" when {} then {}", sql_quote(to_lower(word)),
                       sql_quote(meaning == kVague ? "failed" : meaning));
  }
  return sql + fmt::format(" else {} end", text);
}

std::string Builder::time_of(const std::string& path, const std::string& unit) const {
  const prompts::Field field{"t", "t", "timestamp"};
  const std::string& type = columns_.type(path);
  std::string value =
      prompts::value_sql(field, columns_.sql(path), type == "VARCHAR" ? "" : type, latest_us_)
          .value;
  if (unit.empty()) return value;
  const std::string number = is_number_type(type)
                                 ? columns_.sql(path) + "::double"
                                 : fmt::format("gsa_epoch({})", columns_.text(path));
  return fmt::format(
      "case when {0} is not null then gsa_plausible_time(make_timestamp(try_cast(round({0} * {1}) "
      "as bigint)), {2}) else {3} end",
      number, us_of(unit), latest_us_, value);
}

// Milliseconds, DOUBLE.
std::string Builder::duration_of(const std::string& path, const std::string& unit) const {
  if (is_number_type(columns_.type(path))) {
    if (unit.empty()) {
      throw Error(fmt::format("the unit of the latency '{}' is not known", path),
                  fmt::format("say --map latency={0}:s or --map latency={0}:ms", path));
    }
    return fmt::format("{}::double * {}", columns_.sql(path), us_of(unit) / 1000);
  }
  return fmt::format("gsa_duration_ms({}, {})", columns_.text(path), sql_quote(unit));
}

void Builder::add_text(Signal signal, const std::string& name) {
  if (const SignalSource* source = mapping_.find(signal)) {
    add(name, with_words(*source, text_of(*source)));
  }
}

void Builder::add_whole(Signal signal, const std::string& name, const std::string& type) {
  const SignalSource* source = mapping_.find(signal);
  if (source == nullptr) return;
  const std::string raw = "raw_" + name;
  add_inner(raw, text_of(*source));
  add(name, whole_of(*source, raw, type));
  add_not_taken(
      signal, type == "ubigint" ? "not a whole number of 64 bits" : "not a whole number that fits",
      kLeftUnknown, name + " is null", raw);
}

void Builder::add_time(Signal signal, const std::string& name, std::string_view rule) {
  const SignalSource* source = mapping_.find(signal);
  if (source == nullptr) return;
  std::vector<std::string> times;
  for (const std::string& path : source->paths) times.push_back(time_of(path, source->unit));
  add_inner("at_" + name,
            times.size() == 1 ? times.front() : fmt::format("coalesce({})", join(times, ", ")));
  const std::string raw = "raw_" + name;
  add_inner(raw, text_of(*source));
  add(name, "at_" + name);
  add_not_taken(signal, "not a time, before 2000 or in the future", rule, name + " is null", raw);
}

void Builder::add_latency() {
  const SignalSource* source = mapping_.find(Signal::latency);
  if (source == nullptr) return;
  constexpr std::int64_t kDayMs = 86'400'000;
  std::vector<std::string> values;
  for (const std::string& path : source->paths) values.push_back(duration_of(path, source->unit));
  if (!source->from.empty()) {
    values.push_back(fmt::format("(epoch_us({}) - epoch_us({})) / 1000.0",
                                 time_of(source->until, source->unit),
                                 time_of(source->from, source->unit)));
  }
  add_inner("found_ms",
            values.size() == 1 ? values.front() : fmt::format("coalesce({})", join(values, ", ")));
  if (!source->paths.empty()) add_inner("raw_latency", text_of(*source));
  add("latency_ms", fmt::format("case when found_ms between 0 and {} then round(found_ms)::integer "
                                "end",
                                kDayMs));
  const std::string text = source->paths.empty() ? "found_ms::varchar" : "raw_latency";
  add_odd(Signal::latency, "below 0", kLeftUnknown, "found_ms < 0", text);
  add_odd(Signal::latency, "over a day", kLeftUnknown, fmt::format("found_ms > {}", kDayMs), text);
  if (!source->paths.empty()) {
    add_not_taken(Signal::latency, "not a duration", kLeftUnknown, "found_ms is null",
                  "raw_latency");
  }
}

void Builder::add_status() {
  const auto text = [&](Signal signal) -> std::string {
    const SignalSource* source = mapping_.find(signal);
    return source == nullptr ? "''" : fmt::format("coalesce({}, '')", text_of(*source));
  };
  const SignalSource* status = mapping_.find(Signal::status);
  const bool has_error = mapping_.find(Signal::error) != nullptr;
  const bool has_http = mapping_.find(Signal::http_status) != nullptr;
  if (status == nullptr && !has_error && !has_http) return;
  std::string word = "''", missing;
  if (status != nullptr) {
    word = fmt::format("coalesce({}, '')", with_words(*status, text_of(*status)));
    missing = status->missing == kVague ? "failed" : status->missing;
    add_inner("status_text", text_of(*status));
  } else if (has_error && !has_http) {
    missing = "success";  // the source tells errors, so what has none succeeded
  }
  add_inner("said_status", word);
  add_inner("said_error", text(Signal::error));
  add_inner("said_http", text(Signal::http_status));
  const std::string read = "gsa_status(said_status, said_error, said_http)";
  std::string code = fmt::format("nullif({}, {})", read, kUnknown);
  if (const auto meant = find_status(missing)) {
    code = fmt::format("coalesce({}, {})", code, static_cast<int>(*meant));
  }
  add("status", fmt::format("({})::utinyint", code));
  add("status_word", status != nullptr ? "status_text"
                     : has_http        ? "nullif(said_http, '')"
                                       : "nullif(said_error, '')");
  add("knows_status", "gsa_knows_status(said_status, said_error, said_http)");
}

void Builder::add_cost() {
  const SignalSource* source = mapping_.find(Signal::cost);
  const SignalSource* currency = mapping_.find(Signal::currency);
  if (source == nullptr) {
    if (currency != nullptr) add("currency", fmt::format("upper({})", text_of(*currency)));
    return;
  }
  const std::size_t slash = source->currency.find("/100");
  const bool in_hundredths = slash != std::string::npos;
  const std::string raw = "raw_cost";
  add_inner(raw, text_of(*source));
  const std::string& type = columns_.type(source->paths.front());
  const bool is_plain =
      source->paths.size() == 1 && is_number_type(type) && source->pattern.empty();
  const std::string amount =
      is_plain ? columns_.sql(source->paths.front()) : std::string("gsa_amount(raw_cost)");
  add_inner("found_cost",
            in_hundredths
                ? fmt::format("try_cast({} as decimal(16, 6)) * 0.01::decimal(3, 2)", amount)
                : fmt::format("try_cast({} as decimal(18, 8))", amount));
  add("cost", "case when found_cost >= 0 then found_cost::decimal(18, 8) end");
  add_odd(Signal::cost, "below 0", kLeftUnknown, "found_cost < 0", raw);
  add_not_taken(Signal::cost, "not an amount", kLeftUnknown, "found_cost is null", raw);
  const std::string named = source->currency.substr(0, slash);
  if (currency != nullptr) {
    add("currency", fmt::format("upper({})", text_of(*currency)));
  } else if (!named.empty()) {
    add("currency", sql_quote(named));
  } else {
    add("currency", is_plain ? "null::varchar" : "gsa_currency(raw_cost)");
  }
}

void Builder::add_retries() {
  const SignalSource* source = mapping_.find(Signal::retries);
  if (source == nullptr) return;
  const std::string name = plain_name(unquoted(source->paths.front()));
  const bool counts_attempts = name.find("attempt") != std::string::npos;
  add_inner("raw_retries", text_of(*source));
  const std::string number = whole_of(*source, "raw_retries", "smallint");
  add("retry_count",
      counts_attempts ? fmt::format("greatest({} - 1, 0)::smallint", number) : number);
  add_not_taken(Signal::retries, "not a whole number from 0 up", kLeftUnknown,
                "retry_count is null", "raw_retries");
}

void Builder::add_feedback() {
  const SignalSource* source = mapping_.find(Signal::feedback);
  if (source == nullptr) return;
  add_inner("raw_feedback", with_words(*source, text_of(*source)));
  const std::string words = "gsa_feedback(raw_feedback)";
  std::string sql = words;
  if (source->scale) {
    const auto [worst, best] = *source->scale;
    const char* above = best > worst ? "0" : "1";
    const char* below = best > worst ? "1" : "0";
    const std::string& path = source->paths.front();
    const bool is_plain = source->paths.size() == 1 && source->pattern.empty() &&
                          source->words.empty() && is_number_type(columns_.type(path));
    add_inner("rating", is_plain ? columns_.sql(path) + "::double"
                                 : "case when gsa_may_be_number(raw_feedback) then "
                                   "try_cast(raw_feedback as double) end");
    sql = fmt::format(
        "case when rating is null then {0} when rating not between {4} and {5} then 3 "
        "when rating > {1} then {2} when rating < {1} then {3} else 2 end",
        words, (worst + best) / 2, above, below, std::min(worst, best), std::max(worst, best));
  }
  add_inner("found_feedback", fmt::format("({})::utinyint", sql));
  add("feedback", fmt::format("case when found_feedback < {} then found_feedback end",
                              static_cast<int>(Feedback::none)));
  add_not_taken(Signal::feedback, "neither good nor bad", kLeftUnknown,
                fmt::format("found_feedback = {}", static_cast<int>(Feedback::unknown_word)),
                "raw_feedback");
}

void Builder::add_downloaded() {
  const SignalSource* source = mapping_.find(Signal::downloaded);
  if (source == nullptr) return;
  const std::string& type = columns_.type(source->paths.front());
  if (type == "BOOLEAN") {
    add("downloaded", columns_.sql(source->paths.front()));
    return;
  }
  const bool is_time = type.starts_with("TIMESTAMP") || type == "DATE" ||
                       plain_name(source->paths.front()).ends_with("_at");
  add_inner("raw_downloaded", text_of(*source));
  // Where a time says when, no time says that it did not happen.
  add("downloaded", is_time ? "raw_downloaded is not null" : "gsa_flag(raw_downloaded)");
  if (is_time) return;
  add_not_taken(Signal::downloaded, "neither yes nor no", kLeftUnknown, "downloaded is null",
                "raw_downloaded");
}

void Builder::add_size() {
  const SignalSource* size = mapping_.find(Signal::size);
  if (size == nullptr) {
    add_whole(Signal::width, "width", "usmallint");
    add_whole(Signal::height, "height", "usmallint");
    return;
  }
  constexpr std::string_view kPart =
      R"(try_cast(regexp_extract({}, '^\s*(\d+)\s*[xX×*]\s*(\d+)', {}) as usmallint))";
  const std::string text = text_of(*size);
  add("width", fmt::format(fmt::runtime(kPart), text, 1));
  add("height", fmt::format(fmt::runtime(kPart), text, 2));
}

void Builder::add_attributes() {
  for (const Attribute& attribute : attributes_) {
    add(attribute.column, fmt::format("nullif({}, '')", columns_.text(attribute.path)));
  }
  const SignalSource* user = mapping_.find(Signal::user);
  if (!attributes_.empty() && user != nullptr && user->hash) add("plain_user_key", text_of(*user));
}

EventSql Builder::build() {
  add_text(Signal::generation, "generation_key");
  if (const SignalSource* user = mapping_.find(Signal::user)) {
    const std::string key = fmt::format("gsa_known_user({})", text_of(*user));
    add("user_key", user->hash ? fmt::format("sha256({})", key) : key);
  }
  add_text(Signal::session, "session_key");
  add_time(Signal::time, "generated_at", kLeftOut);
  add_latency();
  add_status();
  add_cost();
  add_retries();
  add_feedback();
  add_downloaded();
  add_text(Signal::prompt, "prompt");
  add_text(Signal::negative_prompt, "negative_prompt");
  add_text(Signal::model, "model");
  add_size();
  add_whole(Signal::steps, "steps", "usmallint");
  if (const SignalSource* guidance = mapping_.find(Signal::guidance)) {
    add("guidance", fmt::format("gsa_real({})", text_of(*guidance)));
  }
  add_text(Signal::sampler, "sampler");
  add_whole(Signal::seed, "seed", "ubigint");
  add_whole(Signal::images, "image_count", "integer");
  add_text(Signal::quality, "quality");
  add_text(Signal::tier, "user_tier");
  add_text(Signal::region, "region");
  add_text(Signal::device, "device_type");
  add_time(Signal::signup, "signup_at", kLeftUnknown);
  add_attributes();
  std::string where;
  for (const Condition& condition : mapping_.where) {
    std::vector<std::string> values;
    for (const std::string& value : condition.values) values.push_back(sql_quote(value));
    where += fmt::format("{}{} in ({})", where.empty() ? "\n    where " : " and ",
                         columns_.text(condition.path), join(values, ", "));
  }
  std::string columns;
  for (std::size_t i = 0; i < columns_.paths().size(); ++i) columns += fmt::format(", c{}", i);
  result_.select = fmt::format(
      "select\n    event_row{}{}{}\nfrom (\n    select\n        *{}\n    from ({}){}\n)", list_,
      inner_names_, columns, inner_, rows_.select(columns_.paths()), where);
  if (!mapping_.forgotten.empty() && mapping_.find(Signal::user) != nullptr) {
    const std::string all = std::move(result_.select),
                      are_forgotten = mapping_.forgotten.have("user_key");
    result_.select = fmt::format("select * from ({}) where not {}", all, are_forgotten);
    result_.forgotten = fmt::format("select * from ({}) where {}", all, are_forgotten);
  }
  return std::move(result_);
}

}  // namespace

namespace {

// A function of a text whose result is a text.
template <typename Of>
void register_text_function(duck::Connection& connection, const std::string& name, Of of) {
  const Type text = Type::of(duck::TypeId::varchar);
  duck::register_function(connection, {name, {text}, text, [of](const Arguments& in, Output& out) {
                                         const duck::Texts texts = in.texts(0);
                                         for (std::size_t row = 0; row < in.rows(); ++row) {
                                           const std::string result =
                                               texts.is_null(row) ? "" : of(texts[row]);
                                           if (result.empty()) {
                                             out.set_null(row);
                                           } else {
                                             out.set_text(row, result);
                                           }
                                         }
                                       }});
}

}  // namespace

void register_telemetry_functions(duck::Connection& connection) {
  const Type text = Type::of(duck::TypeId::varchar);
  duck::register_function(
      connection,
      {"gsa_status", {text, text, text}, Type::of(duck::TypeId::utinyint), fill_status});
  duck::register_function(
      connection,
      {"gsa_knows_status", {text, text, text}, Type::of(duck::TypeId::boolean), fill_knows_status});
  duck::register_function(connection,
                          {"gsa_feedback",
                           {text},
                           Type::of(duck::TypeId::utinyint),
                           [](const Arguments& in, Output& out) {
                             const duck::Texts texts = in.texts(0);
                             for (std::size_t row = 0; row < in.rows(); ++row) {
                               if (texts.is_null(row)) {
                                 out.set_null(row);
                               } else {
                                 out.data<std::uint8_t>()[row] =
                                     static_cast<std::uint8_t>(read_feedback(texts[row]));
                               }
                             }
                           }});
  duck::register_function(
      connection,
      {"gsa_flag", {text}, Type::of(duck::TypeId::boolean), [](const Arguments& in, Output& out) {
         const duck::Texts texts = in.texts(0);
         for (std::size_t row = 0; row < in.rows(); ++row) {
           const auto flag = texts.is_null(row) ? std::nullopt : read_flag(texts[row]);
           if (flag) {
             out.data<bool>()[row] = *flag;
           } else {
             out.set_null(row);
           }
         }
       }});
  register_text_function(connection, "gsa_amount", [](std::string_view amount) {
    return read_amount(amount).value_or(Amount{}).number;
  });
  register_text_function(connection, "gsa_currency", [](std::string_view amount) {
    return read_amount(amount).value_or(Amount{}).currency;
  });
  duck::register_function(connection, {"gsa_duration_ms",
                                       {text, text},
                                       Type::of(duck::TypeId::float64),
                                       [](const Arguments& in, Output& out) {
                                         const duck::Texts texts = in.texts(0), units = in.texts(1);
                                         for (std::size_t row = 0; row < in.rows(); ++row) {
                                           const auto ms =
                                               texts.is_null(row) || units.is_null(row)
                                                   ? std::nullopt
                                                   : read_duration_ms(texts[row], units[row]);
                                           if (ms) {
                                             out.data<double>()[row] = *ms;
                                           } else {
                                             out.set_null(row);
                                           }
                                         }
                                       }});
}

EventSql select_events(const prompts::EventRows& rows, const Mapping& mapping,
                       std::int64_t latest_us, const std::vector<Attribute>& attributes) {
  return Builder(rows, mapping, latest_us, attributes).build();
}

}  // namespace gsa::telemetry
