#pragma once

// Derives sessions, retries and friction again from a warehouse's raw tables, by plain loops in
// exact integers, and compares them with fct_sessions and fct_generations row by row.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "warehouse_reading.h"

namespace gsa::tests {

inline constexpr std::int64_t kGapUs = std::int64_t{30} * 60 * 1'000'000;
inline constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;

struct Generation {
  std::int64_t id, at_us, latency_ms, cost, images;  // cost in 1/10,000
  std::optional<std::int64_t> user, retries, asked_before_us;
  std::string status, feedback;
  bool downloaded;
};

// A ratio rounded to the nearest integer. Exactly halfway, binary floating point may round either
// way, so both results count as right.
struct Rounded {
  std::int64_t low, high;
  bool admits(std::int64_t value) const { return value == low || value == high; }
};

inline Rounded rounded(std::int64_t part, std::int64_t whole) {
  const std::int64_t down = part / whole;
  const std::int64_t twice = 2 * (part % whole);
  if (twice == whole) return {down, down + 1};
  return twice > whole ? Rounded{down + 1, down + 1} : Rounded{down, down};
}

inline std::int64_t number(const std::string& text) { return std::stoll(text); }

inline std::optional<std::int64_t> optional_number(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return number(text);
}

inline std::vector<Generation> read_generations(const std::string& warehouse) {
  std::vector<Generation> generations;
  for (const auto& row :
       read_rows(warehouse,
                 "select generation_id, epoch_us(generated_at), latency_ms, "
                 "(cost * 10000)::bigint, image_count, user_id, retry_count, "
                 "epoch_us(asked_before_at), status, feedback, downloaded from raw_generations")) {
    generations.push_back({number(row[0]), number(row[1]), number(row[2]), number(row[3]),
                           number(row[4]), optional_number(row[5]), optional_number(row[6]),
                           optional_number(row[7]), row[8], row[9], row[10] == "true"});
  }
  return generations;
}

using Session = std::vector<Generation>;

struct Derived {
  std::map<std::int64_t, Session> sessions;  // by the id of the session's first generation
  std::vector<Generation> outside;           // generations of unknown users
};

// Afterwards, the retries of every generation are known.
inline Derived derive(std::vector<Generation> generations) {
  std::sort(generations.begin(), generations.end(), [](const auto& a, const auto& b) {
    return std::tie(a.user, a.at_us, a.id) < std::tie(b.user, b.at_us, b.id);
  });
  Derived derived;
  Session* open = nullptr;
  for (Generation& g : generations) {
    if (!g.user) {
      if (!g.retries) g.retries = 0;
      derived.outside.push_back(g);
      continue;
    }
    const bool goes_on =
        open != nullptr && open->back().user == g.user && g.at_us - open->back().at_us <= kGapUs;
    if (!goes_on) open = &derived.sessions[g.id];
    if (!g.retries) {
      const std::int64_t begun_us = goes_on ? open->front().at_us : g.at_us;
      g.retries = g.asked_before_us && *g.asked_before_us >= begun_us ? 1 : 0;
    }
    open->push_back(g);
  }
  return derived;
}

inline std::int64_t count_status(const Session& session, const std::string& status) {
  return std::count_if(session.begin(), session.end(),
                       [&](const Generation& g) { return g.status == status; });
}

template <typename Member>
std::int64_t sum(const Session& session, Member member) {
  std::int64_t total = 0;
  for (const Generation& g : session) total += g.*member;
  return total;
}

inline std::int64_t sum_retries(const Session& session) {
  std::int64_t total = 0;
  for (const Generation& g : session) total += g.retries.value();
  return total;
}

// The smallest latency that at least 95 % of the generations do not exceed.
inline std::int64_t p95_latency(const Session& session) {
  std::vector<std::int64_t> latencies;
  for (const Generation& g : session) latencies.push_back(g.latency_ms);
  std::sort(latencies.begin(), latencies.end());
  return latencies[(95 * latencies.size() + 99) / 100 - 1];
}

// A row of fct_sessions; decimals as integers in units of their last digit.
inline constexpr const char* kStored = R"(
select session_id, user_id, epoch_us(session_start), epoch_us(session_end),
    session_date = session_start::date, total_generations, successful_generations, timeout_count,
    safety_violation_count, rate_limited_count, model_error_count, total_latency_ms,
    max_latency_ms, p95_latency_ms, (total_cost * 10000)::bigint, total_retries,
    total_images, thumbs_up_count, thumbs_down_count, download_count, (success_rate_pct * 100)::bigint,
    (avg_latency_ms * 10)::bigint, (session_duration_min * 100)::bigint,
    (friction_error_points * 10000)::bigint, (friction_latency_points * 10000)::bigint,
    (friction_retry_points * 10000)::bigint, (friction_score * 10000)::bigint, friction_category
from fct_sessions)";

