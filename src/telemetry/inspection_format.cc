#include "telemetry/inspection_format.h"

#include <algorithm>
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/table.h"
#include "base/text.h"
#include "prompts/source_columns.h"

namespace gsa::telemetry {
namespace {

namespace json = boost::json;

constexpr std::size_t kExampleWidth = 28, kPathWidth = 48;

const ColumnProfile* profile_of(const OpenedEvents& events, const std::string& path) {
  const auto found = std::find_if(
      events.columns.begin(), events.columns.end(),
      [&](const ColumnProfile& column) { return unquoted(column.path) == unquoted(path); });
  return found == events.columns.end() ? nullptr : &*found;
}

std::string examples_of(const ColumnProfile& column) {
  std::vector<std::string> shown;
  std::size_t width = 0;
  for (const std::string& example : column.examples) {
    shown.push_back(prompts::printable(example, kExampleWidth));
    width += shown.back().size();
    if (width > kExampleWidth) break;
  }
  return clip(join(shown, ", "), kExampleWidth);
}

std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  // Neither 100 nor 0 if it is not all or nothing.
  if (part != whole && share > 99.9) return "99.9";
  if (part != 0 && share < 0.1) return "0.1";
  return fmt::format("{:.1f}", share);
}

std::vector<std::string> missing_signals(const Mapping& mapping) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    const auto signal = static_cast<Signal>(i);
    if (mapping.find(signal) != nullptr) continue;
    const bool has_other_form =
        (signal == Signal::size && mapping.find(Signal::width) != nullptr) ||
        ((signal == Signal::width || signal == Signal::height) &&
         mapping.find(Signal::size) != nullptr);
    if (!has_other_form) missing.emplace_back(name_of(signal));
  }
  return missing;
}

std::string signal_table(const OpenedEvents& events, const Mapping& mapping,
                         const Inspection& inspection) {
  std::vector<TableWriter::Row> rows;
  for (const SignalCoverage& coverage : inspection.coverage) {
    const SignalSource& source = mapping.signals.at(coverage.signal);
    const ColumnProfile* column =
        source.paths.empty() ? nullptr : profile_of(events, source.paths.front());
    rows.push_back({std::string(name_of(coverage.signal)), described(source), unit_of(source),
                    percent(coverage.known, inspection.events),
                    column == nullptr ? "" : examples_of(*column), source.reason});
  }
  return format_table({{"Signal"}, {"Column"}, {"Unit"}, {"Known %", true}, {"Examples"}, {"Why"}},
                      rows);
}

std::string status_table(const Inspection& inspection) {
  std::vector<TableWriter::Row> rows;
  for (const StatusWord& word : inspection.status_words) {
    rows.push_back({word.word.empty() ? "(none)" : word.word,
                    word.status ? std::string(name_of(*word.status)) : "unknown",
                    with_thousands(word.count), word.is_known ? "" : "not in the vocabulary"});
  }
  return format_table({{"Status"}, {"Read as"}, {"Rows", true}, {""}}, rows);
}

std::string finding_table(const Inspection& inspection) {
  std::vector<TableWriter::Row> rows;
  for (const Finding& finding : inspection.odd) {
    rows.push_back({finding.what, with_thousands(finding.count), finding.rule, finding.place,
                    finding.example});
  }
  return format_table({{"Odd values"}, {"Rows", true}, {"Rule"}, {"First at"}, {"Example"}}, rows);
}

std::string use_of(const Attribute& attribute) {
  return attribute.is_left_out    ? "left out: tells the user"
         : attribute.is_dimension ? "to group by"
                                  : "kept in SQL";
}

std::string values_of(const Attribute& attribute) {
  if (attribute.is_left_out) return "";
  return attribute.values > kMostValues ? "over " + with_thousands(kMostValues)
                                        : with_thousands(attribute.values);
}

std::string attribute_table(const OpenedEvents& events, const Inspection& inspection) {
  std::vector<TableWriter::Row> rows;
  for (const Attribute& attribute : inspection.attributes) {
    const ColumnProfile* column = profile_of(events, attribute.path);
    if (column == nullptr) continue;
    rows.push_back({clip(attribute.path, kPathWidth), to_lower(clip(column->type, 20)),
                    percent(column->present, column->rows), values_of(attribute),
                    examples_of(*column), use_of(attribute)});
  }
  return format_table({{"Other columns"},
                       {"Type"},
                       {"With value %", true},
                       {"Values", true},
                       {"Examples"},
                       {"Use"}},
                      rows);
}

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& text : list) array.emplace_back(text);
  return array;
}

json::array signals_json(const OpenedEvents& events, const Mapping& mapping,
                         const Inspection& inspection) {
  json::array list;
  for (const SignalCoverage& coverage : inspection.coverage) {
    const SignalSource& source = mapping.signals.at(coverage.signal);
    const ColumnProfile* column =
        source.paths.empty() ? nullptr : profile_of(events, source.paths.front());
    json::object one;
    one["signal"] = std::string(name_of(coverage.signal));
    one["paths"] = texts(source.paths);
    if (!source.from.empty()) {
      one["from"] = source.from;
      one["until"] = source.until;
    }
    const std::string unit = unit_of(source);
    one["unit"] = unit.empty() ? json::value(nullptr) : json::value(unit);
    one["known"] = coverage.known;
    one["coverage"] = inspection.events == 0 ? 0.0
                                             : static_cast<double>(coverage.known) /
                                                   static_cast<double>(inspection.events);
    one["reason"] = source.reason;
    one["examples"] = column == nullptr ? json::array() : texts(column->examples);
    list.push_back(std::move(one));
  }
  return list;
}

