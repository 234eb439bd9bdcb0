#pragma once

// A small warehouse whose raw tables a test changes; the project's models are then built from them.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "golden.h"
#include "gsa_process.h"
#include "raw_changes.h"
#include "warehouse_reading.h"

namespace gsa::tests {

class ChangedWarehouse : public testing::Test {
 protected:
  ChangedWarehouse() : warehouse_(copy_small_warehouse(folder_)) {
    give_each_row_its_columns(warehouse_);
  }

  void change(const std::string& sql) const { tests::change(warehouse_, sql); }
  void set(const std::string& columns, const std::string& where = "true") const {
    set_generations(warehouse_, columns, where);
  }

  void build(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"build", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome built = gsa(folder_, arguments);
    ASSERT_EQ(built.exit_code, 0) << built.out << built.err;
  }

  std::string cell(const std::string& sql) const { return read_cell(warehouse_, sql); }
  TextRows rows(const std::string& sql) const { return read_rows(warehouse_, sql); }

  TempFolder folder_;
  std::string warehouse_;
};

}  // namespace gsa::tests
