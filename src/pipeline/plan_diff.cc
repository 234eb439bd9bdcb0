#include "pipeline/plan_diff.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "pipeline/maker.h"

namespace gsa::pipeline {
namespace {

constexpr int kExamples = 3;            // of each kind
constexpr std::size_t kShownCell = 40;  // columns of a value
constexpr std::size_t kShownColumns = 4;

using Names = std::vector<std::string>;

Names columns_of(duck::Connection& connection, const std::string& relation) {
  Names names;
  for (const duck::TextColumn& column : connection.inspect("select * from " + relation).columns) {
    names.push_back(column.name);
  }
  return names;
}

Names without(const Names& names, const Names& others) {
  Names rest;
  for (const std::string& name : names) {
    if (std::find(others.begin(), others.end(), name) == others.end()) rest.push_back(name);
  }
  return rest;
}

// "before.a is not distinct from after.a and …"
std::string all_of(const Names& columns, std::string_view comparison, std::string_view word) {
  Names terms;
  for (const std::string& column : columns) {
    terms.push_back(fmt::format("before.{0} {1} after.{0}", sql_name(column), comparison));
  }
  return join(terms, fmt::format(" {} ", word));
}

// Compares two relations with common rows.
class Comparison {
 public:
  Comparison(duck::Connection& connection, std::string before, std::string after, RowDiff& diff)
      : connection_(connection), before_(std::move(before)), after_(std::move(after)), diff_(diff) {
    const Names old = columns_of(connection, before_), now = columns_of(connection, after_);
    diff.columns_added = without(now, old);
    diff.columns_removed = without(old, now);
    common_ = without(now, diff.columns_added);
    if (!without(diff.key, common_).empty()) diff.key.clear();
  }

  void run() {
    diff_.rows_before = count("from " + before_);
    diff_.rows_after = count("from " + after_);
    if (diff_.key.empty()) {
      compare_whole_rows();
    } else {
      compare_by_key();
    }
  }

 private:
  std::int64_t count(const std::string& rows) {
    return connection_.query_int64(fmt::format("select count(*) from ({})", rows));
  }

  void compare_whole_rows() {
    const std::string before = select(common_, before_), after = select(common_, after_);
    const std::string added = fmt::format("{} except all {}", after, before);
    const std::string removed = fmt::format("{} except all {}", before, after);
    diff_.added = count(added);
    diff_.removed = count(removed);
    show("added", added, common_);
    show("removed", removed, common_);
  }

  void compare_by_key() {
    const std::string same = all_of(diff_.key, "is not distinct from", "and");
    const std::string added = fmt::format(
        "select after.* from {} as after anti join {} as before on {}", after_, before_, same);
    const std::string removed = fmt::format(
        "select before.* from {} as before anti join {} as after on {}", before_, after_, same);
    diff_.added = count(added);
    diff_.removed = count(removed);
    show("added", added, common_);
    show("removed", removed, common_);
    const Names others = without(common_, diff_.key);
    if (others.empty()) return;
    const std::string joined = fmt::format("{} as before join {} as after on {} where {}", before_,
                                           after_, same, all_of(others, "is distinct from", "or"));
    diff_.changed = count("select 1 from " + joined);
    if (diff_.changed > 0) show_changes(joined, others);
  }

  static std::string select(const Names& columns, const std::string& from) {
    Names quoted;
    for (const std::string& column : columns) quoted.push_back(sql_name(column));
    return fmt::format("select {} from {}", join(quoted, ", "), from);
  }

  void show(std::string_view what, const std::string& rows, const Names& columns) {
    Names shown = diff_.key;
    for (const std::string& column : without(columns, diff_.key)) {
      if (shown.size() < kShownColumns) shown.push_back(column);
    }
    connection_.stream_text(
        fmt::format("{} limit {}", select(shown, "(" + rows + ")"), kExamples),
        [&](const duck::Connection::TextRow& row) {
          Names cells;
          for (std::size_t c = 0; c < row.size(); ++c) {
            cells.push_back(fmt::format("{} {}", shown[c], cell(row[c])));
          }
          diff_.examples.push_back(fmt::format("{}: {}", what, join(cells, ", ")));
          return true;
        });
  }

