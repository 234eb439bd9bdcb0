#include "telemetry/detection.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "telemetry/vocabulary.h"

namespace gsa::telemetry {
namespace {

// What the end of a name says of the unit or currency: "latency_ms" is a latency in ms.
struct NamedUnit {
  std::string stem;  // the name without it
  std::string unit, currency;
};

std::string last_step(const std::string& plain) {
  const std::size_t dot = plain.rfind('.');
  return dot == std::string::npos ? plain : plain.substr(dot + 1);
}

NamedUnit split_unit(const std::string& name, const Vocabulary& vocabulary) {
  NamedUnit best{name, "", ""};
  for (std::size_t at = name.find('_'); at != std::string::npos; at = name.find('_', at + 1)) {
    const std::string end = name.substr(at + 1);
    const auto unit = vocabulary.units.find(end);
    if (unit != vocabulary.units.end()) return {name.substr(0, at), unit->second, ""};
    const auto currency = vocabulary.currencies.find(end);
    if (currency != vocabulary.currencies.end()) return {name.substr(0, at), "", currency->second};
  }
  const auto currency = vocabulary.currencies.find(name);
  if (currency != vocabulary.currencies.end()) best.currency = currency->second;
  return best;
}

bool has_unit(Signal signal) { return signal == Signal::latency || signal == Signal::cost; }

// A column whose name may be that of a signal. The smaller the rank, the better the name.
struct Candidate {
  const ColumnProfile* column;
  std::size_t rank;
  NamedUnit name;
};

bool is_scalar(const ColumnProfile& column) {
  return !column.type.ends_with(']') && !column.type.starts_with("STRUCT") &&
         !column.type.starts_with("MAP");
}

bool is_text_type(const ColumnProfile& column) {
  return column.type == "VARCHAR" || column.type.starts_with("ENUM");
}

bool is_http(const ColumnProfile& column) {
  return column.is_whole() && column.low && *column.low >= 100 && column.high && *column.high < 600;
}

// Share of the frequent values that the vocabulary knows as a status.
bool knows_statuses(const ColumnProfile& column, const Vocabulary& vocabulary) {
  return std::any_of(column.examples.begin(), column.examples.end(), [&](const std::string& text) {
    const std::string plain = plain_name(text);
    return vocabulary.statuses.contains(plain) ||
           std::find(vocabulary.vague.begin(), vocabulary.vague.end(), plain) !=
               vocabulary.vague.end();
  });
}

bool all_flags(const ColumnProfile& column) {
  return std::all_of(column.examples.begin(), column.examples.end(),
                     [](const std::string& text) { return read_flag(text).has_value(); });
}

bool all_feedback(const ColumnProfile& column) {
  return std::all_of(column.examples.begin(), column.examples.end(), [](const std::string& text) {
    return read_feedback(text) != Feedback::unknown_word;
  });
}

bool all_amounts(const ColumnProfile& column) {
  return std::all_of(column.examples.begin(), column.examples.end(),
                     [](const std::string& text) { return read_amount(text).has_value(); });
}

bool all_durations(const ColumnProfile& column) {
  return std::all_of(column.examples.begin(), column.examples.end(), [](const std::string& text) {
    return read_duration_ms(text, "s").has_value();
  });
}

// Whether the values of a column can be the signal that its name says. A column without a value
// among the rows looked at passes: its name is all there is.
bool fits(Signal signal, const ColumnProfile& column, const Vocabulary& vocabulary) {
  if (!is_scalar(column)) return false;
  if (column.present == 0) return true;
  constexpr std::int64_t kMostWords = 2'000;
  switch (signal) {
    case Signal::generation:
      return !column.is_time() || !column.is_numeric();
    case Signal::user:
    case Signal::session:
      return column.is_whole() || !column.is_numeric();
    case Signal::time:
    case Signal::signup:
      return column.is_time();
    case Signal::latency:
      return column.is_numeric() || (is_text_type(column) && all_durations(column));
    case Signal::status:
      return !is_http(column) && column.distinct <= kMostWords &&
             (!column.is_numeric() || column.distinct <= 2) && knows_statuses(column, vocabulary);
    case Signal::http_status:
      return is_http(column);
    case Signal::error:
      return !column.is_numeric() || column.distinct <= kMostWords;
    case Signal::cost:
      return column.is_numeric() || (is_text_type(column) && all_amounts(column));
    case Signal::guidance:
      return column.is_numeric();
    case Signal::retries:
    case Signal::steps:
    case Signal::width:
    case Signal::height:
    case Signal::images:
      return column.is_whole();
    case Signal::feedback:
      return column.is_numeric() || all_feedback(column);
    case Signal::downloaded:
      return column.is_time() || column.is_whole() || all_flags(column);
    case Signal::currency:
    case Signal::quality:
      return !column.is_numeric() && column.distinct <= 200;
    case Signal::tier:
    case Signal::region:
    case Signal::device:
    case Signal::model:
    case Signal::sampler:
      return column.distinct <= kMostWords && !column.is_time();
    case Signal::prompt:
    case Signal::negative_prompt:
      return is_text_type(column);
    case Signal::size:
      return !column.is_numeric();
    case Signal::seed:
      return true;
  }
  return true;
}

class NameMatch {
 public:
  NameMatch(const std::vector<ColumnProfile>& columns, const Vocabulary& vocabulary)
      : columns_(columns), vocabulary_(vocabulary) {
    for (const ColumnProfile& column : columns) plain_.push_back(plain_name(unquoted(column.path)));
  }

