#pragma once

// What columns of telemetry are called, and what their words mean: vocabulary.yml.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/mapping.h"
#include "telemetry/signal.h"

namespace gsa::telemetry {

// A name in lower case, its words joined by _: "createdAt" and "Created At" give "created_at". Dots
// stay. A word of capitals is one word: "userID" gives "user_id".
std::string plain_name(std::string_view name);

struct Vocabulary {
  std::map<Signal, std::vector<std::string>> names;  // as plain_name() gives them, best first
  std::vector<std::string> ended;                    // names of the time at which a request ended
  std::map<std::string, Status> statuses;            // by plain word
  std::vector<std::string> vague;
  std::vector<std::pair<std::string, Status>> phrases;  // in the order of the search
  std::map<int, Status> http;
  std::map<std::string, std::string> feedback;  // "like" → "thumbs_up", "thumbs_down" or "none"
  std::map<std::string, bool> flags;
  std::map<std::string, std::string> units;       // "millis" → "ms"
  std::map<std::string, std::string> currencies;  // "cents" → "USD/100"

  static const Vocabulary& builtin();
};

// The exports of exports.yml.
const std::vector<Export>& builtin_exports();

struct ReadStatus {
  std::optional<Status> status;  // null: unknown
  bool is_known = true;          // false: the vocabulary lacks the word, so it is `other`
};

// Reads a status from the words of up to three columns:
//   1. The status decides, if it has a value and is not vague. A number from 100 to 599 is an HTTP
//      status. A text that is no known word is searched for phrases.
//   2. What is vague ("failed"), or has no status, is explained by the error, then by the HTTP
//      status. A failure that nothing explains is a model_error.
//   3. Without a status and an error, the HTTP status decides; without any of them, it is unknown.
ReadStatus read_status(std::string_view status, std::string_view error, std::string_view http,
                       const Vocabulary& vocabulary = Vocabulary::builtin());

enum class Feedback : std::uint8_t { thumbs_up, thumbs_down, none, unknown_word };

// By the words of the vocabulary.
Feedback read_feedback(std::string_view text, const Vocabulary& vocabulary = Vocabulary::builtin());

// Whether something happened: "true", a count above 0, a time. Null for unknown words.
std::optional<bool> read_flag(std::string_view text,
                              const Vocabulary& vocabulary = Vocabulary::builtin());

// Milliseconds of "1.5" in `unit`, "350 ms", "1m 2s", "00:01:02.5" and "PT1.5S"; a unit in the text
// wins. Null if it is no duration, or if it has no unit and `unit` is empty.
std::optional<double> read_duration_ms(std::string_view text, std::string_view unit);

struct Amount {
  std::string number;    // "1024.50"
  std::string currency;  // "USD"; "": the text names none
};
// Of "0.04", "$0.04", "€ 0.04", "0.04 USD", "usd 1,024.50" and "-0.04". Null for any other text, as
// for "0,04", which may be 4 or 0.04.
std::optional<Amount> read_amount(std::string_view text);

}  // namespace gsa::telemetry
