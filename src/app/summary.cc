#include "app/summary.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/report_figures.h"
#include "app/report_signals.h"
#include "assets/publication.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "duck/query_json.h"

namespace gsa::app {
namespace {

std::string select_provenance() {
  return fmt::format(
      "select source, source_reason, prompts, users, seed, behavior, period, observed, "
      "coalesce((select list({{finding: finding, rule: rule, count: count, "
      "\"column\": source_column, place: place, example: example}}) from {}), []) as findings "
      "from {}",
      assets::findings_rows(), assets::provenance_rows());
}

// {"success_rate_pct":0.5}: of the keys of a chart, those that are not known everywhere.
std::string json_coverage(const ReportFigures& figures, const semantic::Chart* chart) {
  std::vector<std::string> members;
  for (const auto& [name, share] : figures.coverage_of(chart)) {
    members.push_back(
        fmt::format("{}:{:.6g}", json_quote(ReportFigures::key_of(*chart, name)), share));
  }
  return fmt::format("{{{}}}", join(members, ","));
}

// "credits","other_currencies":[]
std::string json_currencies(const semantic::Layer& layer) {
  std::vector<std::string> names;
  for (const std::string& currency : layer.currencies) names.push_back(json_quote(currency));
  if (names.empty()) return "null,\"other_currencies\":[]";
  const std::string main = names.front();
  names.erase(names.begin());
  return fmt::format("{},\"other_currencies\":[{}]", main, join(names, ","));
}

std::string json_report(duck::Connection& connection, std::string_view by) {
  const ReportFigures figures(connection, by);
  const semantic::Layer& layer = figures.layer();
  const std::string overall =
      figures.overall() == nullptr ? "null" : duck::json_object(connection, figures.overall_sql());
  const std::string by_value =
      figures.by_value() == nullptr
          ? "[]"
          : duck::json_array(connection,
                             fmt::format("from ({}) order by {}", figures.by_value_sql(),
                                         sql_name(figures.by_key())));
  const std::string name = figures.by_value() == nullptr ? "tier" : figures.by_name();
  return fmt::format(
      "{{\"provenance\":{},\"signals\":{},\"currency\":{},\"overall\":{},\"coverage\":{},"
      "{}:{},{}:{}}}\n",
      duck::json_object(connection, select_provenance()),
      json_signals(signal_origins(connection, layer)), json_currencies(layer), overall,
      json_coverage(figures, figures.overall()), json_quote("by_" + name), by_value,
      json_quote("coverage_by_" + name), json_coverage(figures, figures.by_value()));
}

std::string number(double value, int decimals) {
  if (std::isnan(value)) return "–";
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  const std::size_t point = text.find('.');
  return with_thousands(std::stoll(text.substr(0, point))) +
         (point == std::string::npos ? "" : text.substr(point));
}

std::string shown_currency(const std::string& currency) {
  return currency == "unknown" ? "unknown currency" : currency;
}

int decimals_of(const semantic::Chart& chart, const std::string& name) {
  const semantic::ChartColumn* column = chart.column(name);
  return column == nullptr ? 0 : column->decimals;
}

// "50.0 % of generations"
std::string known_part(const ReportFigures& figures, const std::string& measure, double share) {
  const semantic::Layer& layer = figures.layer();
  return fmt::format("{:.1f} % of {}", 100 * share,
                     semantic::to_string(layer.level_of(*layer.find_measure(measure))));
}

// Leaves out what is unknown everywhere.
std::vector<TableWriter::Row> overall_rows(const ReportFigures& figures,
                                           const duck::Result& overall,
                                           const std::map<std::string, double>& coverage) {
  const semantic::Chart& chart = *figures.overall();
  std::vector<TableWriter::Row> rows;
  std::size_t column = 0;
  for (const std::string& name : chart.measures) {
    const auto known = coverage.find(name);
    std::string label = figures.label_of(chart, name);
    if (known != coverage.end()) {
      label += fmt::format(" (of {})", known_part(figures, name, known->second));
    }
    const double value = overall.float64(0, column++);
    if (known == coverage.end() || known->second > 0) {
      rows.push_back({label, number(value, decimals_of(chart, name))});
    }
    if (name != ReportFigures::kGenerations) continue;
    if (overall.int64(0, column) > 0) {
      rows.push_back({"Generations outside sessions (deleted or unknown accounts)",
                      number(overall.float64(0, column), 0)});
    }
    ++column;
  }
  return rows;
}

// With a column per measure of the chart that is not unknown everywhere.
std::string value_table(const ReportFigures& figures, const duck::Result& values,
                        const std::map<std::string, double>& coverage, TableStyle style) {
  const semantic::Chart& chart = *figures.by_value();
  std::vector<TableColumn> columns = {{chart.label, false}};
  std::vector<TableWriter::Row> rows(values.rows());
  for (std::size_t r = 0; r < values.rows(); ++r) {
    rows[r] = {values.is_null(r, 0) ? "unknown" : values.text(r, 0)};
  }
  for (std::size_t c = 0; c < chart.measures.size(); ++c) {
    const std::string& name = chart.measures[c];
    const auto known = coverage.find(name);
    if (known != coverage.end() && known->second == 0) continue;
    columns.push_back({figures.label_of(chart, name), true});
    for (std::size_t r = 0; r < values.rows(); ++r) {
      rows[r].emplace_back(number(values.float64(r, c + 1), decimals_of(chart, name)));
    }
  }
  return format_table(columns, rows, style);
}

// The seed says nothing where all of the source was taken and nothing was simulated.
std::string observed_line(const assets::Provenance& from,
                          const std::vector<SignalOrigins>& signals) {
  const bool uses_seed =
      from.prompts + from.prompts_skipped < from.prompts_in_source ||
      std::any_of(signals.begin(), signals.end(), [](const SignalOrigins& signal) {
        return std::any_of(signal.shares.begin(), signal.shares.end(),
                           [](const auto& share) { return share.first == "simulated"; });
      });
  return fmt::format("Made of {} by {}, observed in {} ({}, {}){}.",
                     counted(from.prompts, "request", "requests"),
                     counted(from.users, "user", "users"), from.source,
                     counted(from.prompts_in_source, "row", "rows"), from.period,
                     uses_seed ? fmt::format(", seed {}", from.seed) : "");
}

std::string simulated_line(const assets::Provenance& from) {
  std::string prompts;
  if (from.source == "synthetic") {
    prompts = counted(from.prompts, "synthetic prompt", "synthetic prompts");
  } else {
    prompts = fmt::format("{} of the {} in {}", with_thousands(from.prompts),
                          counted(from.prompts_in_source, "prompt", "prompts"), from.source);
    if (from.prompts_skipped > 0) {
      prompts +=
          fmt::format(" ({} left out)", counted(from.prompts_skipped, "blank one", "blank ones"));
    }
  }
  return fmt::format("Made of {}, {} and {} telemetry of {}, seed {}.", prompts,
                     counted(from.users, "user", "users"), from.behavior, from.period, from.seed);
}

// The origin of the numbers.
std::string provenance_text(const assets::Provenance& from,
                            const std::vector<SignalOrigins>& signals) {
  std::string text =
      from.behavior == "observed" ? observed_line(from, signals) : simulated_line(from);
  const std::string of_signals = signals_text(signals);
  if (!of_signals.empty()) text += "\n" + of_signals;
  if (!from.source_reason.empty()) {
    text += fmt::format("\nThe source was chosen by auto: {}.", from.source_reason);
  }
  return text;
}

// What the numbers are shares and sums of, and of which of them only a part is known.
std::string notes_text(const ReportFigures& figures, const std::map<std::string, double>& overall,
                       const std::map<std::string, double>& by_value) {
  const std::vector<std::string>& currencies = figures.layer().currencies;
  const auto is_unknown = [&](const char* measure) {
    const auto known = by_value.find(measure);
    return known != by_value.end() && known->second == 0;
  };
  std::vector<std::string> parts;
  if (!is_unknown("download_rate")) parts.emplace_back("downloads are a share of successes");
  if (!is_unknown("feedback_rate")) parts.emplace_back("feedback of generations");
  if (parts.size() == 2) parts = {parts[0] + ", " + parts[1]};
  if (!currencies.empty()) parts.push_back("cost in " + shown_currency(currencies.front()));
  std::string text;
  if (!parts.empty()) {
    text = join(parts, "; ") + ".";
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  std::vector<std::string> partly;
  for (const auto& [name, share] : by_value) {
    if (share == 0 || overall.contains(name)) continue;
    partly.push_back(fmt::format("{} ({})", figures.label_of(*figures.by_value(), name),
                                 known_part(figures, name, share)));
  }
  if (!partly.empty()) text += fmt::format("\nKnown in part: {}.", join(partly, ", "));
  if (currencies.size() > 1) {
    std::vector<std::string> others;
    for (std::size_t i = 1; i < currencies.size(); ++i) {
      others.push_back(shown_currency(currencies[i]));
    }
    text += fmt::format("\nCosts in {} are not in these numbers.", join(others, ", "));
  }
  return text.empty() ? "" : text + "\n";
}

std::string text_report(duck::Connection& connection, const assets::Provenance& from,
                        TableStyle style, std::string_view by) {
  const ReportFigures figures(connection, by);
  const auto in_all = figures.coverage_of(figures.overall());
  const auto by_value = figures.coverage_of(figures.by_value());
  std::string tables;
  if (const semantic::Chart* chart = figures.overall()) {
    const duck::Result overall = connection.query(figures.overall_sql());
    tables += format_table({{chart->label, false}, {"", true}},
                           overall_rows(figures, overall, in_all), style);
    tables += "\n";
  }
  if (figures.by_value() != nullptr) {
    std::string sql = figures.short_by_value_sql();
    if (sql.empty()) sql = figures.by_value_sql();
    const duck::Result values = connection.query(fmt::format(
        "select {0}::varchar, * exclude ({0}) from ({1})", sql_name(figures.by_key()), sql));
    tables += value_table(figures, values, by_value, style) + "\n";
  }
  return fmt::format("{}{}\n{}", tables,
                     provenance_text(from, signal_origins(connection, figures.layer())),
                     notes_text(figures, in_all, by_value));
}

}  // namespace

std::string report(duck::Connection& connection, ReportFormat format, std::string_view by) {
  const auto provenance = assets::read_provenance(connection);
  if (!provenance) {
    throw Error("nothing is published in this warehouse yet", "make it with: gsa run");
  }
  if (format == ReportFormat::json) return json_report(connection, by);
  return text_report(connection, *provenance,
                     format == ReportFormat::markdown ? TableStyle::markdown : TableStyle::plain,
                     by);
}

}  // namespace gsa::app
