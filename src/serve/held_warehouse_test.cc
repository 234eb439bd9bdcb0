#include "serve/held_warehouse.h"

#include <optional>

#include <gtest/gtest.h>

namespace gsa::serve {
namespace {

TEST(HeldWarehouse, IsUnusedWhileNobodyReadsOrWrites) {
  HeldWarehouse warehouse(duck::Database({}), "w.duckdb", {stderr, {}});
  int acted = 0;
  const auto act = [&] { return ++acted > 0; };
  EXPECT_TRUE(warehouse.while_unused(act));
  for (const assets::Access access : {assets::Access::read, assets::Access::write}) {
    std::optional<duck::Database> used = warehouse.open(access, "gsa run");
    EXPECT_FALSE(warehouse.while_unused(act));
    // A connection counts as a user of its own.
    std::optional<duck::Connection> connection = used->connect();
    used.reset();
    EXPECT_FALSE(warehouse.while_unused(act));
    connection.reset();
    EXPECT_TRUE(warehouse.while_unused(act));
  }
  EXPECT_EQ(acted, 3);
  EXPECT_FALSE(warehouse.while_unused([] { return false; }));
}

TEST(HeldWarehouse, LetsOneWriterInAtATimeAndReadersBesideIt) {
  HeldWarehouse warehouse(duck::Database({}), "w.duckdb", {stderr, {}});
  std::optional<duck::Database> writer = warehouse.open(assets::Access::write, "gsa run (PID 1)");
  EXPECT_THROW(warehouse.open(assets::Access::write, "another"), assets::WarehouseInUse);
  warehouse.open(assets::Access::read, "a reader");
  writer.reset();
  warehouse.open(assets::Access::write, "another");
}

}  // namespace
}  // namespace gsa::serve
