#include "telemetry/mapping.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/project_files.h"
#include "dbt/yaml.h"

namespace gsa::telemetry {
namespace {

using dbt::Yaml;

constexpr std::array<std::string_view, 5> kUnits = {"s", "ms", "us", "ns", "min"};

bool is_unit(std::string_view text) {
  return std::find(kUnits.begin(), kUnits.end(), text) != kUnits.end();
}

std::string unit_list() { return join({kUnits.begin(), kUnits.end()}, ", "); }

double number_of(const Yaml& yaml) {
  const std::string text = yaml.string();
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    throw yaml.error(fmt::format("'{}' is not a number", text));
  }
  return number;
}

std::pair<double, double> read_scale(const Yaml& yaml) {
  const std::vector<Yaml> ends = yaml.items();
  if (ends.size() != 2) throw yaml.error("a scale is [worst, best]");
  const std::pair<double, double> scale = {number_of(ends[0]), number_of(ends[1])};
  if (scale.first == scale.second) throw yaml.error("the worst and the best are the same");
  return scale;
}

// {succeeded: success} or {vague: [ERR, KO]}: in the second form the meaning comes first.
void read_words(const Yaml& yaml, std::map<std::string, std::string>& words) {
  for (const Yaml::Entry& entry : yaml.entries()) {
    if (!entry.value.is_list()) {
      words[entry.key] = entry.value.string();
      continue;
    }
    for (const Yaml& word : entry.value.items()) words[word.string()] = entry.key;
  }
}

SignalSource read_source(Signal signal, const Yaml& yaml) {
  SignalSource source;
  if (!yaml.is_map()) {
    source.paths = yaml.strings();
    return source;
  }
  yaml.expect_keys("a signal", {"path", "from", "until", "unit", "currency", "pattern", "words",
                                "missing", "scale", "hash"});
  if (const auto path = yaml.find("path")) source.paths = path->strings();
  source.from = yaml.string_at("from");
  source.until = yaml.string_at("until");
  source.unit = yaml.string_at("unit");
  source.currency = yaml.string_at("currency");
  source.pattern = yaml.string_at("pattern");
  source.missing = yaml.string_at("missing");
  if (const auto words = yaml.find("words")) read_words(*words, source.words);
  if (const auto scale = yaml.find("scale")) source.scale = read_scale(*scale);
  if (const auto hash = yaml.find("hash")) source.hash = hash->boolean();
  if (source.hash && signal != Signal::user) {
    throw yaml.error(fmt::format("only a user has `hash`, not '{}'", name_of(signal)));
  }
  if (!source.unit.empty() && !is_unit(source.unit)) {
    throw yaml.error(fmt::format("'{}' is not a unit", source.unit), "units are " + unit_list());
  }
  if (source.from.empty() != source.until.empty()) {
    throw yaml.error("`from` and `until` belong together");
  }
  if (!source.from.empty() && signal != Signal::latency) {
    throw yaml.error(
        fmt::format("only a latency has `from` and `until`, not '{}'", name_of(signal)));
  }
  if (source.paths.empty() && source.from.empty()) {
    throw yaml.error(fmt::format("the signal '{}' has no path", name_of(signal)));
  }
  return source;
}

void check_status_words(const SignalSource& source, const Yaml& yaml) {
  const auto check = [&](const std::string& meaning) {
    if (meaning.empty() || meaning == kVague || find_status(meaning)) return;
    std::vector<std::string> known = {std::string(kVague)};
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      known.emplace_back(name_of(static_cast<Status>(i)));
    }
    throw yaml.error(fmt::format("'{}' is no status", meaning),
                     "it is one of " + join(known, ", "));
  };
  for (const auto& [word, meaning] : source.words) check(meaning);
  check(source.missing);
}

void read_signals(const Yaml& yaml, Mapping& mapping) {
  for (const Yaml::Entry& entry : yaml.entries()) {
    const auto signal = find_signal(entry.key);
    if (!signal) {
      throw entry.value.error(fmt::format("no signal is named '{}'", entry.key),
                              did_you_mean(entry.key, signal_names()));
    }
    SignalSource source = read_source(*signal, entry.value);
    if (*signal == Signal::status) check_status_words(source, entry.value);
    mapping.signals[*signal] = std::move(source);
  }
}

// All keys of a mapping but those that a caller reads itself.
Mapping read_map(const Yaml& yaml) {
  Mapping mapping;
  mapping.name = yaml.string_at("name");
  mapping.rows = yaml.string_at("rows");
  if (const auto where = yaml.find("where")) {
    for (const Yaml::Entry& entry : where->entries()) {
      mapping.where.push_back({entry.key, entry.value.strings()});
    }
  }
  if (const auto signals = yaml.find("signals")) read_signals(*signals, mapping);
  if (const auto dimensions = yaml.find("dimensions")) mapping.dimensions = dimensions->strings();
  if (const auto unused = yaml.find("unused")) mapping.unused = unused->strings();
  return mapping;
}

// As a scalar of YAML: plain if that reads back as the same text.
std::string scalar(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  const bool is_plain =
      !text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos &&
      text.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == 0;
  const std::string lower = to_lower(text);
  constexpr std::array<std::string_view, 9> kSpecial = {"true", "false", "yes", "no", "on",
                                                        "off",  "null",  "y",   "n"};
  if (is_plain && std::find(kSpecial.begin(), kSpecial.end(), lower) == kSpecial.end()) {
    return std::string(text);
  }
  return json_quote(text);
}

