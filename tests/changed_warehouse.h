#pragma once

// A small warehouse whose raw tables a test changes by SQL, as another source would write them; the
// project's models are then built from them.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "golden.h"
#include "gsa_process.h"
#include "warehouse_reading.h"

namespace gsa::tests {

class ChangedWarehouse : public testing::Test {
 protected:
  ChangedWarehouse() : warehouse_(copy_small_warehouse(folder_)) {
    // The view adds the columns that are the same in all simulated rows; here each row has its own.
    change(
        "create table whole as from raw_generations; "
        "create or replace table partitions.raw_generations_2025_12 as from whole; "
        "create or replace view raw_generations as from partitions.raw_generations_2025_12; "
        "drop table whole");
  }

  void change(const std::string& sql) const {
    duck::DatabaseOptions options;
    options.path = warehouse_;
    duck::Database(options).connect().execute(sql);
  }

  // Sets columns of the generations that `where` chooses: "status = null, status_origin =
  // 'unknown'".
  void set(const std::string& columns, const std::string& where = "true") const {
    change(
        fmt::format("update partitions.raw_generations_2025_12 set {} where {}", columns, where));
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
