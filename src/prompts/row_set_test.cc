#include "prompts/row_set.h"

#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "prompts/ingest_fixture.h"
#include "prompts/sampling.h"

namespace gsa::prompts {
namespace {

class RowSets : public IngestFixture {};

TEST_F(RowSets, HoldTheRowsThatWereAdded) {
  RowSet set(20);
  for (const std::int64_t row : {0, 7, 8, 19}) set.add(row);
  EXPECT_EQ(rows("select string_agg(range, ' ' order by range) from range(20) where " +
                 set.contains("range")),
            "0 7 8 19");
  EXPECT_EQ(rows("select count(*) from (values (-1), (20), (1000000), (null)) as t(r) where " +
                 set.contains("r::bigint")),
            "0");
  const RowSet same(connection_, "select unnest([19, 8, 7, 0, 0])", 20);
  EXPECT_EQ(same.contains("r"), set.contains("r"));
  EXPECT_EQ(rows("select count(*) from range(5) where " + RowSet(5).contains("range")), "0");
}

TEST_F(RowSets, RefuseRowsThatTheSourceDoesNotHave) {
  RowSet set(16);
  EXPECT_THROW(set.add(16), Bug);
  EXPECT_THROW(set.add(-1), Bug);
}

// A sample decodes only what it needs: with the prompts of all other row groups damaged, it stays
// the same, while reading everything fails.
class LateDecoding : public IngestFixture {
 protected:
  static constexpr std::int64_t kRowsInGroup = 2048, kGroups = 100;

  // Every user has a row group of his own.
  std::string source() {
    return copy(fmt::format("select 'prompt ' || hash(range)::varchar as prompt, "
                            "'user ' || (range // {0})::varchar as user_name, "
                            "timestamp '2022-08-08 00:00:00' + to_minutes(range) as timestamp "
                            "from range({1}) order by range",
                            kRowsInGroup, kRowsInGroup * kGroups),
                "late.parquet",
                fmt::format("format parquet, compression zstd, row_group_size {}", kRowsInGroup));
  }

  // Returns how many row groups it has damaged.
  std::size_t damage_prompts_but_of(const std::string& path, const std::set<std::int64_t>& rows) {
    std::set<std::int64_t> needed;
    for (const std::int64_t row : rows) needed.insert(row / kRowsInGroup);
    const duck::Result chunks = connection_.query(fmt::format(
        "select row_group_id, coalesce(dictionary_page_offset, data_page_offset), "
        "total_compressed_size from parquet_metadata({}) where path_in_schema = 'prompt'",
        sql_quote(path)));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::size_t damaged = 0;
    for (std::size_t r = 0; r < chunks.rows(); ++r) {
      if (needed.contains(chunks.int64(r, 0))) continue;
      file.seekp(chunks.int64(r, 1));
      file << std::string(static_cast<std::size_t>(chunks.int64(r, 2)), '\xee');
      ++damaged;
    }
    return damaged;
  }

  IngestResult read(const std::string& path, std::int64_t prompts, bool observed) {
    connection_.execute("drop table if exists raw_prompts");
    return ingest(connection_, {{path}, prompts, 1, "raw_prompts", "", observed},
                  run_on(connection_));
  }
};

TEST_F(LateDecoding, OfASampleOfPrompts) {
  const std::string path = source();
  read(path, 1, false);
  const std::string expected = table();
  std::set<std::int64_t> candidates;
  const std::uint64_t bound = sample_bound(1, kRowsInGroup * kGroups);
  for (std::int64_t row = 0; row < kRowsInGroup * kGroups; ++row) {
    if (sample_key(1, static_cast<std::uint64_t>(row)) <= bound) candidates.insert(row);
  }
  EXPECT_GT(damage_prompts_but_of(path, candidates), 50u);
  read(path, 1, false);
  EXPECT_EQ(table(), expected);
  EXPECT_THROW(read(path, 1'000'000, false), Error);
}

TEST_F(LateDecoding, OfASampleOfUsers) {
  const std::string path = source();
  read(path, 1, true);
  const std::string expected = table();
  const duck::Result first = connection_.query("select min(prompt_id) from raw_prompts");
  EXPECT_EQ(damage_prompts_but_of(path, {first.int64(0, 0)}), kGroups - 1u);
  read(path, 1, true);
  EXPECT_EQ(table(), expected);
  EXPECT_THROW(read(path, 1'000'000, true), Error);
}

}  // namespace
}  // namespace gsa::prompts