  // The best column for one of the names that `accepts` takes and that is not taken yet.
  template <typename Accepts>
  std::optional<Candidate> find(const std::vector<std::string>& names, bool with_unit,
                                const Accepts& accepts) const {
    std::optional<Candidate> best;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (taken_.contains(columns_[i].path)) continue;
      const auto candidate = rank(i, names, with_unit);
      if (!candidate || (best && best->rank <= candidate->rank)) continue;
      if (accepts(columns_[i])) best = candidate;
    }
    return best;
  }
  void take(const std::string& path) { taken_.insert(path); }

 private:
  std::optional<Candidate> rank(std::size_t i, const std::vector<std::string>& names,
                                bool with_unit) const {
    constexpr std::size_t kDeeper = 100;  // a name within another value is worse than any outside
    const std::string& plain = plain_[i];
    const auto depth = static_cast<std::size_t>(std::count(plain.begin(), plain.end(), '.'));
    const std::string name = last_step(plain);
    const NamedUnit unit = with_unit ? split_unit(name, vocabulary_) : NamedUnit{name, "", ""};
    for (std::size_t n = 0; n < names.size(); ++n) {
      const bool is_path = names[n].find('.') != std::string::npos;
      if (is_path ? (plain == names[n] || plain.ends_with("." + names[n]))
                  : (name == names[n] || unit.stem == names[n])) {
        return Candidate{&columns_[i], n + (is_path ? 0 : depth * kDeeper), unit};
      }
    }
    return std::nullopt;
  }

