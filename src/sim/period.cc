#include "sim/period.h"

#include <chrono>

#include <fmt/format.h>

namespace gsa::sim {
namespace {

std::int64_t month_begin_us(std::chrono::year_month month) {
  const std::chrono::sys_days day(month / 1);
  return std::chrono::duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
}

std::chrono::year_month to_month(const Period& period) {
  return std::chrono::year(period.year) / std::chrono::month(static_cast<unsigned>(period.month));
}

}  // namespace

std::int64_t Period::begin_us() const { return month_begin_us(to_month(*this)); }

std::int64_t Period::end_us() const {
  return month_begin_us(to_month(*this) + std::chrono::months(1));
}

std::string Period::name() const { return fmt::format("{:04}-{:02}", year, month); }

}  // namespace gsa::sim