inline std::vector<std::string> counted(const Session& session) {
  const auto feedback = [&](const std::string& kind) {
    return std::count_if(session.begin(), session.end(),
                         [&](const Generation& g) { return g.feedback == kind; });
  };
  const std::int64_t max_latency =
      std::max_element(session.begin(), session.end(), [](const auto& a, const auto& b) {
        return a.latency_ms < b.latency_ms;
      })->latency_ms;
  const std::vector<std::int64_t> values = {static_cast<std::int64_t>(session.size()),
                                            count_status(session, "success"),
                                            count_status(session, "timeout"),
                                            count_status(session, "safety_violation"),
                                            count_status(session, "rate_limited"),
                                            count_status(session, "model_error"),
                                            sum(session, &Generation::latency_ms),
                                            max_latency,
                                            p95_latency(session),
                                            sum(session, &Generation::cost),
                                            sum_retries(session),
                                            sum(session, &Generation::images),
                                            feedback("thumbs_up"),
                                            feedback("thumbs_down"),
                                            sum(session, &Generation::downloaded)};
  std::vector<std::string> texts;
  for (const std::int64_t value : values) texts.push_back(std::to_string(value));
  return texts;
}

// The scores in 1/10,000 points: 33.33 points are 333,300.
inline void expect_scores(const Session& session, const std::vector<std::string>& row) {
  constexpr std::int64_t kPoints = 333'300;
  const auto n = static_cast<std::int64_t>(session.size());
  const std::int64_t successes = count_status(session, "success");
  const std::int64_t latency = sum(session, &Generation::latency_ms);
  const std::int64_t retries = sum_retries(session);
  const std::int64_t duration_us = session.back().at_us - session.front().at_us;

  EXPECT_TRUE(rounded(100 * 100 * successes, n).admits(number(row[20])));
  EXPECT_TRUE(rounded(10 * latency, n).admits(number(row[21])));
  EXPECT_TRUE(rounded(100 * duration_us, 60'000'000).admits(number(row[22])));

  const std::int64_t error_points = number(row[23]), latency_points = number(row[24]),
                     retry_points = number(row[25]);
  EXPECT_TRUE(rounded((n - successes) * 3 * kPoints, n).admits(error_points));
  EXPECT_TRUE(rounded(std::min(latency, 5000 * n) * 2 * kPoints, 5000 * n).admits(latency_points));
  EXPECT_TRUE(rounded(std::min(retries, 2 * n) * kPoints, 2 * n).admits(retry_points));
  const std::int64_t points = error_points + latency_points + retry_points;
  EXPECT_EQ(number(row[26]), std::min<std::int64_t>(points, 1'000'000));
  EXPECT_EQ(row[27], points < 200'000 ? "low" : points < 600'000 ? "medium" : "high");
}

// Checks every generation's session, day and retries.
inline void expect_generations_follow_from_raw(const std::string& warehouse,
                                               const Derived& derived) {
  std::map<std::int64_t, std::vector<std::string>> expected;
  for (const auto& [id, session] : derived.sessions) {
    for (const Generation& g : session) {
      expected[g.id] = {std::to_string(id), std::to_string(session.front().at_us / kDayUs),
                        std::to_string(g.retries.value()), "true"};
    }
  }
  for (const Generation& g : derived.outside) {
    expected[g.id] = {"", "", std::to_string(g.retries.value()), "false"};
  }
  const TextRows stored =
      read_rows(warehouse,
                "select generation_id, session_id, session_date - date '1970-01-01', retry_count, "
                "user_tier is not null from fct_generations");
  EXPECT_EQ(stored.size(), expected.size());
  for (const auto& row : stored) {
    EXPECT_EQ(std::vector<std::string>(row.begin() + 1, row.end()), expected[number(row[0])])
        << "generation " << row[0];
    if (testing::Test::HasFailure()) break;  // one failure is enough
  }
}

// Compares every session and every generation; returns how many sessions there are.
inline std::size_t expect_sessions_follow_from_raw(const std::string& warehouse) {
  const Derived derived = derive(read_generations(warehouse));
  expect_generations_follow_from_raw(warehouse, derived);
  const TextRows stored = read_rows(warehouse, kStored);
  EXPECT_EQ(stored.size(), derived.sessions.size());
  for (const auto& row : stored) {
    SCOPED_TRACE("session " + row[0]);
    const auto found = derived.sessions.find(number(row[0]));
    if (found == derived.sessions.end()) {
      ADD_FAILURE() << "no generation begins it";
      continue;
    }
    const Session& session = found->second;
    EXPECT_EQ(number(row[1]), session.front().user);
    EXPECT_EQ(number(row[2]), session.front().at_us);
    EXPECT_EQ(number(row[3]), session.back().at_us);
    EXPECT_EQ(row[4], "true") << "a session belongs to the day on which it began";
    EXPECT_EQ(std::vector<std::string>(row.begin() + 5, row.begin() + 20), counted(session));
    expect_scores(session, row);
    if (testing::Test::HasFailure()) break;  // one failure is enough
  }
  return derived.sessions.size();
}

}  // namespace gsa::tests