  const std::vector<ColumnProfile>& columns_;
  const Vocabulary& vocabulary_;
  std::vector<std::string> plain_;
  std::set<std::string> taken_;
};

std::string shown_number(double number) { return fmt::format("{:.6g}", number); }

// What is known only from the values: units, scales, currencies.
void complete(Signal signal, const Candidate& found, SignalSource& source,
              std::vector<std::string>& unclear) {
  const ColumnProfile& column = *found.column;
  if (signal == Signal::latency) {
    if (!found.name.unit.empty()) {
      source.unit = found.name.unit;
      source.reason += fmt::format("; in {} by its name", source.unit);
    } else if (column.is_numeric() && column.median) {
      const auto unit = unit_by_values(*column.median);
      if (unit) {
        source.unit = *unit;
        source.reason +=
            fmt::format("; in {}, because its median is {}", *unit, shown_number(*column.median));
      } else {
        unclear.push_back(
            fmt::format("the unit of '{0}', whose median is {1}: say --map latency={0}:s or --map "
                        "latency={0}:ms",
                        column.path, shown_number(*column.median)));
      }
    }
  }
  if (signal == Signal::cost) {
    source.currency = found.name.currency;
    if (source.currency.empty() && !column.is_numeric()) {
      source.reason += "; in the currency that each value names";
    }
    if (!source.currency.empty()) {
      source.reason += source.currency == "USD/100"
                           ? "; in hundredths of a dollar by its name"
                           : fmt::format("; in {} by its name", source.currency);
    }
  }
  if (signal == Signal::feedback && column.is_numeric() && column.low && column.high) {
    source.scale = scale_by_values(*column.low, *column.high, column.is_whole());
    if (source.scale) {
      source.reason +=
          fmt::format("; from {} to {}, because its values go from {} to {}",
                      shown_number(source.scale->first), shown_number(source.scale->second),
                      shown_number(*column.low), shown_number(*column.high));
    } else {
      unclear.push_back(fmt::format("the scale of '{}', whose values go from {} to {}", column.path,
                                    shown_number(*column.low), shown_number(*column.high)));
    }
  }
}

// The latency of a source that gives the beginning and the end.
void add_time_span(const NameMatch& match, const Vocabulary& vocabulary, Mapping& mapping) {
  const SignalSource* time = mapping.find(Signal::time);
  const auto ended = match.find(vocabulary.ended, false,
                                [](const ColumnProfile& column) { return column.is_time(); });
  if (!ended || time == nullptr) return;
  const std::vector<std::string> starts = {"started_at", "start_time", "begin_time", "begun_at"};
  const auto start =
      match.find(starts, false, [](const ColumnProfile& column) { return column.is_time(); });
  SignalSource latency;
  latency.from = start ? start->column->path : time->paths.front();
  latency.until = ended->column->path;
  latency.reason = fmt::format("from '{}' to '{}'", latency.from, latency.until);
  mapping.signals[Signal::latency] = std::move(latency);
}

// Whatever it is called: the one column of times that no other signal took.
void add_only_time(const std::vector<ColumnProfile>& columns, Mapping& mapping) {
  const std::vector<std::string> taken = mapping.paths();
  const ColumnProfile* only = nullptr;
  for (const ColumnProfile& column : columns) {
    if (!column.is_time() || column.is_numeric() ||
        std::find(taken.begin(), taken.end(), column.path) != taken.end()) {
      continue;
    }
    if (only != nullptr) return;
    only = &column;
  }
  if (only == nullptr) return;
  SignalSource& time = mapping.signals[Signal::time];
  time.paths = {only->path};
  time.reason = "the only column of times";
}

Mapping by_names(const std::vector<ColumnProfile>& columns, std::vector<std::string>& unclear) {
  const Vocabulary& vocabulary = Vocabulary::builtin();
  NameMatch match(columns, vocabulary);
  Mapping mapping;
  // A column that two signals could be goes to the first of these.
  constexpr std::array<Signal, kSignalCount> kOrder = {Signal::time,      Signal::user,
                                                       Signal::session,   Signal::http_status,
                                                       Signal::status,    Signal::error,
                                                       Signal::latency,   Signal::currency,
                                                       Signal::cost,      Signal::retries,
                                                       Signal::feedback,  Signal::downloaded,
                                                       Signal::prompt,    Signal::negative_prompt,
                                                       Signal::model,     Signal::size,
                                                       Signal::width,     Signal::height,
                                                       Signal::steps,     Signal::guidance,
                                                       Signal::sampler,   Signal::seed,
                                                       Signal::images,    Signal::quality,
                                                       Signal::tier,      Signal::region,
                                                       Signal::device,    Signal::signup,
                                                       Signal::generation};
  for (const Signal signal : kOrder) {
    const auto names = vocabulary.names.find(signal);
    if (names == vocabulary.names.end()) continue;
    const auto found =
        match.find(names->second, has_unit(signal),
                   [&](const ColumnProfile& column) { return fits(signal, column, vocabulary); });
    if (!found) continue;
    SignalSource source;
    source.paths = {found->column->path};
    source.reason =
        fmt::format("by its name{}",
                    found->column->present == 0 ? "; it has no value in the rows looked at" : "");
    complete(signal, *found, source, unclear);
    match.take(found->column->path);
    mapping.signals[signal] = std::move(source);
  }
  if (mapping.find(Signal::time) == nullptr) add_only_time(columns, mapping);
  if (mapping.find(Signal::latency) == nullptr) add_time_span(match, vocabulary, mapping);
  return mapping;
}

// A path that no column stands for, but that a query may follow.
bool is_reached_by_query(const std::string& path) {
  return path.find('[') != std::string::npos || path.find('*') != std::string::npos;
}

// The mapping of an export with only the paths that the source has, as the source writes them.
Mapping fitted(const Mapping& of_export, const std::vector<ColumnProfile>& columns) {
  const auto path_in_source = [&](const std::string& path) -> std::optional<std::string> {
    if (path.empty()) return std::nullopt;
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& column) {
      return unquoted(column.path) == unquoted(path);
    });
    if (found != columns.end()) return found->path;
    return is_reached_by_query(path) ? std::optional(path) : std::nullopt;
  };
  Mapping mapping = of_export;
  std::erase_if(mapping.where, [&](Condition& condition) {
    const auto path = path_in_source(condition.path);
    if (path) condition.path = *path;
    return !path;
  });
  for (auto at = mapping.signals.begin(); at != mapping.signals.end();) {
    SignalSource& source = at->second;
    std::vector<std::string> paths;
    for (const std::string& path : source.paths) {
      if (auto found = path_in_source(path)) paths.push_back(std::move(*found));
    }
    source.paths = std::move(paths);
    const auto from = path_in_source(source.from), until = path_in_source(source.until);
    source.from = from && until ? *from : "";
    source.until = from && until ? *until : "";
    source.reason = "as " + mapping.name + " have it";
    const bool is_empty = source.paths.empty() && source.from.empty();
    at = is_empty ? mapping.signals.erase(at) : std::next(at);
  }
  return mapping;
}

