#pragma once

// What a value on the command line must be. Each gives a check for CLI11 whose message names the
// value and what it should have been; all of them leave the help text alone.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace gsa::app {

// Decimal digits and nothing else: no sign, no 1e6, no 0x10; 08 is eight. Use it with transform().
CLI::Validator whole_number(std::uint64_t low, std::uint64_t high);

// "3GB", "512 MiB", "80%". A bare number would be taken for bytes and is refused.
CLI::Validator memory_size();

CLI::Validator not_empty();

// Adds an option that takes one of the names in `values`. The word that was typed stays as it is,
// since it goes on record and to other commands.
template <typename Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& name, Enum& value,
                        const std::map<std::string, Enum>& values, const std::string& help) {
  const auto take = [&value, values](const std::string& word) { value = values.at(word); };
  const auto check = [values](const std::string& word) -> std::string {
    if (values.contains(word)) return {};
    std::vector<std::string> names;
    for (const auto& [known, of] : values) names.push_back(known);
    return fmt::format("'{}' is not one of {}", word, join(names, ", "));
  };
  return command.add_option_function<std::string>(name, take, help)->check(check, "");
}

}  // namespace gsa::app
