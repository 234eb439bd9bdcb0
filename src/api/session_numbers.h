#pragma once

// The numbers of sessions and generations that are added up and ranged over. Each function calls
// `each` once with a function from a row to its number, so that the choice is made once a column
// and not once a row.

#include <cstdint>
#include <optional>

#include "api/catalog.h"
#include "api/facts.h"
#include "base/error.h"

namespace gsa::api {

// Sums of sessions; but for active_users, which no session has by itself.
template <typename Each>
void visit_session_sum(const Facts& f, Sum sum, const Each& each) {
  const auto category = [&](const char* name) {
    const auto code = f.attribute(Dim::friction_category).code_of(name);
    each([&f, code](std::size_t s) -> std::int64_t {
      return code && f.attribute(Dim::friction_category)[s] == *code ? 1 : 0;
    });
  };
  const auto column = [&](const std::vector<std::int32_t>& values) {
    each([&values](std::size_t s) -> std::int64_t { return values[s]; });
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
  const auto equals = [&](Dim dim, const char* name) {
    const auto code = f.attribute(dim).code_of(name);
    each([&f, dim, code](std::size_t g) -> std::int64_t {
      return code && f.attribute(dim)[g] == *code ? 1 : 0;
    });
  };
  const CodeColumn& status = f.attribute(Dim::status);
  const auto success = status.code_of("success");
  const auto null_status = static_cast<std::uint8_t>(status.values.size() - 1);
  switch (sum) {
    case Sum::generations:
      return each([](std::size_t) -> std::int64_t { return 1; });
    case Sum::successes:
      return equals(Dim::status, "success");
    case Sum::failures:
      return each([&status, success, null_status](std::size_t g) -> std::int64_t {
        return status[g] != success && status[g] != null_status ? 1 : 0;
      });
    case Sum::timeouts:
      return equals(Dim::status, "timeout");
    case Sum::safety_violations:
      return equals(Dim::status, "safety_violation");
    case Sum::rate_limited:
      return equals(Dim::status, "rate_limited");
    case Sum::model_errors:
      return equals(Dim::status, "model_error");
    case Sum::retries:
      return each([&f](std::size_t g) -> std::int64_t { return f.retries[g]; });
    case Sum::images:
      return each([&f](std::size_t g) -> std::int64_t { return f.images[g]; });
    case Sum::latency:
      return each([&f](std::size_t g) -> std::int64_t { return f.latency[g]; });
    case Sum::cost:
      return each([&f](std::size_t g) -> std::int64_t { return f.cost[g]; });
    case Sum::wasted_cost:
      return each([&f, &status, success](std::size_t g) -> std::int64_t {
        if (status[g] != success) return f.cost[g];
        // Rounded half up; costs are not negative.
        const std::int64_t attempts = 1 + f.retries[g];
        return (2 * f.cost[g] * f.retries[g] + attempts) / (2 * attempts);
      });
    case Sum::downloads: {
      const CodeColumn& downloaded = f.attribute(Dim::downloaded);
      return each([&downloaded](std::size_t g) -> std::int64_t {
        const auto* truth = std::get_if<bool>(&downloaded.values[downloaded[g]]);
        return truth != nullptr && *truth ? 1 : 0;
      });
    }
    case Sum::feedback: {
      const auto up = f.attribute(Dim::feedback).code_of("thumbs_up");
      const auto down = f.attribute(Dim::feedback).code_of("thumbs_down");
      return each([&f, up, down](std::size_t g) -> std::int64_t {
        const std::uint8_t code = f.attribute(Dim::feedback)[g];
        return (up && code == *up) || (down && code == *down) ? 1 : 0;
      });
    }
    case Sum::thumbs_up:
      return equals(Dim::feedback, "thumbs_up");
    case Sum::thumbs_down:
      return equals(Dim::feedback, "thumbs_down");
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
