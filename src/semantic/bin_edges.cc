#include "semantic/bin_edges.h"

#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::semantic {
namespace {

constexpr std::size_t kMostNumbers = 10'000;

double number_at(const dbt::Value& steps, std::string_view key) {
  const dbt::Value* found = steps.as_dict().find(key);
  if (found == nullptr || !found->is_number()) {
    throw Error(fmt::format("steps need the number '{}'", key), "write {from: 0, to: 95, step: 5}");
  }
  return found->as_double();
}

// A quotient of integers is the double nearest to the intended decimal. The values compared with it
// are such quotients too.
void add_steps(const dbt::Value& steps, std::vector<double>& into) {
  const double from = number_at(steps, "from"), to = number_at(steps, "to"),
               step = number_at(steps, "step");
  constexpr double kFinest = 1e6, kNear = 1e-6;
  double unit = 1;
  const auto is_whole = [&](double number) {
    return std::abs(number * unit - std::round(number * unit)) < kNear;
  };
  while (unit < kFinest && !(is_whole(from) && is_whole(to) && is_whole(step))) unit *= 10;
  const auto width = std::llround(step * unit);
  if (width <= 0 || to < from) {
    throw Error("steps go up from a number to a larger one", "write {from: 0, to: 95, step: 5}");
  }
  for (long long i = std::llround(from * unit); i <= std::llround(to * unit); i += width) {
    into.push_back(static_cast<double>(i) / unit);
    if (into.size() > kMostNumbers) {
      throw Error(fmt::format("these steps make more than {} numbers", kMostNumbers));
    }
  }
}

}  // namespace

std::vector<double> read_numbers(const dbt::Value& list) {
  if (!list.is_sequence()) throw Error("a list of numbers is expected");
  std::vector<double> numbers;
  for (const dbt::Value& item : list.as_list()) {
    if (item.is_dict()) {
      add_steps(item, numbers);
    } else if (item.is_number()) {
      numbers.push_back(item.as_double());
    } else {
      throw Error(fmt::format("'{}' is no number", item.str()));
    }
  }
  return numbers;
}

std::vector<std::string> read_values(const dbt::Value& list) {
  if (!list.is_sequence()) throw Error("a list of values is expected");
  std::vector<std::string> values;
  for (const dbt::Value& item : list.as_list()) {
    if (!item.is_dict()) {
      values.push_back(item.kind() == dbt::Value::Kind::boolean ? (item.truth() ? "true" : "false")
                                                                : item.str());
      continue;
    }
    std::vector<double> numbers;
    add_steps(item, numbers);
    for (const double number : numbers) values.push_back(fmt::format("{}", number));
  }
  return values;
}

}  // namespace gsa::semantic
