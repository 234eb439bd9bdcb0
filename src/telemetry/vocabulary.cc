#include "telemetry/vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/project_files.h"
#include "dbt/yaml.h"
#include "prompts/values.h"
#include "telemetry/data_files.h"

namespace gsa::telemetry {
namespace {

using dbt::Yaml;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Each entry of the map at `key`: its key and its words.
template <typename Each>
void each_list(const Yaml& yaml, std::string_view key, const Each& each) {
  const auto map = yaml.find(key);
  if (!map) return;
  for (const Yaml::Entry& entry : map->entries()) each(entry, entry.value.strings());
}

Status status_at(const Yaml::Entry& entry) {
  const auto status = find_status(entry.key);
  if (!status) throw entry.value.error(fmt::format("'{}' is no status", entry.key));
  return *status;
}

void read_names(const Yaml& yaml, Vocabulary& into) {
  each_list(yaml, "names", [&](const Yaml::Entry& entry, std::vector<std::string> names) {
    if (entry.key == "ended") {
      into.ended = std::move(names);
      return;
    }
    const auto signal = find_signal(entry.key);
    if (!signal) throw entry.value.error(fmt::format("'{}' is no signal", entry.key));
    into.names[*signal] = std::move(names);
  });
}

Vocabulary read_vocabulary() {
  const std::string name = "vocabulary.yml";
  const dbt::ProjectFiles files(
      std::map<std::string, std::string>{{name, std::string(data_file(name))}});
  const Yaml yaml = Yaml::parse(files, name);
  Vocabulary read;
  read_names(yaml, read);
  each_list(yaml, "statuses", [&](const Yaml::Entry& entry, const auto& words) {
    for (const std::string& word : words) read.statuses[plain_name(word)] = status_at(entry);
  });
  if (const auto vague = yaml.find("vague")) read.vague = vague->strings();
  each_list(yaml, "phrases", [&](const Yaml::Entry& entry, const auto& phrases) {
    for (const std::string& phrase : phrases) read.phrases.emplace_back(phrase, status_at(entry));
  });
  each_list(yaml, "http", [&](const Yaml::Entry& entry, const auto& codes) {
    for (const std::string& code : codes) read.http[std::stoi(code)] = status_at(entry);
  });
  each_list(yaml, "feedback", [&](const Yaml::Entry& entry, const auto& words) {
    for (const std::string& word : words) read.feedback[word] = entry.key;
  });
  each_list(yaml, "flags", [&](const Yaml::Entry& entry, const auto& words) {
    for (const std::string& word : words) read.flags[word] = entry.key == "yes";
  });
  each_list(yaml, "units", [&](const Yaml::Entry& entry, const auto& words) {
    for (const std::string& word : words) read.units[word] = entry.key;
  });
  each_list(yaml, "currencies", [&](const Yaml::Entry& entry, const auto& words) {
    for (const std::string& word : words) read.currencies[word] = entry.key;
  });
  return read;
}

template <typename T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> real_in(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto number = number_in<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

double ms_of(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kMs = {{{"s", 1e3},
                                                                       {"ms", 1},
                                                                       {"us", 1e-3},
                                                                       {"ns", 1e-6},
                                                                       {"min", 60e3},
                                                                       {"m", 60e3},
                                                                       {"h", 3600e3}}};
  for (const auto& [name, ms] : kMs) {
    if (unit == name) return ms;
  }
  return 0;
}

// "00:01:02.5" or "01:02"
std::optional<double> clock_ms(std::string_view text) {
  double ms = 0;
  const std::vector<std::string> parts = split(text, ':');
  if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
  for (const std::string& part : parts) {
    const auto number = real_in(part);
    if (!number || *number < 0 || !is_digit(part.front())) return std::nullopt;
    ms = ms * 60 + *number * 1000;
  }
  return ms;
}

// "1m 2.5s", and "1m2.5s" from ISO 8601: numbers, each with its unit.
std::optional<double> units_ms(std::string_view text, const Vocabulary& vocabulary) {
  double ms = 0;
  text = trim(text);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789.+-eE"), text.size());
    // "1e3" ends with a digit; "2 e" does not.
    const auto number = real_in(text.substr(0, digits));
    if (!number) return std::nullopt;
    text = trim(text.substr(digits));
    std::size_t letters = 0;
    while (letters < text.size() && (is_lower(text[letters]) || text[letters] == '_')) ++letters;
    const std::string word(text.substr(0, letters));
    const auto unit = vocabulary.units.find(word);
    const double factor = ms_of(unit != vocabulary.units.end() ? unit->second : word);
    if (factor == 0) return std::nullopt;
    ms += *number * factor;
    text = trim(text.substr(letters));
  }
  return ms;
}

// What a text says of the end of a generation.
struct Meaning {
  std::optional<Status> status;  // null: it failed, but the text does not say why
};

bool is_vague(const std::string& plain, const Vocabulary& vocabulary) {
  return std::find(vocabulary.vague.begin(), vocabulary.vague.end(), plain) !=
         vocabulary.vague.end();
}

std::optional<Status> phrase_in(std::string_view text, const Vocabulary& vocabulary) {
  const std::string lower = to_lower(text);
  for (const auto& [phrase, status] : vocabulary.phrases) {
    if (lower.find(phrase) != std::string::npos) return status;
  }
  return std::nullopt;
}

std::optional<Meaning> http_meaning(std::string_view text, const Vocabulary& vocabulary) {
  constexpr int kFirst = 100, kSuccess = 200, kClientError = 400, kServerError = 500, kEnd = 600;
  const auto whole = prompts::whole_number(text);
  if (!whole || *whole < kFirst || *whole >= kEnd) return std::nullopt;
  const int code = static_cast<int>(*whole);
  const auto named = vocabulary.http.find(code);
  if (named != vocabulary.http.end()) return Meaning{named->second};
  if (code >= kSuccess && code < kClientError) return Meaning{Status::success};
  return Meaning{code >= kServerError ? Status::model_error : Status::other};
}

// Null: the vocabulary lacks it.
std::optional<Meaning> meaning_of(std::string_view text, const Vocabulary& vocabulary) {
  if (const auto http = http_meaning(text, vocabulary)) return http;
  const std::string plain = plain_name(text);
  if (is_vague(plain, vocabulary)) return Meaning{};
  const auto known = vocabulary.statuses.find(plain);
  if (known != vocabulary.statuses.end()) return Meaning{known->second};
  if (const auto status = phrase_in(text, vocabulary)) return Meaning{status};
  return std::nullopt;
}

// Null: there is no error.
std::optional<Meaning> error_meaning(std::string_view text, const Vocabulary& vocabulary) {
  const auto flag = vocabulary.flags.find(to_lower(trim(text)));
  if (flag != vocabulary.flags.end()) {
    return flag->second ? std::optional(Meaning{}) : std::nullopt;
  }
  const std::string plain = plain_name(text);
  if (is_vague(plain, vocabulary)) return Meaning{};
  const auto known = vocabulary.statuses.find(plain);
  if (known == vocabulary.statuses.end()) return Meaning{phrase_in(text, vocabulary)};
  return known->second == Status::success ? std::nullopt : std::optional(Meaning{known->second});
}

// Takes the sign and the three letters of a currency from the ends of the text.
void take_currency(std::string_view& text, std::string& currency) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSigns = {
      {{"US$", "USD"}, {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"¥", "JPY"}}};
  for (const auto& [sign, name] : kSigns) {
    if (!text.starts_with(sign) && !text.ends_with(sign)) continue;
    currency = name;
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
    } else {
      text.remove_suffix(sign.size());
    }
    text = trim(text);
    break;
  }
  constexpr std::size_t kLetters = 3;
  const auto is_code = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(),
                       [](char c) { return is_word_character(c) && c != '_' && !is_digit(c); });
  };
  const auto upper = [](std::string_view part) {
    std::string all(part);
    for (char& c : all) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return all;
  };
  if (text.size() <= kLetters) return;
  if (const auto first = text.substr(0, kLetters); is_code(first)) {
    currency = upper(first);
    text = trim(text.substr(kLetters));
  } else if (const auto last = text.substr(text.size() - kLetters); is_code(last)) {
    currency = upper(last);
    text = trim(text.substr(0, text.size() - kLetters));
  }
}

