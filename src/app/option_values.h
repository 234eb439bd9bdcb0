#pragma once

// What a value on the command line must be. Each gives a check for CLI11 whose message names the
// value and what it should have been; all of them leave the help text alone.

#include <cstdint>
#include <map>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace gsa::app {

// Decimal digits and nothing else: no sign, no 1e6, no 0x10; 08 is eight. Use it with transform().
CLI::Validator whole_number(std::uint64_t low, std::uint64_t high);

// "3GB", "512 MiB", "80%". A bare number would be taken for bytes and is refused.
CLI::Validator memory_size();

CLI::Validator not_empty();

// One of the names in `values`, which it replaces by its number for CLI11 to convert. Use it with
// transform().
template <typename Enum>
CLI::Validator one_of(const std::map<std::string, Enum>& values) {
  return {[values](std::string& text) -> std::string {
            const auto found = values.find(text);
            if (found != values.end()) {
              text = std::to_string(static_cast<int>(found->second));
              return {};
            }
            std::vector<std::string> names;
            for (const auto& [name, value] : values) names.push_back(name);
            return fmt::format("'{}' is not one of {}", text, join(names, ", "));
          },
          ""};
}

}  // namespace gsa::app
