#include "prompts/sampling.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/random.h"

namespace gsa::prompts {
namespace {

// Streams apart from those of the corpus.
constexpr std::uint32_t kSampleStream = 0x53414d50;  // "SAMP"
constexpr std::uint32_t kSlotStream = 0x534c4f54;    // "SLOT"

// A bound on the key that lets this share of all rows through.
std::uint64_t to_bound(double share) {
  return share >= 1 ? kMaxSampleKey : static_cast<std::uint64_t>(std::ldexp(share, 64));
}

struct Candidates {
  std::int64_t rows;
  std::int64_t with_words;
};

Candidates draw(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                const TempTable& table, std::uint64_t seed, std::uint64_t bound) {
  const std::string key = fmt::format("gsa_sample_key({}::ubigint, prompt_id)", seed);
  run("drawing the sample", source.rows(),
      table.create_as(
          fmt::format("select *, {0} as key, coalesce(gsa_has_words(prompt), false) as has_words "
                      "from ({1}) where {0} <= {2}::ubigint",
                      key, source.select(), bound)));
  const duck::Result counts = connection.query(
      fmt::format("select count(*), count(*) filter (has_words) from {}", table.name()));
  return {counts.int64(0, 0), counts.int64(0, 1)};
}

}  // namespace

std::uint64_t sample_key(std::uint64_t seed, std::uint64_t row) {
  return RandomStream(seed, kSampleStream).at(row).u64(0);
}

std::uint64_t sample_seed(std::uint64_t seed, std::int64_t slot) {
  if (slot == 0) return seed;
  return RandomStream(seed, kSlotStream).at(static_cast<std::uint64_t>(slot)).u64(0);
}

std::uint64_t sample_bound(std::int64_t wanted, std::int64_t rows) {
  // The number of rows under a bound that lets m through on average is binomial, with variance
  // below m. m - 6 √m is still at least N if √m >= 3 + √(N + 9), which holds for m = N + 6 √N + 36.
  const auto n = static_cast<double>(wanted);
  return to_bound((n + 6 * std::sqrt(n) + 36) / static_cast<double>(rows));
}

Sample draw_sample(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                   std::int64_t wanted, std::uint64_t seed) {
  Sample sample{TempTable(connection, "gsa_sample"), "", 0, 0};
  const std::string& table = sample.candidates.name();
  std::uint64_t bound = sample_bound(wanted, source.rows());
  Candidates found = draw(connection, run, source, sample.candidates, seed, bound);
  while (found.with_words < wanted && bound != kMaxSampleKey) {
    // Half as much again as the share of prompts with words seen so far requires.
    const double shortage = static_cast<double>(wanted) /
                            static_cast<double>(std::max<std::int64_t>(found.with_words, 1));
    bound = to_bound(std::ldexp(static_cast<double>(bound), -64) * std::max(2.0, 1.5 * shortage));
    found = draw(connection, run, source, sample.candidates, seed, bound);
  }

  const std::string columns = fmt::format("prompt_id, prompt, {}", kSettingColumns);
  sample.rows = std::min(found.with_words, wanted);
  if (found.with_words <= wanted) {
    sample.select = fmt::format("select {} from {} where has_words", columns, table);
    sample.skipped_empty = found.rows - found.with_words;
    if (found.with_words < wanted) return sample;
  }
  const duck::Result last =
      connection.query(fmt::format("select key::varchar, prompt_id from {} where has_words "
                                   "order by key, prompt_id limit 1 offset {}",
                                   table, wanted - 1));
  const std::string kept =
      fmt::format("(key < {0}::ubigint or (key = {0}::ubigint and prompt_id <= {1}))",
                  last.text(0, 0), last.int64(0, 1));
  sample.select = fmt::format("select {} from {} where has_words and {}", columns, table, kept);
  sample.skipped_empty = connection.query_int64(
      fmt::format("select count(*) from {} where not has_words and {}", table, kept));
  return sample;
}

}  // namespace gsa::prompts
