#include "dbt/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/terminal.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

std::string paint(const TextOutput* output, Ink ink, std::string_view text) {
  return output == nullptr ? std::string(text) : output->paint(ink, text);
}

constexpr std::size_t kDotsTo = 80;      // the column where dbt prints the status
constexpr std::size_t kWidestCell = 40;  // of a failing row's value: enough to recognise it

std::string plural_of(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string relation(const NodeResult& node) {
  return to_sql(node.relation) + (node.part.empty() ? "" : fmt::format("[{}]", node.part));
}

// The word in dbt's output.
std::string kind_of_test(const NodeResult& node) {
  return node.is_unit_test() ? "unit_test" : "test";
}

std::string subject(const NodeResult& node) {
  if (node.kind == NodeKind::test) return node.name;
  if (node.materialized == "seed") return "seed file " + relation(node);
  return fmt::format("sql {} model {}", node.materialized, relation(node));
}

std::string dotted(std::size_t index, std::size_t total, const std::string& message) {
  std::string line = fmt::format("{} of {} {} ", index, total, message);
  const std::size_t width = display_width(line);
  if (width < kDotsTo) line += std::string(kDotsTo - width, '.');
  return line;
}

std::string status_word(const NodeResult& node) {
  switch (node.status) {
    case Status::pass:
      if (node.materialized == "seed") return fmt::format("INSERT {}", node.rows.value_or(0));
      return node.kind == NodeKind::test ? "PASS" : "OK";
    case Status::warn:
      return fmt::format("WARN {}", node.failures);
    case Status::fail:
      return fmt::format("FAIL {}", node.failures);
    case Status::error:
      return "ERROR";
    case Status::skip:
      return "SKIP";
    case Status::fresh:
      return "FRESH";
  }
  return "";
}

Ink ink_of(Status status) {
  switch (status) {
    case Status::pass:
    case Status::fresh:
      return Ink::green;
    case Status::warn:
      return Ink::yellow;
    case Status::fail:
    case Status::error:
      return Ink::red;
    case Status::skip:
      return Ink::yellow;
  }
  return Ink::plain;
}

std::string outcome(const NodeResult& node) {
  if (node.status == Status::fresh) {
    return "OK kept " +
           (node.kind == NodeKind::test ? kind_of_test(node) + " " + node.name : subject(node));
  }
  if (node.kind == NodeKind::test) {
    return node.status == Status::skip ? "SKIP " + kind_of_test(node) + " " + node.name
                                       : status_word(node) + " " + node.name;
  }
  if (node.status == Status::skip) return "SKIP relation " + relation(node);
  const bool is_seed = node.materialized == "seed";
  return fmt::format("{} {}",
                     node.status == Status::pass ? (is_seed ? "OK loaded" : "OK created")
                                                 : (is_seed ? "ERROR loading" : "ERROR creating"),
                     subject(node));
}

void append_indented(std::vector<std::string>& lines, const std::string& text) {
  for (const std::string& line : split(text, '\n')) lines.push_back("  " + line);
}

// A cell is one line: characters that would break the table become spaces.
std::string cell(const std::optional<std::string>& value) {
  if (!value) return "null";
  std::string text = *value;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return clip(text, kWidestCell);
}

void append_table(std::vector<std::string>& lines, const SampleRows& sample) {
  if (sample.rows.empty()) return;
  std::vector<std::vector<std::string>> cells(1);
  for (const std::string& name : sample.columns) cells[0].push_back(clip(name, kWidestCell));
  for (const auto& row : sample.rows) {
    cells.emplace_back();
    for (const auto& value : row) cells.back().push_back(cell(value));
  }
  std::vector<std::size_t> widths(sample.columns.size());
  for (const auto& row : cells) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      widths[c] = std::max(widths[c], display_width(row[c]));
    }
  }
  const auto line_of = [&](const std::vector<std::string>& row) {
    std::string line = "    ";
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line += " | ";
      line += row[c];
      if (c + 1 < widths.size()) line += std::string(widths[c] - display_width(row[c]), ' ');
    }
    return line;
  };
  lines.push_back(line_of(cells[0]));
  std::string rule = "    ";
  for (std::size_t c = 0; c < widths.size(); ++c) {
    rule += (c > 0 ? "-+-" : "") + std::string(widths[c], '-');
  }
  lines.push_back(rule);
  for (std::size_t r = 1; r < cells.size(); ++r) lines.push_back(line_of(cells[r]));
}

