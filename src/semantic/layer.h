#pragma once

// The semantic layer of a project: its measures, the dimensions to split and filter by, and the
// charts that the pages show. gsa reads it from the YAML of the dbt project (layer_reading.h),
// records it with a publication (published_layer.h), and binds it to the tables of a warehouse
// (layer_binding.h) before it computes anything.
//
// Rows have one of three levels: a user has sessions, a session has generations. The semantic model
// of a level is the one whose primary entity has the level's name.
//
// A measure is a number: a sum of a column, a ratio of two sums, a quantile, or a formula over
// these. So the sums of segments add up to those of the whole, and nobody can build a mean of
// ratios.
//
// A dimension is an attribute of users, sessions or generations. A filter on generations selects
// generations, and with them the sessions that have at least one of them. A group contains the rows
// that a filter on its value would select.
//
// Plain values: they own everything and throw nothing. Immutable once bound; any number of threads
// may then share a layer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::semantic {

enum class Level { user, session, generation };
inline constexpr std::size_t kLevels = 3;
inline constexpr std::array<Level, kLevels> kAllLevels = {Level::user, Level::session,
                                                          Level::generation};
std::string_view to_string(Level level);  // "users", "sessions", "generations"

// A column in the contract of a table.
struct ContractColumn {
  std::string name, type;
  std::string place;  // "models/marts/schema.yml:12:9"
};

// The table of a level. Until bound, expressions are as written; afterwards they refer to columns
// by the level's alias: u, s or g.
struct Table {
  std::string schema, name;
  std::string key;     // unique per row
  std::string parent;  // column with the key of its session or user; empty for users
  std::string user;    // of sessions and generations: column with the key of their user
  std::string day;     // the day that a row belongs to
  std::string time;    // at the finest granularity
  std::string place;
  std::vector<ContractColumn> contract;  // empty: not enforced
  std::vector<std::string> columns;      // of the actual table; once bound
};
std::string_view alias_of(Level level);

enum class Aggregation { sum, sum_boolean, count, count_distinct, percentile };

// An aggregate over rows of one level: a measure in dbt's terms.
struct Base {
  std::string name;
  Level level = Level::session;
  Aggregation aggregation = Aggregation::sum;
  std::string expr;   // per row
  double share = 0;   // of a percentile, from 0 (smallest) to 1 (largest)
  std::string place;  // of the expression
  // If rows may not know it: the bases that count the rows that do, and all rows. A sum over rows
  // of which none knows it is null.
  std::optional<std::size_t> known, all;
  // Once bound:
  int decimals = 0;           // of a sum or percentile: it counts integers of 10^-decimals
  bool counts_users = false;  // of count_distinct: counts the users of the rows

  bool counts_rows() const { return aggregation == Aggregation::sum && expr == "1"; }
  bool is_quantile() const { return aggregation == Aggregation::percentile; }
  bool is_distinct() const { return aggregation == Aggregation::count_distinct; }
  bool adds_up() const { return !is_quantile() && !is_distinct(); }
  double unit() const;  // divisor of a sum: 10^decimals
};

enum class IntervalKind { none, wilson, clustered };
std::string_view to_string(IntervalKind kind);

// A step of a formula, in reverse Polish notation.
struct FormulaStep {
  enum class Kind { number, base, add, subtract, multiply, divide, negate };
  Kind kind = Kind::number;
  double number = 0;
  std::size_t base = 0;
};

// A metric in dbt's terms.
struct Measure {
  std::string name, label, unit, format, better, description;
  std::string formula;     // over names of measures
  std::string divides_by;  // the denominator of a ratio; else empty
  std::string place;
  IntervalKind interval = IntervalKind::none;
  bool splits = false;               // an average that can be split into segments
  bool hidden = false;               // used only by other measures
  bool outside = false;              // show its sum over generations outside sessions, too
  std::size_t part = 0;              // index in Layer::bases
  std::optional<std::size_t> whole;  // of a ratio of two bases: index of the denominator
  std::vector<FormulaStep> steps;    // of other formulas; else empty