// "1,024.50" without the commas; "" if these are not between thousands.
std::string without_groups(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == text.npos) return std::string(text);
  const std::string_view whole = text.substr(0, text.find('.'));
  if (comma == 0 || comma > 3 || text.rfind(',') >= whole.size()) return "";
  std::string digits(whole.substr(0, comma));
  for (std::size_t at = comma; at < whole.size(); at += 4) {
    const std::string_view group = whole.substr(at + 1, 3);
    if (whole[at] != ',' || group.size() != 3 ||
        !std::all_of(group.begin(), group.end(), is_digit)) {
      return "";
    }
    digits += group;
  }
  return digits + std::string(text.substr(whole.size()));
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool begins_word =
        is_upper(c) && i > 0 &&
        (is_lower(name[i - 1]) || is_digit(name[i - 1]) ||
         (is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1])));
    if (begins_word && !plain.empty() && plain.back() != '_' && plain.back() != '.') plain += '_';
    if (is_word_character(c) || static_cast<unsigned char>(c) >= 0x80) {
      plain += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (c == '.') {
      plain += c;
    } else if (!plain.empty() && plain.back() != '_' && plain.back() != '.') {
      plain += '_';
    }
  }
  while (plain.ends_with('_')) plain.pop_back();
  return plain;
}

