#include "app/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "assets/publication.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "duck/query_json.h"
#include "pipeline/semantic_record.h"
#include "semantic/layer_sql.h"
#include "semantic/report_sql.h"

namespace gsa::app {
namespace {

// The numbers of the report: the measures of the saved queries 'summary' and 'summary_by_tier' of
// the project that built the warehouse. Scans once, by the values of the second query's dimension;
// overall sums are the sums of those rows.
class Figures {
 public:
  explicit Figures(duck::Connection& connection)
      : connection_(connection), layer_(pipeline::published_layer(connection)) {
    overall_ = layer_.find_chart("summary");
    by_value_ = layer_.find_chart("summary_by_tier");
    if (by_value_ != nullptr && by_value_->dimensions.size() == 1) {
      by_ = layer_.find_dimension(by_value_->dimensions.front());
      if (by_ != nullptr && by_->level != semantic::Level::user) by_ = nullptr;
    }
    if (by_ == nullptr) by_value_ = nullptr;
    for (const semantic::Chart* chart : {overall_, by_value_}) {
      if (chart != nullptr) add_bases(*chart);
    }
    if (sums_.empty()) return;
    connection.execute(fmt::format("create or replace temp table report_sums as {}",
                                   semantic::totals_sql(layer_, sums_, by_)));
  }
  ~Figures() { drop(); }
  Figures(const Figures&) = delete;
  Figures& operator=(const Figures&) = delete;

  const semantic::Chart* overall() const { return overall_; }
  const semantic::Chart* by_value() const { return by_value_; }
  const semantic::Layer& layer() const { return layer_; }

  // One row with a column per measure; after kGenerations, how many of them are in no session.
  std::string overall_sql() const {
    std::vector<std::string> columns, sums;
    for (const std::string& name : overall_->measures) {
      columns.push_back(column(*overall_, name));
      if (name != kGenerations) continue;
      columns.push_back(
          fmt::format("(select count(*)::integer from {} as g where {} is null) as "
                      "generations_outside_sessions",
                      semantic::relation_sql(layer_.table(semantic::Level::generation)),
                      layer_.table(semantic::Level::generation).parent));
    }
    for (const std::size_t base : sums_) {
      sums.push_back(fmt::format("sum({0}) as {0}", semantic::total_name(layer_.bases[base])));
    }
    std::string from = fmt::format("(select {} from report_sums)", join(sums, ", "));
    if (!others_.empty()) {
      from += fmt::format(" cross join ({})", semantic::totals_sql(layer_, others_, nullptr));
    }
    return fmt::format("select {} from {}", join(columns, ", "), from);
  }

  // One row per value, in their order.
  std::string by_value_sql() const {
    std::vector<std::string> columns = {fmt::format("by_value as {}", sql_name(by_key()))};
    for (const std::string& name : by_value_->measures) columns.push_back(column(*by_value_, name));
    return fmt::format("select {} from report_sums order by by_value", join(columns, ", "));
  }

  std::string by_key() const {
    const semantic::ChartColumn* column = by_value_->column(by_->name);
    return column != nullptr && !column->key.empty() ? column->key : by_->name;
  }

  static constexpr const char* kGenerations = "generations";

 private:
  void add_bases(const semantic::Chart& chart) {
    for (const std::string& name : chart.measures) {
      for (const std::size_t base : layer_.bases_of(*layer_.find_measure(name))) {
        std::vector<std::size_t>& list = layer_.bases[base].adds_up() ? sums_ : others_;
        if (std::find(list.begin(), list.end(), base) == list.end()) list.push_back(base);
      }
    }
  }

  // A measure under its key, cast to the report's type.
  std::string column(const semantic::Chart& chart, const std::string& name) const {
    const semantic::ChartColumn* more = chart.column(name);
    const std::string sql =
        semantic::measure_sql(layer_, *layer_.find_measure(name), semantic::total_name);
    const std::string type = more != nullptr && !more->type.empty() ? more->type : "bigint";
    const std::string key = more != nullptr && !more->key.empty() ? more->key : name;
    return fmt::format("cast({}({}) as {}) as {}",
                       more != nullptr && more->is_percent ? "100 * " : "", sql, type,
                       sql_name(key));
  }

  void drop() noexcept {
    try {
      connection_.execute("drop table if exists temp.report_sums");
    } catch (const Error&) {
      return;  // dropped with the connection
    }
  }

