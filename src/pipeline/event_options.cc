#include "pipeline/event_options.h"

#include <string_view>

namespace gsa::pipeline {
namespace {

constexpr std::string_view kFile = " file";  // ends the name of a mapping that is a file

void add_mapping(const std::string& name, const telemetry::GivenMapping& mapping,
                 EventOptions::Pairs& pairs) {
  if (mapping.of_file) {
    pairs.emplace_back(name + std::string(kFile), telemetry::write_mapping(*mapping.of_file));
  }
  for (const std::string& option : mapping.options) pairs.emplace_back(name, option);
}

}  // namespace

std::optional<telemetry::PriceTable> EventOptions::price_table() const {
  if (prices.empty()) return std::nullopt;
  return prices == "builtin" ? telemetry::builtin_prices()
                             : telemetry::read_prices("--prices", prices);
}

EventOptions::Pairs EventOptions::pairs() const {
  Pairs pairs;
  add_mapping("--map", mapping, pairs);
  add_mapping("--users-map", users_mapping, pairs);
  add_mapping("--feedback-map", feedback_mapping, pairs);
  for (const std::string& source : users_from) pairs.emplace_back("--users-from", source);
  for (const std::string& source : feedback_from) pairs.emplace_back("--feedback-from", source);
  if (!prices.empty()) pairs.emplace_back("--prices", prices);
  if (!missing.empty()) pairs.emplace_back("--missing", missing.text());
  if (mapping.hash_users) pairs.emplace_back("--hash-users", "");
  return pairs;
}

EventOptions EventOptions::from_pairs(const Pairs& pairs) {
  EventOptions options;
  for (const auto& [name, value] : pairs) {
    for (const auto& [option, mapping] :
         {std::pair("--map", &options.mapping), std::pair("--users-map", &options.users_mapping),
          std::pair("--feedback-map", &options.feedback_mapping)}) {
      if (name == option) mapping->options.push_back(value);
      if (name == option + std::string(kFile)) {
        mapping->of_file = telemetry::read_mapping(option, value);
      }
      if (name == "--hash-users") mapping->hash_users = true;
    }
    if (name == "--users-from") options.users_from.push_back(value);
    if (name == "--feedback-from") options.feedback_from.push_back(value);
    if (name == "--prices") options.prices = value;
    if (name == "--missing") options.missing = simulated_signals(value);
  }
  return options;
}

}  // namespace gsa::pipeline
