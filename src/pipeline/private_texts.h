#pragma once

// The texts of persons, and where another text says one of them: for records, which quote data in
// messages and options.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gsa::pipeline {

inline constexpr std::string_view kForgotten = "[forgotten]";

// Immutable once filled: any number of threads may share it.
class PrivateTexts {
 public:
  // Texts of less than three characters are too common to be found in others.
  void add(std::string_view text);

  // `text` with kForgotten in place of each of the texts in it. They count as whole words; short
  // ones and numbers, which other things may be called too, only in quotes.
  std::string without(std::string_view text) const;

 private:
  // The length of the text that begins at `at`; 0 if there is none.
  std::size_t found_at(std::string_view text, std::size_t at) const;

  std::unordered_set<std::string> texts_;
  // By their first three bytes, the lengths of the texts, longest first.
  std::unordered_map<std::uint32_t, std::set<std::size_t, std::greater<>>> lengths_;
};

}  // namespace gsa::pipeline
