#pragma once

// Compares outputs with golden files in testdata/assets, for the tests of this folder.

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"

namespace gsa::assets {

// Compares with testdata/assets/NAME; GSA_UPDATE_GOLDEN=1 writes it instead.
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

}  // namespace gsa::assets
