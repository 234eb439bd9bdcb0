#include "telemetry/attributes.h"

#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "prompts/event_path.h"
#include "telemetry/detection.h"

namespace gsa::telemetry {
namespace {

// So few values need not repeat: a source may have few rows.
constexpr std::int64_t kFewValues = 20;
// A longer text is prose, which nobody groups by.
constexpr std::int64_t kLongestValue = 200;
// Each takes one or two bytes of a server's memory for each generation.
constexpr std::int64_t kMostDimensions = 100;
// A column with too many values among so many rows is not counted in all rows.
constexpr std::int64_t kRowsThatTell = 2 * kMostValues;
constexpr std::size_t kCountedAtOnce = 40;
// A key with fewer characters may be part of another value by chance.
constexpr int kTellingKey = 6;

bool names(const std::vector<std::string>& paths, const std::string& path) {
  return std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& one) { return unquoted(one) == unquoted(path); });
}

// The facts have no column for these signals.
bool is_kept_as_attribute(Signal signal) {
  return signal == Signal::sampler || signal == Signal::quality || signal == Signal::error ||
         signal == Signal::http_status;
}

// Of the signals that have a column, and of the condition on the rows.
std::vector<std::string> paths_with_columns(const Mapping& mapping) {
  Mapping kept = mapping;
  kept.dimensions.reset();
  std::erase_if(kept.signals, [](const auto& one) { return is_kept_as_attribute(one.first); });
  return kept.paths();
}

bool is_named_like_email(const std::string& field) {
  const std::string name = replace_all(to_lower(field), "_", "");
  return name.find("email") != std::string::npos || name.find("e-mail") != std::string::npos;
}

// The values of the attributes among the first rows, and with them all.
void count_values(duck::Connection& connection, const std::string& relation,
                  std::span<Attribute* const> attributes) {
  std::string first = "count(*)";
  for (const Attribute* one : attributes) first += fmt::format(", count(distinct {})", one->column);
  const duck::Result few = connection.query(
      fmt::format("select {} from (from {} limit {})", first, relation, kRowsThatTell));
  std::string all = "count(*)";
  std::vector<Attribute*> counted;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    attributes[i]->values = few.int64(0, i + 1);
    if (attributes[i]->values > kMostValues) continue;
    counted.push_back(attributes[i]);
    all += fmt::format(", count(distinct {0}), count({0}), coalesce(max(strlen({0})), 0)",
                       attributes[i]->column);
  }
  if (counted.empty()) return;
  const duck::Result row = connection.query(fmt::format("select {} from {}", all, relation));
  const std::int64_t rows = row.int64(0, 0);
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const bool has_unknown = row.int64(0, 3 * i + 2) < rows;
    const std::int64_t values = row.int64(0, 3 * i + 1) + (has_unknown ? 1 : 0);
    const bool repeats = values < rows || values <= kFewValues;
    counted[i]->values = values;
    counted[i]->is_dimension =
        values >= 2 && values <= kMostValues && repeats && row.int64(0, 3 * i + 3) <= kLongestValue;
  }
}

}  // namespace

std::vector<Attribute> attributes_of(const prompts::EventRows& rows, const Mapping& mapping) {
  const std::vector<std::string> used = paths_with_columns(mapping);
  std::set<std::string> paths;
  for (const prompts::EventColumn& column : rows.columns()) paths.insert(column.path);
  std::vector<Attribute> attributes;
  for (const prompts::EventColumn& column : rows.columns()) {
    const auto part = paths.lower_bound(column.path + ".");
    const bool has_parts = part != paths.end() && part->starts_with(column.path + ".");
    if (has_parts || names(used, column.path) || names(mapping.unused, column.path)) continue;
    add_attribute(column.path, fmt::format("a{}", attributes.size()), attributes);
  }
  return attributes;
}

void add_attribute(const std::string& path, const std::string& column,
                   std::vector<Attribute>& attributes) {
  const auto is_taken = [&](const std::string& field) {
    return std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& one) {
      return to_lower(one.field) == to_lower(field);
    });
  };
  std::vector<std::string> keys;
  for (const prompts::EventStep& step : prompts::parse_event_path(path)) keys.push_back(step.key);
  const std::string plain = join(keys, ".");
  const std::string name = plain.empty() ? "column" : plain;
  std::string field = name;
  for (int number = 2; is_taken(field); ++number) field = fmt::format("{}_{}", name, number);
  attributes.push_back({path, field, column});
}

void leave_out_keys(duck::Connection& connection, const std::string& relation,
                    std::vector<Attribute>& attributes) {
  std::string list = "count(*)";
  for (const Attribute& one : attributes) {
    list += fmt::format(
        ", count(*) filter (strlen(plain_user_key) >= {1} and contains({0}, plain_user_key)), "
        "count(*) filter (trim({0}) = plain_user_key), count({0})",
        one.column, kTellingKey);
  }
  const duck::Result row = connection.query(fmt::format("select {} from {}", list, relation));
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::int64_t equal = row.int64(0, 3 * i + 2), known = row.int64(0, 3 * i + 3);
    attributes[i].is_left_out = row.int64(0, 3 * i + 1) > 0 || (equal > 0 && 2 * equal >= known) ||
                                is_named_like_email(attributes[i].field);
  }
}

void choose_dimensions(duck::Connection& connection, const std::string& relation,
                       const Mapping& mapping, std::vector<Attribute>& attributes) {
  std::vector<Attribute*> kept;
  for (Attribute& one : attributes) {
    if (!one.is_left_out) kept.push_back(&one);
  }
  for (std::size_t begin = 0; begin < kept.size(); begin += kCountedAtOnce) {
    count_values(connection, relation,
                 std::span(kept).subspan(begin, std::min(kCountedAtOnce, kept.size() - begin)));
  }
  std::int64_t dimensions = 0;
  for (Attribute* one : kept) {
    if (mapping.dimensions && !names(*mapping.dimensions, one->path)) one->is_dimension = false;
    if (one->is_dimension && ++dimensions > kMostDimensions) one->is_dimension = false;
  }
}

}  // namespace gsa::telemetry
