#include "telemetry/prices.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "duck/database.h"

namespace gsa::telemetry {
namespace {

// The cost of a row with `replaced` in place of nulls: "'sdxl' as model, 20 as steps".
std::string priced(const PriceTable& table, const std::string& replaced) {
  duck::Connection connection = duck::Database({}).connect();
  const std::string empty =
      "select null::varchar as model, null::varchar as quality, null::usmallint as width, "
      "null::usmallint as height, null::usmallint as steps, null::integer as image_count, "
      "null::integer as latency_ms, timestamp '2026-03-01 12:00:00' as generated_at";
  const std::string row =
      replaced.empty() ? empty : fmt::format("select * replace ({}) from ({})", replaced, empty);
  return connection
      .query(
          fmt::format("select coalesce(({})::varchar, 'unknown') from ({})", price_sql(table), row))
      .text(0, 0);
}

std::string refusal(const std::string& text) {
  try {
    read_prices("prices.yml", text);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Prices, TakeTheFirstEntryThatFits) {
  const PriceTable& table = builtin_prices();
  EXPECT_EQ(priced(table, "'dall-e-3' as model"), "0.04000000");
  EXPECT_EQ(priced(table, "'DALL-E-3' as model, 'HD' as quality"), "0.08000000");
  EXPECT_EQ(priced(table, "'dall-e-3' as model, 'hd' as quality, 1792 as width, 1024 as height"),
            "0.12000000");
  EXPECT_EQ(priced(table, "'black-forest-labs/flux-schnell' as model, 4 as image_count"),
            "0.01200000");
  EXPECT_EQ(priced(table, "'something-new' as model"), "unknown");
  EXPECT_EQ(priced(table, ""), "unknown");
}

TEST(Prices, MayBePerStepSecondAndRequest) {
  const PriceTable table = read_prices("prices.yml", R"(
currency: EUR
prices:
  - {model: a_b, per: step, price: 0.0001, steps: [1, 30]}
  - {model: timed, per: second, price: 0.000725}
  - {model: "fixed?", per: request, price: 2}
)");
  EXPECT_EQ(table.currency, "EUR");
  EXPECT_EQ(priced(table, "'a_b' as model, 20 as steps, 2 as image_count"), "0.00400000");
  EXPECT_EQ(priced(table, "'a_b' as model, 31 as steps"), "unknown");
  EXPECT_EQ(priced(table, "'a_b' as model"), "unknown");
  EXPECT_EQ(priced(table, "'axb' as model, 20 as steps"), "unknown");
  EXPECT_EQ(priced(table, "'timed' as model, 3200 as latency_ms"), "0.00232000");
  EXPECT_EQ(priced(table, "'timed' as model"), "unknown");
  EXPECT_EQ(priced(table, "'fixed1' as model"), "2.00000000");
}

TEST(Prices, HoldFromADayToADay) {
  const PriceTable table = read_prices("prices.yml", R"(
currency: USD
prices:
  - {model: m, price: 1, to: 2026-02-28}
  - {model: m, price: 2, from: 2026-03-01, to: 2026-03-01}
  - {model: m, price: 3}
)");
  EXPECT_EQ(priced(table, "'m' as model, timestamp '2026-02-28 23:59:59.999' as generated_at"),
            "1.00000000");
  EXPECT_EQ(priced(table, "'m' as model, timestamp '2026-03-01 23:59:59' as generated_at"),
            "2.00000000");
  EXPECT_EQ(priced(table, "'m' as model, timestamp '2026-03-02' as generated_at"), "3.00000000");
}

TEST(Prices, NameThePlaceOfAMistake) {
  EXPECT_TRUE(refusal("currency: USD\nprices:\n  - {model: m, price: 1e3}\n")
                  .starts_with("prices.yml:3:23: '1e3' is not a price"));
  EXPECT_NE(refusal("prices: []").find("no currency"), std::string::npos);
  EXPECT_NE(refusal("currency: USD\nprices: [{model: m}]").find("without a price"),
            std::string::npos);
  EXPECT_NE(refusal("currency: USD\nprices: [{price: 1, per: week}]").find("not per 'week'"),
            std::string::npos);
  EXPECT_NE(refusal("currency: USD\nprices: [{price: 1, from: soon}]").find("'soon' is not a day"),
            std::string::npos);
}

TEST(BuiltinPrices, SayTheirDateAndCurrency) {
  EXPECT_EQ(builtin_prices().date, "2025-06");
  EXPECT_EQ(builtin_prices().currency, "USD");
}

}  // namespace
}  // namespace gsa::telemetry
