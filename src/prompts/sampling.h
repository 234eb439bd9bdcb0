#pragma once

// A uniform sample without replacement that depends only on the seed and the rows, not on threads,
// row groups or the order of reading.
//
// Definition: each row has a key, a random 64-bit number made from (seed, row number); the sample
// is the N rows with the smallest (key, row number) among those whose prompt has a word. As keys
// are independent and uniform, every set of N such rows is equally likely.
//
// Sorting all rows by key would mean reading all of them. Instead we choose a bound on the key that
// all but certainly has N rows below it. The filter on the row number, which the Parquet reader
// applies before it decodes the wide columns, then leaves little more than the sample. If too few
// of these rows have words, we raise the bound and draw again: the result is that of the
// definition, whatever the bounds were.

#include <cstdint>
#include <string>

#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

inline constexpr std::uint64_t kMaxSampleKey = UINT64_MAX;

std::uint64_t sample_key(std::uint64_t seed, std::uint64_t row);

// The seed of the sample for a month (IngestRequest::slot): `seed` itself for slot 0, a different
// seed for every other slot.
std::uint64_t sample_seed(std::uint64_t seed, std::int64_t slot);

// A bound that at least `wanted` of `rows` keys do not exceed, with a chance of failure below 1e-9.
std::uint64_t sample_bound(std::int64_t wanted, std::int64_t rows);

struct Sample {
  TempTable candidates;
  std::string select;          // prompt_id, prompt and settings of the sample, in prompt_id order
  std::int64_t rows;           // fewer than wanted only if the source has no more
  std::int64_t skipped_empty;  // rows without words that the sample skipped
};

// Draws `wanted` (> 0) rows. Needs the SQL functions of ingest.h.
Sample draw_sample(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                   std::int64_t wanted, std::uint64_t seed);

}  // namespace gsa::prompts
