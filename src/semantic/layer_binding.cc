#include "semantic/layer_binding.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "semantic/column_names.h"

namespace gsa::semantic {
namespace {

struct TypedName {
  std::string name, type;
};

std::vector<TypedName> described(duck::Connection& connection, const std::string& select) {
  const duck::Result rows = connection.query("describe " + select);
  std::vector<TypedName> columns;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    columns.push_back({rows.text(r, 0), rows.text(r, 1)});
  }
  return columns;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_whole(const std::string& type) {
  static const std::set<std::string> types = {"TINYINT", "SMALLINT", "INTEGER",   "BIGINT",
                                              "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                                              "UBIGINT", "UHUGEINT"};
  return types.contains(type);
}

// "DECIMAL(12,4)" → 4
std::optional<int> decimals_of(const std::string& type) {
  if (is_whole(type)) return 0;
  if (!type.starts_with("DECIMAL(")) return std::nullopt;
  const std::size_t comma = type.find(',');
  int decimals = 0;
  std::from_chars(type.data() + comma + 1, type.data() + type.size(), decimals);
  return decimals;
}

// An expression of the layer, and how to handle its type.
struct Bound {
  std::string* expr;
  std::string what, place;
  std::function<void(const std::string& type)> take_type;
};

class Binder {
 public:
  Binder(Layer& layer, duck::Connection& connection, const RelationOf& relation_of)
      : layer_(layer), connection_(connection), relation_of_(relation_of) {}

  void bind() {
    for (const Level level : kAllLevels) {
      Table& table = layer_.tables[static_cast<std::size_t>(level)];
      table.columns.clear();
      std::vector<TypedName> columns = columns_of(table);
      check_contract(table, columns);
      for (TypedName& column : columns) table.columns.push_back(std::move(column.name));
    }
    for (const Level level : kAllLevels) bind_level(level);
  }

 private:
  std::vector<TypedName> columns_of(const Table& table) {
    try {
      return described(connection_, "select * from " + relation_of_(table));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {} cannot be read: {}", table.place, relation_sql(table),
                              first_line(error.message())),
                  "make it with: gsa run");
    }
  }

  void check_contract(const Table& table, const std::vector<TypedName>& columns) {
    if (table.contract.empty()) return;
    std::string casts;
    for (const ContractColumn& column : table.contract) {
      casts += fmt::format("{}null::{} as {}", casts.empty() ? "" : ", ", column.type,
                           sql_name(column.name));
    }
    const std::vector<TypedName> promised = described(connection_, "select " + casts);
    for (std::size_t i = 0; i < promised.size(); ++i) {
      const auto found = std::find_if(columns.begin(), columns.end(), [&](const TypedName& one) {
        return one.name == promised[i].name;
      });
      if (found != columns.end() && found->type == promised[i].type) continue;
      throw Error(fmt::format("{}: the contract of {} says that its column '{}' is {}, and {}",
                              table.contract[i].place, relation_sql(table), promised[i].name,
                              promised[i].type,
                              found == columns.end() ? "there is none" : "it is " + found->type),
                  "change the model or its contract, then make it anew with: gsa build");
    }
  }

  void bind_level(Level level) {
    Table& table = layer_.tables[static_cast<std::size_t>(level)];
    std::vector<Bound> all;
    const auto add = [&](std::string& expr, const std::string& what, const std::string& place,
                         std::function<void(const std::string&)> take_type = {}) {
      expr = qualify(expr, alias_of(level), table.columns);
      all.push_back({&expr, what, place, std::move(take_type)});
    };
    for (std::string* expr : {&table.key, &table.parent, &table.user, &table.day, &table.time}) {
      if (!expr->empty()) add(*expr, std::string(to_string(level)), table.place);
    }
    for (Base& base : layer_.bases) {
      if (base.level != level) continue;
      add(base.expr, base.name, base.place, [&base](const std::string& type) { take(base, type); });
      base.counts_users = base.is_distinct() && base.expr == table.user;
    }
    for (Dimension& dimension : layer_.dimensions) {
      if (dimension.level != level) continue;
      dimension.expr = enclosed(dimension.expr);
      add(dimension.expr, dimension.name, dimension.place, [&dimension](const std::string& type) {
        if (dimension.kind != DimensionKind::coded) return;
        dimension.type = type == "BOOLEAN" ? DimensionType::boolean
                         : is_whole(type)  ? DimensionType::number
                                           : DimensionType::category;
      });
    }
    for (Range& range : layer_.ranges) {
      if (range.level != level) continue;
      range.expr = enclosed(range.expr);
      add(range.expr, range.name, range.place,
          [&range](const std::string& type) { take(range, type); });
    }
    find_types(level, all);
  }