  duck::Connection& connection_;
  semantic::Layer layer_;
  const semantic::Chart* overall_ = nullptr;
  const semantic::Chart* by_value_ = nullptr;
  const semantic::Dimension* by_ = nullptr;
  std::vector<std::size_t> sums_, others_;
};

std::string select_provenance() {
  return fmt::format(
      "select source, source_reason, prompts, users, seed, behavior, period, observed, "
      "coalesce((select list({{finding: finding, rule: rule, count: count, "
      "\"column\": source_column, place: place, example: example}}) from {}), []) as findings "
      "from {}",
      assets::findings_rows(), assets::provenance_rows());
}

std::string json_report(duck::Connection& connection) {
  const Figures figures(connection);
  const std::string& currency = figures.layer().currency;
  const std::string overall =
      figures.overall() == nullptr ? "null" : duck::json_object(connection, figures.overall_sql());
  const std::string by_value =
      figures.by_value() == nullptr
          ? "[]"
          : duck::json_array(connection,
                             fmt::format("from ({}) order by {}", figures.by_value_sql(),
                                         sql_name(figures.by_key())));
  return fmt::format("{{\"provenance\":{},\"currency\":{},\"overall\":{},\"by_tier\":{}}}\n",
                     duck::json_object(connection, select_provenance()),
                     currency.empty() ? "null" : json_quote(currency), overall, by_value);
}

std::string number(double value, int decimals) {
  if (std::isnan(value)) return "–";
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  const std::size_t point = text.find('.');
  return with_thousands(std::stoll(text.substr(0, point))) +
         (point == std::string::npos ? "" : text.substr(point));
}

std::string label_of(const Figures& figures, const semantic::Chart& chart,
                     const std::string& name) {
  const semantic::ChartColumn* column = chart.column(name);
  return column != nullptr && !column->label.empty() ? column->label
                                                     : figures.layer().find_measure(name)->label;
}

int decimals_of(const semantic::Chart& chart, const std::string& name) {
  const semantic::ChartColumn* column = chart.column(name);
  return column == nullptr ? 0 : column->decimals;
}

std::vector<TableWriter::Row> overall_rows(const Figures& figures, const duck::Result& overall) {
  const semantic::Chart& chart = *figures.overall();
  std::vector<TableWriter::Row> rows;
  std::size_t column = 0;
  for (const std::string& name : chart.measures) {
    rows.push_back({label_of(figures, chart, name),
                    number(overall.float64(0, column++), decimals_of(chart, name))});
    if (name != Figures::kGenerations) continue;
    if (overall.int64(0, column) > 0) {
      rows.push_back({"Generations outside sessions (deleted or unknown accounts)",
                      number(overall.float64(0, column), 0)});
    }
    ++column;
  }
  return rows;
}

std::vector<TableWriter::Row> value_rows(const semantic::Chart& chart, const duck::Result& values) {
  std::vector<TableWriter::Row> rows;
  for (std::size_t r = 0; r < values.rows(); ++r) {
    TableWriter::Row row = {values.text(r, 0)};
    for (std::size_t c = 0; c < chart.measures.size(); ++c) {
      row.emplace_back(number(values.float64(r, c + 1), decimals_of(chart, chart.measures[c])));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Wraps it at 100 columns, between words.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 100;
  std::string lines;
  std::size_t width = 0;
  for (const std::string& word : split(text, ' ')) {
    const bool fits = width + 1 + word.size() <= kWidth;
    if (width > 0) lines += fits ? ' ' : '\n';
    width = width > 0 && fits ? width + 1 + word.size() : word.size();
    lines += word;
  }
  return lines;
}

std::string observed_line(const assets::Provenance& from) {
  const auto sees = [&](std::string_view signal) {
    return from.observed.find(signal) != std::string::npos;
  };
  const std::string observed = from.observed.empty() ? "users and times" : from.observed;
  std::string signals = observed;
  signals[0] = 'U';
  return fmt::format(
      "Made of {} requests by {} users, observed in {} ({} rows, {}), seed {}.\n{}",
      with_thousands(from.prompts), with_thousands(from.users), from.source,
      with_thousands(from.prompts_in_source), from.period, from.seed,
      wrapped(fmt::format("{} are observed; tiers, latency, cost, feedback, {}downloads and {} are "
                          "simulated.",
                          signals, sees("retries") ? "" : "retries, ",
                          sees("blurred") ? "other failures" : "failures")));
}

std::string simulated_line(const assets::Provenance& from) {
  std::string prompts = with_thousands(from.prompts);
  if (from.source == "synthetic") {
    prompts += " synthetic prompts";
  } else {
    prompts += fmt::format(" of the {} prompts in {}", with_thousands(from.prompts_in_source),
                           from.source);
    if (from.prompts_skipped > 0) {
      prompts += fmt::format(" ({} blank ones left out)", with_thousands(from.prompts_skipped));
    }
  }
  return fmt::format("Made of {}, {} users and {} telemetry of {}, seed {}.", prompts,
                     with_thousands(from.users), from.behavior, from.period, from.seed);
}

// The origin of the numbers.
std::string provenance_text(const assets::Provenance& from) {
  std::string text = from.behavior == "observed" ? observed_line(from) : simulated_line(from);
  if (!from.source_reason.empty()) {
    text += fmt::format("\nThe source was chosen by auto: {}.", from.source_reason);
  }
  return text;
}

std::string text_report(duck::Connection& connection, const assets::Provenance& from,
                        TableStyle style) {
  const Figures figures(connection);
  std::string tables;
  if (const semantic::Chart* chart = figures.overall()) {
    const duck::Result overall = connection.query(figures.overall_sql());
    tables +=
        format_table({{chart->label, false}, {"", true}}, overall_rows(figures, overall), style);
    tables += "\n";
  }
  if (const semantic::Chart* chart = figures.by_value()) {
    const duck::Result values =
        connection.query(fmt::format("select {0}::varchar, * exclude ({0}) from ({1})",
                                     sql_name(figures.by_key()), figures.by_value_sql()));
    std::vector<TableColumn> columns = {{chart->label, false}};
    for (const std::string& name : chart->measures) {
      columns.push_back({label_of(figures, *chart, name), true});
    }
    tables += format_table(columns, value_rows(*chart, values), style) + "\n";
  }
  return fmt::format(
      "{}{}\nDownloads are a share of successes, feedback of generations{}.\n", tables,
      provenance_text(from),
      figures.layer().currency.empty() ? "" : "; cost in " + figures.layer().currency);
}

}  // namespace

std::string report(duck::Connection& connection, ReportFormat format) {
  const auto provenance = assets::read_provenance(connection);
  if (!provenance) {
    throw Error("nothing is published in this warehouse yet", "make it with: gsa run");
  }
  if (format == ReportFormat::json) return json_report(connection);
  return text_report(connection, *provenance,
                     format == ReportFormat::markdown ? TableStyle::markdown : TableStyle::plain);
}

}  // namespace gsa::app
