#pragma once

// The numbers of sessions and generations that are added up and ranged over. Each function calls
// `each` once with a function from a row to its number, so that the choice is made once a column
// and not once a row.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "api/catalog.h"
#include "api/facts.h"
#include "base/error.h"

namespace gsa::api {

// By code of an attribute, the number that `number_of` gives for its value.
template <typename NumberOf>
std::array<std::int64_t, 256> by_code(const CodeColumn& column, const NumberOf& number_of) {
  std::array<std::int64_t, 256> numbers{};
  for (std::size_t code = 0; code < column.values.size(); ++code) {
    numbers[code] = number_of(column.values[code]);
  }
  return numbers;
}

// 1 where the value is one of these texts, else 0.
inline std::array<std::int64_t, 256> ones_of(const CodeColumn& column,
                                             std::initializer_list<std::string_view> texts) {
  return by_code(column, [&](const Value& value) -> std::int64_t {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && std::find(texts.begin(), texts.end(), *text) != texts.end() ? 1 : 0;
  });
}

// Calls `each` with what the code of a row stands for in `numbers`.
template <typename Each>
void visit_coded(const CodeColumn& column, const std::array<std::int64_t, 256>& numbers,
                 const Each& each) {
  if (column.codes.empty()) {
    const std::int64_t number = numbers[column.constant];
    return each([number](std::size_t) { return number; });
  }
  const std::uint8_t* codes = column.codes.data();
  each([codes, &numbers](std::size_t row) { return numbers[codes[row]]; });
}

// Sums of sessions; but for active_users, which no session has by itself.
template <typename Each>
void visit_session_sum(const Facts& f, Sum sum, const Each& each) {
  const auto category = [&](std::string_view name) {
    const CodeColumn& column = f.attribute(Dim::friction_category);
    visit_coded(column, ones_of(column, {name}), each);
  };
  const auto column = [&](const std::vector<std::int32_t>& values) {
    const std::int32_t* numbers = values.data();
    each([numbers](std::size_t s) -> std::int64_t { return numbers[s]; });
  };
  switch (sum) {
    case Sum::sessions:
      return each([](std::size_t) -> std::int64_t { return 1; });
    case Sum::friction:
      return column(f.friction);
    case Sum::error_points:
      return column(f.error_points);
    case Sum::latency_points:
      return column(f.latency_points);
    case Sum::retry_points:
      return column(f.retry_points);
    case Sum::duration:
      return column(f.duration);
    case Sum::low:
      return category("low");
    case Sum::medium:
      return category("medium");
    case Sum::high:
      return category("high");
    case Sum::single:
      return each([&f](std::size_t s) -> std::int64_t { return f.generations_of(s) == 1; });
    default:
      throw Bug("not a sum of sessions", std::source_location::current());
  }
}

template <typename Each>
void visit_generation_sum(const Facts& f, Sum sum, const Each& each) {
  const auto ones = [&](Dim dim, std::initializer_list<std::string_view> texts) {
    visit_coded(f.attribute(dim), ones_of(f.attribute(dim), texts), each);
  };
  const auto column = [&](const auto& values) {
    const auto* numbers = values.data();
    each([numbers](std::size_t g) -> std::int64_t { return numbers[g]; });
  };
  const CodeColumn& status = f.attribute(Dim::status);
  switch (sum) {
    case Sum::generations:
      return each([](std::size_t) -> std::int64_t { return 1; });
    case Sum::successes:
      return ones(Dim::status, {"success"});
    case Sum::failures:
      return visit_coded(status,
                         by_code(status,
                                 [](const Value& value) -> std::int64_t {
                                   const auto* text = std::get_if<std::string>(&value);
                                   return text != nullptr && *text != "success" ? 1 : 0;
                                 }),
                         each);
    case Sum::timeouts:
      return ones(Dim::status, {"timeout"});
    case Sum::safety_violations:
      return ones(Dim::status, {"safety_violation"});
    case Sum::rate_limited:
      return ones(Dim::status, {"rate_limited"});
    case Sum::model_errors:
      return ones(Dim::status, {"model_error"});
    case Sum::retries:
      return column(f.retries);
    case Sum::images:
      return column(f.images);
    case Sum::latency:
      return column(f.latency);
    case Sum::cost:
      return column(f.cost);
    case Sum::wasted_cost:
      return visit_coded(status, ones_of(status, {"success"}), [&](const auto& success) {
        each([&f, &success](std::size_t g) -> std::int64_t {
          const std::int64_t parts = f.cost[g] * kWastedParts;
          if (success(g) == 0) return parts;
          if (f.retries[g] == 0) return 0;
          // Rounded half up; costs are not negative.
          const std::int64_t attempts = 1 + f.retries[g];
          return (2 * parts * f.retries[g] + attempts) / (2 * attempts);
        });
      });
    case Sum::downloads: {
      const CodeColumn& downloaded = f.attribute(Dim::downloaded);
      return visit_coded(
          downloaded,
          by_code(downloaded,
                  [](const Value& value) -> std::int64_t { return value == Value(true) ? 1 : 0; }),
          each);
    }
    case Sum::feedback:
      return ones(Dim::feedback, {"thumbs_up", "thumbs_down"});
    case Sum::thumbs_up:
      return ones(Dim::feedback, {"thumbs_up"});
    case Sum::thumbs_down:
      return ones(Dim::feedback, {"thumbs_down"});
    default:
      throw Bug("not a sum of generations", std::source_location::current());
  }
}

// Of a session, over all its generations whatever is filtered.
template <typename Value>
std::int64_t over_generations(const Facts& f, std::size_t session, const Value& value) {
  std::int64_t sum = 0;
  for (std::size_t g = f.first_generation[session]; g < f.first_generation[session + 1]; ++g) {
    sum += value(g);
  }
  return sum;
}

// The number that a range is over, in its unit, of a session or (latency, tokens) a generation.
template <typename Each>
void visit_range(const Facts& f, RangeId range, const Each& each) {
  const auto summed = [&](Sum sum, double divisor) {
    visit_generation_sum(f, sum, [&](const auto& value) {
      each([&f, &value, divisor](std::size_t s) {
        return static_cast<double>(over_generations(f, s, value)) / divisor;
      });
    });
  };
  const auto average = [&](Sum sum) {
    visit_generation_sum(f, sum, [&](const auto& value) {
      each([&f, &value](std::size_t s) {
        return static_cast<double>(over_generations(f, s, value)) /
               static_cast<double>(f.generations_of(s));
      });
    });
  };
  switch (range) {
    case RangeId::friction:
      return each([&f](std::size_t s) { return f.friction[s] / 10000.0; });
    case RangeId::duration_min:
      return each([&f](std::size_t s) { return f.duration[s] / 100.0; });
    case RangeId::generations:
      return each([&f](std::size_t s) { return static_cast<double>(f.generations_of(s)); });
    case RangeId::cost:
      return summed(Sum::cost, 10000.0);
    case RangeId::retries:
      return summed(Sum::retries, 1.0);
    case RangeId::avg_latency_ms:
      return average(Sum::latency);
    case RangeId::success_rate:
      return average(Sum::successes);
    case RangeId::latency_ms:
      return each([&f](std::size_t g) { return static_cast<double>(f.latency[g]); });
    case RangeId::token_count:
      return each([&f](std::size_t g) { return static_cast<double>(f.token_count[g]); });
  }
}

}  // namespace gsa::api