  static void take(Base& base, const std::string& type) {
    if (base.aggregation == Aggregation::count || base.is_distinct()) return;
    if (base.aggregation == Aggregation::sum_boolean) {
      if (type == "BOOLEAN") return;
      throw Error(fmt::format("{}: '{}' counts where '{}' is true, and that is {}", base.place,
                              base.name, base.expr, type));
    }
    const auto decimals = decimals_of(type);
    if (!decimals) {
      throw Error(
          fmt::format("{}: '{}' is of '{}', which is {}, and only whole numbers and decimals "
                      "add up exactly",
                      base.place, base.name, base.expr, type),
          fmt::format("write ({})::decimal(18, 4)", base.expr));
    }
    base.decimals = *decimals;
  }

  static void take(Range& range, const std::string& type) {
    range.is_float = type == "DOUBLE" || type == "FLOAT";
    const auto decimals = decimals_of(type);
    if (!range.is_float && !decimals) {
      throw Error(fmt::format("{}: '{}' has bins, and '{}' is no number but {}", range.place,
                              range.name, range.expr, type));
    }
    range.decimals = decimals.value_or(0);
  }

  // Binds all at once; if that fails, one by one to find the culprit.
  void find_types(Level level, const std::vector<Bound>& all) {
    const Table& table = layer_.table(level);
    const std::string from = fmt::format(" from {} as {}", relation_of_(table), alias_of(level));
    std::string select;
    for (std::size_t i = 0; i < all.size(); ++i) {
      select += fmt::format("{}({}\n) as c{}", i == 0 ? "select " : ", ", *all[i].expr, i);
    }
    std::vector<TypedName> types;
    try {
      types = described(connection_, select + from);
    } catch (const Error&) {
      types.clear();
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (types.size() != all.size()) check_one(all[i], from);
      if (all[i].take_type && types.size() == all.size()) all[i].take_type(types[i].type);
    }
    check(types.size() == all.size(), "an expression that does not bind was found");
  }

  void check_one(const Bound& bound, const std::string& from) {
    try {
      described(connection_, fmt::format("select ({}\n) as c{}", *bound.expr, from));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: the expression of '{}' does not hold: {}", bound.place,
                              bound.what, first_line(error.message())),
                  fmt::format("the expression is: {}", *bound.expr));
    }
  }

  Layer& layer_;
  duck::Connection& connection_;
  const RelationOf& relation_of_;
};

}  // namespace

void bind(Layer& layer, duck::Connection& connection, const RelationOf& relation_of) {
  Binder(layer, connection, relation_of).bind();
}

Error too_many_values(const Dimension& dimension) {
  return Error(fmt::format("{}: the dimension '{}' has more than {} values, unknown among them",
                           dimension.place, dimension.name, kMostValues),
               "split by something coarser, or make it a number with meta.bins");
}

void check_values(const Layer& layer, duck::Connection& connection, const RelationOf& relation_of) {
  for (const Dimension& dimension : layer.dimensions) {
    if (dimension.kind != DimensionKind::coded || !dimension.values.empty() ||
        dimension.type == DimensionType::boolean) {
      continue;
    }
    const std::string from = fmt::format(
        " from {} as {}", relation_of(layer.table(dimension.level)), alias_of(dimension.level));
    if (described(connection, fmt::format("select ({}) as c{}", dimension.expr, from))[0]
            .type.starts_with("ENUM")) {
      continue;
    }
    const std::int64_t values = connection.query_int64(
        fmt::format("select count(*) from (select distinct ({}) as c{} limit {})", dimension.expr,
                    from, kMostValues + 1));
    if (static_cast<std::size_t>(values) > kMostValues) throw too_many_values(dimension);
  }
}

}  // namespace gsa::semantic
