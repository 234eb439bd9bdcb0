#pragma once

// Checks of values on the command line, for CLI11. Their messages name the value and what was
// expected; none of them changes the help text.

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

// "3GB", "512 MiB", "80%". Refuses a bare number, because DuckDB would read it as bytes.
CLI::Validator memory_size();

CLI::Validator not_empty();

// Adds an option that takes one of the names in `values`. Keeps the word as typed, because records
// and other commands get it.
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
