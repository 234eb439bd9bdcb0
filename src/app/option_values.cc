#include "app/option_values.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "base/characters.h"

namespace gsa::app {
namespace {

bool is_memory_size(std::string_view text) {
  const auto unit_at =
      std::find_if_not(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  const std::string_view amount = text.substr(0, static_cast<std::size_t>(unit_at - text.begin()));
  const std::string unit = to_lower(trim(text.substr(amount.size())));
  double value = 0;
  const auto [end, error] = std::from_chars(amount.data(), amount.data() + amount.size(), value);
  if (error != std::errc() || end != amount.data() + amount.size() || value <= 0) return false;
  if (unit == "%") return value <= 100;
  constexpr std::string_view kUnits[] = {"kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib"};
  return std::find(std::begin(kUnits), std::end(kUnits), unit) != std::end(kUnits);
}

}  // namespace

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
  return {[low, high](std::string& text) -> std::string {
            std::uint64_t value = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), value);
            const bool whole = error == std::errc() && end == text.data() + text.size();
            if (!whole || value < low || value > high) {
              return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
            }
            text = std::to_string(value);
            return {};
          },
          ""};
}

CLI::Validator memory_size() {
  return {[](std::string& text) -> std::string {
            return is_memory_size(text)
                       ? ""
                       : fmt::format("'{}' is not a size such as 3GB, 512MB or 50%", text);
          },
          ""};
}

CLI::Validator not_empty() {
  return {[](std::string& text) { return std::string(text.empty() ? "it is empty" : ""); }, ""};
}

}  // namespace gsa::app