const Vocabulary& Vocabulary::builtin() {
  static const Vocabulary vocabulary = read_vocabulary();
  return vocabulary;
}

const std::vector<Export>& builtin_exports() {
  static const std::vector<Export> exports =
      read_exports("exports.yml", std::string(data_file("exports.yml")));
  return exports;
}

ReadStatus read_status(std::string_view status, std::string_view error, std::string_view http,
                       const Vocabulary& vocabulary) {
  status = trim(status);
  const auto fault = prompts::is_missing(error) ? std::nullopt : error_meaning(error, vocabulary);
  const auto by_http = prompts::is_missing(http) ? std::nullopt : http_meaning(http, vocabulary);
  const auto explained = [&]() -> ReadStatus {
    if (fault && fault->status) return {fault->status};
    if (by_http && by_http->status != Status::success) return {by_http->status};
    return {Status::model_error};
  };
  if (!prompts::is_missing(status)) {
    const auto meaning = meaning_of(status, vocabulary);
    if (!meaning) return {Status::other, false};
    return meaning->status ? ReadStatus{meaning->status} : explained();
  }
  if (fault) return explained();
  if (by_http) return {by_http->status};
  return {};
}

Feedback read_feedback(std::string_view text, const Vocabulary& vocabulary) {
  text = trim(text);
  auto known = vocabulary.feedback.find(to_lower(text));
  if (known == vocabulary.feedback.end()) known = vocabulary.feedback.find(plain_name(text));
  if (known == vocabulary.feedback.end()) return Feedback::unknown_word;
  if (known->second == "none") return Feedback::none;
  return known->second == "thumbs_up" ? Feedback::thumbs_up : Feedback::thumbs_down;
}

std::optional<bool> read_flag(std::string_view text, const Vocabulary& vocabulary) {
  text = trim(text);
  const auto known = vocabulary.flags.find(to_lower(text));
  if (known != vocabulary.flags.end()) return known->second;
  if (const auto number = real_in(text)) return *number > 0;
  // A time at which it happened: "2026-03-01T10:00:00Z".
  const bool is_date = text.size() >= 10 && is_digit(text[0]) && text[4] == '-' && text[7] == '-';
  return is_date ? std::optional(true) : std::nullopt;
}

std::optional<double> read_duration_ms(std::string_view text, std::string_view unit) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (const auto number = real_in(text)) {
    const double factor = ms_of(unit);
    return factor == 0 ? std::nullopt : std::optional(*number * factor);
  }
  if (text.find(':') != std::string_view::npos) return clock_ms(text);
  std::string lower = to_lower(text);
  if (lower.starts_with("pt")) lower.erase(0, 2);
  return units_ms(lower, Vocabulary::builtin());
}

std::optional<Amount> read_amount(std::string_view text) {
  Amount amount;
  text = trim(text);
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  if (has_sign) {
    if (text.front() == '-') amount.number = "-";
    text = trim(text.substr(1));
  }
  take_currency(text, amount.currency);
  if (text.starts_with('-') && !has_sign) {
    amount.number = "-";
    text.remove_prefix(1);
  }
  const std::string digits = without_groups(text);
  const auto number = real_in(digits);
  if (!number || !is_digit(digits.front() == '.' ? digits.back() : digits.front())) {
    return std::nullopt;
  }
  amount.number += digits;
  return amount;
}

}  // namespace gsa::telemetry