json::array columns_json(const OpenedEvents& events, const Mapping& mapping,
                         const Inspection& inspection) {
  std::map<std::string, std::string> signal_of;
  for (const auto& [signal, source] : mapping.signals) {
    std::vector<std::string> paths = source.paths;
    paths.push_back(source.from);
    paths.push_back(source.until);
    for (const std::string& path : paths) {
      signal_of.emplace(unquoted(path), std::string(name_of(signal)));
    }
  }
  json::array list;
  for (const ColumnProfile& column : events.columns) {
    const auto signal = signal_of.find(unquoted(column.path));
    const auto attribute =
        std::find_if(inspection.attributes.begin(), inspection.attributes.end(),
                     [&](const Attribute& one) { return one.path == column.path; });
    json::object one;
    one["path"] = column.path;
    one["type"] = column.type;
    one["present"] = column.present;
    one["looked_at"] = column.rows;
    one["distinct"] = column.distinct;
    one["examples"] = texts(column.examples);
    one["signal"] = signal == signal_of.end() ? json::value(nullptr) : json::value(signal->second);
    one["dimension"] = attribute != inspection.attributes.end() && attribute->is_dimension;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string described(const SignalSource& source) {
  std::string text = join(source.paths, ", else ");
  if (!source.from.empty()) {
    text += fmt::format("{}{} to {}", text.empty() ? "" : ", else ", source.from, source.until);
  }
  return clip(text, kPathWidth);
}

std::string unit_of(const SignalSource& source) {
  if (!source.currency.empty()) return source.currency;
  if (source.scale) return fmt::format("{:g} to {:g}", source.scale->first, source.scale->second);
  return source.unit;
}

std::string described(const Finding& finding) {
  const std::string first = finding.place.empty()
                                ? ""
                                : fmt::format(" (first in {}: {})", finding.place, finding.example);
  return fmt::format("{}: {}, {}{}", finding.what, with_thousands(finding.count), finding.rule,
                     first);
}

std::string verdict(const OpenedEvents& events, const Mapping& mapping) {
  if (!events.found.not_events.empty()) {
    return fmt::format("{}: {}.", mapping.name, events.found.not_events);
  }
  const std::string missing = missing_for_telemetry(mapping, events.found.is_export);
  if (missing.empty()) return "It has what gsa needs of telemetry.";
  return fmt::format("It lacks what gsa needs of telemetry: {}.", missing);
}

std::string inspection_text(const std::string& source, const OpenedEvents& events,
                            const Mapping& mapping, const Inspection& inspection) {
  std::string text = fmt::format("{}: {}", source, counted(inspection.rows, "row", "rows"));
  if (inspection.events != inspection.rows) {
    text += fmt::format(", {} of them events", with_thousands(inspection.events));
  }
  if (!mapping.rows.empty()) text += fmt::format(", below {}", mapping.rows);
  text += '\n';
  if (!mapping.name.empty()) text += fmt::format("Recognised as {}.\n", mapping.name);
  text += verdict(events, mapping) + '\n';
  if (!inspection.first_time.empty()) {
    text += fmt::format("From {} to {} (UTC)", inspection.first_time, inspection.last_time);
    if (inspection.users > 0) text += ", " + counted(inspection.users, "user", "users");
    text += ".\n";
  }
  text += '\n' + signal_table(events, mapping, inspection);
  const std::vector<std::string> missing = missing_signals(mapping);
  if (!missing.empty()) text += fmt::format("\nNot in the source: {}.\n", join(missing, ", "));
  for (const std::string& unclear : events.found.unclear) {
    text += fmt::format("Not clear: {}.\n", unclear);
  }
  if (!inspection.status_words.empty()) text += '\n' + status_table(inspection);
  if (!inspection.odd.empty()) text += '\n' + finding_table(inspection);
  if (!inspection.attributes.empty()) text += '\n' + attribute_table(events, inspection);
  return text;
}

std::string inspection_json(const std::string& source, const OpenedEvents& events,
                            const Mapping& mapping, const Inspection& inspection) {
  json::object all;
  all["source"] = source;
  all["rows"] = inspection.rows;
  all["events"] = inspection.events;
  all["export"] = events.found.is_export ? json::value(mapping.name) : json::value(nullptr);
  all["rows_path"] = mapping.rows;
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  all["first_time"] = text_or_null(inspection.first_time);
  all["last_time"] = text_or_null(inspection.last_time);
  all["users"] = inspection.users;
  all["signals"] = signals_json(events, mapping, inspection);
  all["missing"] = texts(missing_signals(mapping));
  json::array words;
  for (const StatusWord& word : inspection.status_words) {
    words.push_back({{"word", text_or_null(word.word)},
                     {"status", word.status ? json::value(std::string(name_of(*word.status)))
                                            : json::value(nullptr)},
                     {"count", word.count},
                     {"known", word.is_known}});
  }
  all["status_words"] = std::move(words);
  json::array findings;
  for (const Finding& finding : inspection.odd) {
    findings.push_back({{"what", finding.what},
                        {"rule", finding.rule},
                        {"count", finding.count},
                        {"column", finding.column},
                        {"place", finding.place},
                        {"example", finding.example}});
  }
  all["findings"] = std::move(findings);
  all["columns"] = columns_json(events, mapping, inspection);
  all["unclear"] = texts(events.found.unclear);
  all["verdict"] = verdict(events, mapping);
  return json::serialize(all);
}

}  // namespace gsa::telemetry
