#include "api/row_selection.h"

#include <algorithm>
#include <array>

#include "api/axis.h"

namespace gsa::api {
namespace {

constexpr std::size_t kBlock = 2048;  // rows whose marks fit the first-level cache

using Marks = std::array<std::uint8_t, kBlock>;

// Clears the marks of the rows, from `first` on, that the filter rejects.
class Test {
 public:
  Test(const Facts& facts, const Filter& filter) : facts_(facts), filter_(filter) {
    if (filter.dimension == nullptr) return;
    axis_.emplace_back(facts, *filter.dimension);
    passes_ = axis_.front().passing(filter);
  }

  void apply(std::size_t first, std::size_t rows, Marks& marks) const {
    if (filter_.range != nullptr) {
      const double unit = unit_of(*filter_.range);
      facts_.number(*filter_.range).visit_doubles(unit, [&](const auto& value) {
        const double min = filter_.min.value_or(-std::numeric_limits<double>::infinity());
        const double max = filter_.max.value_or(std::numeric_limits<double>::infinity());
        for (std::size_t i = 0; i < rows; ++i) {
          if (marks[i] == 0) continue;
          const double number = value(first + i);
          marks[i] = number >= min && number < max ? 1 : 0;
        }
      });
      return;
    }
    rows_.resize(rows);
    codes_.assign(rows, 0);
    for (std::size_t i = 0; i < rows; ++i) rows_[i] = static_cast<std::uint32_t>(first + i);
    axis_.front().add_codes(rows_, 1, codes_);
    for (std::size_t i = 0; i < rows; ++i) marks[i] &= passes_[codes_[i]];
  }

 private:
  const Facts& facts_;
  const Filter& filter_;
  std::vector<Axis> axis_;  // for a dimension: one
  std::vector<std::uint8_t> passes_;
  mutable std::vector<std::uint32_t> rows_, codes_;
};

std::vector<Test> tests_of(const Facts& facts, const Scope& scope, Level level) {
  std::vector<Test> tests;
  for (const Filter& filter : scope.filters) {
    if (filter.level() == level) tests.emplace_back(facts, filter);
  }
  return tests;
}

Bits select_sessions(const Facts& facts, const Scope& scope, const DayRange& days) {
  const std::vector<Test> tests = tests_of(facts, scope, Level::session);
  const std::vector<std::uint8_t> users = passing_users(facts, scope);
  const Day from = days.from - facts.first_day, to = days.to - facts.first_day;
  Bits chosen(facts.sessions);
  Marks marks{};
  for (std::size_t first = 0; first < facts.sessions; first += kBlock) {
    const std::size_t rows = std::min(kBlock, facts.sessions - first);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto day = static_cast<Day>(facts.day[first + i]);
      marks[i] = day >= from && day <= to ? users[facts.user_of[first + i]] : 0;
    }
    for (const Test& test : tests) test.apply(first, rows, marks);
    for (std::size_t i = 0; i < rows; ++i) {
      if (marks[i] != 0) chosen.set(first + i);
    }
  }
  return chosen;
}

// Keeps only sessions with a passing generation.
void select_generations(const Facts& facts, const std::vector<Test>& tests, Selection& selection) {
  Bits passing(facts.generations);
  Marks marks{};
  for (std::size_t first = 0; first < facts.generations; first += kBlock) {
    const std::size_t rows = std::min(kBlock, facts.generations - first);
    marks.fill(1);
    for (const Test& test : tests) test.apply(first, rows, marks);
    for (std::size_t i = 0; i < rows; ++i) {
      if (marks[i] != 0) passing.set(first + i);
    }
  }
  Bits sessions(facts.sessions);
  selection.generations = Bits(facts.generations);
  selection.sessions.for_each([&](std::size_t s) {
    for (std::size_t g = facts.first_generation[s]; g < facts.first_generation[s + 1]; ++g) {
      if (!passing[g]) continue;
      selection.generations.set(g);
      sessions.set(s);
    }
  });
  selection.sessions = std::move(sessions);
}

}  // namespace

std::vector<std::uint8_t> passing_users(const Facts& facts, const Scope& scope) {
  std::vector<std::uint8_t> users(facts.users, 1);
  for (const Filter& filter : scope.filters) {
    if (filter.level() != Level::user) continue;
    const Axis axis(facts, *filter.dimension);
    const std::vector<std::uint8_t> passes = axis.passing(filter);
    for (std::size_t u = 0; u < users.size(); ++u) users[u] &= passes[axis.code_of_user(u)];
  }
  return users;
}

Selection select(const Facts& facts, const Scope& scope, const DayRange& days) {
  Selection selection;
  selection.sessions = select_sessions(facts, scope, days);
  selection.has_generation_filters = scope.has_generation_filters();
  if (selection.has_generation_filters) {
    select_generations(facts, tests_of(facts, scope, Level::generation), selection);
  }
  return selection;
}

}  // namespace gsa::api