std::string flow_list(const std::vector<std::string>& texts) {
  std::vector<std::string> shown;
  for (const std::string& text : texts) shown.push_back(scalar(text));
  return "[" + join(shown, ", ") + "]";
}

std::string one_or_list(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? scalar(texts.front()) : flow_list(texts);
}

std::string written(const SignalSource& source) {
  std::vector<std::string> parts;
  if (!source.paths.empty()) parts.push_back("path: " + one_or_list(source.paths));
  const bool only_paths = source.from.empty() && source.unit.empty() && source.currency.empty() &&
                          source.pattern.empty() && source.words.empty() &&
                          source.missing.empty() && !source.scale && !source.hash;
  if (only_paths) return one_or_list(source.paths);
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) parts.push_back(fmt::format("{}: {}", key, scalar(value)));
  };
  add("from", source.from);
  add("until", source.until);
  add("unit", source.unit);
  add("currency", source.currency);
  add("pattern", source.pattern);
  if (source.scale) {
    parts.push_back(fmt::format("scale: [{}, {}]", source.scale->first, source.scale->second));
  }
  if (!source.words.empty()) {
    std::vector<std::string> words;
    for (const auto& [word, meaning] : source.words) {
      words.push_back(fmt::format("{}: {}", scalar(word), scalar(meaning)));
    }
    parts.push_back("words: {" + join(words, ", ") + "}");
  }
  add("missing", source.missing);
  if (source.hash) parts.emplace_back("hash: true");
  return "{" + join(parts, ", ") + "}";
}

void add_path(std::vector<std::string>& paths, const std::string& path) {
  if (path.empty() || std::find(paths.begin(), paths.end(), path) != paths.end()) return;
  paths.push_back(path);
}

}  // namespace

std::vector<std::string> Mapping::paths() const {
  std::vector<std::string> all;
  for (const Condition& condition : where) add_path(all, condition.path);
  for (const auto& [signal, source] : signals) {
    for (const std::string& path : source.paths) add_path(all, path);
    add_path(all, source.from);
    add_path(all, source.until);
  }
  if (dimensions) {
    for (const std::string& path : *dimensions) add_path(all, path);
  }
  return all;
}

Mapping read_mapping(const std::string& name, const std::string& text) {
  const dbt::ProjectFiles files(std::map<std::string, std::string>{{name, text}});
  const Yaml yaml = Yaml::parse(files, name);
  if (!yaml.is_map()) throw yaml.error("a mapping begins with `signals:`");
  yaml.expect_keys("a mapping", {"name", "rows", "where", "signals", "dimensions", "unused"});
  return read_map(yaml);
}

std::vector<Export> read_exports(const std::string& name, const std::string& text) {
  const dbt::ProjectFiles files(std::map<std::string, std::string>{{name, text}});
  const auto list = Yaml::parse(files, name).find("exports");
  std::vector<Export> exports;
  if (!list) return exports;
  for (const Yaml& item : list->items()) {
    item.expect_keys("an export", {"name", "rows", "where", "signals", "has", "not_events"});
    Export one{read_map(item), {}, item.string_at("not_events")};
    if (const auto has = item.find("has")) one.has = has->strings();
    exports.push_back(std::move(one));
  }
  return exports;
}

std::string write_mapping(const Mapping& mapping) {
  std::string text = "# Which values of the source are which signals.\n";
  if (!mapping.name.empty()) text += fmt::format("name: {}\n", json_quote(mapping.name));
  if (!mapping.rows.empty()) text += fmt::format("rows: {}\n", scalar(mapping.rows));
  if (!mapping.where.empty()) {
    text += "where:\n";
    for (const Condition& condition : mapping.where) {
      text += fmt::format("  {}: {}\n", scalar(condition.path), flow_list(condition.values));
    }
  }
  text += "signals:\n";
  for (const auto& [signal, source] : mapping.signals) {
    text += fmt::format("  {}: {}", name_of(signal), written(source));
    if (!source.reason.empty()) text += "  # " + replace_all(source.reason, "\n", " ");
    text += '\n';
  }
  if (mapping.dimensions) {
    text += fmt::format("dimensions: {}\n", flow_list(*mapping.dimensions));
  }
  if (!mapping.unused.empty()) text += fmt::format("unused: {}\n", flow_list(mapping.unused));
  return text;
}

void apply_option(Mapping& mapping, const std::string& option) {
  const std::size_t equals = option.find('=');
  if (equals == std::string::npos) {
    throw Error(fmt::format("--map takes signal=path or a .yml file, not '{}'", option),
                "for instance --map latency=took_ms, or --map latency=took:ms", ErrorCode::usage);
  }
  const std::string name = option.substr(0, equals);
  const auto signal = find_signal(name);
  if (!signal) {
    throw Error(fmt::format("--map: no signal is named '{}'", name),
                did_you_mean(name, signal_names()), ErrorCode::usage);
  }
  std::string path = option.substr(equals + 1);
  SignalSource source;
  const std::size_t colon = path.rfind(':');
  if (colon != std::string::npos) {
    const std::string unit = path.substr(colon + 1);
    if (*signal == Signal::cost) {
      source.currency = unit;
    } else if (is_unit(unit)) {
      source.unit = unit;
    } else {
      throw Error(fmt::format("--map {}: '{}' is not a unit", option, unit),
                  "units are " + unit_list(), ErrorCode::usage);
    }
    path.resize(colon);
  }
  if (path.empty()) {
    mapping.signals.erase(*signal);
    return;
  }
  source.paths = {path};
  source.reason = "by --map";
  mapping.signals[*signal] = std::move(source);
}

}  // namespace gsa::telemetry
