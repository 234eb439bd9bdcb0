#include "api/axis.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace gsa::api {
namespace {

constexpr std::size_t kHours = 24;

std::uint32_t length_code(std::size_t generations) {
  if (generations <= 2) return static_cast<std::uint32_t>(generations == 2);
  if (generations <= 5) return 2;
  return generations <= 10 ? 3 : 4;
}

}  // namespace

Axis::Axis(const Facts& facts, Dim dim) : facts_(&facts), dim_(dim), kind_(Kind::attribute) {
  const auto days = static_cast<std::size_t>(std::max(facts.days(), 0));
  const auto by_day = [&](const std::function<Value(Day)>& value_of) {
    kind_ = Kind::by_day;
    for (std::size_t d = 0; d < days; ++d) {
      Value value = value_of(facts.first_day + static_cast<Day>(d));
      if (values_.empty() || values_.back() != value) values_.push_back(std::move(value));
      code_of_day_.push_back(static_cast<std::uint32_t>(values_.size() - 1));
    }
    size_ = values_.size();
  };
  switch (dim) {
    case Dim::user:
      kind_ = Kind::user;
      size_ = facts.users;
      break;
    case Dim::session_length:
      kind_ = Kind::length;
      for (const char* text : {"1", "2", "3–5", "6–10", "11+"}) values_.emplace_back(text);
      size_ = values_.size();
      break;
    case Dim::day:
      by_day([](Day day) -> Value { return day_text(day); });
      break;
    case Dim::week:
      by_day([](Day day) -> Value { return day_text(monday_of(day)); });
      break;
    case Dim::month:
      by_day([](Day day) -> Value { return month_text(day); });
      break;
    case Dim::weekday:
      kind_ = Kind::by_day;
      for (std::int64_t weekday = 1; weekday <= 7; ++weekday) values_.emplace_back(weekday);
      for (std::size_t d = 0; d < days; ++d) {
        const int weekday = weekday_of(facts.first_day + static_cast<Day>(d));
        code_of_day_.push_back(static_cast<std::uint32_t>(weekday - 1));
      }
      size_ = values_.size();
      break;
    case Dim::hour:
      kind_ = Kind::hour;
      size_ = days * kHours;
      break;
    case Dim::hour_of_day:
      kind_ = Kind::hour_of_day;
      size_ = kHours;
      break;
    default:
      if (level() == Level::user) kind_ = Kind::user_attribute;
      size_ = facts.attribute(dim).values.size();
  }
}

Value Axis::value(std::size_t code) const {
  switch (kind_) {
    case Kind::user:
      return facts_->user_ids[code];
    case Kind::hour:
      return fmt::format("{} {:02}:00",
                         day_text(facts_->first_day + static_cast<Day>(code / kHours)),
                         code % kHours);
    case Kind::hour_of_day:
      return static_cast<std::int64_t>(code);
    case Kind::attribute:
    case Kind::user_attribute:
      return facts_->attribute(dim_).values[code];
    default:
      return values_[code];
  }
}

bool Axis::occurs(std::size_t code) const {
  if (kind_ != Kind::attribute && kind_ != Kind::user_attribute) return true;
  return facts_->attribute(dim_).occurs[code];
}

template <typename Each>
void Axis::visit(const Each& each) const {
  const Facts& f = *facts_;
  switch (kind_) {
    case Kind::user_attribute:
      return each([&](std::size_t s) { return std::uint32_t{f.attribute(dim_)[f.user_of[s]]}; });
    case Kind::attribute:
      return each([&](std::size_t row) { return std::uint32_t{f.attribute(dim_)[row]}; });
    case Kind::user:
      return each([&](std::size_t s) { return f.user_of[s]; });
    case Kind::length:
      return each([&](std::size_t s) { return length_code(f.generations_of(s)); });
    case Kind::by_day:
      return each([&](std::size_t s) { return code_of_day_[f.day[s]]; });
    case Kind::hour:
      return each(
          [&](std::size_t s) { return static_cast<std::uint32_t>(f.day[s] * kHours + f.hour[s]); });
    case Kind::hour_of_day:
      return each([&](std::size_t s) { return std::uint32_t{f.hour[s]}; });
  }
}

std::uint32_t Axis::code(std::size_t row) const {
  std::uint32_t code = 0;
  visit([&](const auto& code_of) { code = code_of(row); });
  return code;
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
    if (kind_ == Kind::user) {
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
