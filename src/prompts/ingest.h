#pragma once

// From a source of prompts to the table raw_prompts, with its columns
//
//   prompt_id           integer    slot * rows of the whole source + the row's number in it, from
//                                  0, files in the order of their paths; a prompt keeps it in every
//                                  sample of the source for the same slot. Of synthetic prompts,
//                                  slot * prompts + the number of the prompt
//   prompt              varchar    never null, never without a word
//   char_count          integer    characters, as length() counts them
//   token_count         integer    words, at least 1
//   has_safety_keyword  boolean
//   generation_seed     ubigint    this and what follows: null where the source has none or it does
//   step                usmallint  not fit the type
//   cfg                 float
//   sampler             utinyint
//   width, height       usmallint
//
// in the order of prompt_id. A row is a prompt of the source, or, where what users did is observed,
// one of their requests, whose number, prompt and settings are those of its first row (observed.h).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/observed.h"
#include "prompts/source_rows.h"

namespace gsa::prompts {

// Adds the SQL functions that ingestion uses. Once for a database.
//   gsa_prompt_features(varchar) → struct(char_count integer, token_count integer,
//                                         has_safety_keyword boolean)
//   gsa_has_words(varchar) → boolean: token_count > 0
//   gsa_sample_key(seed ubigint, row bigint) → ubigint, see sampling.h
//   gsa_text_hash(varchar) → bigint, gsa_in_rows(blob, bigint) → boolean, and those of values.h
//   gsa_synthetic_prompt(seed ubigint, id bigint) → struct(prompt, …): the columns above but
//   prompt_id
void register_functions(duck::Connection& connection);

struct IngestRequest {
  std::vector<std::string> sources;  // {"synthetic"}, or paths and globs
  std::int64_t prompts;              // how many at most, > 0; of requests, at least
  std::uint64_t seed;                // of the sample or of the synthetic prompts
  std::string table;                 // the table to create, as SQL names it: "db"."schema"."name"
  std::string name = {};             // of the source, for people; empty: that of the files
  bool observed = false;             // take users and times from the source, and whole users
  // Of the month that the prompts are for: its number in the order of distance from 2025-12, which
  // is 0. Months have prompts and prompt_ids of their own, whichever of them are made. 0 where
  // observed.
  std::int64_t slot = 0;
  // The files that the sources stand for, where they were found before; else they are looked for.
  SourceFiles files = {};
  // What to select instead of the SELECT whose rows become the table: the same rows.
  std::function<std::string(const std::string& select)> watch = {};
};

// A kind of odd value in the source, what is done about it, and how many there are.
struct Finding {
  std::string what;  // "rows without a time"
  std::string rule;  // "skipped"
  std::int64_t count;
  // Where it is about the values of a column: its name, and the first of them.
  std::string column = {};
  std::string place = {};    // "a.csv, row 3"
  std::string example = {};  // as it stands there
};

struct IngestResult {
  std::string source;              // "synthetic", "a.parquet", "3 files (a.parquet … c.parquet)"
  std::int64_t rows;               // in the table
  std::int64_t rows_in_source;     // prompts without words included
  std::int64_t skipped_empty;      // null or without words; of a sample, those it came upon
  bool sampled;                    // some prompts of the source are left out
  std::vector<Finding> findings;   // all that was looked for, found or not
  std::vector<std::string> notes;  // whole sentences for the user
  std::string fingerprint;         // changes when the files do: a line each
  std::unique_ptr<Observed> observed;  // where it was asked for
};

// Creates the table, all or nothing. Throws Error where the source is not as it should be, naming
// file and place, where a file changes meanwhile, and where prompt ids would not fit 32 bits. Needs
// DuckDB's default preserve_insertion_order. The time goes into `run`'s queries; what they throw
// goes up.
IngestResult ingest(duck::Connection& connection, const IngestRequest& request,
                    const RunQuery& run);

}  // namespace gsa::prompts
