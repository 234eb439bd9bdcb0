#include "pipeline/telemetry_columns.h"

#include <span>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::pipeline {
namespace {

using duck::Type;

// sim's costs are in 1/10,000 credits, the column's in 1/100,000,000.
constexpr std::int64_t kCostUnit = 10'000;

Type enumeration(std::span<const std::string_view> names) {
  return Type::enumeration({names.begin(), names.end()});
}

// Those that are simulated, and those that only a source has.
Type status_type() {
  std::vector<std::string> names(sim::kStatusNames.begin(), sim::kStatusNames.end());
  names.insert(names.end(), {"cancelled", "other"});
  return Type::enumeration(names);
}

std::string unknown_trait(std::span<const std::string_view> names, std::string_view column) {
  std::vector<std::string> quoted;
  for (const std::string_view name : names) quoted.push_back(sql_quote(name));
  return fmt::format("null::enum({}) as {}", join(quoted, ", "), column);
}

}  // namespace

std::vector<Type::Member> trait_members() {
  return {{"user_tier", enumeration(sim::kTierNames)},
          {"region", enumeration(sim::kRegionNames)},
          {"device_type", enumeration(sim::kDeviceNames)}};
}

std::string unknown_traits() {
  return join(
      {unknown_trait(sim::kTierNames, "user_tier"), unknown_trait(sim::kRegionNames, "region"),
       unknown_trait(sim::kDeviceNames, "device_type")},
      ", ");
}

TraitColumns::TraitColumns(duck::Output& out, std::size_t first)
    : tiers_(out.member(first).data<std::uint8_t>()),
      regions_(out.member(first + 1).data<std::uint8_t>()),
      devices_(out.member(first + 2).data<std::uint8_t>()) {}

std::vector<Type::Member> outcome_members() {
  return {{"latency_ms", Type::of(duck::TypeId::integer)},
          {"status", status_type()},
          {"cost", Type::decimal(18, 8)},
          {"retry_count", Type::of(duck::TypeId::tinyint)},
          {"feedback", enumeration(sim::kFeedbackNames)},
          {"downloaded", Type::of(duck::TypeId::boolean)},
          {"model_version", enumeration(sim::kModelNames)}};
}

OutcomeColumns::OutcomeColumns(duck::Output& out, std::size_t first)
    : latencies_(out.member(first).data<std::int32_t>()),
      statuses_(out.member(first + 1).data<std::uint8_t>()),
      costs_(out.member(first + 2).data<std::int64_t>()),
      retries_(out.member(first + 3).data<std::int8_t>()),
      feedback_column_(out.member(first + 4)),
      feedbacks_(feedback_column_.data<std::uint8_t>()),
      downloads_(out.member(first + 5).data<bool>()),
      models_(out.member(first + 6).data<std::uint8_t>()) {}

void OutcomeColumns::set(std::size_t row, const sim::Outcome& outcome) {
  latencies_[row] = outcome.latency_ms;
  statuses_[row] = static_cast<std::uint8_t>(outcome.status);
  costs_[row] = outcome.cost * kCostUnit;
  retries_[row] = static_cast<std::int8_t>(outcome.retry_count);
  downloads_[row] = outcome.downloaded;
  models_[row] = static_cast<std::uint8_t>(outcome.model);
  if (outcome.feedback == sim::Feedback::none) {
    feedback_column_.set_null(row);
  } else {
    feedbacks_[row] =
        static_cast<std::uint8_t>(outcome.feedback == sim::Feedback::thumbs_up ? 0 : 1);
  }
}

}  // namespace gsa::pipeline
