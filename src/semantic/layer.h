#pragma once

// The semantic layer of a project: what is measured, what it is split and filtered by, and which of
// it the pages show. It is read from the YAML of the dbt project (layer_reading.h), put on record
// with a publication (published_layer.h), and bound to the tables of a warehouse (layer_binding.h)
// before anything is computed.
//
// Rows have one of three levels: a user has sessions, a session has generations. A level is the
// semantic model whose primary entity has that name.
//
// A measure is a number: a sum of a column, a ratio of two sums, a quantile, or a formula over
// these. So the numbers of segments add up to those of the whole, and no mean of ratios can arise.
//
// A dimension is an attribute of users, sessions or generations. A filter on one of generations
// chooses generations; the sessions are then those that have at least one of them. A group is what
// a filter on its value chooses.
//
// Plain values; immutable once bound, so threads share it.

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
std::string_view to_string(Level level);  // "users", "sessions", "generations"

// A column that the contract of a table promises.
struct ContractColumn {
  std::string name, type;
  std::string place;  // "models/marts/schema.yml:12:9"
};

// The table of a level. Expressions are as written until bound, then they name its columns by the
// alias of the level: u, s or g.
struct Table {
  std::string schema, name;
  std::string key;     // one row has one
  std::string parent;  // the key of its session, or of its user; empty for users
  std::string user;    // of sessions and generations: the key of their user
  std::string day;     // the day that a row belongs to
  std::string time;    // the finest time there is
  std::string place;
  std::vector<ContractColumn> contract;  // empty: none is enforced
  std::vector<std::string> columns;      // that stand; once bound
};
std::string_view alias_of(Level level);

enum class Aggregation { sum, sum_boolean, count, count_distinct, percentile };

// What is computed over rows of one level: a measure in dbt's words.
struct Base {
  std::string name;
  Level level = Level::session;
  Aggregation aggregation = Aggregation::sum;
  std::string expr;   // of a row
  double share = 0;   // of a percentile: 0 is the smallest, 1 the largest
  std::string place;  // of the expression
  // Once bound:
  int decimals = 0;           // of a sum or percentile: whole numbers of 10^-decimals
  bool counts_users = false;  // of count_distinct: the rows' users

  bool counts_rows() const { return aggregation == Aggregation::sum && expr == "1"; }
  bool is_quantile() const { return aggregation == Aggregation::percentile; }
  bool is_distinct() const { return aggregation == Aggregation::count_distinct; }
  bool adds_up() const { return !is_quantile() && !is_distinct(); }
  double unit() const;  // what a sum is divided by: 10^decimals
};

enum class IntervalKind { none, wilson, clustered };
std::string_view to_string(IntervalKind kind);

// A step of a formula in reverse Polish notation.
struct FormulaStep {
  enum class Kind { number, base, add, subtract, multiply, divide, negate };
  Kind kind = Kind::number;
  double number = 0;
  std::size_t base = 0;
};

// A metric in dbt's words.
struct Measure {
  std::string name, label, unit, format, better, description;
  std::string formula;     // in names of measures
  std::string divides_by;  // the measure that a ratio divides by; else empty
  std::string place;
  IntervalKind interval = IntervalKind::none;
  bool splits = false;               // an average that splits into segments
  bool hidden = false;               // only other measures are made of it
  std::size_t part = 0;              // in Layer::bases
  std::optional<std::size_t> whole;  // of a ratio of two
  std::vector<FormulaStep> steps;    // of any other formula; else empty

  bool is_formula() const { return !steps.empty(); }
};

enum class DimensionType { category, time, number, boolean };
std::string_view to_string(DimensionType type);

// How the values come about: a column of codes; the number of the user; or a part of the time at
// which the session began.
enum class DimensionKind { coded, user, day, week, month, hour };

// What a chart of origins calls the signal, and where it stands among them.
struct Signal {
  std::string name;
  int place = 0;
};

struct Dimension {
  std::size_t index = 0;  // in Layer::dimensions
  std::string name, label, description;
  Level level = Level::session;
  DimensionKind kind = DimensionKind::coded;
  DimensionType type = DimensionType::category;  // of coded ones: once bound
  std::string expr;
  std::string place;
  std::vector<std::string> values;           // those that come first, whether they occur or not
  std::map<std::string, std::string> words;  // what pages call values, by the value
  std::optional<Signal> signal;
};

// A number of a row that can be filtered by and shown as a histogram.
struct Range {
  std::size_t index = 0;  // in Layer::ranges
  std::string name, label, unit, format, description;
  Level level = Level::session;
  std::string expr;
  std::string place;
  std::vector<double> edges;       // lower ones, ascending; the last bin is open
  std::vector<double> fine_edges;  // of a brush: those, and more between
  // Once bound:
  bool is_float = false;
  int decimals = 0;
};

// What a chart says of a column: a measure or a dimension.
struct ChartColumn {
  std::string name, label, color, link;
  std::string key, type;  // of a report: its name in JSON, and the type to round to
  int decimals = 0;
  bool is_percent = false;
};

// What a page shows at a place: a saved query in dbt's words.
struct Chart {
  std::string name, label, page, place, of;
  std::vector<std::string> measures, dimensions;  // names; dimensions may be ranges
  std::vector<ChartColumn> columns;               // of those of which more is said

  const ChartColumn* column(std::string_view of_name) const;
};

struct Layer {
  std::array<Table, kLevels> tables;
  std::vector<Base> bases;
  std::vector<Measure> measures;
  std::vector<Dimension> dimensions;
  std::vector<Range> ranges;
  std::vector<Chart> charts;
  std::vector<std::string> notes;  // what of the project is not in it, and why

  const Table& table(Level level) const { return tables[static_cast<std::size_t>(level)]; }
  // Null if there is none. Hidden measures are found as well.
  const Measure* find_measure(std::string_view name) const;
  const Dimension* find_dimension(std::string_view name) const;
  const Range* find_range(std::string_view name) const;
  const Chart* find_chart(std::string_view name) const;
  const Dimension* find_dimension(DimensionKind kind) const;
  std::vector<std::string> measure_names() const;  // without hidden ones
  std::vector<std::string> dimension_names() const;
  std::vector<std::string> range_names() const;

  // The level whose rows a measure is of.
  Level level_of(const Measure& measure) const { return bases[measure.part].level; }
  // "additive", "distinct", "ratio", "quantile" or "formula"
  std::string_view kind_of(const Measure& measure) const;
  // What a measure is made of, each once.
  std::vector<std::size_t> bases_of(const Measure& measure) const;
};

// fct_sessions, or "other schema".fct_sessions
std::string relation_sql(const Table& table);

}  // namespace gsa::semantic
