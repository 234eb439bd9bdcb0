#include "api/axis.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace gsa::api {
namespace {

constexpr std::size_t kHours = 24;

}  // namespace

Axis::Axis(const Facts& facts, const Dimension& dimension)
    : facts_(&facts), dimension_(&dimension) {
  const auto days = static_cast<std::size_t>(std::max(facts.days(), 0));
  const auto by_day = [&](const std::function<Value(Day)>& value_of) {
    for (std::size_t d = 0; d < days; ++d) {
      Value value = value_of(facts.first_day + static_cast<Day>(d));
      if (values_.empty() || values_.back() != value) values_.push_back(std::move(value));
      code_of_day_.push_back(static_cast<std::uint32_t>(values_.size() - 1));
    }
    size_ = values_.size();
  };
  switch (dimension.kind) {
    case DimensionKind::coded:
      size_ = facts.codes(dimension).values.size();
      break;
    case DimensionKind::user:
      size_ = facts.users;
      break;
    case DimensionKind::day:
      by_day([](Day day) -> Value { return day_text(day); });
      break;
    case DimensionKind::week:
      by_day([](Day day) -> Value { return day_text(monday_of(day)); });
      break;
    case DimensionKind::month:
      by_day([](Day day) -> Value { return month_text(day); });
      break;
    case DimensionKind::hour:
      size_ = days * kHours;
      break;
  }
}

Value Axis::value(std::size_t code) const {
  switch (dimension_->kind) {
    case DimensionKind::user:
      return facts_->user_ids[code];
    case DimensionKind::hour:
      return fmt::format("{} {:02}:00",
                         day_text(facts_->first_day + static_cast<Day>(code / kHours)),
                         code % kHours);
    case DimensionKind::coded:
      return facts_->codes(*dimension_).values[code];
    default:
      return values_[code];
  }
}

bool Axis::occurs(std::size_t code) const {
  return dimension_->kind != DimensionKind::coded || facts_->codes(*dimension_).occurs[code];
}

template <typename Each>
void Axis::visit(const Each& each) const {
  const Facts& f = *facts_;
  switch (dimension_->kind) {
    case DimensionKind::coded:
      return f.codes(*dimension_).visit([&](const auto& code_of) {
        if (level() != Level::user) return each(code_of);
        each([code_of, users = f.user_of.data()](std::size_t s) { return code_of(users[s]); });
      });
    case DimensionKind::user:
      return each([users = f.user_of.data()](std::size_t s) { return users[s]; });
    case DimensionKind::hour:
      return each([&f](std::size_t s) {
        return static_cast<std::uint32_t>(f.day[s] * kHours + f.hour[s]);
      });
    default:
      return each([codes = code_of_day_.data(), days = f.day.data()](std::size_t s) {
        return codes[days[s]];
      });
  }
}

std::uint32_t Axis::code(std::size_t row) const {
  std::uint32_t code = 0;
  visit([&](const auto& code_of) { code = code_of(row); });
  return code;
}

std::uint32_t Axis::code_of_user(std::size_t user) const {
  return dimension_->kind == DimensionKind::user ? static_cast<std::uint32_t>(user)
                                                 : facts_->codes(*dimension_)[user];
}

void Axis::add_codes(std::span<const std::uint32_t> rows, std::uint32_t stride,
                     std::vector<std::uint32_t>& codes) const {
  visit([&](const auto& code_of) {
    for (std::size_t i = 0; i < rows.size(); ++i) codes[i] += stride * code_of(rows[i]);
  });
}

std::vector<std::uint8_t> Axis::passing(const Filter& filter) const {
  std::vector<std::uint8_t> passes(size_, filter.in ? 0 : 1);
  const auto mark = [&](const std::vector<Value>& values, std::uint8_t with) {
    if (dimension_->kind == DimensionKind::user) {
      for (const Value& value : values) {
        const auto* id = std::get_if<std::int64_t>(&value);
        if (id == nullptr) continue;
        if (const auto user = facts_->find_user(*id)) passes[*user] = with;
      }
      return;
    }
    for (std::size_t code = 0; code < size_; ++code) {
      if (std::find(values.begin(), values.end(), value(code)) != values.end()) {
        passes[code] = with;
      }
    }
  };
  if (filter.in) mark(*filter.in, 1);
  mark(filter.not_in, 0);
  return passes;
}

}  // namespace gsa::api
