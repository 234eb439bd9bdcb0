#pragma once

// Compares complete outputs with files in testdata/whole, which GSA_UPDATE_GOLDEN=1 rewrites.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "gsa_process.h"

namespace gsa::tests {

// Removes what differs between runs: folders, times of day, durations, process ids.
inline std::string normalised(std::string text, const TempFolder& folder) {
  text = replace_all(text, std::filesystem::canonical(folder.path()).string(), "FOLDER");
  text = replace_all(text, folder.path().string(), "FOLDER");
  text = std::regex_replace(text, std::regex(R"((^|\n)\d\d:\d\d:\d\d\b)"), "$1HH:MM:SS");
  text = std::regex_replace(text, std::regex(R"(\b\d+\.\d\ds\b)"), "N.NNs");
  return std::regex_replace(text, std::regex(R"(PID \d+)"), "PID N");
}

// What a user sees: the command and all of its output.
inline std::string transcript(const TempFolder& folder, const std::vector<std::string>& arguments,
                              const Outcome& outcome) {
  std::string line = "$ gsa";
  for (const std::string& argument : arguments) {
    const bool plain = !argument.empty() && argument.find_first_of(" \n\"'*;") == std::string::npos;
    line += plain ? " " + argument : " " + sql_quote(argument);
  }
  return normalised(
      fmt::format("{}\n{}{}[exit {}]\n\n", line, outcome.out, outcome.err, outcome.exit_code),
      folder);
}

inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(GSA_TESTDATA) / name;
  if (std::getenv("GSA_UPDATE_GOLDEN") != nullptr) {
    make_folder(path.parent_path());
    write_file(path, actual);
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << ": run once with GSA_UPDATE_GOLDEN=1";
  EXPECT_EQ(actual, read_file(path)) << path;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Copies the small warehouse to the folder's data/warehouse.duckdb.
inline std::string copy_small_warehouse(const TempFolder& folder) {
  std::filesystem::create_directories(folder / "data");
  std::string path = folder / "data/warehouse.duckdb";
  std::filesystem::copy_file(small_warehouse(), path,
                             std::filesystem::copy_options::overwrite_existing);
  return path;
}

// Every row of every published table, and the report. A failed command must not change these.
inline std::string published_content(const TempFolder& folder) {
  std::string all = gsa(folder, {"summary", "--format", "json"}).out;
  const TempFolder exported;
  const Outcome made = gsa(folder, {"export", exported / "e", "--format", "csv", "--quiet"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(exported / "e")) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) all += file.filename().string() + "\n" + read_file(file);
  return all;
}

}  // namespace gsa::tests