  // Shows each changed row as its key and the columns that differ.
  void show_changes(const std::string& joined, const Names& others) {
    Names columns;
    for (const std::string& key : diff_.key) columns.push_back("after." + sql_name(key));
    for (const std::string& other : others) {
      columns.push_back("before." + sql_name(other));
      columns.push_back("after." + sql_name(other));
    }
    for (std::size_t c = 0; c < columns.size(); ++c) columns[c] += fmt::format(" as c{}", c);
    connection_.stream_text(
        fmt::format("select {} from {} limit {}", join(columns, ", "), joined, kExamples),
        [&](const duck::Connection::TextRow& row) {
          const std::size_t keys = diff_.key.size();
          Names where, what;
          for (std::size_t c = 0; c < keys; ++c) {
            where.push_back(fmt::format("{} {}", diff_.key[c], cell(row[c])));
          }
          for (std::size_t c = 0; c < others.size(); ++c) {
            const auto& was = row[keys + 2 * c];
            const auto& is = row[keys + 2 * c + 1];
            if (was == is) continue;
            if (what.size() < kShownColumns) {
              what.push_back(fmt::format("{} {} → {}", others[c], cell(was), cell(is)));
            }
          }
          diff_.examples.push_back(
              fmt::format("changed: {}: {}", join(where, ", "), join(what, ", ")));
          return true;
        });
  }

  static std::string cell(const std::optional<std::string_view>& value) {
    if (!value) return "NULL";
    return clip(replace_all(*value, "\n", " "), kShownCell);
  }

  duck::Connection& connection_;
  std::string before_, after_;
  RowDiff& diff_;
  Names common_;
};

bool has_differences(const RowDiff& diff) {
  return diff.is_new || diff.added + diff.removed + diff.changed > 0 ||
         !diff.columns_added.empty() || !diff.columns_removed.empty();
}

RowDiff compare_asset(duck::Connection& connection, const AssetRun& run, const Maker& maker,
                      const assets::Asset& asset) {
  RowDiff diff;
  diff.asset = asset.name;
  diff.key = run.project.unique_key_of(asset.relation);
  const std::string published = sql_name(asset.schema) + "." + sql_name(asset.relation);
  const std::string made = maker.engine().state().current_relation({asset.name, ""});
  if (run.state.find(asset.schema, asset.relation) == nullptr) {
    diff.is_new = true;
    diff.added = diff.rows_after =
        connection.query_int64(fmt::format("select count(*) from {}", made));
    return diff;
  }
  Comparison(connection, published, made, diff).run();
  return diff;
}

}  // namespace

std::vector<RowDiff> diff_assets(const duck::Database& database, const AssetRun& run) {
  duck::Connection connection = database.connect();
  const auto drop_all = [&] {
    assets::drop_hidden(connection, [](const std::string&, const std::string&) { return true; });
  };
  try {
    Maker maker(database, run, nullptr);
    if (run.raw != nullptr) run.raw->prepare(run.full_refresh, maker.log());
    const assets::EngineResult result = maker.engine().run();
    maker.log().summarize();
    if (result.errors > 0) throw failure_of(result, maker.log(), "nothing was compared");
    std::set<std::string> made;
    for (const assets::Unit& unit : result.made) made.insert(unit.asset);
    std::vector<RowDiff> diffs;
    for (const std::size_t index : run.catalog.graph.order()) {
      const assets::Asset& asset = run.catalog.graph[index];
      if (!made.contains(asset.name)) continue;
      RowDiff diff = compare_asset(connection, run, maker, asset);
      if (has_differences(diff)) diffs.push_back(std::move(diff));
    }
    drop_all();
    return diffs;
  } catch (...) {
    drop_all();
    throw;
  }
}

}  // namespace gsa::pipeline
