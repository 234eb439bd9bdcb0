#include "dbt/outside_reads.h"

#include <string>

#include <gtest/gtest.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

std::string listed(const std::set<std::string>& names) {
  return join({names.begin(), names.end()}, " ");
}

TEST(OutsideReads, NameFilesOfFunctionsAndOfFrom) {
  EXPECT_EQ(listed(outside_reads("select * from read_csv('data/x.csv', header = true)").files),
            "data/x.csv");
  EXPECT_EQ(listed(outside_reads("from read_parquet(['a.parquet', 'b/*.parquet'])").files),
            "a.parquet b/*.parquet");
  EXPECT_EQ(listed(outside_reads("select * from 'x.csv' a join \"y.csv\" b using (id)").files),
            "x.csv y.csv");
  EXPECT_EQ(listed(outside_reads("select 'from.csv' as name -- from 'z.csv'").files), "");
}

TEST(OutsideReads, NameTablesThatAreNoCtes) {
  const OutsideReads reads = outside_reads(
      "with a as (select 1), b(x) as materialized (select 2) select * from a, b, main.raw_t r "
      "left join \"Other\" on true");
  EXPECT_EQ(listed(reads.tables), "Other main.raw_t");
  EXPECT_EQ(listed(outside_reads("select extract(year from d), a is distinct from b").tables), "a");
}

TEST(OutsideReads, NameWhatChangesUnseen) {
  EXPECT_EQ(listed(outside_reads("select NOW(), random() as r, current_date").unseen),
            "current_date now() random()");
  EXPECT_EQ(listed(outside_reads("select now, t.random, 1 as current_date from t").unseen), "");
  EXPECT_EQ(listed(outside_reads("from read_csv('https://x.org/a.csv')").unseen),
            "https://x.org/a.csv");
  EXPECT_EQ(listed(outside_reads("from read_csv(getvariable('p'))").unseen),
            "read_csv() of a path that is computed");
  EXPECT_EQ(listed(outside_reads("from t tablesample 10%").unseen), "a sample");
  EXPECT_EQ(listed(outside_reads("from t tablesample reservoir(10) repeatable (1)").unseen), "");
  EXPECT_EQ(listed(outside_reads("from duckdb_tables()").unseen), "duckdb_tables()");
}

}  // namespace
}  // namespace gsa::dbt
