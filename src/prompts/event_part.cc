#include "prompts/event_part.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/function.h"
#include "prompts/event_sql.h"
#include "prompts/event_walker.h"
#include "prompts/source_columns.h"

namespace gsa::prompts {
namespace {

constexpr std::string_view kTimeWithZone = "TIMESTAMP WITH TIME ZONE";

bool is_numeric(std::string_view type) {
  constexpr std::array<std::string_view, 12> kTypes = {
      "TINYINT",   "SMALLINT", "INTEGER", "BIGINT",   "HUGEINT", "UTINYINT",
      "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",   "DOUBLE"};
  return type.starts_with("DECIMAL(") ||
         std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_temporal(std::string_view type) { return type == "DATE" || type.starts_with("TIMESTAMP"); }

// What is in a list; null if nothing can be at the path.
std::optional<EventColumnSql> find_in_list(duck::Connection& connection, EventColumnSql column,
                                           std::span<const EventStep> path) {
  for (const EventStep& step : path) {
    if (step.is_key()) {
      const std::vector<Column> fields = struct_fields(connection, column.type);
      const auto field = std::find_if(fields.begin(), fields.end(),
                                      [&](const Column& one) { return one.name == step.key; });
      if (field == fields.end()) return std::nullopt;
      column = {fmt::format("struct_extract({}, {})", column.sql, sql_quote(step.key)),
                field->type};
    } else {
      if (!column.type.ends_with(']')) return std::nullopt;
      column.sql = fmt::format("({})[{}]", column.sql, step.index + 1);
      column.type.erase(column.type.rfind('['));  // "INTEGER[]", "INTEGER[3]"
    }
  }
  return column;
}

}  // namespace

void EventPart::add_column(std::string_view key, EventColumnSql column) {
  if (const EventTree::Id known = tree.find(EventTree::kRoot, key); known != EventTree::kNone) {
    instead.emplace(known, std::move(column.sql));
    return;
  }
  const EventTree::Id id = tree.meet(EventTree::kRoot, EventTree::kNone, key);
  if (id == EventTree::kNone) return;
  tree.add_column(id);
  columns.emplace(id, std::move(column));
}

std::optional<EventValue> EventPart::find(duck::Connection& connection,
                                          std::span<const EventStep> path) const {
  std::optional<EventValue> value;
  if (event) value = EventValue{*event, {""}, ""};
  EventTree::Id node = EventTree::kRoot;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const EventTree::Id child = path[i].is_key() ? tree.find(node, path[i].key) : EventTree::kNone;
    if (child == EventTree::kNone) {
      if (!value || node == EventTree::kRoot) return std::nullopt;
      if (value->pointers.empty()) {
        const auto found = find_in_list(connection, value->column, path.subspan(i));
        return found ? std::optional(EventValue{*found, {}, ""}) : std::nullopt;
      }
      if (!tree.has_lists(node) || path[i].is_key()) return std::nullopt;
      for (const EventStep& step : path.subspan(i)) value->pointers.back() += json_pointer(step);
      return value;
    }
    if (const auto column = columns.find(child); column != columns.end()) {
      value = EventValue{column->second, {}, ""};
    } else if (value) {
      if (node != EventTree::kRoot && tree.has_object_texts(node)) value->pointers.emplace_back();
      value->pointers.back() += json_pointer(path[i]);
    }
    node = child;
  }
  if (const auto other = instead.find(node); value && other != instead.end()) {
    value->instead = other->second;
  }
  return value;
}

void EventPart::require_single(duck::Connection& connection,
                               std::span<const EventStep> path) const {
  EventTree::Id node = EventTree::kRoot;
  for (const EventStep& step : path) {
    const EventTree::Id child = step.is_key() ? tree.find(node, step.key) : EventTree::kNone;
    if (child == EventTree::kNone) return;
    node = child;
    if (const auto row = tree.doubled_in(node)) {
      throw Error(fmt::format("{}: the key {} is in the object twice", place_of(connection, *row),
                              format_event_path(tree.path(node))));
    }
  }
}

std::int64_t EventPart::rows_of(std::size_t file) const {
  return (file + 1 < first_rows.size() ? first_rows[file + 1] : rows) - first_rows[file];
}

std::string EventPart::place_of(duck::Connection& connection, std::int64_t row) const {
  const auto after = std::upper_bound(first_rows.begin(), first_rows.end(), row);
  const auto file = static_cast<std::size_t>(after - first_rows.begin()) - 1;
  const std::int64_t first = first_rows[file];
  if (event) {
    const std::int64_t last = first + rows_of(file);
    const duck::Result lines = connection.query(
        fmt::format("select line, (select count(*) from {0} as t where t.line = r.line and t.rowid "
                    "between {1} and {2} - 1) from {0} as r where rowid = {3}",
                    from, first, last, row));
    if (lines.rows() == 1 && lines.int64(0, 1) == 1) {
      return fmt::format("{}, line {}", files[file].path, lines.int64(0, 0));
    }
  }
  return fmt::format("{}, row {}", files[file].path, row - first + 1);
}

std::string EventPart::select(std::int64_t first_row,
                              std::span<const std::optional<EventValue>> values,
                              std::span<const std::string> types) const {
  EventSql sql(row_number, from, event ? event->sql : "");
  std::string list;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<EventValue>& found = values[i];
    const std::string value = found ? cast_event_value(sql.add(*found), found->type(), types[i])
                                    : fmt::format("null::{}", types[i]);
    list += fmt::format(", {} as c{}", value, i);
  }
  return fmt::format("select {}::bigint + event_row as event_row{} from ({}){}", first_row, list,
                     sql.select(),
                     left_out.empty() ? "" : fmt::format(" where not ({})", left_out));
}

std::string common_event_type(duck::Connection& connection, const std::vector<std::string>& types) {
  const auto all = [&](auto&& is) { return std::all_of(types.begin(), types.end(), is); };
  if (types.empty()) return "VARCHAR";
  if (all([&](const std::string& type) { return type == types.front(); })) return types.front();
  const bool has_zones = std::find(types.begin(), types.end(), kTimeWithZone) != types.end();
  if (all(is_temporal) && has_zones) return "TIMESTAMP";
  if (!all(is_numeric) && !all(is_temporal)) return "VARCHAR";
  std::string nulls;
  for (const std::string& type : types) {
    nulls += fmt::format("{}select null::{} as x", nulls.empty() ? "" : " union all ", type);
  }
  return connection.query(fmt::format("select any_value(typeof(x)) from ({})", nulls)).text(0, 0);
}

void register_event_functions(duck::Connection& connection) {
  const duck::Type text = duck::Type::of(duck::TypeId::varchar);
  duck::register_function(
      connection,
      {"gsa_json_object", {text}, text, [](const duck::Arguments& in, duck::Output& out) {
         const duck::Texts texts = in.texts(0);
         std::string buffer;
         for (std::size_t row = 0; row < in.rows(); ++row) {
           const auto readable =
               texts.is_null(row) ? std::nullopt : readable_object(texts[row], buffer);
           if (readable) {
             out.set_text(row, *readable);
           } else {
             out.set_null(row);
           }
         }
       }});
}

}  // namespace gsa::prompts
