#include "sim/period.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "sim/zigzag.h"

namespace gsa::sim {
namespace {

constexpr const char* kHowToWrite =
    "write a month as 2025-12, a range as 2025-10..2026-02, and commas between several";

std::int64_t month_begin_us(std::chrono::year_month month) {
  const std::chrono::sys_days day(month / 1);
  return std::chrono::duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
}

std::chrono::year_month to_month(const Period& period) {
  return std::chrono::year(period.year) / std::chrono::month(static_cast<unsigned>(period.month));
}

// The number that a text of digits means; -1 for any other text.
int number_of(std::string_view digits) {
  int value = -1;
  const bool all_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (all_digits) std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

void refuse_too_many(std::string_view text, std::int64_t months) {
  if (months <= kMaxMonths) return;
  throw Error(fmt::format("{} are {} months, more than {}", clip(text, 60), with_thousands(months),
                          with_thousands(kMaxMonths)),
              "", ErrorCode::usage);
}

// Adds the months of "2025-10" or "2025-10..2026-02".
void add_part(std::string_view part, std::vector<Period>& months) {
  const std::size_t dots = part.find("..");
  const Period first = parse_period(part.substr(0, dots));
  const Period last = dots == std::string_view::npos ? first : parse_period(part.substr(dots + 2));
  if (last < first) {
    throw Error(fmt::format("the range {} ends before it begins", part),
                fmt::format("write {}..{}", last.name(), first.name()), ErrorCode::usage);
  }
  refuse_too_many(part, last.month_index() - first.month_index() + 1);
  for (std::int64_t i = first.month_index(); i <= last.month_index(); ++i) {
    months.push_back(period_at(i));
  }
}

}  // namespace

std::int64_t Period::begin_us() const { return month_begin_us(to_month(*this)); }

std::int64_t Period::end_us() const {
  return month_begin_us(to_month(*this) + std::chrono::months(1));
}

std::int64_t Period::month_index() const { return (std::int64_t{year} - 1970) * 12 + month - 1; }

std::string Period::name() const { return fmt::format("{:04}-{:02}", year, month); }

std::int64_t Period::slot() const { return zigzag(month_index() - kAnchor.month_index()); }

Period period_at(std::int64_t month_index) {
  const std::chrono::year_month month =
      std::chrono::year(1970) / 1 + std::chrono::months(month_index);
  return {static_cast<int>(month.year()), static_cast<int>(static_cast<unsigned>(month.month()))};
}

Period parse_period(std::string_view text) {
  const bool shaped = text.size() == 7 && text[4] == '-';
  const Period period =
      shaped ? Period{number_of(text.substr(0, 4)), number_of(text.substr(5))} : Period{-1, -1};
  if (period.year < 0 || period.month < 1 || period.month > 12) {
    throw Error(fmt::format("'{}' is not a month", clip(text, 60)), kHowToWrite, ErrorCode::usage);
  }
  if (period.year < kMinYear || period.year > kMaxYear) {
    throw Error(fmt::format("{} is not in the years {} to {}", text, kMinYear, kMaxYear), "",
                ErrorCode::usage);
  }
  return period;
}

std::vector<Period> parse_months(std::string_view text) {
  std::vector<Period> months;
  for (const std::string& part : split(text, ',')) add_part(trim(part), months);
  std::sort(months.begin(), months.end());
  months.erase(std::unique(months.begin(), months.end()), months.end());
  refuse_too_many(text, std::ssize(months));
  return months;
}

std::string describe(const std::vector<Period>& months) {
  std::string text;
  for (std::size_t first = 0, last = 0; first < months.size(); first = ++last) {
    while (last + 1 < months.size() &&
           months[last + 1].month_index() == months[last].month_index() + 1) {
      ++last;
    }
    if (first > 0) text += ", ";
    text += months[first].name();
    if (last > first) text += " to " + months[last].name();
  }
  return text;
}

}  // namespace gsa::sim
