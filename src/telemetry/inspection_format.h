#pragma once

// An inspection as text for people and as JSON for programs.

#include <string>

#include "telemetry/inspection.h"

namespace gsa::telemetry {

// "took_ms", "a, else b", "started_at to ended_at"
std::string described(const SignalSource& source);
// "ms", "EUR", "1 to 5"; "" if it has none.
std::string unit_of(const SignalSource& source);
// "values of 'took' that are below 0: 12, left unknown (first in a.csv, row 3: -5)"
std::string described(const Finding& finding);

// What a run would do with the source, as a sentence: "It is read as telemetry …".
std::string verdict(const OpenedEvents& events, const Mapping& mapping);

// Tables with the signals, the words of the status, what cannot be read, and the columns that are
// no signals. `source` names the source.
std::string inspection_text(const std::string& source, const OpenedEvents& events,
                            const Mapping& mapping, const Inspection& inspection);

// {"source", "rows", "events", "export", "rows_path", "first_time", "last_time", "users",
//  "signals": [{"signal", "paths", "unit", "known", "coverage", "reason", "examples"}],
//  "missing": [signal], "status_words": [{"word", "status", "count", "known"}],
//  "findings": [{"what", "rule", "count", "column", "place", "example"}],
//  "columns": [{"path", "type", "present", "looked_at", "distinct", "examples", "signal",
//  "dimension"}], "unclear": [text], "verdict": text}
std::string inspection_json(const std::string& source, const OpenedEvents& events,
                            const Mapping& mapping, const Inspection& inspection);

}  // namespace gsa::telemetry