void append_details(std::vector<std::string>& lines, const NodeResult& node,
                    const TextOutput* output) {
  const bool warned = node.status == Status::warn;
  const std::string heading = fmt::format("{} in {} {} ({})",
                                          warned                        ? "Warning"
                                          : node.status == Status::fail ? "Failure"
                                                                        : "Error",
                                          node.kind == NodeKind::test   ? kind_of_test(node)
                                          : node.materialized == "seed" ? "seed"
                                                                        : "model",
                                          node.name, format_place(node.place));
  lines.emplace_back("");
  lines.push_back(paint(output, ink_of(node.status), heading));
  if (node.status == Status::error) {
    append_indented(lines, node.message);
    if (!node.hint.empty()) lines.push_back("  hint: " + node.hint);
  } else if (node.is_unit_test()) {
    lines.push_back(fmt::format("  {}: {} {}", node.condition, with_thousands(node.failures),
                                node.failures == 1 ? "row" : "rows"));
    append_table(lines, node.sample);
  } else {
    lines.push_back(fmt::format(
        "  Got {} {}, configured to {} if {}", with_thousands(node.failures),
        node.failures == 1 ? "result" : "results", warned ? "warn" : "fail", node.condition));
    append_table(lines, node.sample);
  }
  if (node.kind == NodeKind::test && !node.relation.name.empty()) {
    lines.push_back("  all of them: select * from " + to_sql(node.relation));
  }
  if (!node.compiled_file.empty()) {
    lines.push_back("  compiled SQL: " + node.compiled_file.string());
  }
}

}  // namespace

std::string found_line(const Project& project) {
  std::size_t models = 0, seeds = 0, tests = 0, unit_tests = 0, sources = 0;
  for (const Node& node : project.nodes()) {
    const bool is_seed = node.is_seed();
    seeds += is_seed ? 1U : 0U;
    models += node.kind == NodeKind::model && !is_seed ? 1U : 0U;
    tests += node.kind == NodeKind::test && !node.is_unit_test() ? 1U : 0U;
    unit_tests += node.is_unit_test() ? 1U : 0U;
    sources += node.kind == NodeKind::source ? 1 : 0;
  }
  const std::string with_seeds = seeds == 0 ? "" : plural_of(seeds, "seed") + ", ";
  const std::string with_units = unit_tests == 0 ? "" : ", " + plural_of(unit_tests, "unit test");
  return fmt::format("Found {}, {}{}, {}, {}{}", plural_of(models, "model"), with_seeds,
                     plural_of(tests, "data test"), plural_of(sources, "source"),
                     plural_of(project.macro_count(), "macro"), with_units);
}

std::string start_line(const NodeResult& node, std::size_t index, std::size_t total) {
  const std::string what =
      node.kind == NodeKind::test ? kind_of_test(node) + " " + node.name : subject(node);
  return dotted(index, total, "START " + what) + " [RUN]";
}

std::string end_line(const NodeResult& node, std::size_t index, std::size_t total,
                     const TextOutput* output) {
  const bool ran = node.status != Status::skip && node.status != Status::fresh;
  const std::string time = ran ? fmt::format(" in {:.2f}s", node.seconds) : "";
  return fmt::format("{} [{}{}]", dotted(index, total, outcome(node)),
                     paint(output, ink_of(node.status), status_word(node)), time);
}

std::vector<std::string> summary_lines(const RunResult& result, const TextOutput* output) {
  std::vector<std::string> lines;
  for (const NodeResult& node : result.nodes) {
    const bool has_details =
        node.status == Status::warn || node.status == Status::fail || node.status == Status::error;
    if (has_details) append_details(lines, node, output);
  }
  const std::size_t errors = result.count(Status::error) + result.count(Status::fail);
  const std::size_t warnings = result.count(Status::warn);
  lines.emplace_back("");
  if (errors == 0 && warnings == 0) {
    lines.push_back(paint(output, Ink::green, "Completed successfully"));
  } else {
    lines.push_back(paint(output, errors > 0 ? Ink::red : Ink::yellow,
                          fmt::format("Completed with {} and {}", plural_of(errors, "error"),
                                      plural_of(warnings, "warning"))));
  }
  lines.emplace_back("");
  lines.push_back(fmt::format("Done. PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}",
                              result.count(Status::pass), warnings, errors,
                              result.count(Status::skip), result.count(Status::fresh),
                              result.nodes.size()));
  return lines;
}

}  // namespace gsa::dbt