bool has_all(const std::vector<ColumnProfile>& columns, const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return std::any_of(columns.begin(), columns.end(), [&](const ColumnProfile& column) {
      const std::string have = unquoted(column.path);
      return have == path || have.starts_with(path + ".");
    });
  });
}

}  // namespace

std::string unquoted(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c != '"') text += c;
  }
  return text;
}

std::optional<std::string> unit_by_values(double median) {
  constexpr double kMostSeconds = 60, kLeast = 500, kThousand = 1000;
  if (median < kMostSeconds) return "s";
  if (median < kLeast) return std::nullopt;
  if (median < kLeast * kThousand) return "ms";
  return median < kLeast * kThousand * kThousand ? "us" : "ns";
}

std::optional<std::pair<double, double>> scale_by_values(double low, double high, bool is_whole) {
  if (!is_whole && low >= 0 && high <= 1) return std::pair(0.0, 1.0);
  constexpr std::array<std::pair<double, double>, 7> kScales = {
      {{0, 1}, {-1, 1}, {1, 5}, {0, 5}, {1, 10}, {0, 10}, {0, 100}}};
  for (const auto& [worst, best] : kScales) {
    if (low >= worst && high <= best) return std::pair(worst, best);
  }
  return std::nullopt;
}

Detection detect(const std::vector<ColumnProfile>& columns) {
  Detection found;
  Mapping named = by_names(columns, found.unclear);
  for (const Export& one : builtin_exports()) {
    if (one.has.empty() || !has_all(columns, one.has)) continue;
    found.is_export = true;
    found.not_events = one.not_events;
    found.mapping = fitted(one.mapping, columns);
    // What the export's own mapping leaves open, everyday names may still give.
    std::vector<std::string> used = found.mapping.paths();
    for (auto& [signal, source] : named.signals) {
      const bool is_used =
          std::any_of(source.paths.begin(), source.paths.end(), [&](const std::string& path) {
            return std::find(used.begin(), used.end(), path) != used.end();
          });
      if (!is_used && found.mapping.find(signal) == nullptr && signal != Signal::generation &&
          !source.paths.empty()) {
        found.mapping.signals[signal] = std::move(source);
      }
    }
    std::erase_if(found.unclear, [&](const std::string& what) {
      return what.starts_with("the unit") && found.mapping.find(Signal::latency) != nullptr &&
             !found.mapping.find(Signal::latency)->unit.empty();
    });
    return found;
  }
  found.mapping = std::move(named);
  return found;
}

std::vector<Signal> lacking_for_telemetry(const Mapping& mapping, bool is_export) {
  std::vector<Signal> lacking;
  if (mapping.find(Signal::user) == nullptr && !is_export) lacking.push_back(Signal::user);
  if (mapping.find(Signal::time) == nullptr) lacking.push_back(Signal::time);
  constexpr std::array<Signal, 7> kOutcomes = {
      Signal::status, Signal::error,    Signal::http_status, Signal::latency,
      Signal::cost,   Signal::feedback, Signal::downloaded};
  if (std::none_of(kOutcomes.begin(), kOutcomes.end(),
                   [&](Signal signal) { return mapping.find(signal) != nullptr; })) {
    lacking.push_back(Signal::status);
  }
  return lacking;
}

std::string missing_for_telemetry(const Mapping& mapping, bool is_export) {
  std::vector<std::string> missing;
  for (const Signal signal : lacking_for_telemetry(mapping, is_export)) {
    missing.emplace_back(signal == Signal::user   ? "a user"
                         : signal == Signal::time ? "a time"
                                                  : "one of status, latency, cost, feedback and "
                                                    "downloads");
  }
  return join(missing, ", ");
}

}  // namespace gsa::telemetry
