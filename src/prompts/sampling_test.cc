#include "prompts/sampling.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/four_sigma.h"
#include "base/random.h"
#include "prompts/ingest_fixture.h"

namespace gsa::prompts {
namespace {

using Sampling = IngestFixture;

// The definition in sampling.h, computed directly: the ids of the sample, in order.
std::vector<std::int64_t> naive_sample(std::int64_t rows, std::int64_t wanted, std::uint64_t seed,
                                       const std::function<bool(std::int64_t)>& has_words) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> keys;
  for (std::int64_t row = 0; row < rows; ++row) {
    if (has_words(row)) keys.emplace_back(sample_key(seed, static_cast<std::uint64_t>(row)), row);
  }
  std::sort(keys.begin(), keys.end());
  keys.resize(std::min(keys.size(), static_cast<std::size_t>(wanted)));
  std::vector<std::int64_t> ids;
  for (const auto& [key, row] : keys) ids.push_back(row);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::int64_t> ids_of(duck::Connection& connection) {
  const duck::Result result = connection.query("select prompt_id from raw_prompts");
  std::vector<std::int64_t> ids;
  for (std::size_t row = 0; row < result.rows(); ++row) ids.push_back(result.int64(row, 0));
  return ids;
}

TEST_F(Sampling, TakesTheRowsWithTheSmallestKeys) {
  const std::string file =
      copy("select 'p' || range as prompt from range(20000)", "a.parquet", "format parquet");
  for (const std::int64_t wanted : {1, 2, 100, 5000, 19'999}) {
    const IngestResult result = ingest_paths({file}, wanted, 42);
    EXPECT_EQ(ids_of(connection_),
              naive_sample(20'000, wanted, 42, [](std::int64_t) { return true; }));
    EXPECT_EQ(result.rows, wanted);
    EXPECT_TRUE(result.sampled);
    EXPECT_EQ(rows("select count(*) from raw_prompts where prompt <> 'p' || prompt_id"), "0");
  }
}

// One prompt in 97 has words, so the first bound finds about 1 in 97 of the wanted rows.
TEST_F(Sampling, RaisesTheBoundWhileTooFewPromptsHaveWords) {
  const auto has_words = [](std::int64_t row) { return row % 97 == 3; };
  const std::string file = copy(
      "select case when range % 97 = 3 then 'p' || range when range % 2 = 0 then ' ' end as "
      "prompt from range(30000)",
      "a.parquet", "format parquet");
  for (const std::int64_t wanted : {1, 10, 200}) {
    const IngestResult result = ingest_paths({file}, wanted, 9);
    const std::vector<std::int64_t> expected = naive_sample(30'000, wanted, 9, has_words);
    EXPECT_EQ(ids_of(connection_), expected);
    // Skipped: the prompts without words whose key is below that of the last prompt taken.
    std::uint64_t last = 0;
    for (const std::int64_t row : expected) {
      last = std::max(last, sample_key(9, static_cast<std::uint64_t>(row)));
    }
    std::int64_t passed = 0;
    for (std::int64_t row = 0; row < 30'000; ++row) {
      passed += !has_words(row) && sample_key(9, static_cast<std::uint64_t>(row)) < last;
    }
    EXPECT_EQ(result.skipped_empty, passed);
  }
}

TEST_F(Sampling, TakesAllWherePromptsWithWordsAreTooFew) {
  const std::string file =
      copy("select case when range < 30 then 'p' || range end as prompt from range(3000)",
           "a.parquet", "format parquet");
  const IngestResult result = ingest_paths({file}, 1000);
  EXPECT_EQ(result.rows, 30);
  EXPECT_EQ(result.skipped_empty, 2970);
  EXPECT_FALSE(result.sampled);
  EXPECT_EQ(result.notes.front(),
            "the source has 30 prompts, fewer than the 1,000 requested: all are used");
  ingest_paths({file}, 30);
  EXPECT_EQ(rows("select count(*), max(prompt_id) from raw_prompts"), "30|29");
}

TEST_F(Sampling, IsTheSameForAnyThreadsRowGroupsAndKinds) {
  const std::string select = "select 'p' || range as prompt from range(300000)";
  const std::vector<std::string> files = {
      copy(select, "small.parquet", "format parquet, row_group_size 2048"),
      copy(select, "large.parquet", "format parquet, row_group_size 122880"),
      copy(select, "text.csv", "format csv"), copy(select, "text.jsonl", "format json")};
  const std::vector<std::int64_t> expected =
      naive_sample(300'000, 5000, 3, [](std::int64_t) { return true; });
  for (const int threads : {1, 2, 8}) {
    duck::Database database({":memory:", false, threads, ""});
    duck::Connection connection = database.connect();
    register_functions(connection);
    for (const std::string& file : files) {
      connection.execute("drop table if exists raw_prompts");
      ingest(connection, {{file}, 5000, 3, "raw_prompts"}, run_on(connection));
      EXPECT_EQ(ids_of(connection), expected) << file << ", " << threads << " threads";
    }
  }
}

TEST_F(Sampling, DoesNotSeeHowRowsAreSpreadOverFiles) {
  copy("select 'p' || range as prompt from range(7000)", "a.parquet", "format parquet");
  copy("select 'p' || range as prompt from range(7000, 9000)", "b.csv", "format csv");
  copy("select 'p' || range as prompt from range(9000, 20000)", "c.parquet", "format parquet");
  ingest_paths({path("*")}, 500, 8);
  EXPECT_EQ(ids_of(connection_), naive_sample(20'000, 500, 8, [](std::int64_t) { return true; }));
  EXPECT_EQ(rows("select count(*) from raw_prompts where prompt <> 'p' || prompt_id"), "0");
}

TEST_F(Sampling, DiffersBySeed) {
  const std::string file =
      copy("select 'p' || range as prompt from range(20000)", "a.parquet", "format parquet");
  ingest_paths({file}, 1000, 1);
  const std::vector<std::int64_t> one = ids_of(connection_);
  ingest_paths({file}, 1000, 2);
  const std::vector<std::int64_t> two = ids_of(connection_);
  std::vector<std::int64_t> both;
  std::set_intersection(one.begin(), one.end(), two.begin(), two.end(), std::back_inserter(both));
  // Hypergeometric: 1000 draws of 20,000 with 1000 marked. Mean 50, variance
  // 1000 · 0.05 · 0.95 · 19,000 / 19,999.
  EXPECT_TRUE(fits_mean(static_cast<double>(both.size()), 50,
                        std::sqrt(1000 * 0.05 * 0.95 * 19'000 / 19'999.0)));
}

// Every slot takes the sample of its own seed, with its own ids.
TEST_F(Sampling, DiffersBySlot) {
  constexpr std::int64_t kRows = 20'000, kWanted = 1000;
  const std::string file =
      copy("select 'p' || range as prompt from range(20000)", "a.parquet", "format parquet");
  std::vector<std::vector<std::int64_t>> samples;  // rows of the source
  for (const std::int64_t slot : {0, 1, 2, 7}) {
    const IngestResult result = ingest_slot({file}, kWanted, 42, slot);
    EXPECT_EQ(result.rows, kWanted);
    std::vector<std::int64_t> rows_taken;
    for (const std::int64_t id : ids_of(connection_)) {
      ASSERT_EQ(id / kRows, slot);
      rows_taken.push_back(id % kRows);
    }
    EXPECT_EQ(rows_taken, naive_sample(kRows, kWanted, sample_seed(42, slot),
                                       [](std::int64_t) { return true; }));
    EXPECT_EQ(rows(fmt::format("select count(*) from raw_prompts where prompt <> 'p' || "
                               "(prompt_id - {})",
                               slot * kRows)),
              "0");
    for (const std::vector<std::int64_t>& other : samples) {
      std::vector<std::int64_t> both;
      std::set_intersection(other.begin(), other.end(), rows_taken.begin(), rows_taken.end(),
                            std::back_inserter(both));
      // As above: independent samples share 50 rows on average.
      EXPECT_TRUE(fits_mean(static_cast<double>(both.size()), 50,
                            std::sqrt(1000 * 0.05 * 0.95 * 19'000 / 19'999.0)));
    }
    samples.push_back(std::move(rows_taken));
  }
}

TEST(SampleSeed, IsTheSeedItselfForSlotZeroAndAnotherForEachOther) {
  std::set<std::uint64_t> seeds;
  for (const std::uint64_t seed : {0ULL, 1ULL, 42ULL}) {
    EXPECT_EQ(sample_seed(seed, 0), seed);
    for (std::int64_t slot = 0; slot < 1000; ++slot) seeds.insert(sample_seed(seed, slot));
  }
  EXPECT_EQ(seeds.size(), 3000u);
}

// Blocks of rows fill up evenly. Drawing without replacement makes the counts vary less than the
// multinomial law of chi-square assumes, by the factor 1 - N/rows = 0.99, which is too little to
// matter for the bound.
TEST_F(Sampling, IsUniformOverTheRows) {
  const std::string file =
      copy("select 'p' || range as prompt from range(1000000)", "a.parquet", "format parquet");
  ingest_paths({file}, 10'000, 12345);
  const std::vector<std::int64_t> ids = ids_of(connection_);
  ASSERT_EQ(ids.size(), 10'000);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  std::vector<std::int64_t> blocks(200), residues(97);
  for (const std::int64_t id : ids) {
    ++blocks[static_cast<std::size_t>(id / 5000)];
    ++residues[static_cast<std::size_t>(id % 97)];
  }
  EXPECT_TRUE(fits_uniform(blocks));
  EXPECT_TRUE(fits_uniform(residues));
}

// A row is in a sample of N out of M with probability N/M, whatever its neighbours. So over many
// seeds the number of samples with row 0, and with row 1, is binomial; both are in it as often as
// drawing without replacement predicts.
TEST_F(Sampling, GivesEveryRowItsChance) {
  constexpr std::int64_t kRows = 40, kWanted = 10, kSeeds = 20'000;
  std::int64_t first = 0, both = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto ids = naive_sample(kRows, kWanted, seed, [](std::int64_t) { return true; });
    first += ids[0] == 0;
    both += ids[0] == 0 && ids[1] == 1;
  }
  EXPECT_TRUE(fits_share(first, kSeeds, 10.0 / 40));
  EXPECT_TRUE(fits_share(both, kSeeds, 10.0 / 40 * 9 / 39));
}

TEST(SampleBound, LetsEnoughRowsThroughAndFewMore) {
  for (const std::int64_t wanted : {1, 10, 10'000, 1'000'000}) {
    const double share = std::ldexp(static_cast<double>(sample_bound(wanted, 2'000'000)), -64);
    const double mean = share * 2e6, sigma = std::sqrt(mean * (1 - share));
    EXPECT_GE(mean - 6 * sigma, static_cast<double>(wanted));
    EXPECT_LE(mean, static_cast<double>(wanted) + 6 * std::sqrt(wanted) + 37);
  }
  EXPECT_EQ(sample_bound(99, 100), kMaxSampleKey);
}

}  // namespace
}  // namespace gsa::prompts
