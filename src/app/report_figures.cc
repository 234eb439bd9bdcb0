#include "app/report_figures.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "pipeline/semantic_record.h"
#include "semantic/layer_sql.h"
#include "semantic/report_sql.h"

namespace gsa::app {

namespace {

// By its name, its label or the column of the source that it is of.
const semantic::Dimension* find_dimension(const semantic::Layer& layer, std::string_view text) {
  if (const semantic::Dimension* named = layer.find_dimension(text)) return named;
  for (const semantic::Dimension& one : layer.dimensions) {
    if (one.column == text || to_lower(one.label) == to_lower(text)) return &one;
  }
  return nullptr;
}

// Without duplicates.
std::vector<std::size_t> bases_of(const semantic::Layer& layer, const semantic::Chart& chart) {
  std::vector<std::size_t> bases;
  for (const std::string& name : chart.measures) {
    for (const std::size_t base : layer.bases_of(*layer.find_measure(name))) {
      if (std::find(bases.begin(), bases.end(), base) == bases.end()) bases.push_back(base);
    }
  }
  return bases;
}

Error no_dimension(const semantic::Layer& layer, std::string_view text) {
  std::vector<std::string> names = layer.dimension_names();
  const std::string near = did_you_mean(text, names);
  return Error(fmt::format("there is no dimension '{}'", text),
               near.empty() ? "these are: " + join(names, ", ") : near, ErrorCode::usage);
}

}  // namespace

ReportFigures::ReportFigures(duck::Connection& connection, std::string_view by)
    : connection_(connection), layer_(pipeline::published_layer(connection)) {
  overall_ = layer_.find_chart("summary");
  choose(by);
  if (overall_ != nullptr) add_bases(*overall_);
  if (by_value_) add_bases(*by_value_);
  if (sums_.empty()) return;
  const semantic::ReportBy values{by_, by_ == nullptr ? "" : semantic::dimension_sql(*by_)};
  const bool by_users = by_ != nullptr && by_->level == semantic::Level::user;
  connection_.execute(
      fmt::format("create or replace temp table report_sums as {}",
                  semantic::totals_sql(layer_, sums_, by_users ? &values : nullptr)));
}

void ReportFigures::choose(std::string_view by) {
  const semantic::Chart* chart = layer_.find_chart("summary_by_tier");
  if (chart != nullptr && chart->dimensions.size() == 1) {
    by_ =
        by.empty() ? layer_.find_dimension(chart->dimensions.front()) : find_dimension(layer_, by);
  }
  if (by_ != nullptr) {
    by_value_ = std::make_unique<semantic::Chart>(*chart);
    if (by_->name != chart->dimensions.front()) split_by(*by_);
  } else if (!by.empty()) {
    throw no_dimension(layer_, by);
  }
}

// Users who were active can be split by anything, all users only by what they are.
void ReportFigures::split_by(const semantic::Dimension& dimension) {
  by_value_->label = "By " + to_lower(dimension.label);
  by_value_->dimensions = {dimension.name};
  if (dimension.level == semantic::Level::user) return;
  const auto active = std::find_if(
      layer_.measures.begin(), layer_.measures.end(), [&](const semantic::Measure& measure) {
        return !measure.is_formula() && !measure.whole && layer_.bases[measure.part].counts_users;
      });
  for (std::string& name : by_value_->measures) {
    if (layer_.level_of(*layer_.find_measure(name)) != semantic::Level::user) continue;
    check(active != layer_.measures.end(), "a measure counts the users of sessions");
    for (semantic::ChartColumn& column : by_value_->columns) {
      if (column.name == name) column.name = active->name;
    }
    name = active->name;
  }
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

std::string ReportFigures::measures_by_value() const {
  std::vector<std::string> columns;
  for (const std::string& name : by_value_->measures) columns.push_back(column(*by_value_, name));
  return join(columns, ", ");
}

std::string ReportFigures::by_value_sql() const {
  std::string from = "report_sums";
  if (by_->level != semantic::Level::user) {
    const semantic::ReportBy values{by_, semantic::dimension_sql(*by_)};
    from = fmt::format("({})", semantic::totals_sql(layer_, bases_of(layer_, *by_value_), &values));
  }
  return fmt::format("select by_value as {}, {} from {} order by by_value", sql_name(by_key()),
                     measures_by_value(), from);
}

std::string ReportFigures::short_by_value_sql() const {
  if (by_->type == semantic::DimensionType::time) return "";
  const std::string value = semantic::dimension_sql(*by_);
  const semantic::Measure* generations = layer_.find_measure(kGenerations);
  check(generations != nullptr, "the report counts generations");
  const semantic::ReportBy values{by_, value};
  connection_.execute(fmt::format(
      "create or replace temp table report_ranks as select by_value, row_number() over (order by "
      "{} desc, by_value) as rank from ({})",
      semantic::total_name(layer_.bases[generations->part]),
      semantic::totals_sql(layer_, {generations->part}, &values)));
  const std::int64_t count = connection_.query_int64("select count(*) from report_ranks");
  if (count <= kMostRows) return "";
  const semantic::ReportBy ranks{
      by_, fmt::format("(select any_value(rank) from report_ranks where by_value is not distinct "
                       "from {} and rank < {})",
                       value, kMostRows)};
  return fmt::format(
      "select case when by_value is null then '{} others' else coalesce((select any_value("
      "r.by_value)::varchar from report_ranks as r where r.rank = sums.by_value), 'unknown') end "
      "as "
      "{}, {} from ({}) as sums order by by_value nulls last",
      with_thousands(count - kMostRows + 1), sql_name(by_key()), measures_by_value(),
      semantic::totals_sql(layer_, bases_of(layer_, *by_value_), &ranks));
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

// Of the split chart only what adds up, which coverage_of() reads.
void ReportFigures::add_bases(const semantic::Chart& chart) {
  for (const std::size_t base : bases_of(layer_, chart)) {
    const bool adds_up = layer_.bases[base].adds_up();
    if (!adds_up && &chart != overall_) continue;
    std::vector<std::size_t>& list = adds_up ? sums_ : others_;
    if (std::find(list.begin(), list.end(), base) == list.end()) list.push_back(base);
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
    connection_.execute(
        "drop table if exists temp.report_sums; drop table if exists temp.report_ranks");
  } catch (const Error&) {
    return;  // dropped with the connection
  }
}

}  // namespace gsa::app
