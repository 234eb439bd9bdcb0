#pragma once

// Which values of a source are which signals. A mapping is found (detection.h), written by the user
// as YAML or as options, or built in for the exports of known products:
//
//   name: My product                     # of the source, for people
//   rows: results[]                      # where the rows are; found if absent
//   where: {event: [generation]}         # only rows with one of these values
//   signals:
//     user: {path: email, hash: true}    # a path; SHA-256 of the value in place of it
//     model: [input.model, model]        # the first that has a value
//     latency: {path: took, unit: ms}    # s, ms, us, ns or min
//     time: {path: at, unit: s}          # of numbers since 1970; else told from their size
//     cost: {path: price, currency: EUR} # USD/100 counts cents
//     status: {path: state, words: {KO: model_error, vague: [ERR]}, missing: success}
//     feedback: {path: stars, scale: [1, 5]}
//     seed: {path: command, pattern: '--seed (\d+)'}
//   dimensions: [app_version]            # further columns to group by; all that fit if absent
//   unused: [raw_response]
//
// A latency may be the time between two columns: {from: started_at, until: ended_at}.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/forgotten_users.h"
#include "telemetry/signal.h"

namespace gsa::telemetry {

// The status word for a failure that the error or the HTTP status may explain.
inline constexpr std::string_view kVague = "vague";

struct SignalSource {
  std::vector<std::string> paths;     // the first with a value counts
  std::string from = {}, until = {};  // of a latency: used where no path has a value
  std::string unit = {};              // of times and latencies; empty: told from the values
  std::string currency = {};          // "USD"; "USD/100": in hundredths
  std::string pattern = {};           // a regular expression; its first group is the value
  std::map<std::string, std::string> words = {};        // what values mean
  std::string missing = {};                             // what null means
  bool hash = false;                                    // of a user: keep only SHA-256 of the key
  std::optional<std::pair<double, double>> scale = {};  // of ratings: the worst and the best
  std::string reason = {};                              // why these columns were taken

  bool operator==(const SignalSource&) const = default;
};

struct Condition {
  std::string path;
  std::vector<std::string> values;
  bool operator==(const Condition&) const = default;
};

struct Mapping {
  std::string name;
  std::string rows;
  std::vector<Condition> where;
  std::map<Signal, SignalSource> signals;
  std::optional<std::vector<std::string>> dimensions;
  std::vector<std::string> unused;
  ForgottenUsers forgotten = {};  // of the warehouse: rows of these users are left out

  const SignalSource* find(Signal signal) const {
    const auto found = signals.find(signal);
    return found == signals.end() ? nullptr : &found->second;
  }
  // Every path that it reads, without duplicates.
  std::vector<std::string> paths() const;
  bool operator==(const Mapping&) const = default;
};

// A known export: its mapping, and the paths by which a source is recognised.
struct Export {
  Mapping mapping;
  std::vector<std::string> has;
  std::string not_events;  // why its rows are no events; else empty
};

// Reads a mapping from YAML. `name` is the file in messages. Throws Error with file, line and
// column.
Mapping read_mapping(const std::string& name, const std::string& text);
// The same as YAML that read_mapping() takes; reasons become comments.
std::string write_mapping(const Mapping& mapping);
std::vector<Export> read_exports(const std::string& name, const std::string& text);

// Applies "signal=path", "signal=path:unit" or "signal=" (not that signal), as in --map. Throws
// Error{usage}.
void apply_option(Mapping& mapping, const std::string& option);

}  // namespace gsa::telemetry
