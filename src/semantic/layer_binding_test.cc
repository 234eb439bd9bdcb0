#include "semantic/layer_binding.h"

#include <gtest/gtest.h>

#include "semantic/column_names.h"
#include "semantic/layer_sql.h"
#include "semantic/shop_fixture.h"

namespace gsa::semantic {
namespace {

std::string failure_of(Layer layer, duck::Connection& connection) {
  try {
    bind(layer, connection);
    check_values(layer, connection);
    return "none";
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Binding, NamesColumnsByTheirTableAndFindsTypes) {
  duck::Connection connection = shop_warehouse();
  Layer layer = shop_layer();
  bind(layer, connection);
  const Measure* price = layer.find_measure("mean_price");
  EXPECT_EQ(layer.bases[price->part].decimals, 2);
  EXPECT_EQ(aggregate_sql(layer.bases[price->part]), "sum(g.price)");
  EXPECT_EQ(row_number_sql(layer.bases[price->part]), "((g.price) * 100)::bigint");
  EXPECT_TRUE(layer.bases[layer.find_measure("people")->part].counts_users);
  EXPECT_EQ(layer.table(Level::session).user, "s.person");
}

TEST(Binding, SaysWhichExpressionDoesNotHoldAndWhere) {
  duck::Connection connection = shop_warehouse();
  connection.execute("alter table events rename column price to cost");
  EXPECT_TRUE(begins(failure_of(shop_layer(), connection),
                     "models/a.yml:44:43: the expression of 'price_sum' does not hold: "));
}

TEST(Binding, RefusesSumsThatWouldNotBeExact) {
  duck::Connection connection = shop_warehouse();
  connection.execute("alter table events alter price type double");
  EXPECT_TRUE(has(failure_of(shop_layer(), connection), "which is DOUBLE"));
}

TEST(Binding, HoldsTablesToTheirContracts) {
  duck::Connection connection = shop_warehouse();
  Layer layer = shop_layer();
  layer.tables[0].contract = {{"tier", "varchar", "models/x.yml:7:9"}};
  EXPECT_EQ(failure_of(layer, connection), "none");
  layer.tables[0].contract = {{"tier", "integer", "models/x.yml:7:9"}};
  EXPECT_EQ(
      failure_of(layer, connection),
      "models/x.yml:7:9: the contract of people says that its column 'tier' is INTEGER, and it "
      "is VARCHAR");
  layer.tables[0].contract = {{"gone", "integer", "models/x.yml:9:9"}};
  EXPECT_TRUE(has(failure_of(layer, connection), "and there is none"));
}

TEST(Binding, ADimensionMayHave65535ValuesUnknownAmongThem) {
  duck::Connection connection = shop_warehouse();
  connection.execute("insert into people select i, 'tier ' || i, null from range(65534) t(i)");
  connection.execute("insert into people values (-1, null, null)");
  EXPECT_EQ(failure_of(shop_layer(), connection), "none");
  connection.execute(
      "insert into people select i, 'tier ' || i, null from range(65534, 65536) t(i)");
  EXPECT_EQ(
      failure_of(shop_layer(), connection),
      "models/a.yml:9:9: the dimension 'tier' has more than 65535 values, unknown among them");
}

TEST(ColumnNames, GetTheAliasWhereTheyStandAlone) {
  const std::vector<std::string> columns = {"status", "price", "date", "Total"};
  EXPECT_EQ(qualify("status = 'status'", "g", columns), "g.status = 'status'");
  EXPECT_EQ(qualify("x.status + status(price)", "g", columns), "x.status + status(g.price)");
  EXPECT_EQ(qualify("cast(price as date)::date", "g", columns), "cast(g.price as date)::date");
  EXPECT_EQ(qualify("\"Total\" / total -- price\n", "g", columns),
            "g.\"Total\" / g.total -- price\n");
  EXPECT_EQ(qualify("case when status is null then 1e3 end", "g", columns),
            "case when g.status is null then 1e3 end");
  EXPECT_EQ(qualify("'it''s price", "g", columns), "'it''s price");
}

TEST(ColumnNames, AnExpressionIsEnclosedWhereItIsNoOperand) {
  for (const char* closed :
       {"a", "s.a", "hour(a)", "(a / b)", "case when a then b end", "f('(')"}) {
    EXPECT_EQ(enclosed(closed), closed);
  }
  for (const char* open : {"a > 1", "(a) + (b)", "f(a) - f(b)", "a::date", "'x'"}) {
    EXPECT_EQ(enclosed(open), std::string("(") + open + ")");
  }
}

}  // namespace
}  // namespace gsa::semantic
