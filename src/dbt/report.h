#pragma once

// Reports a run in dbt's words.

#include <string>
#include <vector>

#include "base/terminal.h"
#include "dbt/runner.h"

namespace gsa::dbt {

// "Found 8 models, 45 data tests, 3 sources, 2 macros"
std::string found_line(const Project& project);
// "1 of 28 START sql table model main.fct_sessions .... [RUN]"
std::string start_line(const NodeResult& node, std::size_t index, std::size_t total);
// "1 of 28 OK created sql table model main.fct_sessions .... [OK in 0.20s]", coloured if
// `output` wants colour; null: plain. A fresh node was kept: "OK kept … [FRESH]".
std::string end_line(const NodeResult& node, std::size_t index, std::size_t total,
                     const TextOutput* output);
// For each node that did not pass: the error and its first failing rows. Then the totals, where
// NO-OP counts fresh nodes.
std::vector<std::string> summary_lines(const RunResult& result, const TextOutput* output);

}  // namespace gsa::dbt
