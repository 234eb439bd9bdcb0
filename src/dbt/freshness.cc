#include "dbt/freshness.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

const std::vector<std::string> kPeriods = {"minute", "hour", "day"};

// Reads one layer on top of the earlier layers.
class LayerReader {
 public:
  LayerReader(const Setting& layer, const ProjectFiles& files) : layer_(layer), files_(files) {}

  void read(Freshness& into, const std::vector<std::string>& more_keys) const {
    const Dict& map = dict(layer_.value, "freshness");
    std::vector<std::string> keys = {"warn_after", "error_after", "filter"};
    keys.insert(keys.end(), more_keys.begin(), more_keys.end());
    expect_keys(map, "freshness", keys);
    read_limit(map, "warn_after", into.warn_after);
    read_limit(map, "error_after", into.error_after);
    read_text(map, "filter", into.filter);
    read_text(map, "loaded_at_field", into.loaded_at_field);
  }

 private:
  void read_limit(const Dict& map, const std::string& key, std::optional<AgeLimit>& limit) const {
    const Value* value = map.find(key);
    if (value == nullptr) return;
    if (value->is_none()) {
      limit.reset();
      return;
    }
    const Dict& given = dict(*value, key);
    expect_keys(given, key, {"count", "period"});
    if (given.size() == 0) return;
    const Value* count = given.find("count");
    const Value* period = given.find("period");
    if (count == nullptr || period == nullptr) {
      throw error(fmt::format("'{}' needs both a count and a period", key),
                  "for example {count: 12, period: hour}");
    }
    if (!count->is_integer() || count->as_integer() < 0) {
      throw error(fmt::format("the count of '{}' must be a whole number, not {}", key,
                              count->is_integer() ? count->str() : count->type_name()));
    }
    const std::string name = period->is_string() ? period->as_string() : "";
    const auto found = std::find(kPeriods.begin(), kPeriods.end(), name);
    if (found == kPeriods.end()) {
      std::string hint = did_you_mean(name, kPeriods);
      if (hint.empty()) hint = fmt::format("use one of: {}", join(kPeriods, ", "));
      throw error(fmt::format("the period of '{}' is not known: {}", key,
                              name.empty() ? period->type_name() : "'" + name + "'"),
                  hint);
    }
    limit = {count->as_integer(), static_cast<Period>(found - kPeriods.begin())};
  }

  void read_text(const Dict& map, const std::string& key, std::string& text) const {
    const Value* value = map.find(key);
    if (value == nullptr || value->is_none()) return;
    if (!value->is_string()) {
      throw error(fmt::format("'{}' takes SQL, not {}", key, value->type_name()));
    }
    text = value->as_string();
  }

  const Dict& dict(const Value& value, const std::string& key) const {
    if (value.is_dict()) return value.as_dict();
    throw error(fmt::format("'{}' takes a map of keys to values, not {}", key, value.type_name()));
  }

  void expect_keys(const Dict& map, const std::string& what,
                   const std::vector<std::string>& keys) const {
    for (const auto& [key, value] : map.entries()) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      std::string hint = did_you_mean(key.str(), keys);
      if (hint.empty()) hint = fmt::format("known are: {}", join(keys, ", "));
      throw error(fmt::format("unknown key '{}' in '{}'", key.str(), what), hint);
    }
  }

  Error error(const std::string& what, const std::string& hint = "") const {
    return files_.error_at(layer_.place, what, hint);
  }

  const Setting& layer_;
  const ProjectFiles& files_;
};

}  // namespace

std::string_view period_name(Period period) {
  return kPeriods.at(static_cast<std::size_t>(period));
}

std::int64_t AgeLimit::seconds() const {
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  return count * (period == Period::minute ? kMinute : period == Period::hour ? kHour : kDay);
}

std::optional<Freshness> read_freshness(const std::vector<Setting>& layers,
                                        const ProjectFiles& files,
                                        const std::vector<std::string>& more_keys) {
  Freshness freshness;
  for (const Setting& layer : layers) {
    if (layer.value.is_none()) {
      freshness = {};
    } else {
      LayerReader(layer, files).read(freshness, more_keys);
    }
  }
  if (!freshness.warn_after && !freshness.error_after) return std::nullopt;
  return freshness;
}

}  // namespace gsa::dbt
