#include "app/report_figures.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/semantic_record.h"
#include "semantic/layer_sql.h"
#include "semantic/report_sql.h"

namespace gsa::app {

ReportFigures::ReportFigures(duck::Connection& connection)
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

ReportFigures::~ReportFigures() { drop(); }

std::string ReportFigures::overall_sql() const {
  std::vector<std::string> columns;
  for (const std::string& name : overall_->measures) {
    columns.push_back(column(*overall_, name));
    if (name != kGenerations) continue;
    columns.push_back(
        fmt::format("(select count(*)::integer from {} as g where {} is null) as "
                    "generations_outside_sessions",
                    semantic::relation_sql(layer_.table(semantic::Level::generation)),
                    layer_.table(semantic::Level::generation).parent));
  }
  std::string from = fmt::format("({})", all_sums());
  if (!others_.empty()) {
    from += fmt::format(" cross join ({})", semantic::totals_sql(layer_, others_, nullptr));
  }
  return fmt::format("select {} from {}", join(columns, ", "), from);
}

std::string ReportFigures::by_value_sql() const {
  std::vector<std::string> columns = {fmt::format("by_value as {}", sql_name(by_key()))};
  for (const std::string& name : by_value_->measures) columns.push_back(column(*by_value_, name));
  return fmt::format("select {} from report_sums order by by_value", join(columns, ", "));
}

std::map<std::string, double> ReportFigures::coverage_of(const semantic::Chart* chart) const {
  std::map<std::string, double> coverage;
  if (chart == nullptr || chart->measures.empty() || sums_.empty()) return coverage;
  std::vector<std::string> columns;
  for (const std::string& name : chart->measures) {
    const semantic::Base& base = layer_.bases[layer_.find_measure(name)->part];
    columns.push_back(base.known && base.all
                          ? fmt::format("{}::double / nullif({}, 0)",
                                        semantic::total_name(layer_.bases[*base.known]),
                                        semantic::total_name(layer_.bases[*base.all]))
                          : "null::double");
  }
  const duck::Result row =
      connection_.query(fmt::format("select {} from ({})", join(columns, ", "), all_sums()));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!row.is_null(0, c) && row.float64(0, c) < 1) {
      coverage[chart->measures[c]] = row.float64(0, c);
    }
  }
  return coverage;
}

std::string ReportFigures::by_key() const {
  const semantic::ChartColumn* column = by_value_->column(by_->name);
  return column != nullptr && !column->key.empty() ? column->key : by_->name;
}

std::string ReportFigures::key_of(const semantic::Chart& chart, const std::string& measure) {
  const semantic::ChartColumn* more = chart.column(measure);
  return more != nullptr && !more->key.empty() ? more->key : measure;
}

std::string ReportFigures::label_of(const semantic::Chart& chart,
                                    const std::string& measure) const {
  const semantic::ChartColumn* column = chart.column(measure);
  return column != nullptr && !column->label.empty() ? column->label
                                                     : layer_.find_measure(measure)->label;
}

void ReportFigures::add_bases(const semantic::Chart& chart) {
  for (const std::string& name : chart.measures) {
    for (const std::size_t base : layer_.bases_of(*layer_.find_measure(name))) {
      std::vector<std::size_t>& list = layer_.bases[base].adds_up() ? sums_ : others_;
      if (std::find(list.begin(), list.end(), base) == list.end()) list.push_back(base);
    }
  }
}

// One row: the sums over all values.
std::string ReportFigures::all_sums() const {
  std::vector<std::string> sums;
  for (const std::size_t base : sums_) {
    sums.push_back(fmt::format("sum({0}) as {0}", semantic::total_name(layer_.bases[base])));
  }
  return fmt::format("select {} from report_sums", join(sums, ", "));
}

// A measure under its key, cast to the report's type.
std::string ReportFigures::column(const semantic::Chart& chart, const std::string& name) const {
  const semantic::ChartColumn* more = chart.column(name);
  const std::string sql =
      semantic::measure_sql(layer_, *layer_.find_measure(name), semantic::total_name);
  const std::string type = more != nullptr && !more->type.empty() ? more->type : "bigint";
  return fmt::format("cast({}({}) as {}) as {}",
                     more != nullptr && more->is_percent ? "100 * " : "", sql, type,
                     sql_name(key_of(chart, name)));
}

void ReportFigures::drop() noexcept {
  try {
    connection_.execute("drop table if exists temp.report_sums");
  } catch (const Error&) {
    return;  // dropped with the connection
  }
}

}  // namespace gsa::app
