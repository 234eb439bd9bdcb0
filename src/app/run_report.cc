#include "app/run_report.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "assets/gantt.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::app {
namespace {

constexpr std::size_t kOptionColumns = 40;
constexpr std::size_t kTroublesShown = 10;
constexpr std::size_t kSampleShown = 3;

using assets::RunRecord;

// A failure or warning.
struct Trouble {
  std::string status;
  std::string what;
  std::string message;
  std::vector<std::string> rows;  // the first failing rows
};

std::string command_line(const RunRecord& run) {
  return "gsa " + run.command + (run.options.empty() ? "" : " " + run.options);
}

Ink ink_of(std::string_view status) {
  if (status == "fail" || status == "error" || status == "failed") return Ink::red;
  if (status == "warn" || status == "interrupted") return Ink::yellow;
  return status == "success" ? Ink::green : Ink::plain;
}

std::string resources(const RunRecord& run) {
  std::vector<std::string> parts;
  if (run.threads) parts.push_back(counted(*run.threads, "thread", "threads"));
  if (run.peak_memory_bytes) {
    const auto bytes = static_cast<double>(*run.peak_memory_bytes);
    parts.push_back(format_bytes(bytes) + " of memory at most");
  }
  if (!run.gsa_version.empty()) parts.push_back("gsa " + run.gsa_version);
  return join(parts, ", ");
}

std::string header(const RunRecord& run, const RunReportOptions& options) {
  const auto paint = [&](Ink ink, const std::string& text) {
    return options.paint && ink != Ink::plain ? options.paint(ink, text) : text;
  };
  const std::string took = run.seconds ? fmt::format(", {:.2f} s", *run.seconds) : "";
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"status", paint(ink_of(name_of(run.status)), std::string(name_of(run.status))) +
                     (run.message.empty() ? "" : ": " + replace_all(run.message, "\n", "\n  "))},
      {"started", run.started_at + " UTC" + took},
      {"assets", fmt::format("{} made, {} fresh", with_thousands(run.assets_made),
                             with_thousands(run.assets_fresh))},
      {"checks", fmt::format("{} passed, {} warned, {} failed", with_thousands(run.checks_passed),
                             with_thousands(run.checks_warned), with_thousands(run.checks_failed))},
      {"published", run.published ? "yes" : "no"},
      {"with", resources(run)}};
  std::string text = paint(Ink::bold, fmt::format("Run {}: {}", run.id, command_line(run))) + "\n";
  for (const auto& [name, value] : lines) {
    if (!value.empty()) text += fmt::format("  {:<11}{}\n", name, value);
  }
  return text;
}

// Assets first, then checks, failed before warned.
std::vector<Trouble> troubles_of(duck::Connection& connection, std::int64_t run,
                                 const std::vector<assets::StepRecord>& steps) {
  std::vector<Trouble> troubles;
  const auto is_bad = [](std::string_view status) {
    return status == "fail" || status == "error" || status == "interrupted";
  };
  for (const assets::StepRecord& step : steps) {
    if (step.kind == "check" || !is_bad(name_of(step.status))) continue;
    troubles.push_back({std::string(name_of(step.status)),
                        assets::label(step.name, step.partition),
                        step.message,
                        {}});
  }
  const std::vector<assets::CheckRecord> checks = assets::checks_of(connection, run);
  for (const bool warned : {false, true}) {
    for (const assets::CheckRecord& check : checks) {
      if (warned ? check.status != assets::CheckStatus::warn : !is_bad(name_of(check.status))) {
        continue;
      }
      const std::string what =
          check.asset.empty() ? check.name : fmt::format("{} of {}", check.name, check.asset);
      troubles.push_back({std::string(name_of(check.status)), what, check.message, check.sample});
    }
  }
  return troubles;
}

std::string trouble_text(const Trouble& trouble, const RunReportOptions& options) {
  const std::string status =
      options.paint ? options.paint(ink_of(trouble.status), trouble.status) : trouble.status;
  std::string text = fmt::format("  {} {}\n", status, trouble.what);
  const auto add = [&](const std::string& line) {
    text += "    " + clip(line, std::max<std::size_t>(options.width, 60) - 4) + "\n";
  };
  if (!trouble.message.empty()) {
    text += "    " + replace_all(trim(trouble.message), "\n", "\n    ") + "\n";
  }
  const std::size_t shown = std::min(kSampleShown, trouble.rows.size());
  for (std::size_t i = 0; i < shown; ++i) add(trouble.rows[i]);
  if (shown < trouble.rows.size()) add("…");
  return text;
}

}  // namespace

std::string run_table(const std::vector<RunRecord>& runs, TableStyle style) {
  std::vector<TableWriter::Row> rows;
  for (const RunRecord& run : runs) {
    rows.push_back({std::to_string(run.id), run.command, std::string(name_of(run.status)),
                    run.started_at, run.seconds ? fmt::format("{:.2f}", *run.seconds) : "",
                    with_thousands(run.assets_made), with_thousands(run.assets_fresh),
                    with_thousands(run.checks_passed), with_thousands(run.checks_warned),
                    with_thousands(run.checks_failed), clip(run.options, kOptionColumns)});
  }
  return format_table({{"run", true},
                       {"command", false},
                       {"status", false},
                       {"started (UTC)", false},
                       {"seconds", true},
                       {"made", true},
                       {"fresh", true},
                       {"passed", true},
                       {"warned", true},
                       {"failed", true},
                       {"options", false}},
                      rows, style);
}

std::string run_report(duck::Connection& connection, const RunRecord& run,
                       const RunReportOptions& options) {
  const std::vector<assets::StepRecord> steps = assets::steps_of(connection, run.id);
  std::string text = header(run, options) + "\n";
  text += assets::format_gantt(
      steps, {options.width, run.seconds.value_or(0), options.all_steps, options.paint});
  const std::vector<Trouble> troubles = troubles_of(connection, run.id, steps);
  if (troubles.empty()) return text;
  text += "\nWhat went wrong:\n";
  const std::size_t shown = std::min(kTroublesShown, troubles.size());
  for (std::size_t i = 0; i < shown; ++i) text += trouble_text(troubles[i], options);
  if (shown < troubles.size()) {
    const auto more = static_cast<std::int64_t>(troubles.size() - shown);
    text += fmt::format("  and {} more\n", with_thousands(more));
  }
  return text;
}

}  // namespace gsa::app