  bool is_formula() const { return !steps.empty(); }
};

enum class DimensionType { category, time, number, boolean };
std::string_view to_string(DimensionType type);

// The source of the values: a column of codes, the user's number, or a part of the time at which
// the session began.
enum class DimensionKind { coded, user, day, week, month, hour };

// The name of the signal in charts of origins, and its position there.
struct Signal {
  std::string name;
  int place = 0;
};

struct Dimension {
  std::size_t index = 0;  // in Layer::dimensions
  std::string name, label, description;
  Level level = Level::session;
  DimensionKind kind = DimensionKind::coded;
  DimensionType type = DimensionType::category;  // of coded ones; once bound
  std::string expr;
  std::string place;
  std::vector<std::string> values;                    // to show first, even if they do not occur
  std::map<std::string, std::string> words;           // labels on pages, by value
  std::map<std::string, std::string> colors, shapes;  // on pages, by value
  std::vector<std::string> palette;  // colors of the values in their order; then `colors` is empty
  std::optional<Signal> signal;
  std::string column;  // of the source of events that it was taken from; "" if that is not known
};

// A number per row, to filter by and to show as a histogram.
struct Range {
  std::size_t index = 0;  // in Layer::ranges
  std::string name, label, unit, format, description;
  Level level = Level::session;
  std::string expr;
  std::string place;
  std::vector<double> edges;       // lower edges, ascending; the last bin is open
  std::vector<double> fine_edges;  // of a brush: `edges` and more between them
  std::optional<double> end;       // of the last bin, if numbers have a limit
  bool has_scale = false;          // pages color its numbers from low to high; it has an end
  bool fits = false;               // the bins are of the size of the data (fitted_bins.h)
  // Once bound:
  bool is_float = false;
  int decimals = 0;
};

// How a chart presents a column, which is a measure or a dimension.
struct ChartColumn {
  std::string name, label, color, link;
  std::string key, type;  // of a report: name in JSON, and the type to round to
  int decimals = 0;
  bool is_percent = false;
  bool is_first = false;  // of a list: shown first where a screen is narrow
};

// A chart at a place of a page: a saved query in dbt's terms.
struct Chart {
  std::string name, label, page, place, of;
  std::vector<std::string> measures, dimensions;  // names; dimensions may include ranges
  std::vector<ChartColumn> columns;               // for columns with their own presentation
  // Of a chart with a choice of dimensions: those of the source's attributes join it.
  std::optional<bool> takes_attributes;

  const ChartColumn* column(std::string_view of_name) const;
};

struct Layer {
  std::array<Table, kLevels> tables;
  std::vector<Base> bases;
  std::vector<Measure> measures;
  std::vector<Dimension> dimensions;
  std::vector<Range> ranges;
  std::vector<Chart> charts;
  std::vector<std::string> notes;       // which parts of the project the layer leaves out, and why
  std::vector<std::string> currencies;  // of the data, the main one first (currency.h)

  const Table& table(Level level) const { return tables[static_cast<std::size_t>(level)]; }
  // Null if there is none. Also finds hidden measures.
  const Measure* find_measure(std::string_view name) const;
  const Dimension* find_dimension(std::string_view name) const;
  const Range* find_range(std::string_view name) const;
  const Chart* find_chart(std::string_view name) const;
  const Dimension* find_dimension(DimensionKind kind) const;
  std::vector<std::string> measure_names() const;  // except hidden ones
  std::vector<std::string> dimension_names() const;
  std::vector<std::string> range_names() const;

  // The level of a measure's rows.
  Level level_of(const Measure& measure) const { return bases[measure.part].level; }
  // "additive", "distinct", "ratio", "quantile" or "formula"
  std::string_view kind_of(const Measure& measure) const;
  // The bases of a measure, with the counts of the rows that know them, without duplicates.
  std::vector<std::size_t> bases_of(const Measure& measure) const;
};

// The name, in quotes if SQL needs them.
std::string name_sql(const std::string& name);
// fct_sessions, or "other schema".fct_sessions
std::string relation_sql(const Table& table);

}  // namespace gsa::semantic
