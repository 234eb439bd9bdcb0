#include "api/fact_coding.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "semantic/layer_binding.h"
#include "semantic/layer_sql.h"

namespace gsa::api {
namespace {

std::string type_of(duck::Connection& connection, const std::string& expr,
                    const std::string& from) {
  return connection.query(fmt::format("describe select ({}\n) as c from {}", expr, from))
      .text(0, 1);
}

std::vector<std::string> texts(duck::Connection& connection, const std::string& select) {
  const duck::Result rows = connection.query(select);
  std::vector<std::string> texts;
  for (std::size_t r = 0; r < rows.rows(); ++r) texts.push_back(rows.text(r, 0));
  return texts;
}

// In order of display: the dimension's listed values, then the others as SQL sorts them.
std::vector<std::string> values_of(duck::Connection& connection, const std::string& expr,
                                   const std::string& from, const std::string& type,
                                   const std::vector<std::string>& first) {
  const std::vector<std::string> found =
      type.starts_with("ENUM(")
          ? texts(connection, fmt::format("select unnest(enum_range(null::{}))::varchar", type))
          : texts(
                connection,
                fmt::format("select v::varchar from (select distinct ({}\n) as v from {}) where v "
                            "is not null order by v limit {}",
                            expr, from, semantic::kMostValues + 1));
  std::vector<std::string> values = first;
  for (const std::string& value : found) {
    if (first.empty() || std::find(first.begin(), first.end(), value) == first.end()) {
      values.push_back(value);
    }
  }
  return values;
}

Value typed_value(const std::string& text, DimensionType type) {
  if (type == DimensionType::boolean) return text == "true";
  if (type == DimensionType::number) return static_cast<std::int64_t>(std::stoll(text));
  return text;
}

// "TINYINT"; empty for doubles, which keep the type of their column.
std::string_view narrowest(std::int64_t min, std::int64_t max) {
  const auto fits = [&](auto type) {
    using T = decltype(type);
    return min > std::numeric_limits<T>::min() && max <= std::numeric_limits<T>::max();
  };
  return fits(std::int8_t{})    ? "tinyint"
         : fits(std::int16_t{}) ? "smallint"
         : fits(std::int32_t{}) ? "integer"
                                : "bigint";
}

// The number that stands for null in a column of this type.
std::string null_of(std::string_view type) {
  if (type == "bigint") return "(-9223372036854775808)::bigint";
  return fmt::format("{}", type == "tinyint"    ? NumberColumn::kNull<std::int8_t>
                           : type == "smallint" ? NumberColumn::kNull<std::int16_t>
                                                : NumberColumn::kNull<std::int32_t>);
}

}  // namespace

std::string from_sql(const Layer& layer, Level level) {
  return fmt::format("{} as {}", semantic::relation_sql(layer.table(level)),
                     semantic::alias_of(level));
}

std::string in_sessions_sql(const Layer& layer) {
  return fmt::format("({}) is not null", layer.table(Level::generation).parent);
}

LevelColumns::LevelColumns(duck::Connection& connection, Level level, Facts& facts)
    : connection_(connection), level_(level), facts_(facts), from_(from_sql(*facts.layer, level)) {
  if (level == Level::generation) from_ += " where " + in_sessions_sql(*facts.layer);
  find_codings();
  find_numbers();
  find_bounds();
}

void LevelColumns::find_codings() {
  const Layer& layer = *facts_.layer;
  for (const Dimension& dimension : layer.dimensions) {
    if (dimension.level != level_ || dimension.kind != DimensionKind::coded) continue;
    add_coding(dimension.expr, &dimension, facts_.dimensions[dimension.index]);
  }
  for (std::size_t b = 0; b < layer.bases.size(); ++b) {
    const Base& base = layer.bases[b];
    if (base.level != level_ || !base.is_distinct() || base.counts_users) continue;
    add_coding(base.expr, nullptr, facts_.distinct[b]);
  }
}

void LevelColumns::add_coding(const std::string& expr, const Dimension* dimension,
                              CodeColumn& column) {
  const std::string type = type_of(connection_, expr, from_);
  const std::vector<std::string> first = dimension ? dimension->values : std::vector<std::string>{};
  const std::vector<std::string> values = values_of(connection_, expr, from_, type, first);
  if (values.size() > semantic::kMostValues) {
    if (dimension != nullptr) throw semantic::too_many_values(*dimension);
    throw Error(fmt::format("'{}' has more than {} values, too many to count distinct ones", expr,
                            semantic::kMostValues));
  }
  Coding coding{&column, "null::usmallint", !first.empty(), first.size(), dimension};
  std::vector<std::string> quoted;
  for (const std::string& value : values) {
    quoted.push_back(sql_quote(value));
    column.values.push_back(
        typed_value(value, dimension ? dimension->type : DimensionType::category));
  }
  if (type.starts_with("ENUM(") && first.empty()) {
    coding.sql = fmt::format("enum_code({})::usmallint", expr);
  } else if (!values.empty()) {
    // A list of 65,535 values takes 80 MB to parse, so it is in a statement of its own.
    const std::string name = fmt::format("gsa_codes_{}", codings_.size());
    connection_.execute(
        fmt::format("create or replace temp type {} as enum({})", name, join(quoted, ", ")));
    types_.push_back(name);
    coding.sql = fmt::format("enum_code(({}\n)::varchar::{})::usmallint", expr, name);
  }
  codings_.push_back(std::move(coding));
}

void LevelColumns::find_numbers() {
  const Layer& layer = *facts_.layer;
  for (std::size_t b = 0; b < layer.bases.size(); ++b) {
    const Base& base = layer.bases[b];
    if (base.level != level_ || base.is_distinct() || base.counts_rows()) continue;
    facts_.number_of_base[b] = number_at(semantic::row_number_sql(base), false);
  }
  for (const Range& range : layer.ranges) {
    if (range.level != level_) continue;
    facts_.number_of_range[range.index] =
        range.is_float ? number_at(fmt::format("({})::double", range.expr), true)
                       : number_at(semantic::scaled_sql(range.expr, range.decimals), false);
  }
  for (std::size_t i = 0; i < number_sql_.size(); ++i) {
    numbers_.push_back({&facts_.numbers[number_places_[i]], number_sql_[i]});
  }
}

// Equal columns share storage.
std::size_t LevelColumns::number_at(const std::string& sql, bool is_float) {
  const auto same = std::find(number_sql_.begin(), number_sql_.end(), sql);
  if (same != number_sql_.end()) {
    return number_places_[static_cast<std::size_t>(same - number_sql_.begin())];
  }
  number_sql_.push_back(sql);
  number_places_.push_back(facts_.numbers.size());
  NumberColumn& column = facts_.numbers.emplace_back();
  column.is_float = is_float;
  return facts_.numbers.size() - 1;
}

// One pass over all rows finds the types that the columns need, and columns with a single value, as
// those that give the origin of a signal mostly are.
void LevelColumns::find_bounds() {
  std::vector<std::string> bounds;
  for (const Coding& coding : codings_) {
    bounds.push_back(
        fmt::format("min({0})::bigint, max({0})::bigint, count(*) - count({0})", coding.sql));
  }
  for (const Number& number : numbers_) {
    bounds.push_back(
        number.column->is_float
            ? fmt::format("null::bigint, null::bigint, count(*) - count({})", number.sql)
            : fmt::format("min({0}), max({0}), count(*) - count({0})", number.sql));
  }
  if (bounds.empty()) return;
  const duck::Result row =
      connection_.query(fmt::format("select {} from {}", join(bounds, ",\n    "), from_));
  std::size_t at = 0;
  for (Coding& coding : codings_) set_codes(row, 3 * at++, coding);
  for (Number& number : numbers_) set_number(row, 3 * at++, number);
  std::erase_if(codings_, [](const Coding& coding) { return coding.sql.empty(); });
  std::erase_if(numbers_, [](const Number& number) { return number.sql.empty(); });
  for (const Coding& coding : codings_) sql_ += ",\n    " + coding.sql;
  for (const Number& number : numbers_) {
    sql_ += ",\n    " + number.sql;
    loadings_.emplace_back(*number.column, number.type, facts_.rows(level_));
  }
}

// Empty SQL marks columns that need not be read per row.
void LevelColumns::set_codes(const duck::Result& bounds, std::size_t at, Coding& coding) {
  CodeColumn& column = *coding.column;
  const bool has_values = !bounds.is_null(0, at), has_nulls = bounds.int64(0, at + 2) > 0;
  const std::size_t null = column.values.size();
  if (!coding.lists_all || has_nulls) column.values.emplace_back(std::monostate{});
  column.occurs.assign(column.values.size(), false);
  for (std::size_t code = 0; code < coding.listed; ++code) column.occurs[code] = true;
  const std::int64_t first = has_values ? bounds.int64(0, at) : static_cast<std::int64_t>(null);
  const std::int64_t last = has_values ? bounds.int64(0, at + 1) : first;
  if (first == last && (!has_values || !has_nulls)) {
    if (has_values || has_nulls) column.occurs[static_cast<std::size_t>(first)] = true;
    column.codes = static_cast<std::uint16_t>(first);
    coding.sql.clear();
    return;
  }
  const bool is_narrow = column.values.size() <= CodeColumn::kNarrow;
  if (is_narrow) {
    column.codes.emplace<std::vector<std::uint8_t>>().reserve(facts_.rows(level_));
  } else {
    column.codes.emplace<std::vector<std::uint16_t>>().reserve(facts_.rows(level_));
  }
  coding.sql =
      fmt::format("coalesce({}, {})::{}", coding.sql, null, is_narrow ? "utinyint" : "usmallint");
}

void LevelColumns::set_number(const duck::Result& bounds, std::size_t at, Number& number) {
  NumberColumn& column = *number.column;
  column.nulls = bounds.int64(0, at + 2);
  column.has_nulls = column.nulls > 0;
  if (column.is_float) {
    number.sql = fmt::format("coalesce({}, 'nan'::double)", number.sql);
    return;
  }
  if (bounds.is_null(0, at)) {  // all null
    number.sql.clear();
    return;
  }
  column.min = bounds.int64(0, at);
  column.max = bounds.int64(0, at + 1);
  if (column.min == column.max && !column.has_nulls) {
    column.numbers = column.min;
    number.sql.clear();
    return;
  }
  number.type = narrowest(column.min, column.max);
  if (number.type == "bigint" || column.has_nulls) {
    number.sql = fmt::format("coalesce({}, {})", number.sql, null_of(number.type));
  }
  if (number.type != "bigint") number.sql = fmt::format("({})::{}", number.sql, number.type);
}

void LevelColumns::append(const duck::Chunk& chunk, std::size_t first) {
  const std::size_t rows = chunk.rows();
  for (const Coding& coding : codings_) {
    CodeColumn& column = *coding.column;
    const auto take = [&](auto& codes) {
      using T = typename std::decay_t<decltype(codes)>::value_type;
      const T* read = chunk.column<T>(first);
      codes.insert(codes.end(), read, read + rows);
      for (std::size_t r = 0; r < rows; ++r) column.occurs[read[r]] = true;
    };
    if (auto* narrow = std::get_if<std::vector<std::uint8_t>>(&column.codes)) {
      take(*narrow);
    } else {
      take(std::get<std::vector<std::uint16_t>>(column.codes));
    }
    ++first;
  }
  for (NumberLoading& loading : loadings_) loading.append(chunk, first++);
}

void LevelColumns::finish() {
  for (const std::string& type : types_) connection_.execute("drop type " + type);
  for (NumberLoading& loading : loadings_) loading.finish();
  for (const Number& number : numbers_) {
    for (const Coding& coding : codings_) {
      if (share_codes(*coding.column, *number.column)) break;
    }
  }
}

}  // namespace gsa::api
